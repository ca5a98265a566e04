"""ALTO files as they are written: valid by the schema, and read again with all that ALTO can hold."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from random_pages import Pages, read

from ocrkit.errors import OptionError
from ocrkit.layout.outputs.alto import AltoOptions, alto_xml, render_alto
from ocrkit.layout.reading import read_layout
from ocrkit.layout.records import Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import XMLSchema

SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "data" / "schemas" / "alto-4-4.xsd"
XLINK = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xlink">
<xsd:attributeGroup name="simpleLink"/></xsd:schema>"""
BOX = ((0, 0), (99, 0), (99, 79), (0, 79))
seeds = pytest.mark.parametrize("seed", range(40))


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> XMLSchema:
    etree = pytest.importorskip("lxml.etree")
    if not SCHEMA.exists():
        pytest.skip(f"no schema at {SCHEMA}")
    folder = tmp_path_factory.mktemp("schema")
    (folder / "xlink.xsd").write_text(XLINK)
    local = re.sub(r'schemaLocation="[^"]*xlink\.xsd"', 'schemaLocation="xlink.xsd"', SCHEMA.read_text("utf-8"))
    (folder / "alto.xsd").write_text(local, encoding="utf-8")
    return etree.XMLSchema(etree.parse(folder / "alto.xsd"))


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Page], Path]:
    def write(page: Page) -> Path:
        (tmp_path / "page.xml").write_text(alto_xml(page, AltoOptions(characters=True)), encoding="utf-8")
        return tmp_path / "page.xml"

    return write


def what_alto_holds(page: Page) -> Page:
    """A page without what ALTO has no place for."""

    def line_held(line: Line) -> Line:
        return replace(
            line,
            text=line.text or None,
            confidence=None if line.words else line.confidence,
            words=tuple(map(word_held, line.words)),
            alternatives=(),
            x_height=None,
        )

    def word_held(word: Word) -> Word:
        return word if all(each.text.isprintable() for each in word.characters) else replace(word, characters=())

    regions = tuple(replace(region, lines=tuple(map(line_held, region.lines))) for region in page.regions)
    return replace(page, regions=regions, dpi=None)


@seeds
def test_an_alto_file_gives_back_all_that_it_can_hold(written: Callable[[Page], Path], seed: int) -> None:
    page = Pages(seed).page()

    assert read_layout(written(page)) == what_alto_holds(page)


@seeds
def test_every_page_is_valid_by_the_schema(schema: XMLSchema, seed: int) -> None:
    page = Pages(seed).hard_page()

    from lxml import etree

    schema.assertValid(etree.fromstring(alto_xml(page, AltoOptions(characters=True)).encode()))


@pytest.mark.parametrize(("confidence", "written_as"), [(1.0, "1.0"), (0.098, "0.098"), (0.0, "0.0")])
def test_a_confidence_is_a_fraction(confidence: float, written_as: str) -> None:
    word = Word("cat", BOX, confidence)
    page = Page("a.png", 100, 80, (Region("r", BOX, (Line("l", (), BOX, "cat", words=(word,)),)),))

    assert f'CONTENT="cat" WC="{written_as}"' in alto_xml(page)


def test_spaces_stand_between_words_and_nowhere_else() -> None:
    words = tuple(Word(text, BOX) for text in ("a", "b", "c"))
    page = Page("a.png", 100, 80, (Region("r", BOX, (Line("l", (), BOX, "a b c", words=words),)),))

    assert re.findall(r"<(String|SP)\b", alto_xml(page)) == ["String", "SP", "String", "SP", "String"]


def test_words_that_do_not_spell_the_text_give_way_to_it() -> None:
    line = Line("l", (), BOX, "a cat", words=(Word("dog", BOX),))

    text = alto_xml(Page("a.png", 100, 80, (Region("r", BOX, (line,)),)))

    assert re.findall('CONTENT="(.*?)"', text) == ["a cat"]


def test_several_pages_are_no_file() -> None:
    page = Page("a.png", 100, 80)

    with pytest.raises(OptionError, match="several pages for a file of ALTO; expected one a file"):
        list(render_alto(iter(read([page, page])), AltoOptions()))


def test_a_page_that_could_not_be_opened_says_why(written: Callable[[Page], Path]) -> None:
    page = Page("a.png", 0, 0, error="cannot be opened: it ends")

    assert read_layout(written(page)) == page


@pytest.mark.parametrize("name", ["/scans/x y.png", "C:\\scans\\x y.png"])
def test_other_programs_find_the_image_by_its_name_alone(written: Callable[[Page], Path], name: str) -> None:
    page = Page(name, 100, 80)

    assert "<fileName>x y.png</fileName>" in alto_xml(page)
    assert read_layout(written(page)).image == name
