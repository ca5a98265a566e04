"""Where the words of a line stand along its baseline, in points of a PDF's page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ocrkit.layout.outputs.readings import one_line

if TYPE_CHECKING:
    from ocrkit.layout.records import Line, Points

__all__ = ["Affine", "PlacedLine", "PlacedWord", "place_line", "upright_affine"]

_STEEPEST = math.radians(5)  # of a line whose words are level all the same
_RISE = 0.4  # of a line's height, by which its words may differ in theirs: at 0.5 poppler takes them for two lines
_LEAST = 0.1  # points: the least width of a word, and height of a line
_BELOW = 0.25  # of a line's height, below its baseline, where nobody said where that is


class Affine(NamedTuple):
    """What a pixel's x and y become: a x + c y + e, and b x + d y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def of(self, points: Points) -> list[tuple[float, float]]:
        """Points that are middles of pixels, on the page."""
        moved = ((x + 0.5, y + 0.5) for x, y in points)
        return [(self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f) for x, y in moved]

    def then(self, other: Affine) -> Affine:
        """Do this one, and then the other."""
        return Affine(
            self.a * other.a + self.b * other.c,
            self.a * other.b + self.b * other.d,
            self.c * other.a + self.d * other.c,
            self.c * other.b + self.d * other.d,
            self.e * other.a + self.f * other.c + other.e,
            self.e * other.b + self.f * other.d + other.f,
        )


class PlacedWord(NamedTuple):
    """A word: its text, where it begins along the line, how far above the line's foot it stands, and its width."""

    text: str
    start: float
    above: float
    width: float


class PlacedLine(NamedTuple):
    """A line: its words, where its foot begins, the way that it runs, and its letters' height; in points."""

    words: tuple[PlacedWord, ...]
    x: float
    y: float
    angle: float
    size: float

    @property
    def is_level(self) -> bool:
        """Whether it runs along a side of the page."""
        return math.isclose(self.angle, _quarter(self.angle), abs_tol=1e-9)


def upright_affine(width: int, height: int, rotation: int, scale: float) -> Affine:
    """From a picture's pixels to points of a page on which it stands upright, turned by ``rotation`` clockwise."""
    turned = {
        0: Affine(1, 0, 0, -1, 0, height),
        90: Affine(0, -1, -1, 0, height, width),
        180: Affine(-1, 0, 0, 1, width, 0),
        270: Affine(0, 1, 1, 0, 0, 0),
    }[rotation % 360]
    return turned.then(Affine(scale, 0, 0, scale, 0, 0))


def place_line(line: Line, to_page: Affine) -> PlacedLine | None:
    """Where a line's words stand on the page; None where it says nothing.

    A line that is nearly level is made so, and each of its words stands as high as the baseline is there, level: pdf.js
    breaks a slanted line wherever two words differ in how wide their letters are.
    """
    texts = one_line(line.text or " ".join(word.text for word in line.words)).split()
    if not texts:
        return None
    foot = _foot(line, to_page)
    (x, y), (end_x, end_y) = foot[0], foot[-1]
    angle = math.atan2(end_y - y, end_x - x)
    if abs(angle - _quarter(angle)) < _STEEPEST:
        angle = _quarter(angle)
    frame = _Frame(x, y, math.cos(angle), math.sin(angle))
    outline = [frame.of(point) for point in to_page.of(line.outline)]
    if [word.text for word in line.words] == texts:
        places = ([frame.of(point)[0] for point in to_page.of(word.outline)] for word in line.words)
        spans = [(min(place), max(place)) for place in places]
    else:
        alongs = [along for along, _ in outline]
        spans = _shared_out(texts, min(alongs), max(alongs), rtl=line.direction == "rtl")
    course = sorted(frame.of(point) for point in foot)
    over = [above - _height_at(along, course) for along, above in outline]
    size = max(_LEAST, max(over) - min(over))
    heights = _flattened([_height_at((left + right) / 2, course) for left, right in spans], size * _RISE)
    words = tuple(
        PlacedWord(text, left, above, max(_LEAST, right - left))
        for text, (left, right), above in zip(texts, spans, heights, strict=True)
    )
    return PlacedLine(words, x, y, angle, size)


class _Frame(NamedTuple):
    """A line's own axes: along it, and up from it."""

    x: float
    y: float
    cosine: float
    sine: float

    def of(self, point: tuple[float, float]) -> tuple[float, float]:
        """A point of the page in them."""
        x, y = point[0] - self.x, point[1] - self.y
        return x * self.cosine + y * self.sine, y * self.cosine - x * self.sine


def _quarter(angle: float) -> float:
    """The nearest of the directions of a page's sides."""
    return round(angle / (math.pi / 2)) * (math.pi / 2)


def _foot(line: Line, to_page: Affine) -> list[tuple[float, float]]:
    """A line's baseline on the page; near the bottom of its outline where nobody said where it is."""
    if len(set(line.baseline)) > 1:
        return to_page.of(line.baseline)
    left, right = min(x for x, _ in line.outline), max(x for x, _ in line.outline)
    top, bottom = min(y for _, y in line.outline), max(y for _, y in line.outline)
    foot = round(bottom - (bottom - top) * _BELOW)
    return to_page.of(((left, foot), (max(right, left + 1), foot)))


def _flattened(heights: list[float], most: float) -> list[float]:
    """Heights of words, drawn together about their middle until the highest is but so much above the lowest."""
    lowest, highest = min(heights), max(heights)
    middle, share = (lowest + highest) / 2, min(1.0, most / max(highest - lowest, 1e-9))
    return [middle + (height - middle) * share for height in heights]


def _height_at(along: float, course: list[tuple[float, float]]) -> float:
    """How high a baseline is above the first axis, at a place along it; at its ends, beyond them."""
    before = max((point for point in course if point[0] <= along), default=course[0])
    after = min((point for point in course if point[0] >= along), default=course[-1])
    if after[0] - before[0] < _LEAST:
        return before[1]
    return before[1] + (after[1] - before[1]) * (along - before[0]) / (after[0] - before[0])


def _shared_out(texts: list[str], left: float, right: float, *, rtl: bool) -> list[tuple[float, float]]:
    """Places for words of which only the text is known: as wide as they have code points."""
    letters = sum(len(text) for text in texts) + len(texts) - 1
    width, place, spans = (right - left) / letters, 0, []
    for text in texts:
        start, end = place, place + len(text)
        if rtl:
            spans.append((right - end * width, right - start * width))
        else:
            spans.append((left + start * width, left + end * width))
        place = end + 1
    return spans
