"""Lines cut out of pages: the box around an outline, or a straight strip along a baseline, turned to read upright.

A line on a page is an outline, and a course where that is known: its baseline, or the way that it reads. Where the
course runs level, or upright, to within a hair, pixels are copied as they are; else the strip along it is drawn anew,
at the page's own scale. What lies outside of the outline becomes paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageStat

from ocrkit.data.guide import Guide
from ocrkit.data.outline import is_box, polygon_mask
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CutLine", "cut_line", "cut_line_placed", "outline_around", "reading_course"]

_LEVEL = 0.05  # of its height: by how much a line may leave the level and be copied as it is
_LEVEL_PX = 1.0
_SHORTEST = 0.3  # of a line's length: a baseline shorter than that tells no direction
_STRAIGHT = 0.25  # px that a course bends by, up to which it is cut in one piece
_PIECE = 8  # px of a course that are cut in one piece where it bends
_NEIGHBOURS = 3  # px around an outline that drawing anew looks at
_DIAGONAL = 0.3  # of cos 2a: a line at nearly 45 degrees has a square box, whatever its height
_FLATTEST = 0.15  # of its box's shorter side: a line less high than that does not fill the box, so that it is another's
_ROOM = 1.2  # times the height that a box tells, since letters need not reach into its corners
_ABOVE_MORE = 1.3  # by which more of a line is above its baseline than below, where that tells which side is up

_TURNS = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
_AHEAD = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))  # the way that a line runs, which those turns set upright


@dataclass(frozen=True, slots=True)
class CutLine:
    """A line cut out of its page, and where on the page its pixels lie.

    Attributes:
        image: straight and upright.
        guide: the course on the page that its rows run along.
        begin: px along the guide of its first column.
        upper: px below the guide of its first row.
    """

    image: Image.Image
    guide: Guide
    begin: float
    upper: float

    def to_page(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2) x and y of its pixels as they lie on the page; whole numbers are the middles of pixels."""
        return self.guide.at(points[:, 0] + self.begin, points[:, 1] + self.upper)

    def from_page(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2) x and y on the page as they lie in it; undoes ``to_page``."""
        return self.guide.place(points) - (self.begin, self.upper)


def cut_line(page: Image.Image, outline: NDArray[np.float64], course: NDArray[np.float64] | None = None) -> Image.Image:
    """Cut a line out of its page, as ``cut_line_placed`` does.

    Raises:
        ImageError: the outline lies outside of the page.
    """
    return cut_line_placed(page, outline, course).image


def cut_line_placed(
    page: Image.Image, outline: NDArray[np.float64], course: NDArray[np.float64] | None = None
) -> CutLine:
    """Cut a line out of its page, straight and upright, in the page's mode and scale.

    Args:
        page: mode ``L`` or ``RGB``.
        outline: (N, 2) x and y of its polygon, px; whole numbers are the middles of pixels.
        course: (K, 2) x and y of points along the line, two at least, in the direction of reading, as
            ``reading_course`` gives them; None cuts the box around the outline.

    Raises:
        ImageError: the outline lies outside of the page.
    """
    if course is None:
        return _box_of(page, outline, 0)
    _bounds(page, outline)
    # What lies far outside of the page, where nothing is to be seen, must not make the strip as long.
    near = np.clip(outline, (-1, -1), page.size)
    guide = Guide.along(np.clip(course, -max(page.size), 2 * max(page.size)), near)
    placed = guide.place(near)
    height = float(np.ptp(placed[:, 1]))
    along = np.linspace(placed[:, 0].min(), placed[:, 0].max(), 33)
    on_line = guide.at(along, np.zeros(len(along)))
    chord = on_line[-1] - on_line[0]
    quarters = round(math.atan2(chord[1], chord[0]) / (math.pi / 2)) % 4
    leaves = float(np.ptp(on_line[:, 1 - quarters % 2]))
    if leaves <= max(_LEVEL_PX, _LEVEL * height):
        return _box_of(page, outline, quarters)
    if is_box(outline):
        outline = _slanted_box(near, chord)
        placed = guide.place(outline)
    return _strip_of(page, outline, guide, placed)


def reading_course(
    outline: NDArray[np.float64],
    baseline: NDArray[np.float64] | None = None,
    heading: tuple[float, float] | None = None,
    *,
    right_to_left: bool = False,
) -> NDArray[np.float64] | None:
    """The course of a line from its left to its right end as it is read upright, or None where nothing tells it.

    A baseline tells it where it is long enough, and ``heading`` which way it runs. Without that, it runs as its points
    do; but what is written from right to left may be marked so, and a baseline that runs leftwards is one of an
    upside-down line only where more of the outline is above it, upside down, than below.

    Args:
        outline: (N, 2) x and y of its polygon.
        baseline: (K, 2) points along the foot of its letters.
        heading: the direction from the left of the line to its right, where the page says it.
        right_to_left: whether its text is written so.
    """
    ahead = None if heading is None else np.array(heading, np.float64)
    chord = None if baseline is None or len(baseline) < 2 else baseline[-1] - baseline[0]
    if baseline is not None and chord is not None and np.hypot(*chord) > 0:
        chord = chord / np.hypot(*chord)
        if np.hypot(*(baseline[-1] - baseline[0])) >= _SHORTEST * np.ptp(outline @ chord):
            if ahead is None:
                return baseline if _runs_ahead(outline, baseline, chord, right_to_left) else baseline[::-1]
            agreement = float(chord @ ahead)
            if abs(agreement) > math.cos(math.pi / 4):
                return baseline if agreement > 0 else baseline[::-1]
    if ahead is None:
        return None
    middle = (outline.min(0) + outline.max(0)) / 2
    return np.stack([middle - ahead, middle + ahead])


def outline_around(baseline: NDArray[np.float64], above: float, below: float) -> NDArray[np.float64]:
    """The (N, 2) outline of what lies up to ``above`` px above a baseline and ``below`` px below it."""
    chord = baseline[-1] - baseline[0]
    down = np.array((-chord[1], chord[0])) / np.hypot(*chord)
    guide = Guide.along(baseline, np.concatenate([baseline - above * down, baseline + below * down]))
    along = np.linspace(0, len(guide.points) - 1, max(2, len(guide.points) // _PIECE))
    return np.concatenate(
        [guide.at(along, np.full(len(along), -above)), guide.at(along[::-1], np.full(len(along), below))]
    )


def _slanted_box(box: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """The outline of a line that runs in a direction, where the box around it is known alone, with some room.

    A rectangle at a slant, L long and h high, has a box L |cos| + h |sin| wide and L |sin| + h |cos| high, which two
    equations give both; the box itself where they do not.
    """
    cosine, sine = np.abs(direction) / np.hypot(*direction)
    (left, top), (right, bottom) = box.min(0), box.max(0)
    across, down = right - left, bottom - top
    difference = cosine**2 - sine**2
    if abs(difference) < _DIAGONAL:
        return box
    length, height = (across * cosine - down * sine) / difference, (down * cosine - across * sine) / difference
    if height < _FLATTEST * min(across, down) or length <= height:
        return box
    half = direction / np.hypot(*direction) * length / 2
    side = np.array([-half[1], half[0]]) / (length / 2) * height / 2 * _ROOM
    middle = np.array([left + right, top + bottom]) / 2
    return np.array([middle - half - side, middle + half - side, middle + half + side, middle - half + side])


def _runs_ahead(
    outline: NDArray[np.float64], baseline: NDArray[np.float64], chord: NDArray[np.float64], right_to_left: bool
) -> bool:
    """Whether a baseline's points go from left to right as the line is read, with nothing else to tell it."""
    beside = Guide.straight(baseline.mean(0), chord).place(outline)[:, 1]
    above, below = max(0.0, -float(beside.min())), max(0.0, float(beside.max()))
    if chord[0] > math.cos(math.radians(45)):
        return True
    if chord[0] < -math.cos(math.radians(45)):
        return not right_to_left and above >= below * _ABOVE_MORE
    if above >= below * _ABOVE_MORE or below >= above * _ABOVE_MORE:
        return above > below
    return not right_to_left


def _box_of(page: Image.Image, outline: NDArray[np.float64], quarters: int) -> CutLine:
    """The pixels around an outline, turned so that a line upright after so many quarters anticlockwise is upright."""
    left, top, right, bottom = _bounds(page, outline)
    line = page.crop((left, top, right, bottom))
    if not is_box(outline):
        mask = polygon_mask(outline - [left, top], line.size)
        _fill_outside(line, mask)
    turn = _TURNS[quarters]
    corner = ((left, top), (right - 1, top), (right - 1, bottom - 1), (left, bottom - 1))[quarters]
    guide = Guide.straight(np.array(corner, np.float64), np.array(_AHEAD[quarters]))
    return CutLine(line if turn is None else line.transpose(turn), guide, 0.0, 0.0)


def _strip_of(page: Image.Image, outline: NDArray[np.float64], guide: Guide, placed: NDArray[np.float64]) -> CutLine:
    """The strip along a guide that holds the outline, whose points lie at ``placed`` along and below it."""
    left, top, right, bottom = _bounds(page, outline)
    left, top = max(0, left - _NEIGHBOURS), max(0, top - _NEIGHBOURS)
    right, bottom = min(page.width, right + _NEIGHBOURS), min(page.height, bottom + _NEIGHBOURS)
    part = page.crop((left, top, right, bottom))
    (begin, upper), (end, lower) = np.floor(placed.min(0) + 1e-6), np.ceil(placed.max(0) - 1e-6)
    size = (int(end - begin) + 1, int(lower - upper) + 1)
    pieces = _pieces(guide, size, begin, upper, np.array([left, top], np.float64))
    mesh = Image.Transform.MESH
    line = part.transform(size, mesh, pieces, Image.Resampling.BICUBIC)
    inside = polygon_mask(outline - [left, top], part.size)
    mask = inside.transform(size, mesh, pieces, Image.Resampling.BILINEAR).point(lambda value: 255 * (value >= 128))
    _fill_outside(line, mask)
    return CutLine(line, guide, float(begin), float(upper))


def _pieces(
    guide: Guide, size: tuple[int, int], begin: float, upper: float, corner: NDArray[np.float64]
) -> list[tuple[tuple[int, int, int, int], tuple[float, ...]]]:
    """Pillow's mesh: boxes of the strip, each with the four corners on the page that it shows."""
    width, height = size
    bends = guide.bend(np.linspace(begin, begin + width, 65)) > _STRAIGHT
    edges = np.unique(np.append(np.arange(0, width, _PIECE if bends else width), width))
    # Pillow's corners are those of pixels, half a pixel before their middles.
    along = edges + begin - 0.5
    over, under = (
        guide.at(along, np.full(len(along), below)) - corner + 0.5 for below in (upper - 0.5, upper + height - 0.5)
    )
    return [
        (
            (int(edges[k]), 0, int(edges[k + 1]), height),
            (*over[k].tolist(), *under[k].tolist(), *under[k + 1].tolist(), *over[k + 1].tolist()),
        )
        for k in range(len(edges) - 1)
    ]


def _bounds(page: Image.Image, outline: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """The pixels around an outline that are on the page, right and bottom excluded."""
    last = np.array(page.size, np.float64)
    left, top = np.maximum(0, np.trunc(np.minimum(outline.min(0), last))).astype(int).tolist()
    right, bottom = np.minimum(last, np.trunc(np.maximum(outline.max(0), -1)) + 1).astype(int).tolist()
    if left >= right or top >= bottom:
        raise ImageError(
            f"the line lies outside of the page, which is {page.width}x{page.height} px; expected that page's image"
        )
    return left, top, right, bottom


def _fill_outside(line: Image.Image, mask: Image.Image) -> None:
    """Paint what the mask leaves out in the median colour of the rest, which is paper's where ink takes less."""
    outside = mask.point(lambda value: 255 - value)
    if mask.getbbox() is None:
        paper: list[int] = [255] * len(line.getbands())
    else:
        paper = [int(value) for value in ImageStat.Stat(line, mask).median]
    line.paste(paper[0] if line.mode == "L" else tuple(paper), mask=outside)
