"""The records of a page: page > regions > lines > words > characters.

All places are whole pixels of the picture as it was given, set upright by its EXIF orientation where it has one: also
where the page was turned or straightened to be read. A polygon's points are the middles of pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.data.changes import Change
    from ocrkit.data.records import Alternative

__all__ = ["Character", "Direction", "Layout", "Line", "Page", "Point", "Points", "Region", "Word"]

Point: TypeAlias = tuple[int, int]
Points: TypeAlias = tuple[Point, ...]
Direction: TypeAlias = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Character:
    """One label of a reading on the page.

    Attributes:
        text: the label.
        outline: its part of the line's area, four points or more.
        confidence: its probability, 0 to 1.
    """

    text: str
    outline: Points
    confidence: float


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between two spaces of a line.

    Attributes:
        text: without spaces, never empty.
        outline: its part of the line's area, four points or more.
        confidence: the probability that it is right, 0 to 1; None where nobody said.
        characters: in the order of the text; none where nobody said.
        original: what was read in its place, where a corrector altered it; else empty. Of one that became two, each has
            the whole.
    """

    text: str
    outline: Points
    confidence: float | None = None
    characters: tuple[Character, ...] = ()
    original: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text.

    Attributes:
        id: its name on the page, a letter first, then letters, digits, ``_``, ``-`` and ``.``.
        baseline: along the foot of its letters, two points or more, in the direction from the line's left to its right
            as it is read upright, whatever its script; empty where nobody said.
        outline: around all of its ink, signs above and below included, three points or more.
        text: what it says, without spaces at either end; None where it was not read.
        confidence: the probability that ``text`` is what stands there, 0 to 1; None where nobody said.
        words: in the order of the text; none where nobody said.
        alternatives: further readings, best first.
        direction: the way that its script runs.
        x_height: px from the baseline to the top of a small letter; None where nobody said.
        original: what was read, where a corrector altered it; else empty. ``confidence`` and ``alternatives`` are of
            that.
        proposals: what a corrector would offer to somebody who chooses: changes of ``text``, by their places there.
    """

    id: str
    baseline: Points
    outline: Points
    text: str | None = None
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    direction: Direction = "ltr"
    x_height: float | None = None
    original: str = ""
    proposals: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the page whose lines belong together: a column, a heading, a note in the margin.

    Attributes:
        id: its name on the page, as a line's.
        outline: around its lines, three points or more.
        lines: in the order of reading.
        kind: as SegmOnto's zones are called: ``MainZone``, ``TitlePageZone``, ``MarginTextZone``, ``NumberingZone``,
            ``RunningTitleZone``, ``TableZone``, ``GraphicZone``, ``CustomZone``, ...
    """

    id: str
    outline: Points
    lines: tuple[Line, ...] = ()
    kind: str = "MainZone"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a segmenter finds on a picture.

    Attributes:
        regions: in the order of reading, their lines unread.
        rotation: degrees clockwise, 0, 90, 180 or 270, by which the picture is to be turned to stand upright.
        skew: degrees clockwise by which the lines of the upright picture fall to the right, about -45 to 45.
    """

    regions: tuple[Region, ...]
    rotation: int = 0
    skew: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and what was read on it.

    Attributes:
        image: the file that it is in, or what the picture is called.
        width: px.
        height: px.
        regions: in the order of reading.
        number: the page of that file, from 1.
        rotation: as ``Layout.rotation``.
        skew: as ``Layout.skew``.
        dpi: pixels an inch; None where nobody said anything that can be.
        languages: those that it was read in, as BCP 47 names them; none where nobody said.
        model: the recogniser that read it, and the segmenter that found its lines; empty where nobody did.
        segmenter: see ``model``.
        error: why it could not be opened; empty where it was.
    """

    image: str
    width: int
    height: int
    regions: tuple[Region, ...] = ()
    number: int = 1
    rotation: int = 0
    skew: float = 0.0
    dpi: float | None = None
    languages: tuple[str, ...] = field(default=())
    model: str = ""
    segmenter: str = ""
    error: str = ""

    @property
    def lines(self) -> Iterator[Line]:
        """All lines, in the order of reading."""
        for region in self.regions:
            yield from region.lines

    @property
    def text(self) -> str:
        """What was read: a line a line, and an empty one between regions."""
        read = ("\n".join(line.text for line in region.lines if line.text) for region in self.regions)
        return "\n\n".join(text for text in read if text)
