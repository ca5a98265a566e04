"""Whole pages whose lines are known: what a segmenter finds on them, and what a model reads there."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.records import BadImage
from ocrkit.errors import DataError, FileError, ImageError, MissingFileError
from ocrkit.evaluation.correction import Corrected, compare_corrected
from ocrkit.evaluation.pages.comparison import compare_lines
from ocrkit.evaluation.pages.ink import page_ink
from ocrkit.evaluation.pages.scores import PageScores, lines_of, score_lines
from ocrkit.evaluation.pages.texts import score_given, score_texts
from ocrkit.layout.reading import picture_of, read_layout
from ocrkit.layout.records import Layout
from ocrkit.pages.opening import open_scans
from ocrkit.pages.reader import PageReader
from ocrkit.text.metrics import comparable, count_errors, wilson_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ocrkit.data.progress import Progress
    from ocrkit.evaluation.comparison import Comparison
    from ocrkit.evaluation.correction import Correction
    from ocrkit.evaluation.pages.comparison import LineComparison
    from ocrkit.evaluation.pages.texts import TextScores
    from ocrkit.layout.records import Line
    from ocrkit.layout.scan import Scan
    from ocrkit.pages.reader import FindLines
    from ocrkit.recognition import Recognizer

__all__ = ["JudgedPage", "PagesEvaluation", "evaluate_pages", "true_pages"]


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """What came of a page.

    Attributes:
        name: the file that says what is true of it.
        scores: of the lines that were found, and of their text where they were read.
        given: of the text of the true lines, read by the same model; None where none was read.
        seconds: of processor time that finding the lines took.
        without: of the text of the lines that were found, without corrections; None where there is no corrector.
        corrected: the true lines with what was read in them, and what a corrector made of it.
    """

    name: str
    scores: PageScores
    given: TextScores | None
    seconds: float
    without: TextScores | None = None
    corrected: tuple[Corrected, ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, object]:
        """What ``ocrkit evaluate --pages --json`` prints of a page."""
        return {"name": self.name, **_dict_of(self.scores, self.given, self.seconds)}


@dataclass(frozen=True, slots=True)
class PagesEvaluation:
    """What came of pages.

    Attributes:
        pages: each by itself, in order.
        bad: those that were left out, and why.
        correction: the readings of all true lines without and with what a corrector made of them, where there is one.
    """

    pages: tuple[JudgedPage, ...]
    bad: tuple[BadImage, ...] = field(default=())
    correction: Correction | None = None

    @property
    def scores(self) -> PageScores:
        """Those of all pages."""
        return sum((page.scores for page in self.pages), PageScores())

    @property
    def given(self) -> TextScores | None:
        """Those of all true lines that were read."""
        return _sum_of(page.given for page in self.pages)

    @property
    def without(self) -> TextScores | None:
        """Those of the lines that were found, without corrections; None where there is no corrector."""
        return _sum_of(page.without for page in self.pages)

    @property
    def recall_interval(self) -> tuple[float, float]:
        """Where the share of lines that are found lies for pages of this kind, by a confidence of 95 % (Wilson)."""
        total = self.scores
        return wilson_interval(total.hits[0], total.truth)

    def to_dict(self) -> dict[str, object]:
        """What ``ocrkit evaluate --pages --json`` prints; rates are fractions of 1."""
        seconds = sum(page.seconds for page in self.pages)
        return {
            **_dict_of(self.scores, self.given, seconds),
            "recall50_interval": list(self.recall_interval),
            "each": [page.to_dict() for page in self.pages],
            "bad": [bad.to_dict() for bad in self.bad],
            "text_without_correction": None if self.without is None else self.without.to_dict(),
            "correction": None if self.correction is None else self.correction.to_dict(),
        }


def true_pages(places: Iterable[str | Path]) -> list[Path]:
    """The files that say what is true of pages: PAGE and ALTO files, and those in folders, by name.

    Raises:
        DataError: there is nothing at a place, or no such file in a folder.
    """
    found: list[Path] = []
    for place in map(Path, places):
        if place.is_dir():
            inside = sorted(path for path in place.iterdir() if path.suffix.lower() == ".xml" and path.is_file())
            if not inside:
                raise DataError("there is no PAGE or ALTO file in it; expected them beside their images", place)
            found += inside
        elif place.is_file():
            found.append(place)
        else:
            raise DataError("there is nothing here; expected a folder of images with PAGE or ALTO files", place)
    return found


def evaluate_pages(
    files: Sequence[Path],
    find: FindLines,
    recognizer: Recognizer | None = None,
    *,
    comparison: Comparison | None = None,
    partial: bool = False,
    progress: Progress | None = None,
) -> PagesEvaluation:
    """Find and read the lines of pages, and compare both with what is true of them.

    Args:
        files: PAGE and ALTO files, with their images beside them or in the folder above.
        find: gives the layout of a page.
        recognizer: reads the lines that were found, and the true ones; None reads none.
        comparison: what makes two texts equal; None compares them in NFC.
        partial: the files do not list all lines.
        progress: told of how many are done, of how many.

    Raises:
        DataError: no page could be opened.
    """
    judge = _Judge(find, recognizer, comparison or comparable, partial)
    pages: list[JudgedPage] = []
    bad: list[BadImage] = []
    for done, path in enumerate(files, 1):
        try:
            pages.append(judge(path))
        except MissingFileError as error:
            bad.append(BadImage(str(path), str(error)))
        except FileError as error:
            name = error.name if isinstance(error, ImageError) else str(error.origin or "")
            bad.append(BadImage(name or str(path), error.reason))
        if progress is not None:
            progress(done, len(files))
    if not pages:
        first = f"; first: {bad[0]}" if bad else ""
        raise DataError(f"none of the {len(files)} pages can be scored{first}")
    return PagesEvaluation(tuple(pages), tuple(bad), _correction(pages, recognizer, comparison))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Scores one page after the other."""

    find: FindLines
    recognizer: Recognizer | None
    spelling: Callable[[str], str]
    partial: bool

    def __call__(self, path: Path) -> JudgedPage:
        truth = read_layout(path)
        [scan] = open_scans(picture_of(path, truth), pages=truth.number)
        grey = scan.image().convert("L")
        if grey.size != (truth.width, truth.height):
            raise ImageError(
                f"it speaks of {truth.width}x{truth.height} px and the image is {grey.width}x{grey.height} px; "
                "expected the picture that it was made of",
                str(path),
            )
        begun = time.process_time()
        layout = self.find(scan, grey)
        seconds = time.process_time() - begun
        found, true = lines_of(layout), list(truth.lines)
        compared = compare_lines(found, true, page_ink(np.asarray(grey)))
        scores = score_lines(compared, found, true, partial=self.partial)
        if self.recognizer is None or all(not line.text for line in true):
            return JudgedPage(path.name, scores, None, seconds)
        read = self._read(scan, layout)
        own = self._read(scan, Layout(truth.regions, layout.rotation, layout.skew))
        mends = self.recognizer.corrector is not None
        before = [replace(line, text=line.original or line.text) for line in read]
        return JudgedPage(
            path.name,
            replace(scores, text=self._text(read, true, compared)),
            score_given(own, true, spelling=self.spelling),
            seconds,
            self._text(before, true, compared) if mends else None,
            tuple(map(_corrected, true, own)) if mends else (),
        )

    def _text(self, read: list[Line], true: list[Line], compared: LineComparison) -> TextScores:
        return score_texts(read, true, compared, partial=self.partial, spelling=self.spelling)

    def _read(self, scan: Scan, layout: Layout) -> list[Line]:
        assert self.recognizer is not None
        reader = PageReader(self.recognizer, lambda _scan, _grey: layout, keep_all=True)
        [read] = reader.read([scan], errors="raise")
        return list(read.page.lines)


def _corrected(truth: Line, line: Line) -> Corrected:
    return Corrected(truth.text or "", line.original or line.text or "", line.text or "")


def _correction(
    pages: Iterable[JudgedPage], recognizer: Recognizer | None, comparison: Comparison | None
) -> Correction | None:
    if recognizer is None or recognizer.corrector is None:
        return None
    lines = (line for page in pages for line in page.corrected)
    return compare_corrected(
        lines,
        recognizer.corrector.name,
        errors=count_errors if comparison is None else comparison.errors,
        spelling=comparison or comparable,
    )


def _dict_of(scores: PageScores, given: TextScores | None, seconds: float) -> dict[str, object]:
    return {
        **scores.to_dict(),
        "true_lines_read": None if given is None else given.to_dict(),
        "seconds": seconds,
    }


def _sum_of(texts: Iterable[TextScores | None]) -> TextScores | None:
    total: TextScores | None = None
    for text in texts:
        if text is not None:
            total = text if total is None else total + text
    return total
