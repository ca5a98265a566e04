"""What can be said of drawn lines, of all of them or of a part by itself."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from ocrkit.config import from_table, to_table
from ocrkit.drawing.degradations.chain import check_names
from ocrkit.errors import ConfigError, OptionError, did_you_mean

__all__ = ["SyntheticOptions"]

CASES = ("upper", "lower", "title")
_MOST_WORDS = 1000  # a line; a number far beyond would be drawn for hours, into one picture
_SHARES = ("letterpress", "reformed", "typescript", "receipts", "scene")
_ALONE = ("typescript", "receipts", "scene")  # of which a line is one at most
_TEXTS = ("words", "text")
_OF_ALL = {"count": "says how many lines there are of all parts", "parts": "would be parts within a part"}


@dataclass(frozen=True, slots=True)
class SyntheticOptions:
    """What is drawn, and how.

    Attributes:
        words: a file of words to draw, or several, ``word`` or ``word<TAB>count`` a line, plain or gzip; empty to
            compose them.
        text: a file of running text to cut pieces from, or several, plain or gzip; empty for none.
        charset: a charset, or a union, whose labels alone stand in the texts; empty for all that the model's has.
        case: shares of the lines set in ``upper`` or ``lower`` case, or with each word's first letter in upper case
            (``title``), by name, that add up to 1 at most; the rest stay as they are.
        fonts: a folder of fonts; empty for the system's.
        families: the font families to draw with, such as ``Manjari``; empty for all.
        without_families: families to leave out, so that a test has faces that training never saw.
        count: samples.
        line_words: fewest and most words a line; a charset without a space has one word a line in any case.
        degrade: how worn the pictures look, 0 (clean) to 1 (the worst that is still legible).
        without_degradations: degradations to leave out, such as ``blur``; the others stay as they are with it.
        letterpress: the share of lines set in old type: loose, uneven, unevenly inked, 0 to 1.
        reformed: the share of Malayalam lines set in the reformed orthography's shapes, in faces of the traditional
            one, 0 to 1.
        typescript: the share of lines typed on a typewriter and worn as typescript is, 0 to 1.
        receipts: the share of lines that stand on receipts, with texts of their own, 0 to 1.
        scene: the share of lines that are painted on signs and seen by a camera, 0 to 1.
        share: how often a part is drawn, beside those of the others; 0 leaves it out.
        parts: kinds of lines that are mixed, by name, each a table of options of its own; what it does not say is as
            beside the parts.
    """

    words: str | tuple[str, ...] = ""
    text: str | tuple[str, ...] = ""
    charset: str = ""
    case: Mapping[str, float] = field(default_factory=dict)
    fonts: str = ""
    families: tuple[str, ...] = ()
    without_families: tuple[str, ...] = ()
    count: int = 20_000
    line_words: tuple[int, int] = (1, 6)
    degrade: float = 0.5
    without_degradations: tuple[str, ...] = ()
    letterpress: float = 0.35
    reformed: float = 0.4
    typescript: float = 0.0
    receipts: float = 0.0
    scene: float = 0.0
    share: float = 1.0
    parts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.count <= 0:
            raise OptionError(f"count {self.count} leaves nothing to draw; expected at least 1")
        if self.count > sys.maxsize:
            raise OptionError(f"count {self.count} is more than can be counted; expected at most {sys.maxsize}")
        if not 0 <= self.degrade <= 1:
            raise OptionError(f"degrade {self.degrade} is out of range; expected 0 (clean) to 1 (worst)")
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise OptionError(
                    f"{name} {getattr(self, name)} is out of range; expected a share of the lines, 0 to 1"
                )
        check_names(self.without_degradations)
        if not 1 <= self.line_words[0] <= self.line_words[1] <= _MOST_WORDS:
            raise OptionError(
                f"line_words {self.line_words} is no range; "
                f"expected two numbers from 1 to {_MOST_WORDS}, such as [1, 6]"
            )
        if self.words and self.text:
            raise OptionError("words and text both say what to draw; give one of them")
        if sum(getattr(self, name) for name in _ALONE) > 1 + 1e-9:
            said = " and ".join(f"{name} {getattr(self, name)}" for name in _ALONE if getattr(self, name))
            raise OptionError(f"{said} are more than all lines; expected shares that add up to 1 at most")
        _check_case(self.case)
        if not (self.share >= 0 and math.isfinite(self.share)):
            raise OptionError(f"share {self.share} is out of range; expected 0 or more, beside the other parts' shares")
        if self.parts and not any(part.share for part in self.each_part().values()):
            raise OptionError(f"every part has the share 0: {', '.join(self.parts)}; give one of them a share above 0")

    def each_part(self) -> dict[str, SyntheticOptions]:
        """The options of each part, by its name; without parts those of all lines, by the empty name.

        Raises:
            ConfigError: a part says what only all of them can say, or an unknown option.
            OptionError: a value of it is out of range.
        """
        if not self.parts:
            return {"": self}
        beside = {name: value for name, value in to_table(self).items() if name not in ("parts", "count")}
        return {name: _part(beside, table, where=f"parts.{name}") for name, table in self.parts.items()}


def _part(beside: Mapping[str, object], table: Mapping[str, object], *, where: str) -> SyntheticOptions:
    for name, what in _OF_ALL.items():
        if name in table:
            raise ConfigError(f"{where}: {name} {what}; say it beside the parts")
    if any(table.get(name) for name in _TEXTS):
        beside = {name: value for name, value in beside.items() if name not in _TEXTS}
    return from_table(SyntheticOptions, {**beside, **table}, where=where)


def _check_case(shares: Mapping[str, float]) -> None:
    for name, share in shares.items():
        if name not in CASES:
            raise OptionError(f"case has {name!r}; {did_you_mean(name, CASES, then='known: ' + ', '.join(CASES))}")
        if not 0 <= share <= 1:
            raise OptionError(f"case.{name} {share} is out of range; expected a share of the lines, 0 to 1")
    if sum(shares.values()) > 1 + 1e-9:
        raise OptionError(f"the shares of case add up to {sum(shares.values()):g}; expected 1 at most")
