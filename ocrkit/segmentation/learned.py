"""The segmenter ``lines``: a page at its working scale, the network's maps of it, and the lines that these tell."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.errors import OptionError
from ocrkit.layout.records import Layout, Line
from ocrkit.segmentation.lines import OutlinedLine, lines_of_maps
from ocrkit.segmentation.maps import WORKING_X_HEIGHT
from ocrkit.segmentation.order import order_lines
from ocrkit.segmentation.outlines import thinned
from ocrkit.segmentation.scale import Letters, look_for_letters
from ocrkit.segmentation.turning import leaning, quarters_to_turn
from ocrkit.segmentation.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ocrkit.layout.records import Direction, Points, Region
    from ocrkit.segmentation.learned_options import LearnedOptions
    from ocrkit.segmentation.turning import Labeller

__all__ = ["LearnedSegmenter", "build_learned"]

_MOST_PIXELS = 24_000_000  # of a working picture, which bounds memory
_SMALLEST = 8  # px a side: what is smaller holds no line
_RATIO = 1.5  # by which letters that were found may be larger or smaller than wanted, before another look
_AGREE = 3  # lines that must tell it
_ENLARGED = 4.0  # at the most
_MOST_ENLARGED = 6_000_000  # px of a working picture that is larger than the page
_LEVEL = 3.0  # degrees: lines that fall by more are set level before they are looked at again
_BASELINE_POINTS = 10
_BASELINE_TOLERANCE = 0.08  # x-heights


class LearnedSegmenter:
    """Finds lines by a network's maps."""

    def __init__(self, labeller: Labeller) -> None:
        self._labeller = labeller

    def segment(self, image: NDArray[np.uint8], *, direction: Direction = "ltr") -> Layout:
        """Find the lines of a page, in the order of reading; none on a page without text.

        Args:
            image: (H, W) grey, 255 for white, as the page was given; left as it is.
            direction: the way that the script runs, and so the columns.
        """
        height, width = image.shape
        letters = look_for_letters(image) if min(image.shape) >= _SMALLEST else None
        if letters is None:
            return Layout(())
        view, lines = self._looked(image, letters)
        made = [_line(found, view, (width, height), direction) for found in lines]
        skew = view.straightened + _fall(lines)
        rotation = 90 * view.turned
        regions = order_lines([line for line in made if line is not None], width, height, direction, rotation=rotation)
        return Layout(_numbered(regions), rotation, skew)

    def _looked(self, image: NDArray[np.uint8], letters: Letters) -> tuple[View, list[OutlinedLine]]:
        """The view on which letters stand upright and have the height that the network knows, and the lines on it."""
        view, maps = self._upright(_working(image, letters))
        lines = lines_of_maps(maps, view.picture)
        fall = _fall(lines)
        if abs(fall) > _LEVEL:
            view, lines = self._better(view, lines, view.straighten(fall))
        found = _found_x_height(lines)
        if found is not None and not 1 / _RATIO <= found / WORKING_X_HEIGHT <= _RATIO:
            again = _working(image, letters._replace(x_height=letters.x_height * found / WORKING_X_HEIGHT))
            again = again.turn(view.turned)
            view, lines = self._better(view, lines, again.straighten(view.straightened) if view.straightened else again)
        return view, lines

    def _upright(self, view: View) -> tuple[View, NDArray[np.float32]]:
        """A view turned so that its lines are seen, if they are from any side, and its maps."""
        maps = self._labeller.maps(view.picture)
        quarters = quarters_to_turn(view.picture, maps, self._labeller)
        if quarters is None:
            fall = leaning(view.picture)
            if abs(fall) > _LEVEL:
                view = view.straighten(fall)
                maps = self._labeller.maps(view.picture)
                quarters = quarters_to_turn(view.picture, maps, self._labeller)
        if quarters:
            view = view.turn(quarters)
            maps = self._labeller.maps(view.picture)
        return view, maps

    def _better(self, view: View, lines: list[OutlinedLine], other: View) -> tuple[View, list[OutlinedLine]]:
        """Of two views the one on which more lines are seen, with them."""
        seen = lines_of_maps(self._labeller.maps(other.picture), other.picture)
        return (other, seen) if _sureness(seen) > _sureness(lines) else (view, lines)


def build_learned(options: LearnedOptions) -> LearnedSegmenter:
    """The segmenter with its network.

    Raises:
        OptionError: no weights are named.
        MissingFileError: there is no such file.
        CheckpointError: it is damaged, or no network that finds lines.
    """
    from ocrkit.segmentation.net import load_segmentation_net

    if not options.weights:
        raise OptionError("segmenter 'lines' needs weights; name a file of a model that finds lines")
    return LearnedSegmenter(load_segmentation_net(options.weights))


def _numbered(regions: Iterable[Region]) -> tuple[Region, ...]:
    """The regions with their lines called by their place in the order."""
    names = (f"l{number}" for number in count(1))
    return tuple(
        replace(region, lines=tuple(replace(line, id=next(names)) for line in region.lines)) for region in regions
    )


def _working(image: NDArray[np.uint8], letters: Letters) -> View:
    """The part of a page that has letters, at the working scale."""
    left, top, right, bottom = letters.box
    area = max(1, (right - left) * (bottom - top))
    factor = min(_ENLARGED, WORKING_X_HEIGHT / letters.x_height)
    if factor > 1:
        factor = max(1.0, min(factor, float(np.sqrt(_MOST_ENLARGED / area))))
    factor = min(factor, float(np.sqrt(_MOST_PIXELS / area)))
    return View.of(image).part(left, top, right, bottom).scaled(factor)


def _found_x_height(lines: list[OutlinedLine]) -> float | None:
    """How many px high the small letters of most of the text are; None where too few lines tell it."""
    if len(lines) < _AGREE:
        return None
    heights = np.array([found.line.x_height for found in lines])
    lengths = np.array([len(found.line.ys) for found in lines])
    order = np.argsort(heights)
    return float(heights[order][np.searchsorted(lengths[order].cumsum(), lengths.sum() / 2)])


def _sureness(lines: list[OutlinedLine]) -> float:
    """x-heights of baseline that were found, each as far as it is sure."""
    return sum(len(found.line.ys) / found.line.x_height * found.line.confidence for found in lines)


def _fall(lines: list[OutlinedLine]) -> float:
    """Degrees by which most of the text falls to the right on the working picture."""
    if not lines:
        return 0.0
    runs = np.array([len(found.line.ys) for found in lines], np.float64)
    falls = np.array([found.line.ys[-1] - found.line.ys[0] for found in lines])
    angles = np.degrees(np.arctan2(falls, runs))
    order = np.argsort(angles)
    return float(angles[order][np.searchsorted(runs[order].cumsum(), runs.sum() / 2)])


def _line(found: OutlinedLine, view: View, size: tuple[int, int], direction: Direction) -> Line | None:
    """A line of the view as a record of the page; None where nothing of it is left there."""
    line = found.line
    course = np.stack([np.arange(line.first, line.last + 1.0), line.ys], axis=1)
    course = thinned(course, _BASELINE_TOLERANCE * line.x_height, _BASELINE_POINTS)
    baseline = _on_page(view.places(course), size)
    outline = _on_page(view.places(found.outline), size)
    if len(baseline) < 2 or len(outline) < 3:
        return None
    x_height = line.x_height * float(np.hypot(*view.to_page[:, 1]))
    return Line("l", baseline, outline, direction=direction, x_height=round(x_height, 1))


def _on_page(points: NDArray[np.float64], size: tuple[int, int]) -> Points:
    """Whole px within the page, each once in a row."""
    inside = np.clip(points.round().astype(int), 0, np.array(size) - 1)
    new = np.any(np.diff(inside, axis=0, prepend=-1) != 0, axis=1)
    # What lies between two points of one straight line says nothing.
    kept = inside[new]
    if len(kept) > 2:
        before, after = kept[1:-1] - kept[:-2], kept[2:] - kept[1:-1]
        bends = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
        kept = kept[np.concatenate([[True], bends, [True]])]
    return tuple((int(x), int(y)) for x, y in kept)
