"""A line as a page's file has it: where it is, what it says, or what is wrong with it; and the numbers that say so."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.outline import is_flat
from ocrkit.data.sources.bad_rows import RowFault

if TYPE_CHECKING:
    from ocrkit.data.sources.xml_file import Element

__all__ = [
    "BadLine",
    "PageLine",
    "PageText",
    "Point",
    "baseline_of",
    "box_of",
    "one_line",
    "outline_of",
    "runs_right_to_left",
    "turn_of",
]

Point = tuple[float, float]
_FARTHEST = 10_000_000  # units from the page's corner: 200 m at 1,200 an inch
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class PageLine:
    """A transcribed line.

    Attributes:
        id: its name in the file, or its number from 1.
        line: the line of the XML file that it begins on.
        text: what it says.
        outline: its polygon in the page's own units, three points or more that do not lie on one line.
        baseline: the points of its baseline in these units, two or more, or none.
        turn: degrees clockwise that set it upright, by the file; 0 where that says nothing.
    """

    id: str
    line: int
    text: str
    outline: tuple[Point, ...]
    baseline: tuple[Point, ...] = ()
    turn: float = 0.0

    @property
    def right_to_left(self) -> bool:
        """Whether more of its letters are of scripts that run from right to left."""
        return runs_right_to_left(self.text)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A transcribed line that cannot be cut out: its name, the XML file's line, its text, and what is wrong."""

    id: str
    line: int
    text: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class PageText:
    """A page: the name of its image, its width and height in its own units (0 unknown), and its transcribed lines.

    ``without_text`` lines are there and not transcribed, which is common and no fault.
    """

    image: str
    width: float
    height: float
    lines: tuple[PageLine | BadLine, ...]
    without_text: int


def one_line(text: str) -> str:
    """A text without line breaks, and without space at its ends, which XML has for its own layout."""
    return " ".join(re.split(r"[\r\n]+", text)).strip()


def runs_right_to_left(text: str) -> bool:
    """Whether more of a text's letters are of scripts that run from right to left."""
    directions = [unicodedata.bidirectional(character) for character in text]
    return directions.count("R") + directions.count("AL") > directions.count("L")


def outline_of(text: str | None, *, may_be_flat: bool = False) -> tuple[Point, ...]:
    """The outline in ``"x,y x,y"`` or ``"x y x y"``, as the versions of PAGE and ALTO write it; none where it is empty.

    Raises:
        RowFault: they are no pairs of numbers, fewer than three, not finite, too far away, or, where it may not be
            flat, all on one line.
    """
    points = _points_of(text, "outline", "three points or more; expected x,y x,y x,y", fewest=3)
    return checked_outline(points) if points and not may_be_flat else points


def checked_outline(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Refuse an outline that holds nothing.

    Raises:
        RowFault: all its points lie on one line.
    """
    if is_flat(np.array(points)):
        width, height = (max(axis) - min(axis) for axis in zip(*points, strict=True))
        raise RowFault(
            "outline",
            f"the outline is flat: {width:g} wide and {height:g} high, with nothing inside; "
            "expected a polygon around the line",
        )
    return points


def baseline_of(text: str | None) -> tuple[Point, ...]:
    """The baseline, likewise; none where there are no two points, as where older ALTO has its height alone.

    Raises:
        RowFault: they are no pairs of numbers, not finite, or too far away.
    """
    if text is None or len(_BETWEEN.split(text.strip(" ,;\t\r\n"))) < 4:
        return ()
    return _points_of(text, "baseline", "pairs of numbers; expected x,y x,y", fewest=2)


def box_of(left: float, top: float, width: float, height: float) -> tuple[Point, ...]:
    """The outline of a box: its four corners, the far ones being the last pixels that are in it.

    Raises:
        RowFault: a number is not finite, or too far away; or the box is less than a unit wide or high.
    """
    if not all(_is_near(number) for number in (left, top, width, height)) or min(width, height) <= 0:
        raise RowFault(
            "outline",
            f"the line's box is {width:g} wide and {height:g} high, from {left:g}, {top:g} on; "
            f"expected a width and a height above 0, and no number beyond {_FARTHEST:,}",
        )
    right, bottom = left + max(width - 1, 0), top + max(height - 1, 0)
    return (left, top), (right, top), (right, bottom), (left, bottom)


def turn_of(elements: list[Element], attribute: str) -> float:
    """The degrees that the innermost of some elements, outermost first, tells by an attribute; 0 where none does."""
    for element in reversed(elements):
        try:
            turn = float(element.get(attribute) or "nan")
        except ValueError:
            continue
        if math.isfinite(turn) and abs(turn) <= 360:
            return turn
    return 0.0


def _points_of(text: str | None, what: str, expected: str, *, fewest: int) -> tuple[Point, ...]:
    stripped = (text or "").strip(" ,;\t\r\n")
    if not stripped:
        return ()
    spelt = _BETWEEN.split(stripped)
    try:
        numbers = [float(number) for number in spelt]
    except ValueError:
        numbers = []
    if len(numbers) % 2 or len(numbers) < 2 * fewest or "_" in stripped:
        raise RowFault(what, f"the {what} {_shown(stripped)} is not {expected}")
    odd = next((place for place, number in enumerate(numbers) if not _is_near(number)), None)
    if odd is not None:
        raise RowFault(
            what, f"the {what} has {_shown(spelt[odd])} for a coordinate; expected a place on the page, in its units"
        )
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _is_near(number: float) -> bool:
    return abs(number) <= _FARTHEST  # which is false for NaN too


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
