"""Which code points and aksharas a corpus is made of, and how much of it a set of labels covers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.text.akshara import akshara_splitter
from ocrkit.text.encoding import LabelMatcher
from ocrkit.text.scripts import SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from ocrkit.text.corpus import Corpus
    from ocrkit.text.scripts import Script

__all__ = ["Coverage", "Inventory", "take_inventory"]

# Words normalised as one text: large enough to spare calls, small enough not to double a big corpus.
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a corpus a set of labels covers; shares are fractions of 1, and spaces are not counted.

    Attributes:
        characters: the share of code points that a label spells.
        aksharas: the share of aksharas that are one label each.
        words: the share of words of which every code point has a label.
        whole_words: the share of words of which every akshara is one label.
        labels: labels for each akshara that can be spelled, on average.
    """

    characters: float
    aksharas: float
    words: float
    whole_words: float
    labels: float


@dataclass(frozen=True, slots=True)
class Inventory:
    """The units of a corpus with their counts; ``Coverage`` says how much of them labels cover.

    Attributes:
        words: normalised.
        spaces: how many part them.
        aksharas: those of the words.
        characters: the code points of the words.
        scripts: what says where an akshara ends.
    """

    words: Counter[str]
    spaces: int
    aksharas: Counter[str]
    characters: Counter[str]
    scripts: tuple[Script, ...] = SCRIPTS

    def coverage(self, symbols: AbstractSet[str]) -> Coverage:
        """How much of the words is covered by ``symbols``, of one code point and of several."""
        singles = {symbol for symbol in symbols if len(symbol) == 1}
        spelled = {akshara: count for akshara, count in self.aksharas.items() if singles.issuperset(akshara)}
        words = whole_words = 0
        split = akshara_splitter(self.scripts)
        for word, count in self.words.items():
            words += count * singles.issuperset(word)
            whole_words += count * (symbols >= set(split(word)))
        matcher = LabelMatcher(("", *symbols))
        labels = sum(count * len(matcher.labels(akshara) or ()) for akshara, count in spelled.items())
        return Coverage(
            characters=_share(sum(self.characters[single] for single in singles), self.characters.total()),
            aksharas=_share(sum(self.aksharas[symbol] for symbol in symbols), self.aksharas.total()),
            words=_share(words, self.words.total()),
            whole_words=_share(whole_words, self.words.total()),
            labels=_share(labels, sum(spelled.values())),
        )


def take_inventory(corpus: Corpus, normalize: Callable[[str], str], scripts: Sequence[Script] = SCRIPTS) -> Inventory:
    """Count the units of a corpus, brought to one spelling.

    Args:
        corpus: the words.
        normalize: a charset's; it must leave line feeds where they are.
        scripts: what says where an akshara ends.
    """
    words: Counter[str] = Counter()
    aksharas: Counter[str] = Counter()
    spaces = corpus.spaces
    split = akshara_splitter(scripts)
    for spelled, count in _normalized(corpus, normalize):
        parts = spelled.split(" ")  # where white space of another kind stood
        spaces += (len(parts) - 1) * count
        for word in filter(None, parts):
            words[word] += count
    for word, count in words.items():
        for akshara in split(word):
            aksharas[akshara] += count
    characters: Counter[str] = Counter()
    for akshara, count in aksharas.items():
        for character in akshara:
            characters[character] += count
    return Inventory(words, spaces, aksharas, characters, tuple(scripts))


def _normalized(corpus: Corpus, normalize: Callable[[str], str]) -> Iterator[tuple[str, int]]:
    """Each word in its one spelling, many normalised at once, since a call a word is what costs."""
    spelled = list(corpus.words)
    counts = list(corpus.words.values())
    for start in range(0, len(spelled), _CHUNK):
        chunk = normalize("\n".join(spelled[start : start + _CHUNK])).split("\n")
        for word, count in zip(chunk, counts[start : start + _CHUNK], strict=True):
            if word:
                yield word, count


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
