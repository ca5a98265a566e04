"""PAGE files as they are written: valid by the schema, and read again without loss."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from random_pages import Pages, read

from ocrkit.data.sources.xml_file import read_xml
from ocrkit.errors import OptionError
from ocrkit.layout.outputs.page import PageOptions, page_xml, render_page
from ocrkit.layout.reading import read_layout
from ocrkit.layout.records import Character, Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import XMLSchema

SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "data" / "schemas" / "page-2019-07-15.xsd"
BOX = ((0, 0), (99, 0), (99, 79), (0, 79))
seeds = pytest.mark.parametrize("seed", range(40))


@pytest.fixture(scope="module")
def schema() -> XMLSchema:
    etree = pytest.importorskip("lxml.etree")
    if not SCHEMA.exists():
        pytest.skip(f"no schema at {SCHEMA}")
    return etree.XMLSchema(etree.parse(SCHEMA))


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Page], Path]:
    def write(page: Page) -> Path:
        (tmp_path / "page.xml").write_text(page_xml(page, PageOptions(characters=True)), encoding="utf-8")
        return tmp_path / "page.xml"

    return write


@seeds
def test_a_page_file_gives_back_the_whole_page(written: Callable[[Page], Path], seed: int) -> None:
    page = Pages(seed).page()

    assert read_layout(written(page)) == page


@seeds
def test_every_page_is_valid_by_the_schema(schema: XMLSchema, seed: int) -> None:
    page = Pages(seed).hard_page()

    from lxml import etree

    schema.assertValid(etree.fromstring(page_xml(page, PageOptions(characters=True)).encode()))


@seeds
def test_every_page_can_be_read(written: Callable[[Page], Path], seed: int) -> None:
    page = Pages(seed).hard_page()

    again = read_layout(written(page), report=lambda fault: None)

    assert len(again.regions) <= len(page.regions)


def test_regions_lines_and_words_tell_transkribus_their_order(written: Callable[[Page], Path]) -> None:
    lines = tuple(Line(f"l{at}", (), BOX) for at in range(2))

    root = read_xml(written(Page("a.png", 100, 80, (Region("r", BOX, lines),))))

    assert [line.get("custom") for line in root.below("TextLine")] == [
        "readingOrder {index:0;}",
        "readingOrder {index:1;}",
    ]


def test_characters_are_left_out_unless_they_are_asked_for() -> None:
    word = Word("a", BOX, characters=(Character("a", BOX, 1.0),))
    page = Page("a.png", 100, 80, (Region("r", BOX, (Line("l", (), BOX, "a", words=(word,)),)),))

    assert "<Glyph" not in page_xml(page)
    assert "<Glyph" in page_xml(page, PageOptions(characters=True))


def test_several_pages_are_no_file() -> None:
    page = Page("a.png", 100, 80)

    with pytest.raises(OptionError, match="several pages for a file of PAGE; expected one a file"):
        list(render_page(iter(read([page, page])), PageOptions()))


def test_the_time_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")

    assert "<Created>1970-01-01T00:00:00Z</Created>" in page_xml(Page("a.png", 100, 80))


def test_a_page_that_could_not_be_opened_says_why(written: Callable[[Page], Path]) -> None:
    page = Page("a.png", 0, 0, error="cannot be opened: it ends")

    assert read_layout(written(page)) == page


@pytest.mark.parametrize("name", ["/scans/x y.png", "C:\\scans\\x y.png"])
def test_other_programs_find_the_image_by_its_name_alone(written: Callable[[Page], Path], name: str) -> None:
    page = Page(name, 100, 80)

    assert 'imageFilename="x y.png"' in page_xml(page)
    assert read_layout(written(page)).image == name
