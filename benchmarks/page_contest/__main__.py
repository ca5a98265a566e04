"""What readers of whole pages find and read, and how long they take: ocrkit beside Tesseract and rapidocr.

``PYTHONPATH=benchmarks python -m page_contest FOLDER …`` reads the pages of each folder, images with PAGE or ALTO
files beside them, with each of ``--readers``, in a process of its own for the whole folder, on one thread. It prints,
for each folder and reader, the lines that were found (F at an overlap of ink of 0.5 and 0.7, missed and false ones),
pairs of lines in order, the error rates of the pages' text (in order, with lines in any order, words in any order),
and CPU seconds a page: of the whole process, and less what it takes for the first page alone.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from page_contest.readers import page_reader

from ocrkit.evaluation.pages import PageScores, score_page, true_pages
from ocrkit.layout.reading import picture_of, read_layout
from ocrkit.layout.records import Page, Region
from ocrkit.pages.opening import open_scans
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.text.metrics import comparable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from page_contest.readers import Outcome

    from ocrkit.layout.records import Line

_HEADS = ("F.5", "F.7", "missed", "false", "order", "CER", "lines", "words", "CPU s", "less 1st")
_ROW = "| {:28} | {:26} |" + " {:>8} |" * len(_HEADS)


def main() -> None:
    """Read in turns, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", help="images with PAGE or ALTO files beside them")
    parser.add_argument("--readers", nargs="+", default=["ocrkit:english", "ocrkit:english|truth", "tesseract:eng"])
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--charset", default="english+ascii", help="in whose normal form texts are compared")
    parser.add_argument("--ignore-case", action="store_true")
    parser.add_argument("--partial", action="store_true", help="the files do not list all lines")
    parser.add_argument("--rapidocr", default="python", help="the Python of an environment that has rapidocr")
    asked = parser.parse_args()
    readers = [page_reader(spelled, rapidocr=asked.rapidocr) for spelled in asked.readers]
    print(_ROW.format("set, pages, lines", "reader", *_HEADS))
    print(_ROW.format("---", "---", *["--:"] * len(_HEADS)), flush=True)
    for folder in asked.folders:
        truths = [(path, read_layout(path)) for path in true_pages([folder])]
        images = [str(picture_of(path, page)) for path, page in truths]
        lines = sum(1 for _, page in truths for _ in page.lines)
        for place, reader in enumerate(readers):
            turns = [(reader.read(images[:1]), reader.read(images)) for _ in range(asked.turns)]
            scores = _scores(turns[-1][1], [page for _, page in truths], images, asked)
            name = Path(folder).parent.name if Path(folder).name == "pages" else Path(folder).name
            where = "" if place else f"{name}, {len(images)}, {lines}"
            print(_ROW.format(where, reader.name, *_cells(scores, turns, len(images))), flush=True)


def _scores(outcome: Outcome, truths: Sequence[Page], images: Sequence[str], asked: argparse.Namespace) -> PageScores:
    charset = resolve_charset(asked.charset)
    total = PageScores()
    for found, truth, image in zip(outcome.pages, truths, images, strict=True):
        grey = np.asarray(next(open_scans(image)).image().convert("L"))
        total += score_page(
            _page(found, grey),
            truth,
            grey,
            partial=asked.partial,
            spelling=lambda text: comparable(text, charset, ignore_case=asked.ignore_case),
        )
    return total


def _page(lines: Sequence[Line], grey: NDArray[np.uint8]) -> Page:
    height, width = grey.shape
    return Page("page", width, height, (Region("r", ((0, 0), (1, 0), (1, 1)), tuple(lines)),))


def _cells(scores: PageScores, turns: Sequence[tuple[Outcome, Outcome]], pages: int) -> list[str]:
    text = scores.text
    cpu = statistics.median(whole.cpu for _, whole in turns)
    first = statistics.median(first.cpu for first, _ in turns)
    return [
        f"{scores.f(0.5):.3f}",
        f"{scores.f(0.7):.3f}",
        str(scores.missed),
        str(scores.false + scores.elsewhere),
        f"{scores.order:.3f}",
        *(["-"] * 3 if text is None else [f"{text.cer:.4f}", f"{text.line_cer:.4f}", f"{text.bag_wer:.4f}"]),
        f"{cpu / pages:.2f}",
        f"{(cpu - first) / (pages - 1):.2f}" if pages > 1 else "-",
    ]


if __name__ == "__main__":
    main()
