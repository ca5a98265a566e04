"""The readers of the contest: each finds and reads the lines of a list of pages in one process, on one thread."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from own_process import run_on

from ocrkit.layout.records import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Outcome:
    """What one process took, in seconds, and the lines of each page in the order in which they were read."""

    cpu: float
    wall: float
    pages: list[list[Line]]


@dataclass(frozen=True)
class PageReader:
    """A way to read pages.

    Attributes:
        name: what the table calls it.
        command: reads the pages of a list; ``{list}`` stands for its file, without it they come on stdin.
        parse: the lines of each page in what it prints.
    """

    name: str
    command: tuple[str, ...]
    parse: Callable[[str], Iterator[list[Line]]]

    def read(self, images: list[str]) -> Outcome:
        """Read the pages in a process of its own; CPU seconds are the system's count of it.

        Raises:
            RuntimeError: the process failed, or left out a page.
        """
        ran = run_on(images, self.command)
        pages = list(self.parse(ran.output))
        if len(pages) != len(images):
            raise RuntimeError(f"{self.name} gave {len(pages)} pages of {len(images)}")
        return Outcome(ran.cpu, ran.wall, pages)


def page_reader(spelled: str, *, rapidocr: str) -> PageReader:
    """The reader of ``ocrkit:MODEL``, ``ocrkit:MODEL|SEGMENTER``, ``tesseract:LANG`` or ``rapidocr``.

    The segmenter, ``NAME`` or ``NAME=MODEL``, may be ``truth``, which takes the true lines. ``tesseract:LANG|PSM``
    looks for lines in another way than 3.

    Raises:
        ValueError: it is spelled otherwise.
    """
    kind, _, what = spelled.partition(":")
    what, _, how = what.partition("|")
    if kind == "tesseract" and what:
        options = ("-l", what, "--psm", how or "3", "tsv")
        return PageReader(spelled, ("tesseract", "{list}", "stdout", *options), tesseract_pages)
    if kind == "rapidocr":
        return PageReader(spelled, (rapidocr, str(_HERE / "rapidocr_pages.py")), json_pages)
    if kind == "ocrkit" and what:
        name = ", ".join(filter(None, (f"ocrkit:{Path(what).stem}", how.partition("=")[0])))
        return PageReader(name, (sys.executable, str(_HERE / "ocrkit_pages.py"), what, how), json_pages)
    raise ValueError(
        f"no reader {spelled!r}; expected ocrkit:MODEL, ocrkit:MODEL|SEGMENTER, tesseract:LANG, tesseract:LANG|PSM or "
        "rapidocr"
    )


def json_pages(output: str) -> Iterator[list[Line]]:
    """Pages as JSON, one a line of the output: a list of outlines and texts."""
    for page in map(json.loads, output.splitlines()):
        yield [
            Line(
                f"l{place}",
                tuple((x, y) for x, y in line.get("baseline", ())),
                tuple((x, y) for x, y in line["outline"]),
                text=line["text"],
            )
            for place, line in enumerate(page)
        ]


def tesseract_pages(output: str) -> Iterator[list[Line]]:
    """Pages as Tesseract's tables: the lines that have a word."""
    rows = csv.DictReader(io.StringIO(output), delimiter="\t", quoting=csv.QUOTE_NONE)
    page: list[Line] | None = None
    box: list[int] = []
    words: list[str] = []

    def end_line() -> None:
        if page is not None and words:
            left, top, width, height = box
            right, bottom = left + width - 1, top + height - 1
            outline = ((left, top), (right, top), (right, bottom), (left, bottom))
            page.append(Line(f"l{len(page)}", (), outline, text=" ".join(words)))
        words.clear()

    for row in rows:
        if row["level"] == "1":
            end_line()
            if page is not None:
                yield page
            page = []
        elif row["level"] == "4":
            end_line()
            box = [int(row[name]) for name in ("left", "top", "width", "height")]
        elif row["level"] == "5" and row["text"].strip():
            words.append(row["text"])
    end_line()
    if page is not None:
        yield page
