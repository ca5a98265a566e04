"""Which way is up on a page, and how far its lines fall, where its maps leave that in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from ocrkit.segmentation.darkness import Darkness
from ocrkit.segmentation.maps import MAP_STRIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Labeller", "leaning", "quarters_to_turn"]

_WINDOW = 320  # px of the working picture, each way, that are turned to look
_WINDOWS = 4  # of which one may lie on a picture, where nothing is seen from any side
_BLOCK = 16  # px, the grid on which the window is chosen
_SURE = 0.7  # of the map of baselines
_PLENTY = 0.03  # of a window full of text is so sure, where lines are seen
_ANY = 0.005  # where there is anything to be seen
_BETTER = 1.2  # by which another way up must have more of it
_STEEPEST = 45.0  # degrees
_COARSE, _FINE = 1.5, 0.25  # degrees from one try to the next
_POINTS = 20_000  # px of ink that are looked at
_ROW = 4.0  # px of rows whose ink is counted


class Labeller(Protocol):
    """What gives the maps of a working picture."""

    def maps(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(7, h, w) as ``ocrkit.segmentation.maps`` says, of an (H, W) grey picture."""
        ...


def quarters_to_turn(picture: NDArray[np.uint8], maps: NDArray[np.float32], labeller: Labeller) -> int | None:
    """Quarters clockwise that set a working picture upright, by what the network sees; None where it sees no lines.

    The part with the most ink is looked at upside down, and from the sides where nothing is seen upright; then others,
    where nothing is seen from any side.

    Args:
        picture: (H, W) grey.
        maps: those of the picture as it is.
        labeller: for parts of it.
    """
    blocks = _ink_blocks(Darkness.of(picture).ink)
    for _ in range(_WINDOWS):
        top, left = _densest(blocks)
        blocks[top // _BLOCK : (top + _WINDOW) // _BLOCK, left // _BLOCK : (left + _WINDOW) // _BLOCK] = 0
        quarters = _by_window(picture, maps, labeller, top, left)
        if quarters is not None:
            return quarters
    return None


def leaning(picture: NDArray[np.uint8]) -> float:
    """Degrees, up to 45, by which most lines of a picture fall to the right: those at which its rows differ most."""
    rows, columns = np.nonzero(Darkness.of(picture).ink)
    if not len(rows):
        return 0.0
    chosen = np.linspace(0, len(rows) - 1, min(len(rows), _POINTS)).astype(np.int64)
    points = np.stack([columns[chosen], rows[chosen]], axis=1).astype(np.float64)
    best = 0.0
    for step, reach in ((_COARSE, _STEEPEST), (_FINE, _COARSE)):
        angles = best + np.arange(-reach, reach + step / 2, step)
        best = float(angles[np.argmax([_rows_differ(points, angle) for angle in angles])])
    return best


def _by_window(
    picture: NDArray[np.uint8], maps: NDArray[np.float32], labeller: Labeller, top: int, left: int
) -> int | None:
    """As ``quarters_to_turn``, by one window."""
    part = picture[top : top + _WINDOW, left : left + _WINDOW]
    upright = maps[0, top // MAP_STRIDE :, left // MAP_STRIDE :]
    half = _WINDOW // MAP_STRIDE
    seen = {0: _BETTER * _lines_seen(upright[:half, :half])}
    for others in ((2,), (1, 3)):
        if len(others) > 1 and max(seen.values()) > _PLENTY:
            break
        for quarters in others:
            seen[quarters] = _lines_seen(labeller.maps(np.ascontiguousarray(np.rot90(part, -quarters)))[0])
    best = max(seen, key=lambda quarters: seen[quarters])
    return best if seen[best] > _ANY else None


def _ink_blocks(ink: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The ink in each block."""
    height, width = ink.shape
    padded = np.pad(ink, ((0, -height % _BLOCK), (0, -width % _BLOCK)))
    blocks: NDArray[np.int64] = padded.reshape(padded.shape[0] // _BLOCK, _BLOCK, -1, _BLOCK).sum((1, 3))
    return blocks


def _densest(blocks: NDArray[np.int64]) -> tuple[int, int]:
    """Top and left of the window with the most ink, both even."""
    sums = np.pad(blocks.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    down, across = (min(_WINDOW // _BLOCK, length) for length in blocks.shape)
    windows = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
    top, left = np.unravel_index(int(np.argmax(windows)), windows.shape)
    return int(top) * _BLOCK, int(left) * _BLOCK


def _lines_seen(baseline: NDArray[np.float32]) -> float:
    return float((baseline > _SURE).mean()) if baseline.size else 0.0


def _rows_differ(points: NDArray[np.float64], degrees: float) -> float:
    angle = np.radians(degrees)
    below = (points[:, 1] * np.cos(angle) - points[:, 0] * np.sin(angle)) / _ROW
    counts = np.bincount((below - below.min()).astype(np.int64)).astype(np.float64)
    return float((np.diff(counts) ** 2).sum())
