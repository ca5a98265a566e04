"""Labels as they stand on paper, from left to right, and back in the order in which they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.text.bidi import bidi_class, may_run_leftward, mirror_of, visual_places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocrkit.text.bidi import Direction

__all__ = ["VisualOrder", "holds_leftward", "line_direction"]

_LEFTWARD = frozenset(("R", "AL"))
_RIGHTWARD = frozenset(("L",))
_TURNING = frozenset(("R", "AL", "AN"))  # what may stand in another run than a line from left to right
_TURNED = frozenset(("L", "EN", "AN"))  # and than one from right to left
_LATIN = "a"
_MOST_TRIES = 8

# For each label in the order of reading its place from the left, and whether that is in a run from right to left.
_Reading = list[tuple[int, bool]]


def holds_leftward(text: str) -> bool:
    """Whether some letter of ``text`` runs from right to left."""
    return may_run_leftward(text) and any(bidi_class(character) in _LEFTWARD for character in text)


def line_direction(text: str, direction: Direction) -> Direction:
    """Which way a line runs as a whole: that of its letters, or ``direction`` where they run both ways or neither."""
    classes = {bidi_class(character) for character in text}
    return _direction(bool(classes & _LEFTWARD), bool(classes & _RIGHTWARD), direction)


class VisualOrder:
    """Reorders the labels of a charset by UAX #9, rules P to L2, and L4 where the charset has what is seen.

    In a run from right to left a bracket, as all that is mirrored there, has the label of what it looks like; marks
    stand before their letter, so that the labels of a line that runs wholly from right to left are those of its text
    backwards. A line runs as the charset does, but one whose letters all run the other way runs as they do.
    """

    def __init__(self, symbols: Sequence[str], direction: Direction) -> None:
        """Index ``symbols``, of which the first is the blank."""
        self._direction = direction
        self._heads = [symbol[:1] or "\u200b" for symbol in symbols]
        self._classes = [bidi_class(head) for head in self._heads]
        self._leftward, self._rightward, self._turning, self._turned = (
            frozenset(label for label, kind in enumerate(self._classes) if kind in kinds)
            for kinds in (_LEFTWARD, _RIGHTWARD, _TURNING, _TURNED)
        )
        labels = {symbol: label for label, symbol in enumerate(symbols)}
        pairs = [(label, labels.get(mirror_of(symbol), label)) for label, symbol in enumerate(symbols)]
        self._mirrored = [other if pairs[other][1] == label else label for label, other in pairs]

    @property
    def mirrored(self) -> Sequence[int]:
        """For each label the one of what it looks like in a run from right to left."""
        return self._mirrored

    def visual(self, labels: Sequence[int]) -> list[int]:
        """From the order of reading to that from left to right."""
        base, is_one_run = self._line(labels)
        if is_one_run:
            return [self._mirrored[label] for label in reversed(labels)] if base == "rtl" else list(labels)
        places = visual_places([self._heads[label] for label in labels], base)
        return [self._seen(labels[place], leftward) for place, leftward in places]

    def reading(self, labels: Sequence[int]) -> list[tuple[int, int]]:
        """From left to right to the order of reading: the place of each label, and the label that it is read as.

        Of several texts that look alike it is one, and where none looks so, the nearest to it that was found.
        """
        return [(place, self._seen(labels[place], leftward)) for place, leftward in self._read(labels)]

    def _seen(self, label: int, leftward: bool) -> int:
        return self._mirrored[label] if leftward else label

    def _read(self, labels: Sequence[int]) -> _Reading:
        """A reading that looks like these labels."""
        base, is_one_run = self._line(labels)
        if is_one_run:
            return _one_run(len(labels), base)
        nearest = None
        for start in self._starts(labels, base):
            reading, then = start, self._reread(start, labels, base)
            for _ in range(_MOST_TRIES):
                if then == reading:
                    return reading
                reading, then = then, self._reread(then, labels, base)
            nearest = nearest or reading
        return nearest or []

    def _line(self, labels: Sequence[int]) -> tuple[Direction, bool]:
        """Which way a line runs, and whether all of it does."""
        found = set(labels)
        base = _direction(not found.isdisjoint(self._leftward), not found.isdisjoint(self._rightward), self._direction)
        return base, found.isdisjoint(self._turning if base == "ltr" else self._turned)

    def _starts(self, labels: Sequence[int], base: Direction) -> Iterator[_Reading]:
        """Readings to begin from, the likeliest first."""
        forward, backward = _one_run(len(labels), "ltr"), _one_run(len(labels), "rtl")
        if base == "ltr":
            yield self._guess(forward, labels, base)
            yield backward
            return
        yield self._guess(backward, labels, base, joins_numbers=True)
        yield self._guess(backward, labels, base)
        yield forward

    def _guess(
        self, reading: _Reading, labels: Sequence[int], base: Direction, *, joins_numbers: bool = False
    ) -> _Reading:
        """As ``_reread``, with marks taken to run as their letters do.

        ``joins_numbers``: a number behind Latin letters reads on from them, as in "Windows 95", not before them.
        """
        kinds = [self._classes[label] for label in labels]
        stands_for: dict[int, str] = {}
        follows = False
        for place, kind in enumerate(kinds):
            follows = kind == "L" or (follows and kind not in _LEFTWARD)
            if joins_numbers and follows and kind == "EN":
                stands_for[place] = _LATIN
        for place in reversed(range(len(kinds) - 1)):
            after = place + 1
            if kinds[place] == "NSM" and (kinds[after] in _LEFTWARD or after in stands_for):
                stands_for[place] = stands_for.get(after, self._heads[labels[after]])
        shown = self._shown(reading, labels)
        return _placed(
            reading, [stands_for.get(place, one) for (place, _), one in zip(reading, shown, strict=True)], base
        )

    def _reread(self, reading: _Reading, labels: Sequence[int], base: Direction) -> _Reading:
        """The reading by which these labels stand where those of ``reading`` would; the same where that is right."""
        return _placed(reading, self._shown(reading, labels), base)

    def _shown(self, reading: _Reading, labels: Sequence[int]) -> list[str]:
        """The characters of a reading."""
        return [
            self._heads[self._mirrored[labels[place]] if leftward else labels[place]] for place, leftward in reading
        ]


def _placed(reading: _Reading, characters: Sequence[str], base: Direction) -> _Reading:
    """The reading by which what stands in a line would stand where ``characters`` of ``reading`` do."""
    then = list(reading)
    for place, (read, leftward) in enumerate(visual_places(characters, base)):
        then[read] = (place, leftward)
    return then


def _direction(leftward: bool, rightward: bool, direction: Direction) -> Direction:
    """Which way a line runs, by which letters it has."""
    if leftward == rightward:
        return direction
    return "rtl" if leftward else "ltr"


def _one_run(count: int, base: Direction) -> _Reading:
    if base == "rtl":
        return [(place, True) for place in reversed(range(count))]
    return [(place, False) for place in range(count)]
