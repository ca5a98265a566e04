"""Words and characters of a reading on the page: slices of the line's area along its course."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.outline import polygon_mask
from ocrkit.layout.records import Character, Word
from ocrkit.pages.columns import Column, columns_of, ink_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ocrkit.data.line_cutting import CutLine
    from ocrkit.data.records import CharacterSpan
    from ocrkit.layout.records import Points

__all__ = ["Slices", "words_of"]

_STEP = 16  # px between the points of a slice's upper and lower edge, where the line bends
_BENDS = 0.5  # px by which a course may leave the straight line, and two points do for an edge


class Slices:
    """Parts of a line's area, told by columns of its picture.

    Args:
        cut: the line.
        outline: (N, 2) of its area on the page.
        size: width and height of the page, which nothing reaches out of.
    """

    def __init__(self, cut: CutLine, outline: NDArray[np.float64], size: tuple[int, int]) -> None:
        self._cut = cut
        self._last = np.array(size) - 1
        inside = np.asarray(polygon_mask(np.rint(cut.from_page(outline)), cut.image.size)) > 0
        held = inside.any(0)
        width, height = cut.image.size
        self._straight = cut.guide.bend(np.linspace(0, width, 33) + cut.begin) <= _BENDS
        self._top = np.where(held, inside.argmax(0), 0)
        self._foot = np.where(held, height - 1 - inside[::-1].argmax(0), height - 1)

    def edges(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(W,) the first and the last row of each column that belong to the area."""
        return self._top, self._foot

    def outlines(self, columns: Sequence[Column]) -> list[Points]:
        """The polygons of parts: each its upper edge from left to right, its lower one back."""
        if not columns:
            return []
        parts = [self._corners(column) for column in columns]
        points = np.rint(self._cut.to_page(np.concatenate(parts))).astype(np.int64)
        placed = list(map(tuple, np.clip(points, 0, self._last).tolist()))
        ends = np.cumsum([len(part) for part in parts]).tolist()
        return [tuple(placed[begin:end]) for begin, end in pairwise([0, *ends])]

    def _corners(self, column: Column) -> NDArray[np.float64]:
        left, right = column.left, max(column.left, column.right - 1)
        top, foot = float(self._top[left : right + 1].min()), float(self._foot[left : right + 1].max())
        if self._straight or right - left < _STEP:
            return np.array([(left, top), (right, top), (right, foot), (left, foot)])
        along = np.linspace(left, right, 1 + math.ceil((right - left) / _STEP))
        upper = np.stack([along, np.full(len(along), top)], axis=1)
        return np.concatenate([upper, np.stack([along[::-1], np.full(len(along), foot)], axis=1)])


def words_of(characters: Sequence[CharacterSpan], cut: CutLine, slices: Slices) -> tuple[Word, ...]:
    """The words of a reading, in its order, with their characters.

    A word's confidence is the product of its characters', each of which is taken to be right or wrong by itself.
    """
    if not characters:
        return ()
    columns = columns_of(characters, ink_columns(cut.image), cut.image.height)
    words = list(_parted(characters))
    wholes = [
        Column(min(columns[place].left for place in word), max(columns[place].right for place in word))
        for word in words
    ]
    outlines = slices.outlines([*columns, *wholes])
    made = [
        Character(character.text, outline, _share(character.confidence))
        for character, outline in zip(characters, outlines[: len(columns)], strict=True)
    ]
    return tuple(
        _word([made[place] for place in word], outline)
        for word, outline in zip(words, outlines[len(columns) :], strict=True)
    )


def _parted(characters: Sequence[CharacterSpan]) -> Iterator[list[int]]:
    places: list[int] = []
    for place, character in enumerate(characters):
        if not character.text.isspace():
            places.append(place)
        elif places:
            yield places
            places = []
    if places:
        yield places


def _word(characters: Sequence[Character], outline: Points) -> Word:
    text = "".join("".join(character.text.split()) for character in characters)
    confidence = math.prod(character.confidence for character in characters)
    return Word(text, outline, _share(confidence), tuple(characters))


def _share(confidence: float) -> float:
    return min(1.0, max(0.0, float(confidence)))
