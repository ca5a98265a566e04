"""Pictures of pages with what was found drawn over them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.errors import OptionError
from ocrkit.layout.outputs.overlay import OverlayOptions, draw_overlay, render_overlay
from ocrkit.layout.records import Character, Line, Page, Region, Word
from ocrkit.layout.scan import ReadPage

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.layout.records import Points

SIZE = (400, 300)


def box(left: int, top: int, right: int, bottom: int) -> Points:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def page(*, text: str | None = "ab") -> Page:
    characters = (Character("a", box(100, 100, 149, 140), 0.9), Character("b", box(150, 100, 200, 140), 0.9))
    words = (Word("ab", box(100, 100, 200, 140), 0.8, characters),)
    line = Line("l1", ((100, 135), (300, 135)), box(100, 100, 300, 140), text, 0.8, words)
    return Page("p", *SIZE, (Region("r1", box(90, 90, 310, 200), (line,)),))


def drawn(record: Page, **options: bool | int) -> np.ndarray:
    return np.asarray(draw_overlay(record, Image.new("L", SIZE, 255), OverlayOptions(**options)), int)  # type: ignore[arg-type]


def test_lines_baselines_and_regions_are_drawn_where_they_are() -> None:
    picture = drawn(page())

    red, green, blue = picture[134:137, 250].reshape(-1, 3).min(0)
    assert (green, blue) < (60, 60)
    assert picture[120, 250].tolist() != [255, 255, 255]  # tinted inside of the line
    assert picture[180, 250].tolist() == [255, 255, 255]  # and not outside of it
    assert picture[199:202, 250].min() < 50  # the region's frame
    del red


def test_a_line_that_was_not_read_is_grey() -> None:
    red, green, blue = drawn(page(text=None))[120, 250].tolist()

    assert red == green == blue < 255


def test_words_and_characters_are_framed_where_that_is_asked_for() -> None:
    plain, words = drawn(page()), drawn(page(), words=True)
    characters = drawn(page(), characters=True)

    assert (plain[120, 200] != words[120, 200]).any()
    assert (words[120, 150] == plain[120, 150]).all()
    assert (characters[120, 150] != plain[120, 150]).any()


def test_large_pages_are_made_smaller_to_be_looked_at() -> None:
    large = Image.new("L", (5000, 1000), 255)

    assert draw_overlay(page(), large).size == (2400, 480)
    assert draw_overlay(page(), large, OverlayOptions(longest=0)).size == (5000, 1000)


def test_the_page_itself_is_left_as_it_was() -> None:
    picture = Image.new("RGB", SIZE, "white")

    draw_overlay(page(), picture)

    assert picture.getcolors() == [(SIZE[0] * SIZE[1], (255, 255, 255))]


def test_a_size_below_none_is_refused() -> None:
    with pytest.raises(OptionError, match="longest is -1; expected px"):
        OverlayOptions(longest=-1)


@dataclass(frozen=True)
class White:
    """A white page."""

    name: str = "p"
    path: Path | None = None
    number: int = 1
    dpi: float | None = None

    def image(self) -> Image.Image:
        return Image.new("L", SIZE, 255)

    def jpeg(self) -> bytes | None:
        return None


def test_a_png_is_written() -> None:
    [data] = render_overlay([ReadPage(page(), White())], OverlayOptions())

    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("PNG", SIZE)


def test_places_out_of_the_page_do_not_matter() -> None:
    line = Line("l1", ((900, 10), (950, 10)), box(900, 0, 950, 20), "a")
    record = Page("p", *SIZE, (Region("r1", box(900, 0, 950, 20), (line,)),))

    assert draw_overlay(record, Image.new("L", SIZE, 255)).size == SIZE
