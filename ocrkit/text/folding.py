"""Labels that are one where texts are compared: of both cases, or of no letter and no digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.text.encoding import LabelMatcher
from ocrkit.text.metrics import comparable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.text.charset import Charset

__all__ = ["FoldedAlphabet"]


@dataclass(frozen=True, slots=True)
class FoldedAlphabet:
    """The labels of a charset, those that spell the same as one, and those that spell nothing as the blank.

    A labelling folds to what its text is compared as: a label that spells nothing parts equal labels as a blank does,
    so that ``a!a`` folds to ``aa``.

    Attributes:
        charset: whose labels they are.
        groups: (V,) the folded label of each label; 0, the blank, where it spells nothing.
        symbols: what each folded label spells; the blank's is empty.
    """

    charset: Charset
    groups: NDArray[np.int64]
    symbols: tuple[str, ...]

    @classmethod
    def of(cls, charset: Charset, *, ignore_case: bool = False, alphanumeric: bool = False) -> FoldedAlphabet:
        """The labels as ``comparable`` with these options compares their texts."""

        def key(symbol: str) -> str:
            if symbol.isspace():
                return "" if alphanumeric else symbol
            if not (ignore_case or alphanumeric):
                return symbol
            return comparable(symbol, ignore_case=ignore_case, alphanumeric=alphanumeric)

        keys = ["", *map(key, charset.symbols[1:])]
        symbols = tuple(dict.fromkeys(keys))
        numbers = {symbol: number for number, symbol in enumerate(symbols)}
        return cls(charset, np.array([numbers[spelled] for spelled in keys], np.int64), symbols)

    @property
    def folds(self) -> bool:
        """Whether any two labels are one."""
        return len(self.symbols) < len(self.groups)

    def labels(self, word: str, compared: str) -> tuple[int, ...] | None:
        """The folded labels of a word, without blanks; None where the charset cannot spell it, in any case.

        Args:
            word: as it is given.
            compared: the same as it is compared.
        """
        if self.charset.spells(word):
            groups = self.groups[self.charset.encode(word)].tolist()
            return tuple(group for group in groups if group)
        found = LabelMatcher(self.symbols).labels(compared)
        if found is None or self.charset.reorders:
            return None
        return tuple(found)

    def fold(self, log_probs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(T, V) log-probabilities as (T, G) of the folded labels: each the sum of those that it stands for.

        CTC over them is exact: the score of an entry is that of all paths which it is read from, labels of either case
        side by side taken for one letter.
        """
        if not self.folds:
            return log_probs
        order = np.argsort(self.groups, kind="stable")
        starts = np.searchsorted(self.groups[order], np.arange(len(self.symbols)))
        sums = np.logaddexp.reduceat(log_probs[:, order].astype(np.float64), starts, axis=1)
        folded: NDArray[np.float32] = sums.astype(np.float32)
        return folded
