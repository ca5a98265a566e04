"""What a decoder returns: every line's hypotheses, in flat arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import ocrkit._ctc as _ctc
from ocrkit.errors import OptionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.ctc.symbols import Symbols

__all__ = ["Decoded", "Hypothesis"]


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """One labelling of a line.

    Attributes:
        labels: (L,) int32, without blanks.
        frames: (L,) int32, for each label the frame of the best alignment where it is likeliest.
        confidences: (L,) float32, the label's probability there.
        score: nats; what hypotheses are ranked by.
        acoustic_score: nats; the log of the labelling's CTC probability, summed over all its alignments.
        entry: the lexicon entry's number, or -1.
    """

    labels: NDArray[np.int32]
    frames: NDArray[np.int32]
    confidences: NDArray[np.float32]
    score: float
    acoustic_score: float
    entry: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Decoded(Sequence[list[Hypothesis]]):
    """The hypotheses of B lines, best first: ``decoded[line][rank]``.

    The arrays are complete; the lists of ``Hypothesis`` are made when asked for, and share their memory.

    Attributes:
        labels: (L,) int32, all hypotheses' labels one after another.
        frames: (L,) int32, each label's frame.
        confidences: (L,) float32, each label's probability at its frame.
        label_offsets: (H+1,) int64; hypothesis h has the labels ``label_offsets[h]:label_offsets[h + 1]``.
        scores: (H,) float32, nats.
        acoustic_scores: (H,) float32, nats.
        entries: (H,) int32, the lexicon entry's number, or -1.
        line_offsets: (B+1,) int64; line b has the hypotheses ``line_offsets[b]:line_offsets[b + 1]``.
        proved: (B,) bool, whether it is certain that no labelling scores better than the line's first.
    """

    labels: NDArray[np.int32]
    frames: NDArray[np.int32]
    confidences: NDArray[np.float32]
    label_offsets: NDArray[np.int64]
    scores: NDArray[np.float32]
    acoustic_scores: NDArray[np.float32]
    entries: NDArray[np.int32]
    line_offsets: NDArray[np.int64]
    proved: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.line_offsets) - 1

    @overload
    def __getitem__(self, line: int) -> list[Hypothesis]: ...
    @overload
    def __getitem__(self, line: slice) -> list[list[Hypothesis]]: ...
    def __getitem__(self, line: int | slice) -> list[Hypothesis] | list[list[Hypothesis]]:
        if isinstance(line, slice):
            return [self._hypotheses(number) for number in range(len(self))[line]]
        return self._hypotheses(range(len(self))[line])

    def texts(self, symbols: Symbols) -> list[str]:
        """Spell each line's best hypothesis; a line without any gives ``""``.

        Args:
            symbols: a charset, or the text of each label by its number; the blank's is never used.

        Raises:
            OptionError: a label that has no symbol, a symbol that is no string, or no symbols at all.
        """
        listed = list(_symbols_of(symbols))
        for label, symbol in enumerate(listed):
            if not isinstance(symbol, str):
                raise OptionError(f"the symbol of label {label} is {symbol!r}; expected a string")
        try:
            return _ctc.texts(self.labels, self.label_offsets, self.line_offsets, listed)
        except UnicodeEncodeError as error:
            raise OptionError(
                f"a symbol holds {error.object[error.start]!r}, half a surrogate pair, which is no character"
            ) from error

    def _hypotheses(self, line: int) -> list[Hypothesis]:
        return [self._hypothesis(h) for h in range(self.line_offsets[line], self.line_offsets[line + 1])]

    def _hypothesis(self, h: int) -> Hypothesis:
        span = slice(self.label_offsets[h], self.label_offsets[h + 1])
        return Hypothesis(
            labels=self.labels[span],
            frames=self.frames[span],
            confidences=self.confidences[span],
            score=float(self.scores[h]),
            acoustic_score=float(self.acoustic_scores[h]),
            entry=int(self.entries[h]),
        )


def _symbols_of(given: Symbols) -> Iterable[str]:
    symbols = getattr(given, "symbols", given)
    if not isinstance(symbols, Iterable):
        raise OptionError(
            f"symbols is {given!r}; expected a charset, or the text of each label, such as ['', 'a', 'b']"
        )
    return symbols
