"""Pages of bars read with a model whose answers follow by arithmetic, and where on the page their characters are."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import bars
import numpy as np
import pytest
from boxed_pages import box
from held_pages import HIGH, STEP, DamagedPage, HeldPage, page_of_bars
from PIL import Image

from ocrkit.errors import ImageError, OptionError
from ocrkit.layout.records import Layout, Line, Page
from ocrkit.pages.reader import PageReader
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from ocrkit.layout.records import Points

SIZE = (500, 420)  # of pages of bars


def read(page: Image.Image, layout: Layout, **options: Any) -> Page:
    keep_all = options.pop("keep_all", False)
    reader = PageReader(Recognizer(bars.reader()), lambda scan, grey: layout, keep_all=keep_all)
    [found] = reader.read([HeldPage(page)], **options)
    return found.page


def middle(points: Points) -> tuple[float, float]:
    x, y = np.array(points, float).mean(0).tolist()
    return x, y


def test_the_lines_of_a_page_are_read_in_order() -> None:
    page = read(*page_of_bars(["ab", "cab", "bb"]))

    assert [line.text for line in page.lines] == ["ab", "cab", "bb"]
    assert page.text == "ab\ncab\nbb"
    assert (page.width, page.height) == SIZE
    assert all(0.9 < (line.confidence or 0) <= 1 for line in page.lines)


def test_characters_lie_where_their_bars_are_on_the_page() -> None:
    page = read(*page_of_bars(["cab"], left=40, top=30))

    [line] = page.lines
    [word] = line.words
    assert (word.text, [character.text for character in word.characters]) == ("cab", ["c", "a", "b"])
    for place, character in enumerate(word.characters):
        xs, ys = zip(*character.outline, strict=True)
        assert min(xs) <= 40 + place * STEP + HIGH // 2 <= max(xs)
        assert (min(ys), max(ys)) == (30, 30 + HIGH - 1)
        assert max(xs) < 40 + (place + 1) * STEP
    assert min(word.outline) == (40, 30)


def on_turned(points: Points, quarters: int) -> Points:
    """Points of a page on what it becomes by so many quarter turns clockwise."""
    width, height = SIZE
    for _ in range(quarters):
        points, (width, height) = tuple((height - 1 - y, x) for x, y in points), (height, width)
    return points


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("baselines", [True, False])
def test_a_turned_page_reads_the_same_in_its_own_pixels(quarters: int, baselines: bool) -> None:
    upright, layout = page_of_bars(["cab", "ba"])
    turned = upright.rotate(-90 * quarters, expand=True)
    lines = tuple(
        replace(
            line,
            outline=on_turned(line.outline, quarters),
            baseline=on_turned(line.baseline, quarters) if baselines else (),
        )
        for line in layout.regions[0].lines
    )
    found = Layout((replace(layout.regions[0], lines=lines),), rotation=(360 - 90 * quarters) % 360)

    page, as_upright = read(turned, found), read(upright, layout)

    assert page.text == as_upright.text == "cab\nba"
    assert page.rotation == found.rotation
    for line, same in zip(page.lines, as_upright.lines, strict=True):
        for word, twin in zip(line.words, same.words, strict=True):
            assert sorted(word.outline) == sorted(on_turned(twin.outline, quarters))
            for character, its_twin in zip(word.characters, twin.characters, strict=True):
                assert sorted(character.outline) == sorted(on_turned(its_twin.outline, quarters))


@pytest.mark.parametrize("degrees", [2, -4, 30, -30])
def test_characters_of_a_slanting_line_lie_where_their_bars_are(degrees: float) -> None:
    upright, layout = page_of_bars(["cabc"], left=60, top=190)
    [line] = layout.regions[0].lines
    radians, centre = math.radians(degrees), (SIZE[0] / 2, SIZE[1] / 2)
    page = upright.rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=255)

    def forth(points: Points) -> Points:
        return tuple(
            (
                round(centre[0] + math.cos(radians) * (x - centre[0]) - math.sin(radians) * (y - centre[1])),
                round(centre[1] + math.sin(radians) * (x - centre[0]) + math.cos(radians) * (y - centre[1])),
            )
            for x, y in points
        )

    slanting = replace(line, baseline=forth(line.baseline), outline=forth(line.outline))
    found = read(page, Layout((replace(layout.regions[0], lines=(slanting,)),), skew=degrees))

    [read_line] = found.lines
    assert read_line.text == "cabc"
    expected = forth(tuple((60 + place * STEP + HIGH // 2, 190 + HIGH // 2) for place in range(4)))
    for character, place in zip(read_line.words[0].characters, expected, strict=True):
        assert math.dist(middle(character.outline), place) < HIGH / 2 + 2


def test_a_line_that_reads_as_nothing_is_left_out_and_counted() -> None:
    picture, layout = page_of_bars(["ab", "", "c"])
    reader = PageReader(Recognizer(bars.reader()), lambda scan, grey: layout)

    [found] = reader.read([HeldPage(picture)])

    assert [line.id for line in found.page.lines] == ["l0", "l2"]
    assert (reader.left_out, reader.lines) == (1, 3)


def test_a_region_whose_lines_all_read_as_nothing_is_left_out() -> None:
    assert read(*page_of_bars([""])).regions == ()


def test_a_given_line_that_reads_as_nothing_stays() -> None:
    page = read(*page_of_bars(["ab", ""]), keep_all=True)

    assert [line.text for line in page.lines] == ["ab", ""]


def test_a_page_without_lines_is_no_error() -> None:
    page = read(Image.new("L", SIZE, 255), Layout(()))

    assert (page.regions, page.error, page.text) == ((), "", "")


def test_pages_come_in_their_order_whatever_they_hold() -> None:
    texts = [["ab"], [], ["c"], [], [], ["ba", "a"]] * 7
    pages = {f"p{number}": page_of_bars(lines) for number, lines in enumerate(texts)}
    reader = PageReader(Recognizer(bars.reader()), lambda scan, grey: pages[scan.name][1])

    found = list(reader.read(HeldPage(picture, name) for name, (picture, _) in pages.items()))

    assert [page.image for page, _ in found] == list(pages)
    assert [[line.text for line in page.lines] for page, _ in found] == texts


def test_pages_are_taken_as_readings_are() -> None:
    taken: list[str] = []
    picture, layout = page_of_bars(["ab"])

    def scans() -> Any:
        for number in range(1000):
            taken.append(f"p{number}")
            yield HeldPage(picture, f"p{number}")

    readings = PageReader(Recognizer(bars.reader()), lambda scan, grey: layout).read(scans())
    next(readings)

    assert len(taken) == 1


@pytest.mark.parametrize("errors", ["report", "skip", "raise"])
def test_a_page_that_cannot_be_opened(errors: Any) -> None:
    picture, layout = page_of_bars(["ab"])
    reader = PageReader(Recognizer(bars.reader()), lambda scan, grey: layout)
    readings = reader.read([HeldPage(picture, "1"), DamagedPage(picture, "2"), HeldPage(picture, "3")], errors=errors)

    if errors == "raise":
        with pytest.raises(ImageError, match="it is damaged"):
            list(readings)
        return
    told = [(page.image, page.error) for page, _ in readings]
    assert told == [("1", "")] + [("2", "it is damaged")] * (errors == "report") + [("3", "")]


def test_another_way_with_errors_is_refused() -> None:
    reader = PageReader(Recognizer(bars.reader()), lambda scan, grey: Layout(()))

    with pytest.raises(OptionError, match="errors is 'ignore'; expected 'report', 'raise', 'skip'"):
        reader.read([], errors="ignore")  # type: ignore[arg-type]


def test_a_share_of_wrong_readings_that_the_model_cannot_tell_is_refused_at_once() -> None:
    reader = PageReader(Recognizer(bars.reader()), lambda scan, grey: Layout(()))

    with pytest.raises(OptionError, match="the model is not calibrated"):
        reader.read([], reject=0.01)


def test_a_line_outside_of_the_page_stays_unread(caplog: pytest.LogCaptureFixture) -> None:
    picture, layout = page_of_bars(["ab"])
    outside = Line("far", ((900, 900), (950, 900)), box(900, 880, 50, 20))
    region = replace(layout.regions[0], lines=(*layout.regions[0].lines, outside))

    page = read(picture, Layout((region,)))

    assert [line.text for line in page.lines] == ["ab", None]
    assert "page: line far was not read: the line lies outside of the page, which is 500x420 px" in caplog.text


def test_several_readings_of_a_line_are_kept() -> None:
    picture, layout = page_of_bars(["ab"])
    options = DecoderOptions(n_best=3)
    reader = PageReader(Recognizer(bars.reader(), options=options), lambda scan, grey: layout)

    [found] = reader.read([HeldPage(picture)])

    [line] = found.page.lines
    assert len(line.alternatives) == 2


def test_a_page_in_colour_is_read_as_in_grey() -> None:
    picture, layout = page_of_bars(["cab"])

    assert read(picture.convert("RGB"), layout) == read(picture, layout)
