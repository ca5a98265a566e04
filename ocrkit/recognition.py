"""Reading images with a model: the device's forward pass overlaps the CPU's decoding."""

from __future__ import annotations

import math
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import torch

from ocrkit.ctc.emissions import as_emissions
from ocrkit.data.batching import LONG_LINE, batches, pad_batch
from ocrkit.data.loading import FittedLine, LineLoader
from ocrkit.data.records import Alternative, BadImage, CharacterSpan, Prediction
from ocrkit.errors import EmissionsError, OptionError
from ocrkit.nets.device import resolve_device
from ocrkit.plugin.registry import Registry, default_registry
from ocrkit.plugin.specs import DecoderOptions, TensorDecoder

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray
    from torch import Tensor

    from ocrkit.ctc import Decoded, Hypothesis
    from ocrkit.data.records import Sample
    from ocrkit.model import Model
    from ocrkit.plugin.specs import Decoder
    from ocrkit.text.charset import Charset

__all__ = ["Recognizer", "choose_decoder", "decode_posteriors"]

_WINDOW = 16  # batches that are sorted by width together, and so the most that a reading waits for
_AHEAD = 2  # batches of log-probabilities that may wait on the device to be decoded; each can take hundreds of MB
_EPSILON = 1e-6  # px; a frame's edge that is whole but for rounding is whole
_NO_OPTIONS = DecoderOptions()


class Recognizer:
    """Reads line images with a model and a decoder.

    Args:
        model: whose network is moved to the device.
        decoder: a decoder's name; None chooses by the options, as ``choose_decoder`` does.
        options: what is asked of the decoder.
        device: ``auto`` (CUDA where there is one), or what torch calls it.
        batch_size: lines in a forward pass, fewer where they are very long.
        workers: processes that load images; -1 for one a core where there are many images, 0 for none.
        registry: where the decoder is looked up; None for the default one.

    Raises:
        UnknownNameError: there is no such decoder.
        OptionError: the decoder cannot honour an option, or needs a lexicon; a number is out of range; the device is
            not there.
    """

    def __init__(
        self,
        model: Model,
        *,
        decoder: str | None = None,
        options: DecoderOptions = _NO_OPTIONS,
        device: str = "auto",
        batch_size: int = 32,
        workers: int = 0,
        registry: Registry | None = None,
    ) -> None:
        if batch_size < 1:
            raise OptionError(f"batch_size is {batch_size!r}; expected at least 1")
        if workers < -1:
            raise OptionError(f"workers is {workers!r}; expected a number of processes, or -1 for one a core")
        self.model = model
        self._decoder = make_decoder(model.charset, decoder, options, registry)
        self._device = resolve_device(device)
        self._batch_size = batch_size
        self._workers = workers
        self._aside = _stream_aside(self._device)
        model.network.to(self._device).eval()

    def read(self, samples: Iterable[Sample]) -> Generator[Prediction | BadImage, None, None]:
        """What stands in each image, or why it cannot be opened, in the order of the samples.

        The first readings come after one batch; later ones in windows of more, within which lines of like width go
        together. What a line reads as does not depend on which lines those are.
        """
        remaining = iter(samples)
        batches_together = 1
        with LineLoader.opened(self.model.architecture.preprocessing, workers=self._workers) as loader:
            while window := list(islice(remaining, batches_together * self._batch_size)):
                yield from self._read_window(window, list(loader.load(window)))
                batches_together = min(2 * batches_together, _WINDOW)

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
        self, samples: Sequence[Sample], loaded: Sequence[FittedLine | BadImage]
    ) -> list[Prediction | BadImage]:
        lines = [(place, line) for place, line in enumerate(loaded) if isinstance(line, FittedLine)]
        widths = [line.pixels.shape[1] for _, line in lines]
        order = batches(widths, self._batch_size, max_columns=self._batch_size * LONG_LINE)
        found: dict[int, Prediction | BadImage] = {
            place: line for place, line in enumerate(loaded) if isinstance(line, BadImage)
        }
        with ThreadPoolExecutor(1) as thread:
            pending: list[Future[list[tuple[int, Prediction]]]] = []
            for indices in order:
                batch = [lines[index] for index in indices.tolist()]
                output = self._forward([line for _, line in batch])
                if len(pending) >= _AHEAD:
                    found.update(pending.pop(0).result())
                names = [samples[place].name for place, _ in batch]
                pending.append(thread.submit(self._decode_batch, batch, names, output))
            for waiting in pending:
                found.update(waiting.result())
        return [found[place] for place in range(len(samples))]

    def _forward(self, lines: Sequence[FittedLine]) -> _Output:
        """The network's output for the lines; on CUDA this returns before it is there."""
        padded, widths = pad_batch([line.pixels for line in lines])
        pixels = torch.from_numpy(padded)
        if self._aside is None:
            images = pixels.to(self._device)
        else:
            # A copy of pageable memory may wait for the batches before.
            images = pixels.pin_memory().to(self._device, non_blocking=True)
        with torch.inference_mode():
            log_probs, lengths = self.model.network(images, torch.from_numpy(widths))
        ready = None if self._aside is None else torch.cuda.current_stream(self._device).record_event()
        return _Output(log_probs, lengths.cpu().numpy(), ready)

    def _decode_batch(
        self, batch: Sequence[tuple[int, FittedLine]], names: Sequence[str], output: _Output
    ) -> list[tuple[int, Prediction]]:
        return [
            (place, _prediction(name, hypotheses, self.model.charset, self._ruler(line)))
            for (place, line), name, hypotheses in zip(batch, names, self._decode(output), strict=True)
        ]

    def _decode(self, output: _Output) -> Decoded:
        with torch.inference_mode(), output.read_on(self._aside):
            if output.log_probs.device.type != "cpu" and isinstance(self._decoder, TensorDecoder):
                return self._decoder.decode_tensor(output.log_probs, output.lengths)
            return self._decoder.decode(output.log_probs.cpu().numpy(), output.lengths)

    def _ruler(self, line: FittedLine) -> _Ruler:
        left, right = self.model.network.pixels(0)
        scale = line.source_width / line.pixels.shape[1]
        return _Ruler(left * scale, (right - left) * scale, line.source_width)


def choose_decoder(charset: Charset, decoder: str | None, options: DecoderOptions) -> str:
    """The decoder's name: the given one, or what the options call for.

    With a lexicon that is ``text`` where the charset has a space, so that a line may hold several entries, or where
    an option speaks of what stands between entries; and else ``lexicon``, which takes a line to be one entry.
    """
    if decoder is not None:
        return decoder
    if options.lexicon is not None:
        asked_of_text = (options.separators, options.out_of_lexicon, options.language_model)
        wants_text = charset.has_space or any(value is not None for value in asked_of_text)
        return "text" if wants_text else "lexicon"
    asked_of_beam = (options.beam_width, options.language_model, options.lm_weight, options.lm_bonus)
    wants_beam = options.n_best > 1 or any(value is not None for value in asked_of_beam)
    return "beam" if wants_beam else "greedy"


def make_decoder(
    charset: Charset, decoder: str | None, options: DecoderOptions, registry: Registry | None = None
) -> Decoder:
    """A decoder for a charset, by its name or by what the options call for.

    Raises:
        UnknownNameError: there is no such decoder.
        OptionError: it needs a lexicon and has none, or cannot honour an option.
    """
    if options.n_best < 1:
        raise OptionError(f"n_best is {options.n_best}; it is at least 1")
    if options.threads < 0:
        raise OptionError(f"threads is {options.threads}; it is at least 1, or 0 for one a core")
    spec = (registry or default_registry()).decoder(choose_decoder(charset, decoder, options))
    if spec.needs_lexicon and options.lexicon is None:
        raise OptionError(f"decoder {spec.name!r} needs a lexicon: --lexicon words.txt")
    return spec.build(charset, options)


def decode_posteriors(
    log_probs: NDArray[np.float32],
    lengths: NDArray[np.int64] | None,
    charset: Charset,
    *,
    name: str,
    decoder: str | None = None,
    options: DecoderOptions = _NO_OPTIONS,
    registry: Registry | None = None,
) -> list[Prediction]:
    """Read (B, T, V) saved log-probabilities; line b is called ``name#b``, counted from 0.

    A character's span is in frames, not in px.

    Raises:
        EmissionsError: V is not the number of the charset's labels, or dtype, lengths or values are not those of
            log-probabilities; the message begins with ``name``.
    """
    built = make_decoder(charset, decoder, options, registry)
    try:
        array, counts = as_emissions(log_probs, lengths)
        if array.shape[2] != len(charset):
            raise EmissionsError(
                f"has {array.shape[2]} labels a frame; charset {charset.name!r} has {len(charset)}, the blank first: "
                "decode it with the charset or the model that it was made with"
            )
        if counts is None:
            counts = np.full(array.shape[0], array.shape[1], dtype=np.int64)
        decoded = built.decode(array, counts)  # type: ignore[arg-type]  # float16 is read in place as well
    except EmissionsError as error:
        raise EmissionsError(f"{name}: {error}") from error
    ruler = _Ruler(0.0, 1.0, array.shape[1])
    return [_prediction(f"{name}#{line}", found, charset, ruler) for line, found in enumerate(decoded)]


def _stream_aside(device: torch.device) -> torch.cuda.Stream | None:
    """On CUDA a stream of high priority, whose work is not behind the forward passes of later batches in the queue."""
    if device.type != "cuda":
        return None
    return torch.cuda.Stream(device, priority=-1)  # type: ignore[no-untyped-call]  # torch has no types for it


@dataclass(frozen=True, slots=True)
class _Output:
    """(B, T, V) log-probabilities on the network's device, (B,) frames that count, and on CUDA when they are there."""

    log_probs: Tensor
    lengths: NDArray[np.int64]
    ready: torch.cuda.Event | None = None

    def rows(self) -> Generator[NDArray[np.float32], None, None]:
        """Each line's (T, V), without padding."""
        for row, length in zip(self.log_probs.cpu().numpy(), self.lengths, strict=True):
            yield row[:length]

    def read_on(self, stream: torch.cuda.Stream | None) -> AbstractContextManager[object]:
        """Let what follows run on a stream of its own, once the output is there."""
        if stream is None or self.ready is None:
            return nullcontext()
        stream.wait_event(self.ready)
        self.log_probs.record_stream(stream)
        return torch.cuda.stream(stream)


@dataclass(frozen=True, slots=True)
class _Ruler:
    """Where frames lie in the image: the first one's left edge, each one's width, and the image's width, in px."""

    start: float
    step: float
    width: int

    def span(self, frame: int) -> tuple[int, int]:
        left = self.start + frame * self.step
        return (
            min(max(0, math.floor(left + _EPSILON)), self.width),
            min(max(0, math.ceil(left + self.step - _EPSILON)), self.width),
        )


def _prediction(name: str, hypotheses: Sequence[Hypothesis], charset: Charset, ruler: _Ruler) -> Prediction:
    if not hypotheses:
        return Prediction(name, "", -math.inf, 0.0, rejected=True)
    best = hypotheses[0]
    characters = tuple(
        CharacterSpan(charset.symbols[label], *ruler.span(frame), confidence)
        for label, frame, confidence in zip(
            best.labels.tolist(), best.frames.tolist(), best.confidences.tolist(), strict=True
        )
    )
    text = charset.decode(best.labels.tolist())
    # Labels of several characters may spell one text in several ways; the likeliest stands for it.
    scores: dict[str, float] = {}
    for other in hypotheses[1:]:
        scores.setdefault(charset.decode(other.labels.tolist()), other.score)
    scores.pop(text, None)
    others = tuple(Alternative(reading, score) for reading, score in scores.items())
    # Above 0 where saved log-probabilities do not sum to one, and then beyond what exp can give.
    confidence = math.exp(min(0.0, best.acoustic_score))
    return Prediction(name, text, best.score, confidence, characters, others)
