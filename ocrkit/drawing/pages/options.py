"""What can be said of drawn pages."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from ocrkit.errors import OptionError, did_you_mean

__all__ = ["KINDS", "PageOptions"]

# How often each kind of page is drawn, beside the others.
KINDS: Mapping[str, float] = {
    "book": 3,
    "columns": 2.5,
    "letter": 1.5,
    "typescript": 1,
    "hand": 2.5,
    "title": 1,
    "advert": 0.7,
    "real-hand": 3,
}
_REAL = "real-hand"  # which needs pages to take its lines from
_X_HEIGHTS = (4.0, 60.0)  # at 60 px a page may have 80 million pixels


@dataclass(frozen=True, slots=True)
class PageOptions:
    """What is drawn, and how.

    Attributes:
        count: pages.
        x_height: least and greatest height of a small letter of a page's running text, px; the page grows with it.
        kinds: how often each kind of page is drawn, beside the others, by its name; those not named as by default.
        charsets: charsets, or unions, each with how often it is drawn, beside the others; empty for the one given.
        words: a file of words to draw, or several, as for lines; empty to compose them.
        text: a file of running text, or several, as for lines; empty for none.
        fonts: a folder of fonts; empty for the system's.
        families: the font families to draw with; empty for all.
        without_families: families to leave out.
        hands: a folder of PAGE or ALTO files with their images, whose lines are cut out along their baselines and set
            anew on pages of the kind ``real-hand``; empty for none.
        degrade: how worn, askew and dirty pages look, 0 (clean) to 1 (the worst).
        letterpress: the share of pages set in old type, 0 to 1.
        reformed: the share of Malayalam pages in the reformed orthography's shapes, 0 to 1.
    """

    count: int = 1000
    x_height: tuple[float, float] = (16.0, 26.0)
    kinds: Mapping[str, float] = field(default_factory=dict)
    charsets: Mapping[str, float] = field(default_factory=dict)
    words: str | tuple[str, ...] = ""
    text: str | tuple[str, ...] = ""
    fonts: str = ""
    families: tuple[str, ...] = ()
    without_families: tuple[str, ...] = ()
    hands: str = ""
    degrade: float = 0.5
    letterpress: float = 0.35
    reformed: float = 0.4

    def __post_init__(self) -> None:
        if not 0 < self.count <= sys.maxsize:
            raise OptionError(f"count {self.count} is out of range; expected 1 to {sys.maxsize}")
        least, most = self.x_height
        if not _X_HEIGHTS[0] <= least <= most <= _X_HEIGHTS[1]:
            raise OptionError(
                f"x_height {self.x_height} is no range; expected two numbers from {_X_HEIGHTS[0]:g} to "
                f"{_X_HEIGHTS[1]:g} px, such as [16, 26]"
            )
        for name in ("degrade", "letterpress", "reformed"):
            if not 0 <= getattr(self, name) <= 1:
                raise OptionError(f"{name} {getattr(self, name)} is out of range; expected 0 to 1")
        for name in self.kinds:
            if name not in KINDS:
                raise OptionError(f"kinds has {name!r}; {did_you_mean(name, KINDS, then='known: ' + ', '.join(KINDS))}")
        for table in ("kinds", "charsets"):
            for name, share in getattr(self, table).items():
                if not (share >= 0 and math.isfinite(share)):
                    raise OptionError(f"{table}.{name} {share} is out of range; expected 0 or more, beside the others")
        if self.kinds.get(_REAL) and not self.hands:
            raise OptionError(f"kinds.{_REAL} takes lines of real hands; name a folder of their pages with 'hands'")
        if not any(self.shares().values()):
            raise OptionError("every kind has the share 0; give one of them a share above 0")
        if self.charsets and not any(self.charsets.values()):
            raise OptionError("every charset has the share 0; give one of them a share above 0")

    def shares(self) -> dict[str, float]:
        """How often each kind is drawn, by name."""
        shares = {**KINDS, **self.kinds}
        return shares if self.hands else {name: share for name, share in shares.items() if name != _REAL}
