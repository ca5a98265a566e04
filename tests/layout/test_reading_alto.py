"""ALTO files read whole: what stands where, in which order, in which unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.errors import DataError
from ocrkit.layout.reading import read_layout, read_layouts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.layout.records import Line, Page

    Read = Callable[..., Page]

STRING = '<String CONTENT="cat" WC="0.5" HPOS="5" VPOS="10" WIDTH="20" HEIGHT="10"/>'


def file_of(inside: str, *, unit: str = "pixel", page: str = 'WIDTH="100" HEIGHT="80"', head: str = "") -> str:
    return (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description>'
        f"<MeasurementUnit>{unit}</MeasurementUnit><sourceImageInformation><fileName>a.png</fileName>"
        f"</sourceImageInformation></Description>{head}<Layout><Page ID='p' PHYSICAL_IMG_NR='7' {page}>{inside}</Page>"
        "</Layout></alto>"
    )


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_inside(inside: str, **options: str) -> Page:
        (tmp_path / "a.xml").write_text(file_of(inside, **options), encoding="utf-8")
        return read_layout(tmp_path / "a.xml")

    return read_inside


def line(name: str, inside: str = STRING, attributes: str = "") -> str:
    return f'<TextLine ID="{name}" HPOS="5" VPOS="10" WIDTH="56" HEIGHT="11" {attributes}>{inside}</TextLine>'


def block(name: str, inside: str, attributes: str = "") -> str:
    return f'<TextBlock ID="{name}" HPOS="4" VPOS="4" WIDTH="87" HEIGHT="67" {attributes}>{inside}</TextBlock>'


def space(inside: str) -> str:
    return f"<PrintSpace>{inside}</PrintSpace>"


def only_line(page: Page) -> Line:
    (found,) = page.lines
    return found


def test_boxes_end_with_their_last_pixel(read: Read) -> None:
    page = read(space(block("b", line("l"))))

    assert (page.image, page.width, page.height, page.number) == ("a.png", 100, 80, 1)
    assert page.regions[0].outline == ((4, 4), (90, 4), (90, 70), (4, 70))
    assert only_line(page).outline == ((5, 10), (60, 10), (60, 20), (5, 20))


def test_a_polygon_counts_before_the_box(read: Read) -> None:
    shape = '<Shape><Polygon POINTS="1 2 9 2 9 8"/></Shape>'

    assert only_line(read(space(block("b", line("l", shape + STRING))))).outline == ((1, 2), (9, 2), (9, 8))


def test_words_are_strings_with_their_places(read: Read) -> None:
    more = '<SP/><String CONTENT="dog" HPOS="40" VPOS="10" WIDTH="20" HEIGHT="10"/>'

    found = only_line(read(space(block("b", line("l", STRING + more)))))

    assert found.text == "cat dog"
    assert [(word.text, word.confidence, word.outline[0]) for word in found.words] == [
        ("cat", 0.5, (5, 10)),
        ("dog", None, (40, 10)),
    ]


def test_a_string_of_several_words_is_the_whole_line(read: Read) -> None:
    found = only_line(read(space(block("b", line("l", STRING.replace("cat", "the cat"))))))

    assert (found.text, found.words, found.confidence) == ("the cat", (), 0.5)


def test_a_hyphen_belongs_to_the_word_before_it(read: Read) -> None:
    hyphen = '<HYP CONTENT="\u00ad" HPOS="26" VPOS="10" WIDTH="5" HEIGHT="10"/>'

    found = only_line(read(space(block("b", line("l", STRING + hyphen)))))

    assert found.text == "cat-"
    assert [(word.text, word.outline[2]) for word in found.words] == [("cat-", (30, 19))]


def test_a_string_without_content_is_a_line_that_was_not_read(read: Read) -> None:
    found = only_line(read(space(block("b", line("l", '<String CONTENT=""/>')))))

    assert (found.text, found.words) == (None, ())


def test_a_baseline_of_one_height_is_none(read: Read) -> None:
    assert only_line(read(space(block("b", line("l", attributes='BASELINE="18"'))))).baseline == ()
    assert only_line(read(space(block("b", line("l", attributes='BASELINE="5 18 60 19"'))))).baseline == (
        (5, 18),
        (60, 19),
    )


def test_blocks_are_read_in_the_order_that_the_file_tells(read: Read) -> None:
    order = (
        '<ReadingOrder><OrderedGroup ID="g"><ElementRef ID="e1" REF="b"/><ElementRef ID="e2" REF="a"/>'
        "</OrderedGroup></ReadingOrder>"
    )

    page = read(space(block("a", line("l")) + block("b", line("m"))), head=order)

    assert [region.id for region in page.regions] == ["b", "a"]


def test_tags_tell_the_kinds_of_blocks(read: Read) -> None:
    tags = '<Tags><OtherTag ID="T1" LABEL="MarginTextZone:note"/><OtherTag ID="T2" LABEL="Title"/></Tags>'
    blocks = block("a", line("l"), 'TAGREFS="T9 T1"') + block("b", line("m"), 'TAGREFS="T2"') + block("c", line("n"))

    page = read(space(blocks), head=tags)

    assert [region.kind for region in page.regions] == ["MarginTextZone:note", "TitlePageZone", "MainZone"]


def test_blocks_in_blocks_and_margins_are_found(read: Read) -> None:
    composed = f'<ComposedBlock ID="c" TYPE="table">{block("a", line("l"))}</ComposedBlock>'
    picture = '<Illustration ID="i" HPOS="1" VPOS="1" WIDTH="9" HEIGHT="9"/>'

    page = read(f"<LeftMargin>{block('m', line('n'))}</LeftMargin>" + space(composed + picture))

    assert [(region.id, region.kind) for region in page.regions] == [
        ("m", "MarginTextZone"),
        ("a", "TableZone"),
        ("i", "GraphicZone"),
    ]


def test_a_block_without_place_is_around_its_lines(read: Read) -> None:
    page = read(space(f'<TextBlock ID="b">{line("l")}</TextBlock>'))

    assert page.regions[0].outline == ((5, 10), (60, 10), (60, 20), (5, 20))


@pytest.mark.parametrize("unit", ["mm10", "inch1200"])
def test_other_units_are_scaled_by_the_picture(read: Read, tmp_path: Path, unit: str) -> None:
    Image.new("L", (200, 160)).save(tmp_path / "a.png")

    page = read(space(block("b", line("l"))), unit=unit)

    assert (page.width, page.height) == (200, 160)
    assert only_line(page).outline == ((10, 20), (120, 20), (120, 40), (10, 40))


def test_other_units_without_the_picture_are_refused(read: Read) -> None:
    with pytest.raises(
        DataError, match=r"measures are in 'mm10', and its picture, .* cannot be opened; expected .*a\.png"
    ):
        read(space(""), unit="mm10")


def test_kraken_says_rtl_of_every_line_and_is_not_believed(read: Read, tmp_path: Path) -> None:
    text = file_of(space(block("b", line("l", attributes='BASEDIRECTION="rtl"'))))
    made_by = (
        "<Processing ID='o'><processingSoftware><softwareName>kraken</softwareName></processingSoftware></Processing>"
    )
    (tmp_path / "k.xml").write_text(text.replace("</Description>", f"{made_by}</Description>"), encoding="utf-8")
    (tmp_path / "o.xml").write_text(text, encoding="utf-8")

    assert only_line(read_layout(tmp_path / "k.xml")).direction == "ltr"
    assert only_line(read_layout(tmp_path / "o.xml")).direction == "rtl"


def test_a_file_of_several_pages_is_read_page_by_page(tmp_path: Path) -> None:
    text = file_of(space(block("b", line("l"))))
    page = text[text.index("<Page") : text.index("</Layout>")]
    (tmp_path / "a.xml").write_text(text.replace("</Layout>", f"{page}</Layout>"), encoding="utf-8")

    assert len(list(read_layouts(tmp_path / "a.xml"))) == 2
    with pytest.raises(DataError, match="2 pages in it; expected one"):
        read_layout(tmp_path / "a.xml")


def test_a_file_without_pages_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<alto/>")

    with pytest.raises(DataError, match="no Page element in it"):
        read_layout(tmp_path / "a.xml")
