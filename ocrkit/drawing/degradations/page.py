"""What stands about a line on its page and comes with it when it is cut out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ocrkit._drawing import padded
from ocrkit.drawing.chance import between
from ocrkit.drawing.degradations.picture import ink_box, ink_rows, levels

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["crop", "crowd", "neighbours", "rule"]

# The share of the ink's height that a cut into it may take, at the head and at the foot, where cutters of lines leave
# off at the baseline's usual depth and cut through the few letters that hang deeper.
_MOST_CUT = np.array((0.06, 0.12))


def neighbours(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Leave feet of the line above at the upper edge, and heads of the line below at the lower one.

    They are the line's own feet and heads, moved along, of up to a quarter of its height, and here and there only.
    """
    rows = ink_rows(picture)
    if rows is None or rows[1] - rows[0] < 8:
        return picture
    top, bottom = rows
    tallest = (bottom - top) * 0.26 * strength
    feet, heads = (round(tallest * between(rng, 0.4, 1)) for _ in range(2))
    which = rng.integers(1, 4)
    if which & 1 and feet:
        strip = _elsewhere(picture[bottom - feet : bottom], rng)
        picture = _laid(picture, strip, space=top)
    if which & 2 and heads:
        strip = _elsewhere(picture[top : top + heads] if which == 2 else _head(picture, heads), rng)
        picture = _laid(picture[::-1], strip[::-1], space=picture.shape[0] - bottom)[::-1]
    return picture


def crowd(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Leave the lower half of the line above, or the upper half of the line below, in what was cut out too high.

    They are the line's own letters, moved along, from one end to the other, and cut off straight by the picture's edge.
    """
    rows = ink_rows(picture)
    if rows is None or rows[1] - rows[0] < 8:
        return picture
    top, bottom = rows
    heights = [round((bottom - top) * 0.5 * strength * between(rng, 0.3, 1)) for _ in range(2)]
    which = rng.random()
    paper = levels(picture)[1]
    line = picture[top:bottom]
    if which < 0.75 and heights[0]:
        picture = _stacked(_along(line[-heights[0] :], rng), picture, top, rng, paper)
    if which > 0.55 and heights[1]:
        below = picture.shape[0] - (ink_rows(picture) or rows)[1] if which >= 0.75 else picture.shape[0] - bottom
        below = max(0, min(below, picture.shape[0]))
        strip = _along(line[: heights[1]], rng)
        picture = _stacked(strip[::-1], picture[::-1], below, rng, paper)[::-1]
    return picture


def rule(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Draw a line under the letters, through their feet, or along an edge, as forms and underlining readers do."""
    rows = ink_rows(picture)
    height, width = picture.shape
    if rows is None or strength <= 0 or min(height, width) < 12:
        return picture
    ink, paper = levels(picture)
    grey = paper - (paper - ink) * min(1.0, 2 * strength) * rng.uniform(0.4, 1)
    thickness = max(1, round(height / 40 * rng.uniform(0.6, 1 + 1.6 * strength)))
    if rng.random() < 0.2:
        left = int(rng.integers(0, max(1, min(4, width - thickness))))
        columns = slice(left, left + thickness) if rng.random() < 0.5 else slice(width - left - thickness, width - left)
        ruled = picture.copy()
        ruled[:, columns] = np.minimum(ruled[:, columns], np.uint8(grey))
        return ruled
    return _underlined(picture, rng, rows, thickness, int(grey))


def crop(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Move each edge in by up to an eighth of the height or half as far out; above half strength even into the ink."""
    box = ink_box(picture)
    reach = round(picture.shape[0] * 0.125 * strength)
    # Inwards more often than out: most cutters leave little about the ink.
    moves = rng.integers(-reach, reach // 2 + 1, 4).tolist()
    if box is None or not reach:
        return picture
    share = max(0.0, 2 * strength - 1) * rng.random()
    head, foot = np.rint((box[1] - box[0]) * _MOST_CUT * share).astype(int).tolist()
    room = (box[0] + head, picture.shape[0] - box[1] + foot, box[2], picture.shape[1] - box[3])
    return padded(picture, *(max(move, -space) for move, space in zip(moves, room, strict=True)))


def _head(picture: Picture, heads: int) -> Picture:
    """The uppermost rows with ink, found again where the picture has grown at its top."""
    rows = ink_rows(picture)
    top = rows[0] if rows else 0
    return picture[top : top + heads]


def _elsewhere(strip: Picture, rng: np.random.Generator) -> Picture:
    """A strip moved along, of which a random part at each end is paper, as a line shorter than this leaves it."""
    width = strip.shape[1]
    on = int(rng.integers(width))
    moved = np.concatenate((strip[:, width - on :], strip[:, : width - on]), axis=1)
    blank = int(width * rng.random() * 0.6)
    paper = int(strip.max())
    if rng.random() < 0.5:
        moved[:, :blank] = paper
    else:
        moved[:, width - blank :] = paper
    return moved


def _laid(picture: Picture, strip: Picture, *, space: int) -> Picture:
    """The strip at the upper edge, on the margin and on at most half as many rows of the line as it has itself."""
    lacking = max(0, strip.shape[0] - strip.shape[0] // 2 - space)
    laid = padded(picture, lacking, 0, 0, 0)
    np.minimum(laid[: strip.shape[0]], strip, out=laid[: strip.shape[0]])
    return laid


def _along(strip: Picture, rng: np.random.Generator) -> Picture:
    """A strip moved along, of which now and then an end is paper, as where a paragraph ends."""
    width = strip.shape[1]
    moved = np.roll(strip, int(rng.integers(width)), axis=1)
    if rng.random() < 0.25:
        moved[:, int(width * between(rng, 0.2, 1)) :] = strip.max()
    return moved


def _stacked(strip: Picture, picture: Picture, space: int, rng: np.random.Generator, paper: int) -> Picture:
    """The strip at the upper edge of the picture, with a row to a few px of paper between it and the ink below."""
    gap = int(rng.integers(1, 3 + strip.shape[0] // 3))
    lacking = strip.shape[0] + gap - space
    if lacking < 0:
        picture = picture[-lacking:]
    stacked = padded(picture, max(0, lacking), 0, 0, 0)
    if lacking > 0:
        stacked[:lacking] = paper
    stacked[: strip.shape[0]] = np.minimum(stacked[: strip.shape[0]], strip)
    return stacked


def _underlined(
    picture: Picture, rng: np.random.Generator, rows: tuple[int, int], thickness: int, grey: int
) -> Picture:
    """A rule a little below the ink or through its feet, with ends and a fall of its own."""
    height, width = picture.shape
    drop = rng.uniform(-0.12, 0.15) * (rows[1] - rows[0])
    fall = rng.uniform(-1, 1) * min(0.05 * height, 0.01 * width)
    need = rows[1] + drop + abs(fall) + thickness + 1 - height
    page = padded(picture, 0, max(0, int(need)), 0, 0)
    ends = (rng.uniform(-0.3, 0.3), rng.uniform(0.7, 1.3))
    left, right = int(max(0, ends[0] * width)), int(min(width, ends[1] * width))
    across = np.arange(left, right)
    down = np.clip(rows[1] + drop + fall * across / width, 0, page.shape[0] - thickness).astype(int)
    ruled = page.copy()
    for step in range(thickness):
        ruled[down + step, across] = np.minimum(ruled[down + step, across], np.uint8(grey))
    return ruled
