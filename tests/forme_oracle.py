"""What ``ocrkit._drawing`` does with letters and their ink, as NumPy spells it: slow, and easily seen to be right."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Ink(NamedTuple):
    mask: NDArray[np.uint8]
    x: int
    y: int


class Type(NamedTuple):
    ink: Ink
    mark: Ink
    advance: float
    is_space: bool


def printed(
    types: Sequence[Type],
    shifts: Sequence[int],
    inkings: NDArray[np.float64] | None,
    tracking: float,
    space_tracking: float,
    gap: float,
) -> tuple[NDArray[np.uint8], int]:
    patch, pen = 1.0, 0.0
    placed: list[Ink] = []
    for k, one in enumerate(types):
        if one.is_space and inkings is not None:
            patch = inkings[0, k]
        for ink, x in ((one.ink, round(pen)), (one.mark, round(pen + gap))):
            if ink.mask.size:
                mask = ink.mask
                if inkings is not None:
                    mask = (mask * np.float32(patch * inkings[1, k])).astype(np.uint8)
                placed.append(Ink(mask, x + ink.x, ink.y + (shifts[k] if shifts else 0)))
        pen += one.advance + (space_tracking if one.is_space else tracking) + (gap if one.mark.mask.size else 0)
    if not placed:
        return np.zeros((0, 0), np.uint8), 0
    left, top = min(ink.x for ink in placed), min(ink.y for ink in placed)
    right = max(ink.x + ink.mask.shape[1] for ink in placed)
    bottom = max(ink.y + ink.mask.shape[0] for ink in placed)
    page = np.zeros((bottom - top, right - left), np.uint8)
    for mask, x, y in placed:
        room = page[y - top : y - top + mask.shape[0], x - left : x - left + mask.shape[1]]
        np.maximum(room, mask, out=room)
    return page, top


def ink_boxed(ink: NDArray[np.uint8], first: int, top: int, bottom: int) -> NDArray[np.uint8]:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return ink
    begin, end = int(rows[0]), int(rows[-1]) + 1
    above, below = max(0, first + begin - top), max(0, bottom - first - end)
    return np.pad(ink[begin:end, columns[0] : columns[-1] + 1], ((above, below), (0, 0)))


def on_paper(ink: NDArray[np.uint8], left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
    return 255 - np.pad(ink, ((top, bottom), (left, right)))
