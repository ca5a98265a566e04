"""Batches of lines of like width: which lines go together, and their images padded to one array."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ocrkit.data.image import to_network_input
from ocrkit.errors import DataError, OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["LONG_LINE", "batches", "epoch_rng", "pad_batch"]

T = TypeVar("T")

LONG_LINE = 2000
"""px: where lines are wider, about a hundred characters at a height of 32, a batch holds fewer, to bound its memory."""

_POOL = 32  # batches within which lines are sorted by width: more means less padding, and less chance


def pad_batch(images: Sequence[NDArray[np.uint8]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Set grey lines of one height into one array of ink, each at the left, with paper to its right.

    Args:
        images: (H, W_b) uint8 each, 255 for paper, at least one.

    Returns:
        (B, 1, H, W) float32 with W the widest line, 0 for paper and 1 for black; (B,) widths in px.

    Raises:
        DataError: there is no image, or they differ in height.
    """
    heights = {image.shape[0] for image in images}
    if len(heights) != 1:
        raise DataError(f"a batch of lines {sorted(heights)} px high; expected one height, so fit the images first")
    widths = np.array([image.shape[1] for image in images], dtype=np.int64)
    # (B, H, W): grey first and ink at the end, so that one pass converts all.
    grey = np.full((len(images), heights.pop(), int(widths.max())), 255, dtype=np.uint8)
    for row, image in zip(grey, images, strict=True):
        row[:, : image.shape[1]] = image
    return to_network_input(grey)[:, np.newaxis], widths


def batches(
    widths: ArrayLike,
    batch_size: int,
    rng: np.random.Generator | None = None,
    *,
    max_columns: int | None = None,
) -> list[NDArray[np.int64]]:
    """Divide lines into batches of like width; every line is in exactly one.

    Args:
        widths: (N,) px.
        batch_size: the most lines in a batch, at least 1.
        rng: draws the order: lines are shuffled, sorted by width within pools of some thirty batches, and the batches
            shuffled. Without it, for evaluation, all lines are sorted, the widest first, so that a batch that does
            not fit the memory fails at once and not at the end.
        max_columns: the most columns that a batch may have once padded (its lines times its widest), None for no
            bound; a line that is wider alone is a batch alone.

    Returns:
        Arrays of indices into ``widths``, int64.

    Raises:
        OptionError: ``batch_size`` or ``max_columns`` is below 1.
    """
    if batch_size < 1:
        raise OptionError(f"batch_size is {batch_size}; expected at least 1")
    if max_columns is not None and max_columns < 1:
        raise OptionError(f"max_columns is {max_columns}; expected at least 1, or None")
    px = np.asarray(widths, dtype=np.int64)
    if rng is None:
        return _cut(np.argsort(-px, kind="stable"), px, batch_size, max_columns)
    order = rng.permutation(len(px)).astype(np.int64)
    pool = batch_size * _POOL
    parts = [order[start : start + pool] for start in range(0, len(order), pool)]
    cut = [batch for part in parts for batch in _cut(part[np.argsort(-px[part])], px, batch_size, max_columns)]
    return [cut[index] for index in rng.permutation(len(cut))]


def epoch_rng(seed: int, epoch: int) -> np.random.Generator:
    """The generator of one epoch's order: the same for the same seed and epoch, whatever came before."""
    return np.random.default_rng([seed, epoch])


def _cut(
    order: NDArray[np.int64], px: NDArray[np.int64], batch_size: int, max_columns: int | None
) -> list[NDArray[np.int64]]:
    """Cut an order, widest first, into batches."""
    if max_columns is None:
        return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    cut = []
    start = 0
    while start < len(order):
        fitting = max_columns // max(1, int(px[order[start]]))  # the first is the widest
        size = min(batch_size, max(1, fitting))
        cut.append(order[start : start + size])
        start += size
    return cut
