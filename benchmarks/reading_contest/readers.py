"""The readers of the contest: each reads a list of line images in one process, on one thread."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}


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
        with tempfile.TemporaryDirectory() as folder:
            listed, out = Path(folder, "list.txt"), Path(folder, "out.txt")
            listed.write_text("".join(f"{image}\n" for image in images), "utf-8")
            command = [part.replace("{list}", str(listed)) for part in self.command]
            begun = time.monotonic()
            with listed.open("rb") as given, out.open("wb") as taken:
                process = subprocess.Popen(
                    command, stdin=given, stdout=taken, stderr=subprocess.DEVNULL, env=os.environ | _ONE_THREAD
                )
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - begun
            if process.returncode:
                raise RuntimeError(f"{' '.join(command)} ended with exit code {process.returncode}")
            return Outcome(usage.ru_utime + usage.ru_stime, wall, self._texts(out.read_text("utf-8"), images))

    def _texts(self, output: str, images: list[str]) -> list[str]:
        if self.pages:
            texts = [page.strip() for page in output.split("\f")]
            return [*texts, *[""] * len(images)][: len(images)]
        pairs = (line.partition("\t") for line in output.splitlines())
        texts_of = {name: text for name, _, text in pairs}
        return [texts_of.get(image, "") for image in images]


def reader(spelled: str, *, rapidocr: str) -> Reader:
    """The reader of ``ocrkit:MODEL``, ``ocrkit:MODEL@PRECISION``, ``tesseract:LANG`` or ``rapidocr``.

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
        model, _, precision = what.partition("@")
        options = ("--model", model, "--precision", precision or "auto", "--threads", "1", "--workers", "0")
        name = "@".join(filter(None, (f"ocrkit:{Path(model).stem}", precision)))
        return Reader(name, (sys.executable, "-m", "ocrkit", "decode", *options))
    raise ValueError(
        f"no reader {spelled!r}; expected ocrkit:MODEL, ocrkit:MODEL@PRECISION, tesseract:LANG or rapidocr"
    )
