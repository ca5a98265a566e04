"""The order of reading on layouts that are written down as boxes, and shuffled."""

from __future__ import annotations

import math
import random

import pytest

from ocrkit.layout.records import Line
from ocrkit.segmentation.frame import Frame
from ocrkit.segmentation.order import order_lines

SIZE = (1200, 1600)
PITCH = 30


def line(name: str, left: float, foot: float, right: float, x_height: float = 12) -> Line:
    """A line of letters with some signs above and below, as a segmenter gives it."""
    box = ((left, foot - 22), (right, foot - 22), (right, foot + 10), (left, foot + 10))
    outline = tuple((round(x), round(y)) for x, y in box)
    return Line(name, ((round(left), round(foot)), (round(right), round(foot))), outline, x_height=x_height)


def column(names: str, left: float, top: float, right: float, shorter: float = 0) -> list[Line]:
    """A line a letter of ``names``, the last one ``shorter`` px less wide."""
    ends = [right] * (len(names) - 1) + [right - shorter]
    return [line(name, left, top + k * PITCH, end) for k, (name, end) in enumerate(zip(names, ends, strict=True))]


def read(lines: list[Line], **options: object) -> str:
    """The names of lines in the order found, a space between regions."""
    shuffled = random.Random(7).sample(lines, len(lines))
    return " ".join("".join(found.id for found in region.lines) for region in regions_of(shuffled, **options))


def regions_of(lines: list[Line], **options: object):  # type: ignore[no-untyped-def]
    return order_lines(lines, *SIZE, **options)  # type: ignore[arg-type]


def turned(lines: list[Line], degrees: float) -> list[Line]:
    """The lines with the page turned clockwise about its middle."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def turn(points: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        away = [(x - SIZE[0] / 2, y - SIZE[1] / 2) for x, y in points]
        return tuple(
            (round(SIZE[0] / 2 + x * cosine - y * sine), round(SIZE[1] / 2 + x * sine + y * cosine)) for x, y in away
        )

    return [Line(one.id, turn(one.baseline), turn(one.outline), x_height=one.x_height) for one in lines]


def mirrored(lines: list[Line]) -> list[Line]:
    """The lines with left and right changed; a baseline still runs from left to right."""
    right = SIZE[0] - 1
    return [
        Line(
            one.id,
            tuple((right - x, y) for x, y in reversed(one.baseline)),
            tuple((right - x, y) for x, y in one.outline),
            x_height=one.x_height,
        )
        for one in lines
    ]


LAYOUTS = {
    "one column": (column("abcdef", 100, 200, 1100, 500), "abcdef"),
    "two columns": (column("abcdef", 100, 200, 580) + column("ghijkl", 620, 200, 1100, 300), "abcdef ghijkl"),
    "two columns out of step": (column("abcdef", 100, 200, 580) + column("ghijk", 620, 214, 1100), "abcdef ghijk"),
    "three columns": (
        column("abcd", 100, 200, 400) + column("efgh", 430, 200, 730) + column("ijkl", 760, 200, 1060),
        "abcd efgh ijkl",
    ),
    "a heading across columns in the middle of the page": (
        column("abc", 100, 200, 580)
        + column("def", 620, 200, 1100)
        + [line("H", 400, 330, 800, 18)]
        + column("ghi", 100, 400, 580)
        + column("jkl", 620, 400, 1100),
        "abc def H ghi jkl",
    ),
    "a heading across two of three columns": (
        [
            line("H", 120, 200, 700, 18),
            *column("abc", 100, 250, 400),
            *column("def", 430, 250, 730),
            *column("ghijk", 760, 190, 1060),
        ],
        "H abc def ghijk",
    ),
    "text across all, then columns": (
        column("abc", 100, 200, 1100, 700) + column("defg", 100, 330, 580) + column("hijk", 620, 330, 1100),
        "abc defg hijk",
    ),
    "footnotes across columns": (
        column("abcd", 100, 200, 580)
        + column("efgh", 620, 200, 1100)
        + [line("i", 100, 400, 1100, 9), line("j", 100, 424, 1000, 9)],
        "abcd efgh ij",
    ),
    "a note in the outer margin": (
        column("abcdefghij", 300, 200, 1100) + column("xy", 100, 290, 260, 20),
        "abcdefghij xy",
    ),
    "a note of one line in the margin": (
        [*column("abcdefghij", 100, 200, 900), line("x", 940, 290, 1100)],
        "abcdefghij x",
    ),
    "a number above and below": (
        [
            line("1", 1060, 100, 1100),
            *column("abcdef", 100, 200, 580),
            *column("ghijkl", 620, 200, 1100, 300),
            line("2", 320, 420, 350),
        ],
        "1 abcdef ghijkl 2",
    ),
    "a title and a number in one row": (
        [line("1", 100, 100, 150), line("T", 420, 100, 780), *column("abcdef", 100, 200, 1100)],
        "1 T abcdef",
    ),
    "a table is read row by row": (
        [
            line(f"{'abcdef'[row]}{number}", left, 200 + row * PITCH, left + wide)
            for row in range(6)
            for number, (left, wide) in enumerate(((100, 180), (400, 90), (600, 90), (800, 60)))
        ],
        "".join(f"{row}{number}" for row in "abcdef" for number in range(4)),
    ),
    "contents with pages' numbers": (
        [line(name, 100, 200 + k * PITCH, 400 + 60 * k) for k, name in enumerate("abcdef")]
        + [line(name, 1050, 200 + k * PITCH, 1090) for k, name in enumerate("123456")],
        "a1b2c3d4e5f6",
    ),
    "verse": (
        [line(name, 300 + 40 * (k % 2), 200 + k * PITCH, 620 + 30 * (k % 3)) for k, name in enumerate("abcdefgh")],
        "abcdefgh",
    ),
    "a date to the right of an address": (
        [line("a", 100, 200, 300), line("b", 850, 204, 1050), *column("cdef", 100, 300, 1100)],
        "ab cdef",
    ),
    "a column that ends sooner": (column("abcdefgh", 100, 200, 580) + column("ijk", 620, 200, 1100), "abcdefgh ijk"),
    "a column that begins later": (column("abcdefgh", 100, 200, 580) + column("ijk", 620, 350, 1100), "abcdefgh ijk"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_lines_are_read_in_order(name: str) -> None:
    lines, order = LAYOUTS[name]

    assert read(lines) == order


@pytest.mark.parametrize("degrees", [-4, 2])
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_page_that_lies_askew_is_read_the_same(name: str, degrees: float) -> None:
    lines, order = LAYOUTS[name]

    assert read(turned(lines, degrees)) == order


@pytest.mark.parametrize("name", LAYOUTS)
def test_scripts_from_right_to_left_begin_at_the_right(name: str) -> None:
    lines, order = LAYOUTS[name]

    assert read(mirrored(lines), direction="rtl") == order


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_page_is_read_as_if_upright(rotation: int) -> None:
    lines, order = LAYOUTS["a heading across columns in the middle of the page"]
    width, height = SIZE if rotation == 180 else SIZE[::-1]
    frame = Frame(width, height, rotation)

    def back(points: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        # The three turns, written out: where a point of the upright page lies on the picture.
        turn = {90: lambda x, y: (y, SIZE[0] - 1 - x), 180: lambda x, y: (SIZE[0] - 1 - x, SIZE[1] - 1 - y)}
        turn[270] = lambda x, y: (SIZE[1] - 1 - y, x)
        return tuple(turn[rotation](x, y) for x, y in points)

    given = [Line(one.id, back(one.baseline), back(one.outline), x_height=one.x_height) for one in lines]
    regions = order_lines(given[::-1], frame.width, frame.height, rotation=rotation)

    assert " ".join("".join(found.id for found in region.lines) for region in regions) == order


def test_a_rule_across_the_page_parts_what_is_above_from_what_is_below() -> None:
    lines = column("abcd", 100, 200, 580) + column("efgh", 620, 200, 1100)
    lines += column("ijkl", 100, 320, 580) + column("mnop", 620, 320, 1100)

    assert read(lines) == "abcdijkl efghmnop"
    assert read(lines, separators=[((90, 303), (1110, 303))]) == "abcd efgh ijkl mnop"


def test_small_lines_below_a_short_rule_are_a_note() -> None:
    notes = [line("x", 100, 420, 900, 9), line("y", 100, 444, 900, 9)]
    regions = regions_of(column("abcdef", 100, 200, 1100) + notes, separators=[((100, 388), (300, 388))])

    assert [region.kind for region in regions] == ["MainZone", "MarginTextZone"]
    assert [found.id for found in regions[1].lines] == ["x", "y"]


def test_kinds_are_told_where_they_are_sure() -> None:
    lines, _ = LAYOUTS["a title and a number in one row"]

    kinds = [region.kind for region in regions_of(lines)]

    assert kinds == ["NumberingZone", "RunningTitleZone", "MainZone"]


def test_a_page_without_lines_has_no_regions() -> None:
    assert regions_of([]) == ()


def test_a_region_lies_around_its_lines() -> None:
    regions = regions_of(column("abcdef", 100, 200, 580) + column("ghijkl", 620, 200, 1100))

    assert [region.outline for region in regions] == [
        ((100, 178), (580, 178), (580, 360), (100, 360)),
        ((620, 178), (1100, 178), (1100, 360), (620, 360)),
    ]


def test_thousands_of_specks_are_ordered_without_despair() -> None:
    chance = random.Random(3)
    lines = [
        line(f"s{k}", left := chance.uniform(0, 1190), chance.uniform(20, 1590), left + chance.uniform(1, 40))
        for k in range(3000)
    ]

    regions = regions_of(lines)

    assert sorted(found.id for region in regions for found in region.lines) == sorted(one.id for one in lines)
