"""Pages as JSON: read again with everything, and refused with what is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from random_pages import Pages, read

from ocrkit.errors import DataError
from ocrkit.layout.outputs.json import JsonOptions, render_json
from ocrkit.layout.reading import read_layout, read_layouts
from ocrkit.layout.records import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    Write = Callable[[str], Path]

seeds = pytest.mark.parametrize("seed", range(40))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_text(text: str) -> Path:
        (tmp_path / "pages.json").write_text(text, encoding="utf-8")
        return tmp_path / "pages.json"

    return write_text


def rendered(given: Iterable[Page]) -> str:
    return b"".join(render_json(iter(read(given)), JsonOptions())).decode()


@seeds
def test_json_gives_back_everything(write: Write, seed: int) -> None:
    drawn = Pages(seed)
    given_pages = [drawn.page(), drawn.page()]

    assert list(read_layouts(write(rendered(given_pages)))) == given_pages


@seeds
def test_every_page_is_json(seed: int) -> None:
    page = Pages(seed).hard_page()

    (record,) = json.loads(rendered([page]))["pages"]

    assert record["image"] == page.image


def test_a_page_is_written_before_the_next_is_asked_for() -> None:
    asked = []

    def coming() -> Iterator[Page]:
        for number in range(1, 4):
            asked.append(number)
            yield Page("a.png", 9, 9, number=number)

    pieces = render_json(iter(read_one_by_one(coming())), JsonOptions())
    while b'"number": 1' not in next(pieces):
        pass

    assert asked == [1]


def read_one_by_one(coming: Iterator[Page]) -> Iterator[object]:
    for page in coming:
        yield from read([page])


def test_a_page_stands_on_a_line() -> None:
    assert rendered([Page("a.png", 9, 9), Page("b.png", 9, 9)]).count("\n") == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON"),
        ('{"pages": []}', 'expected an object with "format": "ocrkit pages"'),
        ('{"format": "ocrkit pages", "version": 99, "pages": []}', "its version is 99; expected 1"),
        ('{"format": "ocrkit pages", "version": 1, "pages": {}}', "the file: pages is '{}'; expected a list"),
        ('{"format": "ocrkit pages", "version": 1, "pages": [3]}', "pages is '.3.'; expected a list of objects"),
    ],
)
def test_what_is_no_such_file_is_told(write: Write, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        list(read_layouts(write(text)))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("width", "9", "page 1: width is '9'; expected a whole number"),
        ("width", -1, "width is '-1'; expected a whole number of at least 0"),
        ("rotation", 45, "rotation is '45'; expected 0, 90, 180 or 270"),
        ("dpi", "many", "dpi is 'many'; expected a number or null"),
        ("dpi", 10**400, "dpi is '1000.*'; expected a number or null"),
        ("width", 10**400, "expected a whole number of at least 0"),
        ("regions", [{"id": "r", "outline": [[10**400, 1]]}], "pairs of whole numbers"),
        ("languages", [1], "expected a list of texts"),
        ("regions", [{"id": "r", "outline": [[1, 2], [3]]}], "page 1, regions 1: outline is .* pairs of whole numbers"),
        ("regions", [{"outline": []}], "regions 1: id is 'missing'; expected a text"),
        (
            "regions",
            [{"id": "r", "lines": [{"id": "l", "direction": "up"}]}],
            "lines 1: direction is 'up'; expected 'ltr'",
        ),
        (
            "regions",
            [{"id": "r", "lines": [{"id": "l", "confidence": 7}]}],
            "confidence is '7'; expected a number from 0 to 1",
        ),
    ],
)
def test_a_value_of_another_kind_is_told_with_its_place(write: Write, key: str, value: object, message: str) -> None:
    record = {"image": "a.png", "width": 9, "height": 9, key: value}
    text = json.dumps({"format": "ocrkit pages", "version": 1, "pages": [record]})

    with pytest.raises(DataError, match=message):
        list(read_layouts(write(text)))


def test_what_is_left_out_has_its_default(write: Write) -> None:
    text = '{"format": "ocrkit pages", "version": 1, "pages": [{"image": "a.png", "width": 9, "height": 9}]}'

    assert read_layout(write(text)) == Page("a.png", 9, 9)


def test_another_file_is_told(write: Write) -> None:
    with pytest.raises(DataError, match="no file of a page: expected JSON, XML"):
        read_layout(write("a cat"))
