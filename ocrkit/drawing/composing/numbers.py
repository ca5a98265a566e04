"""Numbers as print has them: years, counts, dates, amounts and shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.text.weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

__all__ = ["NumberWords"]

_ASCII = "0123456789"
# So often, beside European digits, those of the script.
_OWN = 0.15
# 9 stands for any digit, 1 for one that is not zero; other characters stand for themselves.
_SHAPES = """
1:15 19:20 199:12 1999:10 19999:4 1.9:5 19.99:4 1,999:5 1,99,999:2 19/9/1999:2 19-19-1999:2 19%:2 1999-19:1 19:99:2
1/1:1 £19.99:1 ₹1,999:1 1°:1 #19:1 $199:1 1.:4 (1):2 (1999):1 (1999–1999):.5 1999–99:.5 1.9%:1 1).:.3 9999999999:2
19/-:1 1999-9-9:.5 19.9.99:1 1-19:1
"""


class NumberWords:
    """Draws numbers in the digits, and with the marks, that a charset has."""

    def __init__(self, symbols: Iterable[str], digits: Iterable[str] = ()) -> None:
        """Take the complete sets of digits in ``symbols``: European ones, and of ``digits``, which are the rarer."""
        given = frozenset(symbols)
        sets = [(_ASCII, 1.0), *((own, _OWN) for own in digits if own)]
        self._digits = Weighted((own, weight) for own, weight in sets if given.issuperset(own))
        self._shapes = Weighted.parse(_SHAPES, given | frozenset("19"))

    def __len__(self) -> int:
        """How many sets of digits there are; without one no number can be drawn."""
        return len(self._digits)

    def word(self, rng: np.random.Generator) -> str:
        """One number; one in six is a year of print."""
        digits = self._digits.draw(rng)
        shape = str(rng.integers(1850, 2030)) if rng.random() < 0.17 else self._filled(rng)
        return shape.translate(str.maketrans(_ASCII, digits))

    def item(self, rng: np.random.Generator) -> str:
        """The number of an item in a list, 1 to 99."""
        return str(rng.integers(1, 100)).translate(str.maketrans(_ASCII, self._digits.draw(rng)))

    def _filled(self, rng: np.random.Generator) -> str:
        drawn = (
            str(rng.integers(10)) if mark == "9" else str(rng.integers(1, 10)) if mark == "1" else mark
            for mark in self._shapes.draw(rng)
        )
        return "".join(drawn)
