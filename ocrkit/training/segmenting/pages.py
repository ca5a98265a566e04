"""The pages that are trained on, real and drawn, each by its number alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.image import open_image, to_grey
from ocrkit.errors import DataError, MissingFileError, OcrkitError
from ocrkit.layout.reading import picture_of, read_layout
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.segmentation.line_truth import truths_of_lines
from ocrkit.segmentation.net import ink_of
from ocrkit.segmentation.targets import LineTruth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ocrkit.drawing.pages.drawn_pages import DrawnPages
    from ocrkit.drawing.pages.options import PageOptions
    from ocrkit.drawing.pages.records import DrawnPage

__all__ = ["PageDrawer", "PageFault", "PageMaker", "TrainingPage", "page_files", "real_page"]


@dataclass(frozen=True, slots=True)
class TrainingPage:
    """A page with its truth.

    Attributes:
        ink: (H, W) uint8, 0 for paper and 255 for its darkest.
        lines: all of its lines.
        borders: what parts its columns; None where nobody said.
        not_text: where ink is no text; None where nobody said.
        x_height: px, of most of its lines.
    """

    ink: NDArray[np.uint8]
    lines: Sequence[LineTruth]
    borders: Sequence[NDArray[np.float64]] | None
    not_text: NDArray[np.bool_] | None
    x_height: float


@dataclass(frozen=True, slots=True)
class PageFault:
    """Why a page cannot be trained on."""

    reason: str


class PageDrawer:
    """Gives drawn pages by their numbers; sent to another process, it finds faces and words there anew."""

    def __init__(self, options: PageOptions, seed: int) -> None:
        """Draw by these options; another seed draws other pages."""
        self._options, self._seed = options, seed
        self._pages: DrawnPages | None = None

    def __call__(self, number: int) -> DrawnPage:
        """The page of a number."""
        pages = self.opened()
        return pages[number % len(pages)]

    def __getstate__(self) -> tuple[PageOptions, int]:
        return self._options, self._seed

    def __setstate__(self, state: tuple[PageOptions, int]) -> None:
        self._options, self._seed = state
        self._pages = None

    def opened(self) -> DrawnPages:
        """The pages, once faces and words are found.

        Raises:
            OcrkitError: there are none that suit each other, or a file is missing.
        """
        if self._pages is None:
            from ocrkit.drawing.pages.drawn_pages import DrawnPages

            self._pages = DrawnPages(None, self._options, seed=self._seed, charsets=resolve_charset)
        return self._pages


@dataclass(frozen=True, slots=True)
class PageMaker:
    """Gives the page of a number; it can be sent to other processes.

    Attributes:
        real: PAGE or ALTO files.
        drawn: gives drawn pages by their numbers; None for real ones alone.
        share: of the pages that are real ones, spread evenly.
        seed: of the order of the real pages.
    """

    real: tuple[Path, ...]
    drawn: Callable[[int], DrawnPage] | None
    share: float
    seed: int

    def __call__(self, number: int) -> TrainingPage | PageFault:
        """The page, or why there is none."""
        before, after = int(number * self.share), int((number + 1) * self.share)
        if self.drawn is None or (self.real and after > before):
            turn = number if self.drawn is None else before
            epoch, place = divmod(turn, len(self.real))
            order = np.random.default_rng([self.seed, epoch]).permutation(len(self.real))
            return _checked(self.real[order[place]])
        return drawn_page(self.drawn(number - before))


def page_files(places: Sequence[str]) -> tuple[Path, ...]:
    """The PAGE and ALTO files at some places, those of a folder in the order of their names, and below it.

    Raises:
        MissingFileError: there is nothing at a place.
        DataError: a folder holds no such file.
    """
    found: list[Path] = []
    for place in map(Path, places):
        if not place.exists():
            raise MissingFileError(f"no file or folder {str(place)!r}")
        files = sorted(place.rglob("*.xml")) if place.is_dir() else [place]
        if not files:
            raise DataError("no .xml file in this folder; expected PAGE or ALTO files beside their pictures", place)
        found += files
    return tuple(found)


def real_page(path: Path) -> TrainingPage:
    """The page of a PAGE or ALTO file, its lines' heights measured on their ink.

    Raises:
        MissingFileError: its picture is missing.
        DataError: the file is damaged, or has no line with a baseline.
        ImageError: the picture cannot be opened.
    """
    page = read_layout(path, report=lambda _row: None)
    grey = np.asarray(to_grey(open_image(picture_of(path, page))))
    lines = truths_of_lines(page.lines, grey)
    if not lines:
        raise DataError("none of its lines has a baseline with ink; expected lines with baselines and outlines", path)
    return TrainingPage(_as_bytes(grey), lines, None, None, _usual([line.x_height for line in lines]))


def drawn_page(page: DrawnPage) -> TrainingPage:
    """A drawn page, whose truth is exact."""
    lines = [LineTruth(each.baseline, each.ascender, each.descender, each.x_height) for each in page.lines]
    usual = _usual([line.x_height for line in lines]) if lines else 12.0
    return TrainingPage(_as_bytes(page.image), lines, page.borders, page.not_text, usual)


def _checked(path: Path) -> TrainingPage | PageFault:
    try:
        return real_page(path)
    except (OcrkitError, OSError) as error:
        return PageFault(str(error))


def _as_bytes(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.rint(ink_of(grey) * 255).astype(np.uint8)


def _usual(heights: Sequence[float]) -> float:
    return float(np.median(heights))
