"""Which words of a running text are units of a language model: what a line of lexicon entries would be read as."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["WordCutter"]


class WordCutter:
    """Cuts lines into words, as text search parts a line by default: at white space, punctuation, symbols and digits.

    A separator inside a word, as in "don't", stays there, unless there is a vocabulary that has the word's parts only.

    Attributes:
        vocabulary: the words that are known; empty where all are.
    """

    def __init__(self, vocabulary: Iterable[str] | None, normalize: Callable[[str], str]) -> None:
        """Know the words of ``vocabulary``, spelled by ``normalize``, or all where it is None."""
        self._open = vocabulary is None
        spelled = normalize("\n".join(vocabulary or ())).split("\n")
        self.vocabulary: dict[str, None] = dict.fromkeys(filter(None, (word.strip() for word in spelled)))

    def words(self, line: str) -> list[str | None]:
        """The words of a line, None for each that is not in the vocabulary."""
        found: list[str | None] = []
        for token in line.split(" "):
            word = _bare(token)
            if not word:
                continue
            if self._open or word in self.vocabulary:
                found.append(word)
            else:
                found += [part if part in self.vocabulary else None for part in _parts(word)]
        return found


def _bare(token: str) -> str:
    """A token without the separators at its ends."""
    start, end = 0, len(token)
    while start < end and _separates(token[start]):
        start += 1
    while end > start and _separates(token[end - 1]):
        end -= 1
    return token[start:end]


def _parts(word: str) -> Iterator[str]:
    spaced = "".join([" " if _separates(character) else character for character in word])
    return filter(None, spaced.split(" "))


@cache
def _separates(character: str) -> bool:
    return unicodedata.category(character)[0] in "ZPSN"
