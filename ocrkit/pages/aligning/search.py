"""The best way to lay a text on the lines of a page: exact, by dynamic programming over all lines at once.

A page's lines are taken one after the other. Within each, the best path through the whole text is followed frame by
frame, from every place at which the line may begin; each path carries the place where it began, so that of every place
where the line may end the best beginning is known. Time grows with frames times labels, memory with lines times places.

Nats are counted beside the likeliest label of each frame, so that what the network would read by itself costs nothing,
and every path costs what it is less likely than that. They are kept as whole numbers, 65,536 to the nat, with the
place of the path's beginning in the low bits: one maximum then takes both.

Source: the alignment of Graves et al. 2006, "Connectionist Temporal Classification", section 4, its sums replaced by
maxima (Viterbi), over line ends as in Fischer et al. 2011, "Transcription alignment of Latin manuscripts using hidden
Markov models".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.errors import EmissionsError, OptionError
from ocrkit.pages.aligning.passage import ANY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.pages.aligning.passage import Passage

__all__ = ["Costs", "LaidLine", "LaidText", "beside_likeliest", "lay_text", "with_any"]

_UNIT = 1 << 16  # of a nat
_DEAREST = 200.0  # nats that a label costs in a frame, however unlikely it is
_NEVER = -(1 << 61)
_BLANK = 0


@dataclass(frozen=True, slots=True)
class Costs:
    """What it costs, in nats, that text and page differ.

    Attributes:
        line: for each character that the network reads in a line which gets no text.
        text: for each character of the text, spaces aside, that no line gets.
        unknown: for each character that the charset lacks, whichever ink it is laid on.
        inside: for a line that ends in the middle of a word without a hyphen.
    """

    line: float = 12.0
    text: float = 12.0
    unknown: float = 1.0
    inside: float = 2.0

    def __post_init__(self) -> None:
        for name in Costs.__slots__:
            value = getattr(self, name)
            if not 0 <= value <= _DEAREST:
                raise OptionError(f"{name} costs {value!r}; expected nats, from 0 to {_DEAREST:g}")


@dataclass(frozen=True, slots=True)
class LaidLine:
    """What a line of the page got.

    Attributes:
        begin: its first label's place in the text; where the last line ended, if it got none.
        end: the place past its last label.
        hyphenated: whether it shows a hyphen more.
        cost: nats that the path through it costs, beside the likeliest labels.
    """

    begin: int
    end: int
    hyphenated: bool
    cost: float

    @property
    def is_empty(self) -> bool:
        """Whether the line got no text."""
        return self.begin == self.end


@dataclass(frozen=True, slots=True)
class LaidText:
    """A text laid on lines.

    Attributes:
        lines: what each line got, in the page's order.
        left_over: (begin, end) of each stretch of the text that no line got, and the number of lines before it.
        cost: nats in all, what was left over included.
    """

    lines: tuple[LaidLine, ...]
    left_over: tuple[tuple[int, int, int], ...]
    cost: float


def lay_text(lines: Sequence[NDArray[np.float32]], passage: Passage, costs: Costs | None = None) -> LaidText:
    """Lay a text on lines so that it costs the least of all ways there are.

    Every line gets a stretch of the text, from one of its boundaries to another, or none; stretches follow each other
    as the lines do, and what lies between two of them is left over.

    Args:
        lines: (T, V) log-probabilities of each, natural logs, the blank being label 0; in the order of reading.
        passage: the text, of a charset of V labels.
        costs: of what differs; None for the usual ones.

    Raises:
        EmissionsError: a line's log-probabilities are not of the text's charset, or not finite or -inf.
    """
    search = _Search(passage, costs or Costs())
    for number, line in enumerate(lines):
        search.add(_checked(line, number, passage))
    return search.best()


def beside_likeliest(log_probs: NDArray[np.float32], leftward: bool) -> NDArray[np.float64]:
    """(T, V) nats of each label beside the frame's likeliest, 0 or less, in the order of reading."""
    ordered = log_probs[::-1] if leftward else log_probs
    nats = np.asarray(ordered, np.float64)
    beside: NDArray[np.float64] = np.maximum(nats - nats.max(1, keepdims=True, initial=-np.inf), -_DEAREST)
    return beside


def with_any(nats: NDArray[np.float64], passage: Passage, unknown: float) -> NDArray[np.float64]:
    """(T, V + 1) those nats, and last what ``ANY`` costs: as the likeliest ink, and ``unknown`` more."""
    inked = np.delete(nats, [_BLANK, *([] if passage.space is None else [passage.space])], axis=1)
    likeliest = inked.max(1, keepdims=True, initial=-_DEAREST)
    every: NDArray[np.float64] = np.concatenate([nats, np.maximum(likeliest - unknown, -_DEAREST)], axis=1)
    return every


@dataclass(frozen=True, slots=True)
class _Step:
    """What is remembered of a line, to go back by: (K,) for each boundary."""

    skipped_from: NDArray[np.int64]  # the boundary at which the text was left, for the line to begin at this one
    begun_at: NDArray[np.int64]  # where the line began that ends here
    empty: NDArray[np.bool_]  # whether the line got nothing
    hyphenated: NDArray[np.bool_]
    cost: NDArray[np.int64]  # of the line


class _Search:
    """Follows all ways to lay a text on the lines so far.

    Args:
        passage: the text.
        costs: of what differs.
    """

    def __init__(self, passage: Passage, costs: Costs) -> None:
        self._passage = passage
        self._costs = costs
        boundaries = passage.boundaries
        self._end = np.array([boundary.end for boundary in boundaries])
        self._begin = np.array([boundary.begin for boundary in boundaries])
        self._may_hyphenate = np.array([boundary.hyphenated for boundary in boundaries])
        self._inside = np.array([boundary.inside for boundary in boundaries])
        self._plain = self._inside | ~self._may_hyphenate
        visible = np.concatenate([[0], np.cumsum(np.array(passage.word_of) >= 0)])
        self._left = _units(costs.text) * visible[self._begin]
        self._bits = len(boundaries).bit_length()
        labels = np.array(passage.labels, np.int64)
        self._labels = labels  # ANY, -1, takes the last column, which is its own
        # The same label twice needs a blank between.
        self._repeats = np.flatnonzero((labels[1:] == labels[:-1]) & (labels[1:] != ANY))
        self._best = np.full(len(boundaries), _NEVER)
        self._best[0] = 0
        self._steps: list[_Step] = []

    def add(self, nats: NDArray[np.float64]) -> None:
        """Take the next line, (T, V) as ``beside_likeliest`` gives it."""
        start, skipped_from = self._after_skipping()
        packed, hyphenated = self._ends(nats, start)
        ended, begun_at = packed >> self._bits, packed & ((1 << self._bits) - 1)
        empty = self._best + self._empty(nats)
        takes_none = empty >= ended
        best = np.where(takes_none, empty, ended)
        cost = np.where(takes_none, self._best, start[begun_at]) - best
        self._steps.append(_Step(skipped_from, begun_at, takes_none, hyphenated, cost))
        self._best = best

    def best(self) -> LaidText:
        """The best way, found from the last line back to the first."""
        finish, skipped_from = self._after_skipping()
        lines: list[LaidLine] = []
        left: list[tuple[int, int, int]] = []
        last = len(self._end) - 1
        at = int(skipped_from[last])
        self._note_left(left, at, last, len(self._steps))
        for number, step in reversed(list(enumerate(self._steps))):
            cost = float(step.cost[at]) / _UNIT
            if step.empty[at]:
                place = int(self._end[at])
                lines.append(LaidLine(place, place, False, cost))
                continue
            begun = int(step.begun_at[at])
            lines.append(LaidLine(int(self._begin[begun]), int(self._end[at]), bool(step.hyphenated[at]), cost))
            at = int(step.skipped_from[begun])
            self._note_left(left, at, begun, number)
        return LaidText(tuple(reversed(lines)), tuple(reversed(left)), -float(finish[last]) / _UNIT)

    def _note_left(self, left: list[tuple[int, int, int]], at: int, until: int, lines: int) -> None:
        if at < until and self._begin[at] < self._end[until]:
            left.append((int(self._begin[at]), int(self._end[until]), lines))

    def _after_skipping(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(K,) the best up to each boundary, text left out before it included, and the boundary where that began."""
        gained = self._best + self._left
        most = np.maximum.accumulate(gained)
        source = np.maximum.accumulate(np.where(gained == most, np.arange(len(gained)), 0))
        return most - self._left, source

    def _empty(self, nats: NDArray[np.float64]) -> int:
        """What it gains, 0 or less, that the line gets no text: it is blank, or reads as something else."""
        if len(nats) == 0:
            return 0
        likeliest = nats.argmax(1)
        begins = np.concatenate([[True], likeliest[1:] != likeliest[:-1]])
        ink = begins & (likeliest != _BLANK) & (likeliest != (self._passage.space if self._passage.space else _BLANK))
        return max(-_units(self._costs.line) * int(ink.sum()), -int((-nats[:, _BLANK] * _UNIT).round().sum()))

    def _ends(self, nats: NDArray[np.float64], start: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """(K,) the best path through the line that ends at each boundary, packed, and whether it shows a hyphen more.

        ``start`` is the best that a line beginning at each boundary has already.
        """
        ends = len(self._end)
        if len(nats) == 0:
            return np.full(ends, _NEVER), np.zeros(ends, np.bool_)
        size, bits = len(self._labels), self._bits
        every = np.rint(with_any(nats, self._passage, self._costs.unknown) * _UNIT).astype(np.int64) << bits
        hyphens = np.flatnonzero(self._may_hyphenate)
        before = self._end[hyphens] - 1
        # The label at hand, and the blank before each label and after the last; of words that may be hyphenated the
        # blank after their last label, the hyphen, and the blank after that.
        on, blank = np.full(size, _NEVER), np.full(size + 1, _NEVER)
        parted, hyphen, done = np.full((3, len(hyphens)), _NEVER)
        blank[self._begin] = (start << bits) | np.arange(ends)
        stay, step = np.empty_like(on), np.empty(max(size - 1, 0), np.int64)
        for frame in every:
            np.maximum(on, blank[:-1], out=stay)
            step[:] = on[:-1]
            step[self._repeats] = _NEVER
            np.maximum(stay[1:], step, out=stay[1:])
            if len(hyphens):
                ended = on[before]
                np.maximum(done, hyphen, out=done)
                np.maximum(hyphen, np.maximum(ended, parted), out=hyphen)
                np.maximum(parted, ended, out=parted)
                done += frame[_BLANK]
                hyphen += frame[self._passage.hyphen]
                parted += frame[_BLANK]
            np.maximum(blank[1:], on, out=blank[1:])
            blank += frame[_BLANK]
            np.add(stay, frame[self._labels], out=on)
        plain = np.maximum(np.concatenate([[_NEVER], on])[self._end], blank[self._end])
        plain[self._inside] -= _units(self._costs.inside) << bits
        plain[~self._plain] = _NEVER
        shown = np.full(ends, _NEVER)
        shown[hyphens] = np.maximum(hyphen, done)
        return np.maximum(plain, shown), shown > plain


def _units(nats: float) -> int:
    return round(nats * _UNIT)


def _checked(line: NDArray[np.float32], number: int, passage: Passage) -> NDArray[np.float64]:
    """The line's nats, once they are known to be such."""
    least = max([*passage.labels, passage.space or 0, passage.hyphen or 0]) + 1
    if line.ndim != 2 or line.shape[1] < least:
        raise EmissionsError(f"line {number + 1} has shape {line.shape}; expected (frames, {least} labels or more)")
    if np.isnan(line).any() or (len(line) and not np.isfinite(line.max(1)).all()):
        raise EmissionsError(f"line {number + 1} has frames without log-probabilities; check the network's output")
    return beside_likeliest(line, passage.leftward)
