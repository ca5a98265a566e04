"""How high the lines of a real page are, measured on their ink, since outlines of people and programs are loose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

from ocrkit.data.outline import polygon_mask
from ocrkit.segmentation.targets import LineTruth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ocrkit.layout.records import Line

__all__ = ["truths_of_lines"]

_STEP = 2.0  # px between the columns that a line is looked at in
_DENSE = 0.45  # of the densest row's ink: what the rows of small letters have at least
_TALLEST, _FLATTEST = 1.5, 0.7  # times the page's usual x-height: what a line's own may be
_SHORT = 6.0  # x-heights: a line shorter than that tells nothing by itself
_REACH = 0.92  # of a line's columns have all of their ink within its ascender and descender
_MOST = (4.0, 3.0)  # x-heights that ink reaches above and below a baseline at most
_LEAST = (1.3, 0.35)  # x-heights that an ascender and a descender are at least


def truths_of_lines(lines: Iterable[Line], grey: NDArray[np.uint8]) -> list[LineTruth]:
    """The lines of a page as maps need them, their heights measured; what has no baseline, or no ink, is left out.

    Args:
        lines: of the page, with baselines and outlines in its pixels.
        grey: (H, W) the page, 255 for white.
    """
    dark = _dark(grey)
    strips = [_Strip.of(line, dark) for line in lines if len(line.baseline) > 1]
    strips = [strip for strip in strips if strip.x_height() is not None]
    known = [found for strip in strips if (found := strip.x_height()) is not None and not strip.is_short(found)]
    usual = float(np.median(known)) if known else _guess(strips)
    return [strip.truth(usual) for strip in strips]


class _Strip:
    """The ink about a line's baseline, straightened: rows run down, columns along."""

    def __init__(self, baseline: NDArray[np.float64], ink: NDArray[np.bool_], above: int) -> None:
        self.baseline = baseline
        self.ink = ink
        self.above = above  # rows above the baseline

    @classmethod
    def of(cls, line: Line, dark: NDArray[np.bool_]) -> _Strip:
        baseline = np.array(line.baseline, np.float64)
        outline = np.array(line.outline, np.float64)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(baseline, axis=0).T))])
        places = np.arange(0, max(along[-1], _STEP), _STEP)
        xs, ys = (np.interp(places, along, baseline[:, axis]) for axis in (0, 1))
        chord = baseline[-1] - baseline[0]
        down = np.array([-chord[1], chord[0]]) / max(1e-9, float(np.hypot(*chord)))
        beside = (outline - baseline.mean(0)) @ down
        above, below = int(max(1.0, -beside.min() + 4)), int(max(1.0, beside.max() + 4))
        rows = np.arange(-above, below + 1)[:, None]
        columns = np.rint(xs + rows * down[0]).astype(int), np.rint(ys + rows * down[1]).astype(int)
        inside = (columns[0] >= 0) & (columns[0] < dark.shape[1]) & (columns[1] >= 0) & (columns[1] < dark.shape[0])
        left, top = np.floor(outline.min(0)).astype(int) - 1
        size = tuple((np.ceil(outline.max(0)).astype(int) + 2 - [left, top]).tolist())
        mask = np.asarray(polygon_mask(outline - [left, top], (size[0], size[1]))) > 0
        on_mask = (
            np.clip(columns[0] - left, 0, size[0] - 1),
            np.clip(columns[1] - top, 0, size[1] - 1),
        )
        seen = dark[np.clip(columns[1], 0, dark.shape[0] - 1), np.clip(columns[0], 0, dark.shape[1] - 1)]
        return cls(baseline, seen & inside & mask[on_mask[1], on_mask[0]], above)

    def x_height(self) -> float | None:
        """Px that the dense band of small letters is high; None where there is none."""
        profile = self.ink.mean(1) if self.ink.size else np.zeros(0)
        profile = np.convolve(profile, np.ones(3) / 3, mode="same") if len(profile) > 3 else profile
        upper = profile[: self.above + 1]
        if not len(upper) or upper.max() <= 0:
            return None
        peak = int(upper.argmax())
        thin = np.flatnonzero(upper[:peak] < _DENSE * upper[peak])
        return float(self.above - (thin[-1] + 1 if len(thin) else 0))

    def is_short(self, x_height: float) -> bool:
        """Whether the line is too short to tell by."""
        return bool(self.ink.shape[1] * _STEP < _SHORT * x_height)

    def truth(self, usual: float) -> LineTruth:
        """The line's heights, its x-height near the page's ``usual`` one."""
        own = self.x_height()
        x_height = usual if own is None or self.is_short(own) else own
        x_height = float(np.clip(x_height, _FLATTEST * usual, _TALLEST * usual))
        tops, feet = self._reaches(x_height)
        ascender = np.clip(tops, _LEAST[0] * x_height, _MOST[0] * x_height)
        descender = np.clip(feet, _LEAST[1] * x_height, _MOST[1] * x_height)
        return LineTruth(self.baseline, float(ascender), float(descender), x_height)

    def _reaches(self, x_height: float) -> tuple[float, float]:
        """How far the ink of most columns reaches above and below, columns being as wide as a letter."""
        wide = max(1, round(x_height / _STEP))
        count = self.ink.shape[1] // wide
        if not count:
            return 0.0, 0.0
        letters = np.asarray(self.ink[:, : count * wide].reshape(len(self.ink), count, wide).any(2), np.bool_)
        rows = np.arange(len(self.ink)) - self.above
        inked = np.flatnonzero(np.asarray(letters.any(0)))
        if not len(inked):
            return 0.0, 0.0
        first = letters.argmax(0)[inked]
        last = len(rows) - 1 - letters[::-1].argmax(0)[inked]
        return float(-np.quantile(rows[first], 1 - _REACH)), float(np.quantile(rows[last], _REACH))


def _guess(strips: list[_Strip]) -> float:
    """An x-height where no line tells one."""
    known = [found for strip in strips if (found := strip.x_height()) is not None]
    return float(np.median(known)) if known else 10.0


def _dark(grey: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a page is darker than the paper around."""
    reach = max(8, min(grey.shape) // 60)
    around = np.asarray(Image.fromarray(grey).filter(ImageFilter.BoxBlur(reach)), np.int16)
    contrast = np.percentile(around - grey.astype(np.int16), 97)
    return np.asarray(around - grey.astype(np.int16) > max(8.0, 0.35 * contrast))
