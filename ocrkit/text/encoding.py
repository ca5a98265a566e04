"""From text to labels by longest match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["LabelMatcher", "Unencodable"]


@dataclass(frozen=True, slots=True)
class Unencodable:
    """A character that no label of a charset spells.

    Attributes:
        character: one code point.
        position: where it stands in the normalised text, counted in code points from 1.
    """

    character: str
    position: int


class LabelMatcher:
    """Finds at each place of a text the longest symbol that begins there.

    Longest match never looks back: with the symbols ``ab``, ``a`` and ``bc``, ``abc`` is ``ab`` and an unknown ``c``.
    It takes one dictionary look-up a character, and one more for each length that a longer symbol could have there.
    """

    def __init__(self, symbols: Sequence[str]) -> None:
        """Index ``symbols``, of which the first is the blank, which spells nothing."""
        self._labels: Mapping[str, int] = {symbol: label for label, symbol in enumerate(symbols) if label > 0}
        lengths: dict[str, set[int]] = {}
        for symbol in self._labels:
            if len(symbol) > 1:
                lengths.setdefault(symbol[0], set()).add(len(symbol))
        # Longest first: the first hit is the answer.
        self._longer = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def labels(self, text: str) -> list[int] | None:
        """The labels of a normalised text, or None where some character has none."""
        if self._longer:
            found = [label for _, label in self.matches(text)]
            return None if None in found else [label for label in found if label is not None]
        try:
            return [self._labels[character] for character in text]
        except KeyError:
            return None

    def unencodable(self, text: str) -> list[Unencodable]:
        """The characters of a normalised text that no label spells, in order."""
        return [Unencodable(text[start], start + 1) for start, label in self.matches(text) if label is None]

    def matches(self, text: str) -> Iterator[tuple[int, int | None]]:
        """Each match's start and label; a character without a label is a match of its own, with None."""
        start = 0
        while start < len(text):
            for length in self._longer.get(text[start], ()):
                label = self._labels.get(text[start : start + length])
                if label is not None:
                    yield start, label
                    start += length
                    break
            else:
                yield start, self._labels.get(text[start])
                start += 1
