"""The known text of a page as labels, and the places at which a line of the page may end."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from ocrkit.errors import DataError, OptionError, UnencodableText, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.text.charset import Charset

__all__ = ["ANY", "BREAKS", "Boundary", "Breaks", "Passage", "as_breaks"]

Breaks: TypeAlias = Literal["lines", "words", "hyphens", "anywhere"]
BREAKS: tuple[Breaks, ...] = get_args(Breaks)

ANY = -1  # the label of a character that the charset lacks: whichever ink
_BLANK = 0
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015"  # after which a word may go on in the next line


@dataclass(frozen=True, slots=True)
class Boundary:
    """A place of the text at which a line may end, and the next begin.

    Attributes:
        end: the labels before this one are in the line that ends.
        begin: the first label of the line that follows; a space between the two is in neither.
        hyphenated: whether the line that ends here may show a hyphen that the text has not; it must, unless ``inside``.
        inside: whether it is in the middle of a word, and the line may end without a hyphen.
        newline: whether the text itself ends a line here.
    """

    end: int
    begin: int
    hyphenated: bool = False
    inside: bool = False
    newline: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as labels, in the order of reading.

    Attributes:
        labels: of the charset, or ``ANY``; one space between words, if the charset has spaces.
        symbols: what each label spells.
        word_of: the word that each label is of, from 0; -1 for a space.
        words: the text's.
        boundaries: by their places; the first is the text's begin, the last its end.
        space: the label of a space, or None.
        hyphen: the label of the hyphen that a line may end in, or None.
        leftward: whether lines run from right to left, so that the first label is the rightmost.
        unknown: the characters that the charset lacks.
    """

    labels: tuple[int, ...]
    symbols: tuple[str, ...]
    word_of: tuple[int, ...]
    words: tuple[str, ...]
    boundaries: tuple[Boundary, ...]
    space: int | None
    hyphen: int | None
    leftward: bool
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, text: str, charset: Charset, breaks: Breaks = "words") -> Passage:
        """Cut a page's text into labels.

        Lines from right to left are taken word by word, so that several words in a row which run the other way stand
        in the wrong order.

        Args:
            text: with or without line ends of its own; empty lines count for nothing.
            charset: that of the model whose log-probabilities the text is laid on.
            breaks: where lines of the page may end: ``lines`` at the text's own line ends only, ``words`` also between
                words and after hyphens and dashes, ``hyphens`` also in the middle of words where the page shows a
                hyphen, ``anywhere`` also where it shows none.

        Raises:
            DataError: there is no text.
            OptionError: there is no such way to break.
        """
        freedom = BREAKS.index(as_breaks(breaks))
        lines = [words for words in (line.split() for line in charset.normalize(text).split("\n")) if words]
        if not lines:
            raise DataError("there is no text to lay on lines; expected the text of the page")
        cutting = _Cutting(charset, freedom)
        for line in lines:
            for place, word in enumerate(line):
                cutting.add(word, newline=place == 0)
        return cutting.passage()

    def text(self, begin: int, end: int) -> str:
        """What the labels from one to before another spell, with a space between words."""
        return " ".join(
            self._part(word, list(places))
            for word, places in groupby(range(begin, end), key=self.word_of.__getitem__)
            if word >= 0
        )

    def _part(self, word: int, places: list[int]) -> str:
        before, after = places[0] - 1, places[-1] + 1
        whole = (before < 0 or self.word_of[before] != word) and (
            after >= len(self.labels) or self.word_of[after] != word
        )
        return self.words[word] if whole else "".join(self.symbols[place] for place in places)


class _Cutting:
    """A passage under way.

    Args:
        charset: whose labels.
        freedom: the place of the way to break in ``BREAKS``.
    """

    def __init__(self, charset: Charset, freedom: int) -> None:
        self._charset = charset
        self._freedom = freedom
        self._leftward = charset.reorders and charset.direction == "rtl"
        self._space = charset.symbols.index(" ") if charset.has_space else None
        self._hyphen = charset.symbols.index("-") if "-" in charset.symbols else None
        self._labels: list[int] = []
        self._symbols: list[str] = []
        self._word_of: list[int] = []
        self._words: list[str] = []
        self._boundaries: list[Boundary] = [Boundary(0, 0, newline=True)]
        self._unknown: dict[str, None] = {}

    def add(self, word: str, *, newline: bool) -> None:
        """Add the next word, which begins a line of the text's own where ``newline`` says so."""
        if self._words:
            end = len(self._labels)
            if self._space is not None:
                self._put(self._space, " ", -1)
            if newline or self._freedom >= BREAKS.index("words"):
                self._boundaries.append(Boundary(end, len(self._labels), newline=newline))
        number = len(self._words)
        self._words.append(word)
        for place, (label, symbol) in enumerate(self._labels_of(word)):
            if place:
                self._boundaries.extend(self._within(self._symbols[-1]))
            self._put(label, symbol, number)

    def passage(self) -> Passage:
        """What was added."""
        end = len(self._labels)
        return Passage(
            labels=tuple(self._labels),
            symbols=tuple(self._symbols),
            word_of=tuple(self._word_of),
            words=tuple(self._words),
            boundaries=(*self._boundaries, Boundary(end, end, newline=True)),
            space=self._space,
            hyphen=self._hyphen,
            leftward=self._leftward,
            unknown=tuple(self._unknown),
        )

    def _put(self, label: int, symbol: str, word: int) -> None:
        self._labels.append(label)
        self._symbols.append(symbol)
        self._word_of.append(word)

    def _within(self, before: str) -> Iterator[Boundary]:
        """The boundary between the label last put, which spells ``before``, and the next of its word, if one may be."""
        here = len(self._labels)
        if before[-1:] in _HYPHENS:
            if self._freedom >= BREAKS.index("words"):
                yield Boundary(here, here)
        elif self._freedom == BREAKS.index("anywhere"):
            yield Boundary(here, here, inside=True, hyphenated=self._hyphen is not None)
        elif self._freedom == BREAKS.index("hyphens") and self._hyphen is not None:
            yield Boundary(here, here, hyphenated=True)

    def _labels_of(self, word: str) -> Iterator[tuple[int, str]]:
        """The labels of a word in the order of reading, each with what it spells."""
        known = ""
        lacking = {item.position - 1 for item in self._charset.unencodable(word)}
        for place, character in enumerate(word):
            if place not in lacking:
                known += character
                continue
            yield from self._spelled(known)
            known = ""
            self._unknown[character] = None
            yield ANY, character
        yield from self._spelled(known)

    def _spelled(self, known: str) -> Iterator[tuple[int, str]]:
        try:
            labels = self._charset.encode(known)
        except UnencodableText:  # only with what stood beside it, as a sign that has a label with its letter alone
            yield from ((ANY, character) for character in known)
            return
        for label in reversed(labels) if self._leftward else labels:
            yield label, self._charset.symbols[label]


def as_breaks(name: str) -> Breaks:
    """The way to break lines of that name.

    Raises:
        OptionError: there is none.
    """
    for known in BREAKS:
        if known == name:
            return known
    expected = f"expected {', '.join(BREAKS[:-1])} or {BREAKS[-1]}"
    raise OptionError(f"no line breaks {name!r}; {did_you_mean(name, BREAKS, then=expected)}")
