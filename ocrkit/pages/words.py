"""Words and characters of a reading on the page: slices of the line's area along its course."""

from __future__ import annotations

import math
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
        height = cut.image.height
        self._top = np.where(held, inside.argmax(0), 0)
        self._foot = np.where(held, height - 1 - inside[::-1].argmax(0), height - 1)

    def outline(self, column: Column) -> Points:
        """The polygon of a part: its upper edge from left to right, its lower one back."""
        left, right = column.left, max(column.left, column.right - 1)
        top = int(self._top[left : right + 1].min())
        foot = int(self._foot[left : right + 1].max())
        along = self._along(left, right)
        upper = np.stack([along, np.full(len(along), top)], axis=1)
        lower = np.stack([along[::-1], np.full(len(along), foot)], axis=1)
        points = np.rint(self._cut.to_page(np.concatenate([upper, lower]))).astype(np.int64)
        return tuple((int(x), int(y)) for x, y in np.clip(points, 0, self._last).tolist())

    def _along(self, left: int, right: int) -> NDArray[np.float64]:
        begin = self._cut.begin
        if right - left < _STEP or self._cut.guide.bend(np.linspace(left, right, 17) + begin) <= _BENDS:
            return np.array([left, right], np.float64)
        return np.linspace(left, right, 1 + math.ceil((right - left) / _STEP))


def words_of(characters: Sequence[CharacterSpan], cut: CutLine, slices: Slices) -> tuple[Word, ...]:
    """The words of a reading, in its order, with their characters.

    A word's confidence is the product of its characters', each of which is taken to be right or wrong by itself.
    """
    if not characters:
        return ()
    columns = columns_of(characters, ink_columns(cut.image), cut.image.height)
    return tuple(_word(characters, columns, places, slices) for places in _parted(characters))


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


def _word(
    characters: Sequence[CharacterSpan], columns: Sequence[Column], places: Sequence[int], slices: Slices
) -> Word:
    whole = Column(min(columns[place].left for place in places), max(columns[place].right for place in places))
    made = tuple(
        Character(characters[place].text, slices.outline(columns[place]), _share(characters[place].confidence))
        for place in places
    )
    text = "".join("".join(character.text.split()) for character in made)
    return Word(text, slices.outline(whole), _share(math.prod(character.confidence for character in made)), made)


def _share(confidence: float) -> float:
    return min(1.0, max(0.0, float(confidence)))
