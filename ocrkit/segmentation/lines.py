"""Lines of a working picture from its seven maps: baselines, whose ink is whose, outlines; false lines are dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocrkit.segmentation.darkness import Darkness
from ocrkit.segmentation.found import FoundLine, found_line
from ocrkit.segmentation.joining import join_pieces
from ocrkit.segmentation.maps import MAP_STRIDE
from ocrkit.segmentation.outlines import line_outlines
from ocrkit.segmentation.ownership import ink_owners
from ocrkit.segmentation.pieces import ridge_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["OutlinedLine", "lines_of_maps"]

_BASELINE, _BODY, _END, _BORDER, _NOT_TEXT = 0, 1, 2, 5, 6
_TOGETHER = 0.6  # x-heights: of two baselines nearer than that over most of one's length, one is false
_OVER = 0.5
_SURE = 0.45  # confidence that a line needs
_RAISED = (0.15, 0.9)  # x-heights of a line by which a number raised at its end stands above its baseline
_RAISED_LONG = 2.5  # x-heights that such a number is long, at the most
_RAISED_SIZE = 1.2  # times the line's small letters that its own are high
_RAISED_GAP = 1.4  # x-heights from the line's end
_USUAL = 0.8  # of the text is no darker than what counts as the page's ink
_PALE = 0.47  # of how dark that is: what is paler shows through
_INKED = 0.25  # of its columns that hold ink of its own
_SHORTEST = 0.4  # x-heights
_NO_TEXT = 0.5  # of the map of ink that is no text


class OutlinedLine(NamedTuple):
    """A line, and the (N, 2) polygon around its ink, in px of the working picture."""

    line: FoundLine
    outline: NDArray[np.float64]


def lines_of_maps(maps: NDArray[np.float32], grey: NDArray[np.uint8]) -> list[OutlinedLine]:
    """Make a working picture's lines from its maps, in no order.

    Args:
        maps: (7, h, w) as ``ocrkit.segmentation.maps`` says.
        grey: (H, W) the working picture, 255 for white, upright and not askew by much.
    """
    pieces = ridge_pieces(maps[_BASELINE], maps[_END], maps[_BORDER])
    rows = join_pieces(pieces, maps[_END], maps[_BORDER])
    lines = _apart([found_line(row, maps) for row in rows if len(row.rows) >= 2])
    lines = [line for line in lines if line.confidence >= _SURE and len(line.ys) >= _SHORTEST * line.x_height]
    lines = _with_raised(lines)
    if not lines:
        return []
    darkness = Darkness.of(grey)
    depths = np.array([_depth_of(line, darkness) for line in lines])
    pale = _PALE * _usual(depths, lines)
    lines = [line for line, depth in zip(lines, depths, strict=True) if depth >= pale]
    no_text = maps[_NOT_TEXT] > _NO_TEXT
    ink = darkness.pieces(_enlarged(no_text, grey.shape) if no_text.any() else None, pale)
    owners = ink_owners(lines, ink)
    return [
        OutlinedLine(*made)
        for index, made in enumerate(line_outlines(lines, owners))
        if made is not None and _inked_share(owners, index + 1, made[0]) >= _INKED
    ]


def _enlarged(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    large: NDArray[np.bool_] = np.repeat(np.repeat(mask, MAP_STRIDE, 0), MAP_STRIDE, 1)[: size[0], : size[1]]
    return large


def _apart(lines: Sequence[FoundLine]) -> list[FoundLine]:
    """Lines, the surer and longer first, without those that lie upon one before them."""
    kept: list[FoundLine] = []
    for line in sorted(lines, key=lambda line: -len(line.ys) * line.confidence):
        columns = np.arange(line.first, line.last + 1)
        near = np.zeros(len(columns), bool)
        for other in kept:
            if other.last < line.first or other.first > line.last:
                continue
            within = (columns >= other.first) & (columns <= other.last)
            near |= within & (np.abs(other.at(columns) - line.ys) < _TOGETHER * max(line.x_height, other.x_height))
        if near.mean() < _OVER:
            kept.append(line)
    return kept


def _with_raised(lines: Sequence[FoundLine]) -> list[FoundLine]:
    """Lines that reach over the small raised numbers at their ends, which are no lines of their own."""
    left = sorted(lines, key=lambda line: len(line.ys))
    whole: list[FoundLine] = []
    while left:
        small = left.pop(0)
        beside = next((place for place, line in enumerate(left) if _is_raised(small, line)), None)
        if beside is None:
            whole.append(small)
        else:
            line = left[beside]
            left[beside] = line.between(min(line.first, small.first), max(line.last, small.last))
    return whole


def _is_raised(small: FoundLine, line: FoundLine) -> bool:
    """Whether a short line is a raised part of a long one, right before or behind it."""
    size = line.x_height
    if len(small.ys) > _RAISED_LONG * size or len(line.ys) < 2 * len(small.ys) or small.x_height > _RAISED_SIZE * size:
        return False
    gap = max(small.first - line.last, line.first - small.last)
    if not -0.5 * size <= gap <= _RAISED_GAP * size:
        return False
    columns = np.arange(small.first, small.last + 1)
    raised = float((line.at(columns) - small.ys).mean()) / size
    return _RAISED[0] <= raised <= _RAISED[1]


def _usual(depths: NDArray[np.float64], lines: Sequence[FoundLine]) -> float:
    """How dark the page's ink is: as dark as most of its text, so that what is far paler shows through the paper."""
    order = np.argsort(depths)
    lengths = np.array([len(line.ys) for line in lines])[order].cumsum()
    return float(depths[order][np.searchsorted(lengths, _USUAL * lengths[-1])])


def _depth_of(line: FoundLine, darkness: Darkness) -> float:
    """How dark a line's letters are: of what is darkest in each column, the third quarter."""
    return float(np.quantile(darkness.depths(*_core(line, darkness.grey.shape)).max(0), 0.75))


def _core(line: FoundLine, size: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of a line's small letters, each row one below another."""
    columns = np.arange(max(0, line.first), min(size[1], line.last + 1))
    up = np.arange(max(2, round(line.x_height)))[:, None]
    rows = np.clip((line.at(columns) - up).round().astype(np.int64), 0, size[0] - 1)
    return rows, np.broadcast_to(columns, rows.shape)


def _inked_share(owners: NDArray[np.int32], number: int, line: FoundLine) -> float:
    """The share of a line's columns in which ink of its own stands among its letters."""
    rows, columns = _core(line, owners.shape)
    return float((owners[rows, columns] == number).any(0).mean())
