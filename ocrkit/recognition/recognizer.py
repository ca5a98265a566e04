"""Reading images with a model: the device's forward pass overlaps the CPU's decoding."""

from __future__ import annotations

import copy
import logging
import math
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Literal, TypeAlias, Unpack, get_args

from ocrkit.correcting import as_line_corrector, chosen_corrector, correct_prediction
from ocrkit.ctc.interruption import interrupt_thread
from ocrkit.ctc.options import as_count
from ocrkit.data.batching import LONG_LINE, batches
from ocrkit.data.given import as_samples
from ocrkit.data.loading import FittedLine, LineLoader
from ocrkit.data.records import BadImage, Prediction
from ocrkit.errors import ImageError, OptionError
from ocrkit.model_files import find_model, load_model
from ocrkit.reading_model import ReadingModel
from ocrkit.recognition.asked import decoder_options
from ocrkit.recognition.confidence import rejection_threshold, temperature_of
from ocrkit.recognition.decoding import NO_OPTIONS, make_decoder
from ocrkit.recognition.prediction import Ruler, character_frames, make_prediction
from ocrkit.runtime_choice import sooner_runtime

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.config import Table
    from ocrkit.correcting import LineCorrector
    from ocrkit.ctc import Hypothesis
    from ocrkit.ctc.ngram import Unit
    from ocrkit.data.given import GivenImages
    from ocrkit.data.records import Sample
    from ocrkit.plugin.corrector_specs import Corrector
    from ocrkit.plugin.registry import Registry
    from ocrkit.plugin.specs import DecoderOptions
    from ocrkit.reading_model import Output
    from ocrkit.recognition.asked import DecodingKeywords, GivenLanguageModel, GivenLexicon

__all__ = ["OnError", "Recognizer"]

OnError: TypeAlias = Literal["report", "raise", "skip"]
_ON_ERROR: tuple[str, ...] = get_args(OnError)

_WINDOW = 16  # batches that are sorted by width together, and so the most that a reading waits for
_log = logging.getLogger("ocrkit")

_AHEAD = 2  # batches of log-probabilities that may wait on the device to be decoded; each can take hundreds of MB


class Recognizer:
    """Reads line images with a model and a decoder.

    Args:
        model: whose network is moved to the device: a ``Model``, or what ``ocrkit.model_files.load_model`` gives.
        decoder: a decoder's name; None chooses by the options, as ``choose_decoder`` does.
        options: what is asked of the decoder.
        device: ``auto`` (CUDA where there is one), or what torch calls it.
        batch_size: lines in a forward pass, fewer where they are very long.
        workers: processes that load images; -1 for one a core where there are many images, 0 for none.
        precision: ``auto``, ``float32`` or ``bfloat16``, as ``ForwardPass`` takes them.
        corrector: mends what was read, line by line; None for none.
        proposer: says what it would offer instead, as ``Prediction.proposals``, and changes nothing; None for none.
        registry: where the decoder is looked up; None for the default one.

    Raises:
        UnknownNameError: there is no such decoder.
        OptionError: the decoder cannot honour an option, or needs a lexicon; a number is out of range; the device is
            not there.
    """

    def __init__(
        self,
        model: ReadingModel,
        *,
        decoder: str | None = None,
        options: DecoderOptions = NO_OPTIONS,
        device: str = "auto",
        batch_size: int = 32,
        workers: int = 0,
        precision: str = "auto",
        corrector: Corrector | LineCorrector | None = None,
        proposer: Corrector | LineCorrector | None = None,
        registry: Registry | None = None,
    ) -> None:
        if not isinstance(model, ReadingModel):
            raise OptionError(f"model is a {type(model).__name__}; expected a Model; Recognizer.load(name) loads one")
        as_count("batch_size", batch_size, least=1)
        as_count("workers", workers, least=-1)
        self.model = model
        self._decoder = make_decoder(model.charset, decoder, options, registry)
        self._corrector = None if corrector is None else as_line_corrector(corrector, model.charset)
        self._proposer = None if proposer is None else as_line_corrector(proposer, model.charset)
        self._threads = options.threads
        self._batch_size = batch_size
        self._workers = workers
        self._forward = model.forward_pass(device, precision, options.threads)

    @classmethod
    def load(
        cls,
        name: str | os.PathLike[str] | ReadingModel | None = None,
        *,
        charset: str | None = None,
        lexicon: GivenLexicon | None = None,
        language_model: GivenLanguageModel | None = None,
        lm_unit: Unit = "character",
        decoder: str | None = None,
        device: str = "auto",
        batch_size: int = 32,
        workers: int = 0,
        precision: str = "auto",
        runtime: str = "auto",
        correct: str | None = None,
        correct_options: Table | None = None,
        registry: Registry | None = None,
        **asked: Unpack[DecodingKeywords],
    ) -> Recognizer:
        """Load a model to read with.

        Args:
            name: an installed model's name, a run's folder, a model file (safetensors or ONNX), or a ``Model``; None
                takes the newest run below ``runs``, or else an installed model; see ``ocrkit.model_files.find_model``.
            charset: what it should read, where no name is given.
            lexicon: the entries that may be read: a file, words, or a ``Lexicon``.
            language_model: an ARPA file, or an ``NgramModel``.
            lm_unit: what such a file is a model of, ``character`` or ``word``.
            decoder: a decoder's name; None chooses by the options.
            device: ``auto`` (CUDA where there is one), or what torch calls it.
            batch_size: lines in a forward pass.
            workers: processes that load images; -1 for one a core where there are many images, 0 for none.
            precision: ``auto`` (bfloat16 for the head on a CPU where that is faster), ``float32`` or ``bfloat16``.
            runtime: what computes the network: ``torch``, ``onnx``, or ``auto`` for torch where it is installed, the
                model has a file for it, and ONNX Runtime is not known to read sooner here.
            correct: a corrector's name, by which words are mended once they are read; None for none.
            correct_options: that corrector's own options, by their names.
            registry: where names are looked up; None for the default one.
            asked: further fields of ``DecoderOptions``: ``beam_width``, ``n_best``, ``lm_weight``, ``separators``, …

        Raises:
            UnknownNameError: there is no such model, decoder, corrector or option.
            MissingFileError: a file or folder is not there.
            OcrkitError: whatever else is wrong with a file or an option.
        """
        if isinstance(name, ReadingModel):
            model = name
        else:
            called = None if name is None else os.fspath(name)
            sooner = sooner_runtime(device, precision)
            found = find_model(called, charset=charset, runtime=runtime, sooner=sooner, registry=registry)
            model = load_model(found.path, runtime=runtime, registry=registry)
        options = decoder_options(
            model.charset, lexicon=lexicon, language_model=language_model, lm_unit=lm_unit, asked=asked
        )
        return cls(
            model,
            decoder=decoder,
            options=options,
            device=device,
            batch_size=batch_size,
            workers=workers,
            precision=precision,
            corrector=chosen_corrector(correct, model.charset, correct_options, registry=registry),
            registry=registry,
        )

    def asked(
        self,
        *,
        decoder: str | None = None,
        options: DecoderOptions = NO_OPTIONS,
        corrector: Corrector | LineCorrector | None = None,
        proposer: Corrector | LineCorrector | None = None,
        registry: Registry | None = None,
    ) -> Recognizer:
        """A recogniser of which other things are asked: all but the network are its own, and that is this one's.

        Raises:
            UnknownNameError: there is no such decoder.
            OptionError: the decoder cannot honour an option, or needs a lexicon.
        """
        other = copy.copy(self)
        other._decoder = make_decoder(self.model.charset, decoder, options, registry)
        other._corrector = None if corrector is None else as_line_corrector(corrector, self.model.charset)
        other._proposer = None if proposer is None else as_line_corrector(proposer, self.model.charset)
        other._threads = options.threads
        return other

    @property
    def corrector(self) -> LineCorrector | None:
        """What mends the readings; None where nothing does."""
        return self._corrector

    def __repr__(self) -> str:
        return f"<Recognizer of charset {self.model.charset.name!r} on {self._forward.device}>"

    def read(
        self, images: GivenImages, *, errors: OnError = "report", reject: float | None = None
    ) -> Generator[Prediction, None, None]:
        """What stands in each image, in the order of the images, which are taken as readings are.

        The first readings come after one batch; later ones in windows of more, within which lines of like width go
        together. What a line reads as does not depend on which lines those are. Several threads may read at once.

        Args:
            images: a folder, or a list or iterator of images: file names, Pillow images, NumPy arrays (uint8 of 0 to
                255, grey or colour), bytes of image files, samples.
            errors: what becomes of an image that cannot be opened: ``report`` gives a prediction without text whose
                ``error`` says why, ``skip`` leaves it out, ``raise`` ends the reading.
            reject: the share of wrong readings to stay below, as by the lines that the model was calibrated on: what is
                not sure enough for that becomes a prediction without text that is ``rejected``.

        Raises:
            DataError: what is given is one image, or nothing that can be read one by one.
            ImageError: an image cannot be opened, and ``errors`` is ``raise``.
            OptionError: ``errors`` is something else; or the model is not calibrated, or by its lines nothing keeps
                below ``reject``.
        """
        if errors not in _ON_ERROR:
            raise OptionError(f"errors is {errors!r}; expected {', '.join(map(repr, _ON_ERROR))}")
        threshold = 0.0 if reject is None else rejection_threshold(self.model.calibration, reject)
        return self._read(as_samples(images), errors, threshold)

    def _read(self, samples: Iterator[Sample], errors: OnError, threshold: float) -> Generator[Prediction, None, None]:
        batches_together = 1
        with LineLoader.opened(self.model.architecture.preprocessing, workers=self._workers) as loader:
            while window := list(islice(samples, batches_together * self._batch_size)):
                names = [sample.name for sample in window]
                for reading in self._read_window(names, list(loader.load(window))):
                    if isinstance(reading, Prediction):
                        yield reading.unless_below(threshold)
                    elif errors == "report":
                        yield _unread(reading)
                    elif errors == "raise":
                        raise ImageError(reading.reason, reading.name, reading.origin)
                batches_together = min(2 * batches_together, _WINDOW)
        _log.debug("read on %s in %s", self._forward.device, self._forward.precision())

    def read_loaded(self, names: Sequence[str], lines: Sequence[FittedLine | BadImage]) -> list[Prediction]:
        """What stands in lines that are loaded, as by ``load_or_report``; of a bad one a prediction with its error.

        What a line reads as does not depend on the others.

        Args:
            names: of the lines.
            lines: as many, fitted to the model's preprocessing.
        """
        read = self._read_window(names, lines)
        return [_unread(line) if isinstance(line, BadImage) else line for line in read]

    def log_probs(self, samples: Iterable[Sample]) -> Generator[NDArray[np.float32] | BadImage, None, None]:
        """Each image's (T, V) log-probabilities, or why it cannot be opened, in the order of the samples."""
        remaining = iter(samples)
        with LineLoader.opened(self.model.architecture.preprocessing, workers=self._workers) as loader:
            while window := list(islice(remaining, self._batch_size)):
                loaded = list(loader.load(window))
                lines = [line for line in loaded if isinstance(line, FittedLine)]
                rows = self._forward(lines).rows() if lines else iter(())
                for line in loaded:
                    if isinstance(line, BadImage):
                        yield line
                    else:
                        yield next(rows)

    def _read_window(
        self, names: Sequence[str], loaded: Sequence[FittedLine | BadImage]
    ) -> list[Prediction | BadImage]:
        lines = [(place, line) for place, line in enumerate(loaded) if isinstance(line, FittedLine)]
        widths = [line.pixels.shape[1] for _, line in lines]
        order = batches(widths, self._batch_size, max_columns=self._batch_size * LONG_LINE)
        found: dict[int, Prediction | BadImage] = {
            place: line for place, line in enumerate(loaded) if isinstance(line, BadImage)
        }
        with ThreadPoolExecutor(1) as thread, _Waiting(thread) as pending:
            for indices in order:
                batch = [lines[index] for index in indices.tolist()]
                output = self._forward([line for _, line in batch])
                if len(pending) >= _AHEAD:
                    found.update(pending[0].result())
                    pending.pop(0)
                called = [names[place] for place, _ in batch]
                pending.append(thread.submit(self._decode_batch, batch, called, output))
            for waiting in pending:
                found.update(waiting.result())
        return [found[place] for place in range(len(loaded))]

    def _decode_batch(
        self, batch: Sequence[tuple[int, FittedLine]], names: Sequence[str], output: Output
    ) -> list[tuple[int, Prediction]]:
        temperature = temperature_of(self.model.calibration)
        decoded = output.decode(self._decoder, temperature=temperature, threads=self._threads)
        log_probs = self._for_correction(output)
        found = []
        for row, ((place, line), name, hypotheses) in enumerate(zip(batch, names, decoded, strict=True)):
            ruler = self._ruler(line)
            reading = make_prediction(name, hypotheses, self.model.charset, ruler)
            if log_probs is not None and hypotheses:
                reading = self._corrected(reading, hypotheses[0], log_probs[row, : output.lengths[row]], ruler)
            found.append((place, replace(reading, frame=line.frame, note=line.note)))
        return found

    def _for_correction(self, output: Output) -> NDArray[np.float32] | None:
        """(B, T, V) in the CPU's memory, where something is to be mended or proposed."""
        if self._corrector is None and self._proposer is None:
            return None
        return output.on_host()

    def _corrected(
        self, reading: Prediction, best: Hypothesis, log_probs: NDArray[np.float32], ruler: Ruler
    ) -> Prediction:
        return correct_prediction(
            reading,
            self._corrector,
            proposer=self._proposer,
            frames=character_frames(best, self.model.charset),
            log_probs=log_probs,
            span=ruler.span,
            temperature=temperature_of(self.model.calibration),
        )

    def _ruler(self, line: FittedLine) -> Ruler:
        left, right = self.model.pixels(0)
        scale = line.frame.width / line.pixels.shape[1]
        return Ruler(left * scale, (right - left) * scale, line.frame.width)


def _unread(bad: BadImage) -> Prediction:
    return Prediction(bad.name, "", -math.inf, 0.0, error=bad.reason)


class _Waiting:
    """The batches that wait to be decoded; where something goes wrong, none is begun, and the search at hand ends."""

    def __init__(self, executor: ThreadPoolExecutor) -> None:
        self._thread = executor.submit(threading.get_ident).result()
        self._pending: list[Future[list[tuple[int, Prediction]]]] = []

    def __enter__(self) -> list[Future[list[tuple[int, Prediction]]]]:
        return self._pending

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            return
        for waiting in self._pending:
            waiting.cancel()
        while not all(waiting.done() for waiting in self._pending):
            interrupt_thread(self._thread)  # none is there between two, so again and again
            wait(self._pending, timeout=0.02)
