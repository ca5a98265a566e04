"""The models that a service reads with: those it was started with, and installed ones as they are asked for."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocrkit.errors import OcrkitError
from ocrkit.model_files import find_model, installed_models, load_model, offered_models
from ocrkit.model_forms import forms_of
from ocrkit.onnx_file import is_onnx
from ocrkit.runtime_choice import sooner_runtime
from ocrkit_serve.work.batcher import Batcher
from ocrkit_serve.work.records import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ocrkit.correcting import LineCorrector
    from ocrkit.plugin.registry import Registry
    from ocrkit.recognition import Recognizer
    from ocrkit.text.charset import Charset
    from ocrkit_serve.work.records import Asked

__all__ = ["LoadedModel", "Models"]

_FURTHER = 2  # models that are kept besides those that the service was started with
_DECODERS = 8  # of a model, for lexicons and numbers of readings
_READING = "recognition"
_FILE = "model"  # the stem of a run's model, which is better called by its folder
_log = logging.getLogger("ocrkit")


@dataclass(slots=True)
class LoadedModel:
    """A model that can be read with.

    Attributes:
        name: what requests call it.
        path: its file.
        recognizer: reads with it, by nothing but the picture.
        batcher: reads the lines of all requests.
        borrowers: how many requests use it.
    """

    name: str
    path: Path
    recognizer: Recognizer
    batcher: Batcher
    registry: Registry | None = None
    borrowers: int = 0
    _decoding: OrderedDict[object, Recognizer] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def charset(self) -> Charset:
        """What it reads."""
        return self.recognizer.model.charset

    def reader(
        self, asked: Asked, corrector: LineCorrector | None = None, proposer: LineCorrector | None = None
    ) -> Recognizer:
        """What reads as somebody asks; the same for all who ask for the same.

        Args:
            asked: how to read.
            corrector: the one that ``asked`` names as ``correct``; None where it names none.
            proposer: likewise, as ``propose``.

        Raises:
            Refused: the model cannot do it.
        """
        key = (asked.lexicon, asked.alternatives, asked.correct, asked.propose)
        if key == ((), 0, None, None):
            return self.recognizer
        with self._lock:
            if key not in self._decoding:
                self._decoding[key] = self._made(asked, corrector, proposer)
            self._decoding.move_to_end(key)
            if len(self._decoding) > _DECODERS:
                self._decoding.popitem(last=False)
            return self._decoding[key]

    def _made(self, asked: Asked, corrector: LineCorrector | None, proposer: LineCorrector | None) -> Recognizer:
        from ocrkit.ctc import Lexicon
        from ocrkit.plugin.specs import DecoderOptions

        try:
            lexicon = Lexicon.from_words(asked.lexicon, self.charset) if asked.lexicon else None
            options = DecoderOptions(lexicon=lexicon, n_best=1 + asked.alternatives)
            return self.recognizer.asked(
                options=options, corrector=corrector, proposer=proposer, registry=self.registry
            )
        except OcrkitError as error:
            raise Refused(400, str(error)) from error


class Models:
    """The models that may be asked for by name.

    Args:
        named: those that the service is started with, the first where none is asked for: files, runs' folders, names;
            None for the one that ``ocrkit read`` would take.
        device: where they compute.
        threads: of torch; 0 leaves them.
        registry: knows what is installed; None for the default one.
        others: tells how many requests are being read.
    """

    def __init__(
        self,
        named: Sequence[str | None],
        *,
        device: str = "auto",
        threads: int = 0,
        registry: Registry | None = None,
        others: Callable[[], int] = lambda: 0,
    ) -> None:
        self._named = tuple(named) or (None,)
        self._device = device
        self._threads = threads
        self._registry = registry
        self._others = others
        self._lock = threading.Lock()  # never held while a model is loaded: the counts wait for it
        self._loading = threading.Lock()
        self._own: dict[str, LoadedModel] = {}
        self._further: OrderedDict[str, LoadedModel] = OrderedDict()
        self._ended_lines = self._ended_batches = 0

    def load(self) -> None:
        """Load those that the service is started with.

        Raises:
            OcrkitError: there is no such model, or its file is damaged.
        """
        for name in self._named:
            found = find_model(name, sooner=sooner_runtime(self._device), registry=self._registry)
            called = found.name if found.offer is not None else _called(found.path)
            if called not in self._own:
                model = self._loaded(called, found.path)
                with self._lock:
                    self._own[called] = model

    @contextmanager
    def lent(self, name: str | None) -> Iterator[LoadedModel]:
        """A model for as long as the block runs; one that is installed is loaded where it is not yet.

        Raises:
            Refused: there is none of that name.
        """
        model = self._borrowed(name)
        try:
            yield model
        finally:
            with self._lock:
                model.borrowers -= 1

    def check(self, name: str | None) -> None:
        """See that there is a model of a name.

        Raises:
            Refused: there is none.
        """
        if name is not None and name not in self._own and name not in installed_models(self._registry, task=_READING):
            raise Refused(400, f"no model {name!r}; take one of {', '.join(self._names())}")

    def described(self) -> list[dict[str, object]]:
        """What there is, the one that is taken where none is asked for first."""
        offers = {offer.name: offer.value for offer in offered_models(self._registry) if offer.value.task == _READING}
        installed = installed_models(self._registry, task=_READING, sooner=sooner_runtime(self._device))
        described: list[dict[str, object]] = []
        for name in dict.fromkeys([*self._own, *installed]):
            entry: dict[str, object] = {"name": name, "summary": "", "languages": []}
            if name in offers:
                entry.update(summary=offers[name].summary, languages=list(offers[name].languages))
            loaded = self._own.get(name) or self._further.get(name)
            path = loaded.path if loaded is not None else installed[name]
            entry.update(runtime="onnx" if is_onnx(path) else "torch", runtimes=list(forms_of(path)))
            if loaded is not None:
                charset = loaded.charset
                entry.update(
                    languages=list(charset.languages),
                    charset=charset.name,
                    direction=charset.direction,
                    calibrated=loaded.recognizer.model.calibration is not None,
                )
            described.append({**entry, "loaded": loaded is not None, "default": not described})
        return described

    def counts(self) -> tuple[int, int, int]:
        """Lines read, batches that they were read in, and lines that wait."""
        with self._lock:
            batchers = [model.batcher for model in (*self._own.values(), *self._further.values())]
            lines = self._ended_lines + sum(batcher.lines for batcher in batchers)
            batches = self._ended_batches + sum(batcher.batches for batcher in batchers)
        return lines, batches, sum(batcher.waiting() for batcher in batchers)

    def close(self, seconds: float) -> None:
        """Read nothing more."""
        with self._lock:
            models = [*self._own.values(), *self._further.values()]
        for model in models:
            model.batcher.close(seconds)

    def _borrowed(self, name: str | None) -> LoadedModel:
        """The model, which is loaded where it is not yet; meanwhile others are lent, and one at a time is loaded."""
        if name is None:
            name = next(iter(self._own))
        found = self._at_hand(name)
        if found is not None:
            return found
        self.check(name)
        with self._loading:
            found = self._at_hand(name)  # which somebody else may have loaded meanwhile
            return found if found is not None else self._taken_up(name)

    def _at_hand(self, name: str) -> LoadedModel | None:
        """The model, borrowed, if it is loaded."""
        with self._lock:
            found = self._own.get(name) or self._further.get(name)
            if found is not None:
                self._lend(found)
            return found

    def _taken_up(self, name: str) -> LoadedModel:
        # Of the installed ones' paths, and never one that somebody sent.
        path = installed_models(self._registry, task=_READING, sooner=sooner_runtime(self._device))[name]
        try:
            model = self._loaded(name, path)
        except OcrkitError as error:
            _log.exception("model %s", name)
            raise Refused(503, f"the model {name!r} cannot be loaded; ask for another", 60) from error
        with self._lock:
            self._further[name] = model
            self._lend(model)
        return model

    def _lend(self, model: LoadedModel) -> None:
        """Count who borrows a model, and let go of those that too many others were asked for after."""
        model.borrowers += 1
        if model.name in self._further:
            self._further.move_to_end(model.name)
        for key in [key for key, one in self._further.items() if not one.borrowers][: -_FURTHER or None]:
            self._end(self._further.pop(key))

    def _loaded(self, name: str, path: Path) -> LoadedModel:
        from ocrkit.plugin.specs import DecoderOptions
        from ocrkit.recognition import Recognizer

        model = load_model(path, registry=self._registry)
        options = DecoderOptions(threads=self._threads)
        recognizer = Recognizer(model, options=options, device=self._device, registry=self._registry)
        return LoadedModel(name, path, recognizer, Batcher(name, self._others), self._registry)

    def _end(self, model: LoadedModel) -> None:
        model.batcher.close(0)
        self._ended_lines += model.batcher.lines
        self._ended_batches += model.batcher.batches

    def _names(self) -> list[str]:
        return list(dict.fromkeys([*self._own, *installed_models(self._registry, task=_READING)]))


def _called(path: Path) -> str:
    return path.stem if path.stem != _FILE else path.resolve().parent.name
