"""The readers of the contest: each reads a list of line images in one process, on one thread."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from own_process import run_on

from ocrkit.model_forms import RUNTIMES


@dataclass(frozen=True)
class Outcome:
    """What one process took and read."""

    cpu: float
    wall: float
    texts: list[str]


@dataclass(frozen=True)
class Reader:
    """A way to read lines.

    Attributes:
        name: what the table calls it.
        command: reads the image names of a list; ``{list}`` stands for its file, without it they come on stdin.
        pages: whether it parts the texts by form feeds, and not by lines of name and text.
    """

    name: str
    command: tuple[str, ...]
    pages: bool = False

    def read(self, images: list[str]) -> Outcome:
        """Read the images in a process of its own; CPU seconds are the system's count of it.

        Raises:
            RuntimeError: the process failed.
        """
        ran = run_on(images, self.command)
        return Outcome(ran.cpu, ran.wall, self._texts(ran.output, images))

    def _texts(self, output: str, images: list[str]) -> list[str]:
        if self.pages:
            texts = [page.strip() for page in output.split("\f")]
            return [*texts, *[""] * len(images)][: len(images)]
        pairs = (line.partition("\t") for line in output.splitlines())
        texts_of = {name: text for name, _, text in pairs}
        return [texts_of.get(image, "") for image in images]


def reader(spelled: str, *, rapidocr: str) -> Reader:
    """The reader of ``ocrkit:MODEL``, ``ocrkit:MODEL@HOW``, ``tesseract:LANG`` or ``rapidocr``.

    How is a runtime, ``torch`` or ``onnx``, or a precision. Without it one line alone may be read by another runtime
    than many are, and what is left of their time without its own tells less.

    Raises:
        ValueError: it is spelled otherwise.
    """
    kind, _, what = spelled.partition(":")
    if kind == "tesseract" and what:
        # A line of text that fills the picture (7); the name ``stdout`` is that of no file.
        return Reader(spelled, ("tesseract", "{list}", "stdout", "-l", what, "--psm", "7"), pages=True)
    if kind == "rapidocr":
        return Reader(spelled, (rapidocr, str(Path(__file__).with_name("rapidocr_lines.py"))))
    if kind == "ocrkit" and what:
        model, _, how = what.partition("@")
        taken = ("--runtime" if how in RUNTIMES else "--precision", how or "auto")
        options = ("--model", model, *taken, "--threads", "1", "--workers", "0")
        name = "@".join(filter(None, (f"ocrkit:{Path(model).stem}", how)))
        return Reader(name, (sys.executable, "-m", "ocrkit", "decode", *options))
    raise ValueError(f"no reader {spelled!r}; expected ocrkit:MODEL, ocrkit:MODEL@HOW, tesseract:LANG or rapidocr")
