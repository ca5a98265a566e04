"""Lines of real hands, cut out of given pages along their baselines: their own ink, without paper and neighbours."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from ocrkit._drawing import columns_shifted, looked_up, resized
from ocrkit._ink import components
from ocrkit.data.image_file import open_image
from ocrkit.data.sources.alto import alto_text
from ocrkit.data.sources.page import page_text
from ocrkit.data.sources.page_line import PageLine
from ocrkit.data.sources.xml_file import read_xml, root_name
from ocrkit.drawing.pages.strips import Strip
from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Hands"]

_READERS = {"PcGts": page_text, "alto": alto_text}
_ENDINGS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")
_KEPT_PAGES = 24
_STEEPEST = 0.2  # px a px: lines that fall or rise more are left aside
_ABOVE, _BELOW = 0.95, 0.7  # of the way between two lines: how far a line's strip reaches from its baseline
_INK = 90  # of 255, from which a pixel belongs to a stroke
_SCALED = 16.0  # px: the height of small letters at which lines are kept


class Hands:
    """Pages in one hand each, of a folder of PAGE or ALTO files with their images."""

    def __init__(self, folder: Path) -> None:
        """List the pages of ``folder``, and of those below it.

        Raises:
            MissingFileError: there is no such folder.
            DataError: no page is in it.
        """
        if not folder.is_dir():
            raise MissingFileError(f"no folder {str(folder)!r}; hands takes one that holds PAGE or ALTO files")
        self._files = [path for path in sorted(folder.rglob("*.xml")) if root_name(path) in _READERS]
        if not self._files:
            raise DataError(
                "no PAGE or ALTO file is in it, nor below it; expected pages whose lines have baselines", folder
            )

    def lines(self, rng: np.random.Generator) -> Sequence[Strip]:
        """The lines of one of the pages, small letters about 16 px high; none where it has none with a baseline."""
        return _strips(self._files[rng.integers(len(self._files))])


@lru_cache(maxsize=_KEPT_PAGES)
def _strips(path: Path) -> tuple[Strip, ...]:
    root = read_xml(path)
    text = _READERS[root_name(path)](path, root)
    lines = [line for line in text.lines if isinstance(line, PageLine) and _is_level(line)]
    if not lines:
        return ()
    image = open_image(_image_of(path, text.image)).convert("L")
    ink = _ink_of(np.asarray(image))
    scale = image.width / text.width if text.width else 1.0
    apart = _way_between([np.array(line.baseline) for line in lines]) * scale
    cut = [_cut(ink, np.array(line.baseline, np.float64) * scale, apart) for line in lines]
    rows = _core([one for one in cut if one is not None], round(_ABOVE * apart))
    if rows is None:
        return ()
    found = (_finished(one, rows, line.text) for one, line in zip(cut, lines, strict=True) if one is not None)
    return tuple(strip for strip in found if strip is not None)


def _is_level(line: PageLine) -> bool:
    if len(line.baseline) < 2 or line.turn:
        return False
    points = np.array(line.baseline)
    steps = np.diff(points, axis=0)
    return bool((steps[:, 0] > 0).all() and (np.abs(steps[:, 1]) <= _STEEPEST * steps[:, 0] + 2).all())


def _image_of(path: Path, named: str) -> Path:
    """The image that a file names, beside it; else one called as the file is.

    Raises:
        DataError: there is none.
    """
    candidates = [path.parent / PureWindowsPath(named).name, *(path.with_suffix(ending) for ending in _ENDINGS)]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise DataError(f"its image {named!r} is not beside it", path)


def _ink_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) 255 where ink is full: what is darker than the paper about it, by as much as the darkest is."""
    height, width = picture.shape
    small = Image.fromarray(picture).reduce(8).filter(ImageFilter.MaxFilter(7)).filter(ImageFilter.GaussianBlur(4))
    paper = np.asarray(small.resize((width, height), Image.Resampling.BILINEAR)).astype(np.int16)
    darker = np.clip(paper - picture, 0, 255).astype(np.uint8)
    full = max(24.0, float(np.percentile(darker[::3, ::3], 99)))
    # Half of what the darkest strokes have is a stroke; an eighth is the paper's grain.
    table = np.clip((np.arange(256) / full - 0.2) / 0.6, 0, 1) * 255
    return looked_up(darker, table.astype(np.uint8))


def _way_between(baselines: list[NDArray[np.float64]]) -> float:
    """Px from a line to the next, as most lines of the page have it."""
    middles = sorted(float(points[:, 1].mean()) for points in baselines)
    steps = [after - before for before, after in pairwise(middles) if after - before > 10]
    longest = max(float(np.ptp(points[:, 0])) for points in baselines)
    return float(np.median(steps)) if steps else 0.06 * longest


class _Cut(NamedTuple):
    ink: NDArray[np.uint8]  # of the strip along the baseline, which is level in it
    foot: int  # the row of the baseline


def _cut(ink: NDArray[np.uint8], baseline: NDArray[np.float64], apart: float) -> _Cut | None:
    """The strip along a baseline, each column moved so that it runs level."""
    above, below = round(_ABOVE * apart), round(_BELOW * apart)
    room = round(0.15 * apart)
    left = max(0, round(baseline[0, 0]) - room)
    right = min(ink.shape[1], round(baseline[-1, 0]) + room + 1)
    if right - left < apart / 2:
        return None
    course = np.interp(np.arange(left, right), baseline[:, 0], baseline[:, 1])
    part = np.ascontiguousarray(255 - ink[:, left:right])
    level = 255 - columns_shifted(part, course - above, above + below + 1, 255)
    return _Cut(level, above)


def _core(cut: list[_Cut], foot: int) -> tuple[int, int] | None:
    """The rows between which most ink of a page's lines is: a small letter's top, and the row below its foot."""
    if not cut:
        return None
    profile = sum((one.ink > _INK).sum(axis=1).astype(np.float64) for one in cut)
    smooth = np.convolve(profile, np.ones(5) / 5, mode="same")
    peak = int(np.argmax(smooth[: foot + 1 + foot // 4]))
    dense = smooth > 0.5 * smooth[peak]
    top, bottom = peak, peak
    while top > 0 and dense[top - 1]:
        top -= 1
    while bottom + 1 < len(dense) and dense[bottom + 1]:
        bottom += 1
    # What is far from the marked baseline is no line's foot.
    if abs(bottom + 1 - foot) > 0.4 * foot or bottom - top < 4:
        return None
    return top, bottom + 1


def _finished(one: _Cut, rows: tuple[int, int], text: str) -> Strip | None:
    """The line's own ink alone, cut close, at the scale at which lines are kept."""
    top, foot = rows
    own = one.ink * _own(one.ink, top, foot)
    scale = _SCALED / (foot - top)
    if not own.any():
        return None
    columns = np.flatnonzero((own > _INK).any(axis=0))
    if len(columns) < 2 * (foot - top):
        return None
    own = np.ascontiguousarray(own[:, columns[0] : columns[-1] + 1])
    height, width = max(1, round(own.shape[0] * scale)), max(1, round(own.shape[1] * scale))
    small = resized(
        own, (width, height)[1], (width, height)[0], Image.Resampling.BILINEAR if scale > 1 else Image.Resampling.BOX
    )
    inked = np.flatnonzero((small > 24).any(axis=1))
    small, y = small[inked[0] : inked[-1] + 1], foot * height / own.shape[0] - 0.5 - inked[0]
    return Strip(
        np.ascontiguousarray(small),
        np.array([[0.0, y], [width - 1.0, y]]),
        y + 0.5,
        max(0.0, len(small) - y - 0.5),
        _SCALED,
        text,
    )


def _own(ink: NDArray[np.uint8], top: int, foot: int) -> NDArray[np.bool_]:
    """(H, W) where strokes are that have a part among the line's small letters, or hang between its head and its feet.

    A pixel about them is theirs too, for their grey rims.
    """
    height, width = ink.shape
    runs, strokes = components(ink, _INK + 1, _INK + 1, ink.size)
    row, begin, end, stroke = (runs[:, k].astype(np.int64) for k in range(4))
    x_height, long, count = foot - top, end - begin, len(strokes)
    sizes = np.maximum(strokes[:, 4], 1)
    core = np.bincount(stroke, weights=long * ((row >= top) & (row <= foot)), minlength=count)
    middles = np.bincount(stroke, weights=long * row, minlength=count) / sizes
    cut = (strokes[:, 1] <= 0) | (strokes[:, 3] >= height)
    near = (middles > top - 0.9 * x_height) & (middles < foot + 0.5 * x_height)
    kept = ((core >= np.maximum(0.15 * sizes, 0.5 * x_height)) | (near & ~cut))[stroke]
    steps = np.zeros((height + 2, width + 2), np.int8)
    # Each run begins a pixel earlier and ends a pixel later; what overlaps by that is counted twice.
    np.add.at(steps, (row[kept] + 1, begin[kept]), 1)
    np.add.at(steps, (row[kept] + 1, np.minimum(end[kept] + 2, width + 1)), -1)
    wide = np.cumsum(steps, axis=1, dtype=np.int8)[:, 1:-1] > 0
    return wide[:-2] | wide[1:-1] | wide[2:]
