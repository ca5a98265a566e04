"""Lines cut along their courses: a page is made of a straight line by a known map, and the cut compared with it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageFilter

from ocrkit.data.guide import Guide
from ocrkit.data.line_cutting import cut_line, cut_line_placed, outline_around, reading_course
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Map = Callable[[NDArray[np.float64]], NDArray[np.float64]]

WIDTH, HEIGHT, FOOT = 400, 40, 28  # px of the straight line, and where its letters stand
CLOSE = 6.0  # grey levels on average, of some 50 that the picture varies by


@pytest.fixture(scope="module")
def straight() -> Image.Image:
    """A line of blots that look alike from no two sides, soft enough to be drawn anew twice."""
    blots = np.random.default_rng(3).integers(0, 2, (5, 50)).repeat(8, 0).repeat(8, 1)
    blots[:8] = 1  # paper above, so that the line has an upper side
    return Image.fromarray((blots * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(2))


def page_of(straight: Image.Image, back: Map, size: tuple[int, int]) -> Image.Image:
    """A page on which the straight line lies as ``back``, from the page to the line, has it."""
    columns, rows = np.meshgrid(np.arange(size[0], dtype=float), np.arange(size[1], dtype=float))
    x, y = back(np.stack([columns.ravel(), rows.ravel()], axis=1)).T
    pixels = np.asarray(straight, float)
    inside = (x >= 0) & (x <= WIDTH - 1) & (y >= 0) & (y <= HEIGHT - 1)
    x, y = np.clip(x, 0, WIDTH - 1.001), np.clip(y, 0, HEIGHT - 1.001)
    i, j = x.astype(int), y.astype(int)
    u, v = x - i, y - j
    grey = (1 - v) * ((1 - u) * pixels[j, i] + u * pixels[j, i + 1])
    grey += v * ((1 - u) * pixels[j + 1, i] + u * pixels[j + 1, i + 1])
    return Image.fromarray(np.where(inside, grey, 120).reshape(size[::-1]).round().astype(np.uint8))


def on_line(y: float, count: int = 41) -> NDArray[np.float64]:
    return np.stack([np.linspace(0, WIDTH - 1, count), np.full(count, y)], axis=1)


def outline_on_line() -> NDArray[np.float64]:
    return np.concatenate([on_line(0), on_line(HEIGHT - 1)[::-1]])


def rotation(degrees: float) -> tuple[Map, Map]:
    """From the straight line to a page of 600x600 px on which it is turned clockwise, and back."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn = np.array([[cosine, -sine], [sine, cosine]])
    middle = np.array([WIDTH - 1, HEIGHT - 1]) / 2
    return (lambda p: (p - middle) @ turn.T + 300), (lambda p: (p - 300) @ turn + middle)


def arch(radius: float) -> tuple[Map, Map]:
    """The same for a line whose foot bends around a point below the page's middle."""
    centre = np.array([300.0, 60 + radius])

    def forth(points: NDArray[np.float64]) -> NDArray[np.float64]:
        angle = (points[:, 0] - WIDTH / 2) / radius
        away = radius + FOOT - points[:, 1]
        return np.asarray(centre + np.stack([away * np.sin(angle), -away * np.cos(angle)], axis=1))

    def back(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = (points - centre).T
        along = np.arctan2(x, -y) * radius + WIDTH / 2
        return np.stack([along, radius + FOOT - np.hypot(x, y)], axis=1)

    return forth, back


def difference(cut: Image.Image, straight: Image.Image) -> float:
    assert abs(cut.width - straight.width) <= 4
    assert abs(cut.height - straight.height) <= 2
    pixels = np.asarray(straight, float)
    left, top = (cut.width - straight.width) // 2, (cut.height - straight.height) // 2
    found = [
        np.abs(np.asarray(cut.crop((x, y, x + WIDTH, y + HEIGHT)), float) - pixels)[3:-3, 3:-3].mean()
        for x in range(left - 1, left + 2)
        for y in range(top - 1, top + 2)
    ]
    return min(found)


@pytest.mark.parametrize("degrees", [3, 12, -12, 45, 80, 100, -100, 135, 170, -170])
def test_a_line_at_a_slant_is_cut_straight(straight: Image.Image, degrees: float) -> None:
    forth, back = rotation(degrees)
    page = page_of(straight, back, (600, 600))

    cut = cut_line(page, forth(outline_on_line()), forth(on_line(FOOT, 2)))

    assert difference(cut, straight) < CLOSE


@pytest.mark.parametrize("degrees", [8, -12, 20, 95, 172])
@pytest.mark.parametrize("baseline", [True, False])
def test_of_a_box_around_a_slanting_line_the_line_is_cut(straight: Image.Image, degrees: float, baseline: bool) -> None:
    forth, back = rotation(degrees)
    page = page_of(straight, back, (600, 600))
    around = forth(outline_on_line())
    (left, top), (right, bottom) = around.min(0), around.max(0)
    box = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    ahead = (math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))
    course = forth(on_line(FOOT, 2)) if baseline else reading_course(box, None, ahead)

    cut = cut_line(page, box, course)

    assert cut.height <= 1.25 * HEIGHT + 2
    margin = (cut.height - HEIGHT) // 2
    assert difference(cut.crop((0, margin, cut.width, margin + HEIGHT)), straight) < 2 * CLOSE  # half a pixel off


def test_a_box_that_is_no_slanting_lines_is_cut_whole(straight: Image.Image) -> None:
    box = np.array([(0.0, 0), (300, 0), (300, 30), (0, 30)])  # too flat for a line of 300 px that slants so

    cut = cut_line(Image.new("L", (400, 400)), box, np.array([(0.0, 0), (300, 90)]))

    assert cut.height > 100


@pytest.mark.parametrize("degrees", [0, 90, 180, -90])
def test_a_line_turned_by_quarters_keeps_its_pixels(straight: Image.Image, degrees: int) -> None:
    page = Image.new("L", (600, 600), 120)
    turned = straight.rotate(-degrees, expand=True)
    page.paste(turned, (50, 60))
    right, bottom = 50 + turned.width - 1, 60 + turned.height - 1
    box = np.array([(50, 60), (right, 60), (right, bottom), (50, bottom)], float)
    ahead = (round(math.cos(math.radians(degrees))), round(math.sin(math.radians(degrees))))

    cut = cut_line(page, box, reading_course(box, None, ahead))

    assert np.array_equal(np.asarray(cut), np.asarray(straight))


@pytest.mark.parametrize("radius", [150, 300, 1000])
def test_a_bent_line_is_cut_straight(straight: Image.Image, radius: float) -> None:
    forth, back = arch(radius)
    page = page_of(straight, back, (600, 400))

    cut = cut_line(page, forth(outline_on_line()), forth(on_line(FOOT)))

    # Smoothing cuts the corner of a tight bend a little short.
    assert difference(cut, straight) < (CLOSE if radius == 1000 else 15)


def test_a_wave_is_cut_straight(straight: Image.Image) -> None:
    def wave(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(6 * np.sin(x / 60))

    page = page_of(straight, lambda p: np.stack([p[:, 0] - 50, p[:, 1] - 60 - wave(p[:, 0])], axis=1), (500, 200))
    outline, foot = outline_on_line() + np.array([50, 60]), on_line(FOOT) + np.array([50, 60])

    cut = cut_line(
        page,
        outline + np.stack([np.zeros(len(outline)), wave(outline[:, 0])], axis=1),
        foot + np.stack([np.zeros(len(foot)), wave(foot[:, 0])], axis=1),
    )

    rows = np.asarray(cut.resize((WIDTH, cut.height)).crop((8, 0, WIDTH - 8, cut.height)), float)
    spread = [
        np.corrcoef(rows[k : k + 32].ravel(), np.asarray(straight, float)[4:36, 8:-8].ravel())[0, 1]
        for k in range(cut.height - 32)
    ]
    assert max(spread) > 0.85


def test_a_level_baseline_changes_no_pixel(straight: Image.Image) -> None:
    page = Image.new("L", (500, 200), 120)
    page.paste(straight, (30, 40))
    outline = outline_on_line() + np.array([30, 40])
    wobble = on_line(FOOT, 6) + np.array([(30, 40), (30, 41), (30, 39), (30, 40), (30, 41), (30, 40)])

    assert np.array_equal(np.asarray(cut_line(page, outline, wobble)), np.asarray(cut_line(page, outline)))


def test_what_lies_outside_of_the_outline_is_paper(straight: Image.Image) -> None:
    forth, back = rotation(20)
    page = page_of(straight, back, (600, 600))
    narrow = np.concatenate([on_line(10), on_line(HEIGHT - 1)[::-1][:21]])

    cut = np.asarray(cut_line(page, forth(narrow), forth(on_line(FOOT, 2))))

    assert cut.shape[1] - WIDTH <= 3
    assert np.ptp(cut[-3:, : WIDTH // 3]) == 0  # below the outline's slanting end, where ink is on the page


def test_a_page_in_colours_keeps_them() -> None:
    page = Image.new("RGB", (200, 200), (250, 240, 200))
    outline = np.array([(20.0, 20), (150, 60), (145, 80), (15, 40)])

    cut = cut_line(page, outline, np.array([(20.0, 35), (150, 75)]))

    assert cut.mode == "RGB"
    assert cut.getcolors() == [(cut.width * cut.height, (250, 240, 200))]


def test_a_line_that_reaches_over_the_page_is_cut_to_it() -> None:
    page = Image.new("L", (100, 100), 77)
    outline = np.array([(50.0, 50), (150, 90), (145, 110), (45, 70)])

    assert cut_line(page, outline, np.array([(50.0, 65), (150, 105)])).getextrema() == (77, 77)


@pytest.mark.parametrize("course", [None, np.array([(200.0, 205), (300, 305)])])
def test_a_line_outside_of_the_page_is_refused(course: NDArray[np.float64] | None) -> None:
    outline = np.array([(200.0, 200), (300, 300), (290, 310), (190, 210)])

    with pytest.raises(ImageError, match="outside of the page, which is 100x100 px"):
        cut_line(Image.new("L", (100, 100)), outline, course)


BOX = np.array([(0.0, 0), (100, 0), (100, 30), (0, 30)])
TALL = np.array([(0.0, 0), (30, 0), (30, 100), (0, 100)])


@pytest.mark.parametrize(
    ("outline", "baseline", "heading", "right_to_left", "direction"),
    [
        (BOX, [(0, 22), (100, 22)], None, False, (1, 0)),
        (BOX, [(0, 5), (100, 5)], None, False, (1, 0)),  # a line hung below its letters' heads, as in Hebrew
        (BOX, [(100, 22), (0, 22)], None, True, (1, 0)),  # marked from right to left, as it is written
        (BOX, [(100, 22), (0, 22)], None, False, (1, 0)),  # marked the wrong way round: its letters stand upright
        (BOX, [(100, 5), (0, 5)], None, False, (-1, 0)),  # upside down
        (BOX, [(0, 5), (100, 5)], (-1, 0), False, (-1, 0)),
        (BOX, [(0, 22), (100, 22)], (0.9, 0.1), False, (1, 0)),
        (BOX, [(0, 22), (9, 22)], None, False, None),  # too short to tell
        (BOX, [(0, 22), (100, 22)], (0, -1), False, (0, -1)),  # a baseline across the way that the file says
        (TALL, [(22, 100), (22, 0)], None, False, (0, -1)),
        (TALL, [(22, 0), (22, 100)], None, False, (0, -1)),  # more of it to the left, so that is above
        (TALL, [(8, 0), (8, 100)], None, False, (0, 1)),
        (TALL, [(15, 0), (15, 100)], None, False, (0, 1)),
        (TALL, [(15, 0), (15, 100)], None, True, (0, -1)),
        (BOX, None, None, False, None),
        (BOX, None, (0, 1), False, (0, 1)),
    ],
)
def test_which_way_a_line_reads(
    outline: NDArray[np.float64],
    baseline: list[tuple[float, float]] | None,
    heading: tuple[float, float] | None,
    right_to_left: bool,
    direction: tuple[float, float] | None,
) -> None:
    points = None if baseline is None else np.array(baseline, float)

    course = reading_course(outline, points, heading, right_to_left=right_to_left)

    if direction is None:
        assert course is None
    else:
        assert course is not None
        along = course[-1] - course[0]
        assert along / np.hypot(*along) == pytest.approx(direction)


@pytest.mark.parametrize("corners", [[(0, 50), (100, 60), (200, 50)], [(10, 10), (100, 100), (110, 190)]])
def test_points_are_placed_along_and_below_a_guide_and_found_again(corners: list[tuple[int, int]]) -> None:
    baseline = np.array(corners, float)
    guide = Guide.along(baseline, outline_around(baseline, 12, 5))
    points = baseline[0] + np.random.default_rng(0).uniform(0, 1, (50, 1)) * (baseline[1] - baseline[0]) + [2, -3]

    placed = guide.place(points)

    assert guide.at(placed[:, 0], placed[:, 1]) == pytest.approx(points, abs=0.05)


def test_an_outline_around_a_baseline_has_its_heights() -> None:
    outline = outline_around(np.array([(10.0, 50), (110, 50)]), 20, 8)

    assert (outline.min(0).tolist(), outline.max(0).tolist()) == ([10, 30], [110, 58])


def test_a_baseline_with_a_hook_does_not_fold_the_line() -> None:
    outline = np.array([(0.0, 20), (200, 20), (200, 60), (0, 60)])
    hooked = np.array([(0.0, 50), (190, 50), (195, 20), (188, 48), (200, 50)])

    cut = cut_line(Image.new("L", (220, 80), 255), outline, hooked)

    assert 180 <= cut.width <= 280
    assert cut.height <= 80


@pytest.mark.parametrize(
    ("outline", "baseline"),
    [
        ([(2, 1), (9e6, 3e6), (9e6, 4e6), (2, 40)], [(2, 30), (90, 60)]),
        ([(2, 1), (90, 30), (90, 60), (2, 40)], [(-9e6, -3e6), (9e6, 3e6)]),
        ([(2, 1), (90, 30), (90, 60), (2, 40)], [(0, 0), (9e6, 3e6)] * 1000),
        ([(2, 1), (90, 30), (90, 60), (2, 40)], [(5, 5), (80, 30), (5, 5)]),
        ([(-9e6, -9e6), (9e6, -9e6), (9e6, 9e6), (-9e6, 9e6)], [(2, 30), (90, 60)]),
    ],
)
def test_what_reaches_far_away_costs_no_more_than_the_page(
    outline: list[tuple[float, float]], baseline: list[tuple[float, float]]
) -> None:
    begun = time.process_time()

    cut = cut_line(Image.new("L", (100, 100), 255), np.array(outline, float), np.array(baseline, float))

    assert max(cut.size) < 500
    assert time.process_time() - begun < 5


def test_a_baseline_of_a_million_points_is_followed_in_seconds() -> None:
    x = np.linspace(0, 900, 1_000_000)
    outline = np.array([(0.0, 0), (900, 60), (900, 100), (0, 40)])
    begun = time.process_time()

    cut = cut_line(Image.new("L", (900, 200), 255), outline, np.stack([x, 30 + x / 15], axis=1))

    assert cut.height < 50
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("degrees", [0, 3, 90, 100, 180, -90, -135])
def test_a_cut_line_knows_where_its_pixels_lie_on_the_page(straight: Image.Image, degrees: int) -> None:
    forth, back = rotation(degrees)
    page = page_of(straight, back, (600, 600))

    cut = cut_line_placed(page, forth(outline_on_line()), forth(on_line(FOOT, 2)))

    middles = np.array([(x, y) for x in range(20, 380, 40) for y in (8, 20, 32)], float)
    on_page = np.asarray(page, float)
    x, y = cut.to_page(middles).round().astype(int).T
    seen = np.asarray(cut.image, float)[middles[:, 1].astype(int), middles[:, 0].astype(int)]
    assert np.abs(on_page[y, x] - seen).mean() < 2 * CLOSE  # half a pixel off
    assert np.abs(back(cut.to_page(middles)) - middles).max() <= 1.5
    assert cut.from_page(cut.to_page(middles)) == pytest.approx(middles, abs=1e-6)
