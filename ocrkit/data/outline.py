"""Polygons on pixels: whether one is a box, and the mask of one, in time that grows with its points and its area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["is_box", "is_flat", "polygon_mask"]

_MANY = 4096  # points from which Pillow's polygon, which sorts all edges that cross a row, is slower than counting
_AT_ONCE = 1 << 21  # crossings of rows that are counted together, 16 MB


def is_box(points: NDArray[np.float64]) -> bool:
    """Whether (N, 2) points are the four corners of an upright box, in any order, and nothing else."""
    xs, ys = points[:, 0], points[:, 1]
    left, top, right, bottom = xs.min(), ys.min(), xs.max(), ys.max()
    on_corners = ((xs == left) | (xs == right)) & ((ys == top) | (ys == bottom))
    if left == right or top == bottom or not on_corners.all():
        return False
    return len(np.unique((xs == left) * 2 + (ys == top))) == 4


def is_flat(points: NDArray[np.float64]) -> bool:
    """Whether all of (N, 2) points lie on one straight line, so that nothing is inside of them."""
    away = points - points[0]
    farthest = away[np.argmax(np.abs(away).sum(1))]
    return bool(np.abs(away[:, 0] * farthest[1] - away[:, 1] * farthest[0]).max() <= 1e-9 * np.abs(farthest).sum() ** 2)


def polygon_mask(points: NDArray[np.float64], size: tuple[int, int]) -> Image.Image:
    """A mask of width and height px, mode ``L``: 255 on and inside of the polygon of (N, 2) points, 0 outside.

    A pixel is inside where a ray from it crosses the outline an odd number of times.
    """
    corners = np.trunc(points).astype(np.int64)  # as Pillow does
    corners = corners[np.any(corners != np.roll(corners, 1, axis=0), axis=1)]
    mask = Image.new("L", size, 0)
    if len(corners) < _MANY:
        corners = corners if len(corners) else np.trunc(points[:1]).astype(np.int64)
        ImageDraw.Draw(mask).polygon(
            [tuple(corner) for corner in corners.tolist()] * (3 if len(corners) == 1 else 1), fill=255, outline=255
        )
        return mask
    return Image.fromarray(_inside(corners, size) * np.uint8(255))


def _inside(corners: NDArray[np.int64], size: tuple[int, int]) -> NDArray[np.bool_]:
    """(H, W) whether a pixel is on the polygon, or inside by the parity of the edges to the left of it."""
    width, height = size
    begin, end = corners, np.roll(corners, -1, axis=0)
    falls = (begin[:, 1] < end[:, 1])[:, None]
    upper, lower = np.where(falls, begin, end), np.where(falls, end, begin)
    first, last = np.clip(upper[:, 1], 0, height), np.clip(lower[:, 1], 0, height)  # rows first to last - 1
    rows = last - first
    slope = (lower[:, 0] - upper[:, 0]) / np.maximum(lower[:, 1] - upper[:, 1], 1)
    odd = np.zeros((height, width + 1), np.uint8)  # a column more, for what is crossed to the right of all
    edges = np.zeros((height, width), bool)
    _mark(edges, corners[:, 0], corners[:, 1])
    for y, left, right in _level_edges(begin, end, size):
        edges[y, left : right + 1] = True
    for chosen in _chunks(rows):
        edge = np.repeat(chosen, rows[chosen])
        y = np.arange(len(edge)) - np.repeat(np.cumsum(rows[chosen]) - rows[chosen], rows[chosen]) + first[edge]
        x = upper[edge, 0] + (y - upper[edge, 1]) * slope[edge]
        crossed = y * (width + 1) + np.clip(np.ceil(x), 0, width).astype(np.int64)
        odd ^= (np.bincount(crossed, minlength=odd.size) & 1).astype(np.uint8).reshape(odd.shape)
        _mark(edges, np.floor(x + 0.5).astype(np.int64), y)
    return np.logical_or(edges, np.bitwise_xor.accumulate(odd, axis=1)[:, :width])


def _chunks(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The edges in groups that cross some two million rows each."""
    ends = np.cumsum(rows)
    start = 0
    while start < len(rows):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
        yield np.arange(start, stop)
        start = stop


def _level_edges(
    begin: NDArray[np.int64], end: NDArray[np.int64], size: tuple[int, int]
) -> Iterator[tuple[int, int, int]]:
    """The row and the columns of each edge that lies level, those of one row that touch taken together."""
    level = (begin[:, 1] == end[:, 1]) & (begin[:, 1] >= 0) & (begin[:, 1] < size[1])
    left = np.clip(np.minimum(begin[level, 0], end[level, 0]), 0, size[0])
    right = np.clip(np.maximum(begin[level, 0], end[level, 0]), -1, size[0] - 1)
    spans = np.unique(np.stack([begin[level, 1], left, right], axis=1), axis=0)
    return ((y, x0, x1) for y, x0, x1 in spans.tolist())


def _mark(edges: NDArray[np.bool_], x: NDArray[np.int64], y: NDArray[np.int64]) -> None:
    there = (x >= 0) & (x < edges.shape[1]) & (y >= 0) & (y < edges.shape[0])
    edges[y[there], x[there]] = True
