"""What reads pages, as the options of a command say, made in this process or in another."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from dataclasses import dataclass, replace
from multiprocessing import parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrkit.model_forms import SUFFIXES, forms_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.cli.decoding_options import Decoding
    from ocrkit.pages.opening import Scans
    from ocrkit.pages.reader import PageReader
    from ocrkit.plugin.offers import Kind

__all__ = ["Asked", "Reading"]

_LOG = logging.getLogger("ocrkit")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which pages are to be read, in the words of the options."""

    places: list[str]
    numbers: str | None
    dpi: float | None
    password: str | None
    reject: float | None

    def scans(self) -> Scans:
        """The pages."""
        from ocrkit.pages.opening import open_scans

        return open_scans(self.places, pages=self.numbers, dpi=self.dpi, password=self.password)


@dataclass(frozen=True, slots=True)
class Reading:
    """A model, what finds the lines, and all that is asked of them: small, and picklable.

    Attributes:
        model: the file.
        name: what the model is called.
        segmenter: what finds the lines, by its name; None where they are told.
        finding: its options.
        layout: where lines are told.
        decoding: as the command line has it.
        device: where the network runs.
        batch_size: lines in a forward pass.
        precision: of the network.
        runtime: what computes the network.
        either: whether the model has another form, which may be read elsewhere in its place.
    """

    model: Path
    name: str
    segmenter: str | None
    finding: Mapping[str, object]
    layout: Path | None
    decoding: Decoding
    device: str
    batch_size: int
    precision: str
    runtime: str = "auto"
    either: bool = False

    def __call__(self) -> PageReader:
        """Load the model, and make what reads with it; what is said of that is said once, not by each process."""
        if parent_process() is None:
            return self._made()
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            made = replace(self, decoding=_with_own_threads(self.decoding))._made()
        for line in said.getvalue().splitlines():
            _LOG.warning("%s", line.removeprefix("note: "))
        return made

    def settings(self) -> dict[str, object]:
        """All that what is read hangs on, for keys; how fast it is read is none of it."""
        from ocrkit.config import parse_set
        from ocrkit.plugin.offers import CORRECTOR, DECODER, SEGMENTER
        from ocrkit.plugin.registry import default_registry

        registry = default_registry()
        asked = {name: value for name, value in self.decoding.values.items() if name != "threads"}
        asked["correct_options"] = parse_set(asked["correct_options"] or [])
        named: tuple[tuple[Kind[Any], str | None], ...] = (
            (SEGMENTER, self.segmenter),
            (DECODER, asked["decoder"]),
            (CORRECTOR, asked["correct"]),
        )
        return {
            "model": _files(self.model, either=self.either),
            "segmenter": self.segmenter,
            "finding": {name: value for name, value in self.finding.items() if name != "weights"},
            "finds": _files(Path(str(self.finding.get("weights", ""))), either=self.either),
            "told": self.layout is not None,
            "decoding": asked,
            "precision": self.precision,
            "plugins": [str(registry.offer(kind, name).origin) for kind, name in named if name is not None],
        }

    def _made(self) -> PageReader:
        from ocrkit.cli.page_options import finder
        from ocrkit.model_files import load_model
        from ocrkit.pages.reader import PageReader
        from ocrkit.recognition import Recognizer

        model = load_model(self.model, runtime=self.runtime)
        options = self.decoding.options(model.charset)
        find, called = finder(model.charset, self.segmenter, None, self.layout, self.finding, self.runtime)
        recognizer = Recognizer(
            model,
            decoder=self.decoding.decoder,
            options=options,
            device=self.device,
            batch_size=self.batch_size,
            precision=self.precision,
            corrector=self.decoding.corrector(model.charset),
        )
        return PageReader(recognizer, find, model=self.name, segmenter=called, keep_all=self.layout is not None)


def _files(model: Path, *, either: bool) -> list[Path]:
    """A model's file, and the one beside it that an ONNX file may have its weights in.

    With ``either`` the files of both its forms: one machine reads with this, another with that, and both the same.
    """
    if model.suffix == SUFFIXES["onnx"] or (either and model.name):
        return sorted(forms_of(model).values())
    return [model]


def _with_own_threads(decoding: Decoding) -> Decoding:
    """The same, on the threads that the engine leaves to a process, where none are asked for."""
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if decoding.values["threads"] or not threads.isdecimal():
        return decoding
    return replace(decoding, values={**decoding.values, "threads": int(threads)})
