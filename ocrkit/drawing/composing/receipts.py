"""What stands on receipts: amounts, codes, dates, numbers to call and to pay taxes under, items, addresses, thanks."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

from ocrkit.drawing.composing.latin import LatinWords
from ocrkit.drawing.composing.receipt_tables import JOINING, LINES, SHAPES, SLOTS
from ocrkit.text.weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from ocrkit.drawing.composing.words import TextSource
    from ocrkit.text.charset import Charset

__all__ = ["ReceiptLines"]

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
# Words, and not codes or short forms such as RM.
_LONG = re.compile("[A-Z]{3,}|[AEIOU][A-Z](?![A-Z])|[B-Z][AEIOU](?![A-Z])")
_JOINING = JOINING.split()
_SHAPES = {name: tuple(shapes.split("|")) for name, shapes in SHAPES.items()}
_TRIES = 20
_UPPER, _TITLE = 0.6, 0.93


class ReceiptLines:
    """Composes lines as receipts have them, as far as a charset can spell them."""

    def __init__(self, charset: Charset, texts: TextSource, *, within: Charset | None = None) -> None:
        """Keep to the labels of ``within`` too; where there are no Latin capitals, words are taken from ``texts``."""
        self._charset, self._within = charset, within or charset
        self._most = 4 if charset.has_space and self._within.has_space else 1
        self._texts = texts
        pairs = (line.strip().split(" ", 1) for line in LINES.strip().splitlines())
        self._lines = Weighted((shape, float(weight)) for weight, shape in pairs)
        spelled = frozenset(symbol for symbol in self._within.symbols[1:] if len(symbol) == 1)
        self._latin = LatinWords(string.ascii_uppercase) if spelled.issuperset(string.ascii_uppercase) else None
        self._has_small = spelled.issuperset(string.ascii_lowercase)
        self._slots = {name: _parsed(table, self._within) for name, table in SLOTS.items()}

    def line(self, rng: np.random.Generator, count: int = 3) -> str:
        """A line of a receipt; one of ``count`` words of the texts where the charset spells no digits or signs."""
        for _ in range(_TRIES):
            text = self._charset.normalize(self._cased(self._filled(self._lines.draw(rng), rng), rng))
            if text.strip() and self._charset.spells(text) and self._within.spells(text):
                return text
        return self._texts.line(rng, min(count, self._most))

    def _filled(self, shape: str, rng: np.random.Generator) -> str:
        pieces = re.split(r"\{(\w+)\}", shape)
        filled = [_lettered(piece, rng) if k % 2 == 0 else self._slot(piece, rng) for k, piece in enumerate(pieces)]
        return "".join(filled)

    def _slot(self, name: str, rng: np.random.Generator) -> str:
        if name in _SHAPES:
            return _lettered(_SHAPES[name][rng.integers(len(_SHAPES[name]))], rng)
        words = self._slots.get(name)
        if words is None:
            made: Callable[[np.random.Generator], str] = getattr(self, f"_a_{name}")
            return made(rng)
        return words.draw(rng).replace("_", " ") if len(words) else self._a_name(rng)

    def _cased(self, text: str, rng: np.random.Generator) -> str:
        """Capitals in three lines of five; else words with a capital each, or small ones."""
        drawn = rng.random()
        if drawn < _UPPER or not self._has_small or self._latin is None:
            return text
        return _LONG.sub(lambda word: word[0].capitalize(), text) if drawn < _TITLE else text.lower()

    def _a_amount(self, rng: np.random.Generator) -> str:
        size = rng.random()
        whole = int(rng.integers(0, 10 if size < 0.45 else 100 if size < 0.85 else 1000 if size < 0.96 else 100_000))
        cents = ("00", "50", "90", "95")[rng.integers(4)] if rng.random() < 0.4 else f"{rng.integers(100):02d}"
        sign = "-" if rng.random() < 0.05 else ""
        grouped = f"{whole:,}" if rng.random() < 0.8 else str(whole)
        return f"{sign}{grouped}.{cents}"

    def _a_money(self, rng: np.random.Generator) -> str:
        gap = "" if rng.random() < 0.4 else " "
        return f"{self._slot('currency', rng)}{gap}{self._a_amount(rng)}"

    def _a_quantity(self, rng: np.random.Generator) -> str:
        number = int(rng.integers(1, 10 if rng.random() < 0.7 else 500))
        return f"{number}.{'0' * int(rng.integers(1, 4))}" if rng.random() < 0.15 else str(number)

    def _a_percent(self, rng: np.random.Generator) -> str:
        number = (6, 6, 0, 5, 10, int(rng.integers(1, 30)))[rng.integers(6)]
        return (f"{number}%", f"{number}.00%", f"{number}.0%", f"{number} %")[rng.integers(4)]

    def _a_date(self, rng: np.random.Generator) -> str:
        day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(1998, 2031))
        mark = "/-."[rng.integers(3)] if rng.random() < 0.9 else " "
        style = rng.random()
        if style < 0.12:
            return f"{year}{mark}{month:02d}{mark}{day:02d}"
        if style < 0.25:
            return f"{day:02d}{mark}{_MONTHS[month - 1]}{mark}{year if style < 0.2 else f'{year % 100:02d}'}"
        shown = f"{year % 100:02d}" if rng.random() < 0.25 else str(year)
        return f"{day:02d}{mark}{month:02d}{mark}{shown}" if style < 0.85 else f"{day}{mark}{month}{mark}{shown}"

    def _a_time(self, rng: np.random.Generator) -> str:
        minute, second = f"{rng.integers(60):02d}", f":{rng.integers(60):02d}" if rng.random() < 0.5 else ""
        if rng.random() < 0.4:
            half = "AP"[rng.integers(2)] + "M"
            hour = int(rng.integers(1, 13))
            return f"{hour if rng.random() < 0.4 else f'{hour:02d}'}:{minute}{second}{' ' * int(rng.integers(2))}{half}"
        return f"{rng.integers(24):02d}:{minute}{second}"

    def _a_stars(self, rng: np.random.Generator) -> str:
        return "*" * int(rng.integers(3, 15))

    def _a_dashes(self, rng: np.random.Generator) -> str:
        return "-=_"[min(2, int(rng.integers(5)) // 2)] * int(rng.integers(3, 12))

    def _a_name(self, rng: np.random.Generator) -> str:
        return self._latin.word(rng).upper() if self._latin is not None else self._texts.line(rng, 1)

    def _a_words(self, rng: np.random.Generator) -> str:
        return self._names(rng, int(rng.integers(1, 5)))

    def _a_item(self, rng: np.random.Generator) -> str:
        joint = (" ", " ", " ", " ", " & ", "/", "-", " W/")[rng.integers(8)]
        return joint.join((self._names(rng, int(rng.integers(1, 3))), self._a_name(rng)))

    def _a_site(self, rng: np.random.Generator) -> str:
        return self._a_name(rng).replace(" ", "")

    def _a_company(self, rng: np.random.Generator) -> str:
        return f"{self._names(rng, int(rng.integers(1, 4)))} {self._slot('firm', rng)}"

    def _a_town(self, rng: np.random.Generator) -> str:
        return self._names(rng, int(rng.integers(1, 3)))

    def _a_region(self, rng: np.random.Generator) -> str:
        return self._a_name(rng)

    def _a_address(self, rng: np.random.Generator) -> str:
        house = self._slot("house", rng)
        street = f"{self._slot('street', rng)} {self._names(rng, int(rng.integers(1, 3)))}"
        end = self._slot("house_end", rng)
        mark = (",", ",", ".", "")[rng.integers(4)]
        shapes = (
            f"{house}, {street}{end}{mark}",
            f"{house} {street}{end}{mark}",
            f"{street}{end}{mark}",
            f"{self._slot('place', rng)} {self._names(rng, 2)}{end}{mark}",
            f"{house}{mark}",
        )
        return shapes[rng.integers(len(shapes))]

    def _a_sentence(self, rng: np.random.Generator) -> str:
        """Half of the words are composed, the others join them, as the small print at the foot reads."""
        if self._latin is None:
            return self._texts.line(rng, self._most)
        words = [
            self._a_name(rng) if rng.random() < 0.5 else _JOINING[rng.integers(len(_JOINING))]
            for _ in range(int(rng.integers(3, 10)))
        ]
        return " ".join(words)

    def _names(self, rng: np.random.Generator, count: int) -> str:
        return " ".join(self._a_name(rng) for _ in range(count))


def _parsed(table: str, charset: Charset) -> Weighted[str]:
    """The words of a table, ``word:weight`` with ``_`` for a space, that the charset can spell."""
    pairs = (entry.rsplit(":", 1) for entry in table.split())
    return Weighted((word, float(weight)) for word, weight in pairs if charset.spells(word.replace("_", " ")))


def _lettered(shape: str, rng: np.random.Generator) -> str:
    """The shape with digits drawn for 9 and 1, and capitals for a."""
    return "".join(
        str(rng.integers(10))
        if mark == "9"
        else str(rng.integers(1, 10))
        if mark == "1"
        else string.ascii_uppercase[rng.integers(26)]
        if mark == "a"
        else mark
        for mark in shape
    )
