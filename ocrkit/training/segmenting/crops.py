"""Crops of pages at several scales, askew and worn, with their maps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.segmentation.maps import HEIGHTS, MAP_STRIDE, MAPS
from ocrkit.segmentation.targets import LineTruth, shrunk_mask, target_maps
from ocrkit.training.segmenting.wear import shown_through, worn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.training.segmenting.pages import TrainingPage

__all__ = ["HEIGHT_STEP", "Crops", "cut_crops"]

HEIGHT_STEP = 6.0 / 255
"""What one of a height map's 256 levels in a crop stands for."""

_A_VIEW = 4  # crops that are cut of a page at one scale and angle
_ASKEW = 1.5  # degrees, the deviation of angles
_LEVEL = 0.4  # of the views are not turned
_ON_A_LINE = 0.85  # of the crops lie about a line, the others anywhere
_SHOWN_THROUGH = 0.25  # of the worn crops show the writing of the other side, which is their own page's, mirrored
_INKED = 0.25  # of a pixel's place on a mask, from which it is set
_NOT_TEXT = MAPS.index("not_text")
_HEIGHT_ROWS = [MAPS.index(name) for name in HEIGHTS]


@dataclass(frozen=True, slots=True)
class Crops:
    """N crops of S px, small enough to be kept and sent in numbers.

    Attributes:
        ink: (N, S, S) uint8, 0 for paper and 255 for black.
        maps: (N, 7, S / 2, S / 2) uint8: 255 for 1, or heights in ``HEIGHT_STEP``.
        weights: (N, 7, S / 2, S / 16) uint8, bits along the last axis: whether a value counts.
    """

    ink: NDArray[np.uint8]
    maps: NDArray[np.uint8]
    weights: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.ink)

    @classmethod
    def joined(cls, parts: Sequence[Crops]) -> Crops:
        """All of some crops."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("ink", "maps", "weights")))

    def chosen(self, numbers: NDArray[np.int64]) -> Crops:
        """Those of some numbers, in that order."""
        return Crops(self.ink[numbers], self.maps[numbers], self.weights[numbers])


def cut_crops(
    page: TrainingPage,
    rng: np.random.Generator,
    *,
    count: int,
    size: int,
    x_heights: tuple[float, float],
    wear: bool = True,
) -> Crops:
    """Cut crops of a page, some at each of several scales and angles.

    Args:
        page: with its truth.
        rng: the only source of chance.
        count: how many.
        size: px that each is wide and high, a multiple of 16.
        x_heights: least and greatest height of small letters, px.
        wear: whether crops are made paler, noisy and blurred.
    """
    low, high = x_heights
    parts: list[Crops] = []
    while (missing := count - sum(map(len, parts))) > 0:
        wanted = math.exp(rng.uniform(math.log(low), math.log(high)))
        angle = 0.0 if rng.random() < _LEVEL else float(rng.normal(0, _ASKEW))
        view = _View.of(page, wanted / page.x_height, angle)
        parts.append(view.crops(rng, min(missing, _A_VIEW), size, wear=wear))
    return Crops.joined(parts)


@dataclass(frozen=True, slots=True)
class _View:
    """A page at one scale and angle, with its maps."""

    ink: NDArray[np.uint8]
    lines: Sequence[LineTruth]
    maps: NDArray[np.float32]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, page: TrainingPage, factor: float, angle: float) -> _View:
        height, width = (max(1, round(length * factor)) for length in page.ink.shape)
        turn = _Turn(factor, math.radians(angle), (width / 2, height / 2))
        lines = [turn.line(line) for line in page.lines]
        borders = None if page.borders is None else [turn.points(border) for border in page.borders]
        not_text = None
        if page.not_text is not None:
            mask = turn.picture(page.not_text.astype(np.uint8) * 255, width, height)
            not_text = mask > _INKED * 255
        maps, weights = target_maps(lines, borders, not_text, (height, width))
        return cls(turn.picture(page.ink, width, height), lines, maps, weights)

    def crops(self, rng: np.random.Generator, count: int, size: int, *, wear: bool) -> Crops:
        half = size // MAP_STRIDE
        ink = np.zeros((count, size, size), np.uint8)
        maps = np.zeros((count, len(MAPS), half, half), np.uint8)
        weights = np.zeros((count, len(MAPS), half, half), np.uint8)
        # What a crop shows beyond the page is paper, and nothing but that.
        weights[:, [row for row in range(len(MAPS)) if row not in _HEIGHT_ROWS]] = 1
        for number in range(count):
            left, top = self._corner(rng, size)
            part = self.ink[top : top + size, left : left + size]
            through = None
            if wear and rng.random() < _SHOWN_THROUGH:
                part, through = shown_through(part, self._other_side(part.shape, rng, size), rng)
            ink[number, : part.shape[0], : part.shape[1]] = worn(part, rng) if wear else part
            rows, columns = (slice(begin // MAP_STRIDE, begin // MAP_STRIDE + half) for begin in (top, left))
            for source, target in (
                (_levels(self.maps[:, rows, columns]), maps),
                (self.weights[:, rows, columns], weights),
            ):
                target[number, :, : source.shape[1], : source.shape[2]] = source
            if through is not None:
                seen = shrunk_mask(through, *self.maps[0, rows, columns].shape)
                for target, value in ((maps, 255), (weights, 1)):
                    target[number, _NOT_TEXT, : seen.shape[0], : seen.shape[1]][seen] = value
        return Crops(ink, maps, np.packbits(weights, axis=3))

    def _other_side(self, shape: tuple[int, ...], rng: np.random.Generator, size: int) -> NDArray[np.uint8]:
        """The writing of another place of the page, mirrored, of a crop's shape."""
        left, top = self._corner(rng, size)
        part = self.ink[top : top + shape[0], left : left + shape[1]][:, ::-1]
        side = np.zeros(shape, np.uint8)
        side[: part.shape[0], : part.shape[1]] = part
        return side

    def _corner(self, rng: np.random.Generator, size: int) -> tuple[int, int]:
        """The left top corner of a crop, on an even pixel."""
        height, width = self.ink.shape
        x, y = rng.random(2) * (width, height)
        if self.lines and rng.random() < _ON_A_LINE:
            line = self.lines[int(rng.integers(len(self.lines)))]
            x, y = line.baseline[int(rng.integers(len(line.baseline)))] + rng.normal(0, size / 4, 2)
        left, top = (int(min(max(0, at - size / 2), max(0, length - size))) for at, length in ((x, width), (y, height)))
        return left // MAP_STRIDE * MAP_STRIDE, top // MAP_STRIDE * MAP_STRIDE


@dataclass(frozen=True, slots=True)
class _Turn:
    """A page scaled by a factor, then turned clockwise about the middle of what comes out."""

    factor: float
    angle: float
    middle: tuple[float, float]

    def points(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(K, 2) points of the page where they come to lie."""
        scaled = (np.asarray(points, np.float64) + 0.5) * self.factor - self.middle
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        turned = scaled @ np.array([[cosine, sine], [-sine, cosine]])
        return np.asarray(turned + self.middle - 0.5, np.float64)

    def line(self, line: LineTruth) -> LineTruth:
        """A line where it comes to lie."""
        scaled = line.scaled(self.factor)
        return LineTruth(self.points(line.baseline), scaled.ascender, scaled.descender, scaled.x_height)

    def picture(self, picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
        """The picture, 0 where it shows what lies beyond the page."""
        image = Image.fromarray(picture)
        shrunk = max(1, math.floor(1 / self.factor))
        if shrunk > 1:  # sampling by interpolation alone would leave pixels out
            image = image.reduce(shrunk)
        back = 1 / (self.factor * shrunk)
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        x, y = self.middle
        rows = (
            back * cosine, back * sine, back * (x - cosine * x - sine * y),
            -back * sine, back * cosine, back * (y + sine * x - cosine * y),
        )  # fmt: skip
        turned = image.transform((width, height), Image.Transform.AFFINE, rows, Image.Resampling.BILINEAR)
        return np.asarray(turned)


def _levels(maps: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Maps as bytes."""
    scaled = maps * np.float32(255)
    scaled[_HEIGHT_ROWS] = maps[_HEIGHT_ROWS] / np.float32(HEIGHT_STEP)
    return np.asarray(np.clip(np.rint(scaled), 0, 255), np.uint8)
