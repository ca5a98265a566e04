"""The maps that a page's truth makes: what the network learns to predict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image, ImageDraw

from ocrkit.segmentation.maps import BORDER, MAP_STRIDE, MAPS, RIBBON, WORKING_X_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["LineTruth", "shrunk_mask", "target_maps"]

_INDEX = {name: place for place, name in enumerate(MAPS)}
_BELOW = 0.3  # of the x-height: how far the bar at a line's end reaches below its baseline
_SURE = 3.0  # px around a line's own ribbon in which heights are learnt too
_Mode = Literal["L", "F"]


@dataclass(frozen=True, slots=True)
class LineTruth:
    """A line of the working picture, as its maps need it.

    Attributes:
        baseline: (K, 2) x and y of points along the foot of its letters, from its left to its right, two at least.
        ascender: px that its ink reaches above the baseline.
        descender: px that it reaches below.
        x_height: px that its small letters are high.
    """

    baseline: NDArray[np.float64]
    ascender: float
    descender: float
    x_height: float

    def scaled(self, factor: float) -> LineTruth:
        """The same line of the picture that is so many times as large."""
        # Whole numbers are the middles of pixels, and a picture is scaled about its corner.
        moved = (np.asarray(self.baseline, np.float64) + 0.5) * factor - 0.5
        return LineTruth(moved, self.ascender * factor, self.descender * factor, self.x_height * factor)

    def moved(self, left: float, top: float) -> LineTruth:
        """The same line of the part of the picture that begins at that pixel."""
        return LineTruth(self.baseline - np.array([left, top]), self.ascender, self.descender, self.x_height)


def target_maps(
    lines: Sequence[LineTruth],
    borders: Sequence[NDArray[np.float64]] | None,
    not_text: NDArray[np.bool_] | None,
    size: tuple[int, int],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The maps of a page, and how much each of their values counts.

    Args:
        lines: all that are on the working picture.
        borders: (K, 2) points along what parts columns and regions; None where nobody said, so that they do not count.
        not_text: (H, W) where ink is no text; None where nobody said: then that map counts on lines alone, where there
            is text.
        size: the working picture's height and width, px.

    Returns:
        The maps (7, h, w) and their weights (7, h, w), 0 or 1, as ``ocrkit.segmentation.maps`` says.
    """
    height, width = (math.ceil(length / MAP_STRIDE) for length in size)
    maps = np.zeros((len(MAPS), height, width), np.float32)
    weights = np.ones_like(maps)
    maps[_INDEX["baseline"]] = _ribbons([line.baseline for line in lines], RIBBON, height, width)
    maps[_INDEX["body"]] = _filled([_band(line, line.x_height, 0.0) for line in lines], height, width)
    maps[_INDEX["end"]] = _ribbons([bar for line in lines for bar in _end_bars(line)], RIBBON, height, width)
    for name in ("ascender", "descender"):
        values, known = _heights(lines, name, height, width)
        maps[_INDEX[name]], weights[_INDEX[name]] = values, known
    if borders is None:
        weights[_INDEX["border"]] = 0
    else:
        maps[_INDEX["border"]] = _ribbons(borders, BORDER, height, width)
    if not_text is None:
        covered = _filled([_band(line, line.ascender, line.descender) for line in lines], height, width)
        weights[_INDEX["not_text"]] = covered > 0
    else:
        maps[_INDEX["not_text"]] = shrunk_mask(not_text, height, width)
    return maps, weights


def _heights(
    lines: Sequence[LineTruth], name: str, height: int, width: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A map of heights, the same about all of a line's baseline, and where it counts."""
    values, known = _canvas("F", width, height), _canvas("L", width, height)
    thick = max(1, round((RIBBON + _SURE) / MAP_STRIDE))
    for line in lines:
        points = _to_map(line.baseline)
        value = (line.ascender if name == "ascender" else line.descender) / WORKING_X_HEIGHT
        ImageDraw.Draw(values).line(points, fill=value, width=thick)
        ImageDraw.Draw(known).line(points, fill=1, width=thick)
    return np.asarray(values, np.float32), np.asarray(known, np.float32)


def _ribbons(courses: Sequence[NDArray[np.float64]], wide: float, height: int, width: int) -> NDArray[np.float32]:
    """Ribbons along courses, 0 to 1, soft at their rims."""
    canvas = _canvas("L", width * MAP_STRIDE, height * MAP_STRIDE)
    draw = ImageDraw.Draw(canvas)
    for course in courses:
        draw.line([(float(x), float(y)) for x, y in course], fill=255, width=round(wide), joint="curve")
    return _softened(canvas)


def _filled(outlines: Sequence[NDArray[np.float64]], height: int, width: int) -> NDArray[np.float32]:
    canvas = _canvas("L", width * MAP_STRIDE, height * MAP_STRIDE)
    draw = ImageDraw.Draw(canvas)
    for outline in outlines:
        draw.polygon([(float(x), float(y)) for x, y in outline], fill=255)
    return _softened(canvas)


def _softened(canvas: Image.Image) -> NDArray[np.float32]:
    return np.asarray(canvas.reduce(MAP_STRIDE), np.float32) / np.float32(255)


def shrunk_mask(mask: NDArray[np.bool_], height: int, width: int) -> NDArray[np.bool_]:
    """A mask of the working picture at the scale of maps: set where any of its pixels is, since rules are thin."""
    padded = np.zeros((height * MAP_STRIDE, width * MAP_STRIDE), np.bool_)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    return np.asarray(padded.reshape(height, MAP_STRIDE, width, MAP_STRIDE).any((1, 3)))


def _canvas(mode: _Mode, width: int, height: int) -> Image.Image:
    return Image.new(mode, (width, height), 0)


def _to_map(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    return [((float(x) - 0.5) / MAP_STRIDE, (float(y) - 0.5) / MAP_STRIDE) for x, y in points]


def _band(line: LineTruth, above: float, below: float) -> NDArray[np.float64]:
    """The (N, 2) outline of what lies up to ``above`` px above a baseline and ``below`` px below it."""
    up = _upward(line.baseline)
    return np.concatenate([line.baseline + above * up, (line.baseline - below * up)[::-1]])


def _end_bars(line: LineTruth) -> list[NDArray[np.float64]]:
    up = _upward(line.baseline)
    return [
        np.stack([point - _BELOW * line.x_height * way, point + line.x_height * way])
        for point, way in ((line.baseline[0], up[0]), (line.baseline[-1], up[-1]))
    ]


def _upward(baseline: NDArray[np.float64]) -> NDArray[np.float64]:
    """(K, 2) unit vectors across a baseline at its points, to the side where its letters stand."""
    along = np.gradient(np.asarray(baseline, np.float64), axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1])[:, None], 1e-9)
    return np.stack([along[:, 1], -along[:, 0]], axis=1)
