"""PAGE files read whole: what stands where, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.data.records import Alternative
from ocrkit.errors import DataError, MissingFileError
from ocrkit.layout.reading import picture_of, read_layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.data.records import BadRow
    from ocrkit.layout.records import Line, Page

    Read = Callable[..., Page]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads what stands in a Page element of 100 x 80 px."""

    def read_inside(
        inside: str, *, page: str = "", namespace: str = "2013-07-15", report: Callable[[BadRow], None] | None = None
    ) -> Page:
        address = f"http://schema.primaresearch.org/PAGE/gts/pagecontent/{namespace}"
        (tmp_path / "a.xml").write_text(
            f'<PcGts xmlns="{address}"><Page imageFilename="a.png" imageWidth="100" imageHeight="80" {page}>{inside}'
            "</Page></PcGts>",
            encoding="utf-8",
        )
        return read_layout(tmp_path / "a.xml", report=report)

    return read_inside


def coords(left: int, top: int, right: int, bottom: int) -> str:
    return f'<Coords points="{left},{top} {right},{top} {right},{bottom} {left},{bottom}"/>'


def line(name: str, text: str = "", *, custom: str = "", inside: str = "", top: int = 10) -> str:
    equivalent = f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv>" if text else ""
    return f'<TextLine id="{name}" custom="{custom}">{coords(5, top, 60, top + 10)}{inside}{equivalent}</TextLine>'


def region(name: str, inside: str, attributes: str = "") -> str:
    return f'<TextRegion id="{name}" {attributes}>{coords(4, 4, 90, 70)}{inside}</TextRegion>'


def only_line(page: Page) -> Line:
    (found,) = page.lines
    return found


@pytest.mark.parametrize("namespace", ["2013-07-15", "2016-07-15", "2017-07-15", "2018-07-15", "2019-07-15"])
def test_a_page_is_read_whatever_its_version(read: Read, namespace: str) -> None:
    page = read(region("r", line("l", "a cat")), namespace=namespace)

    assert (page.image, page.width, page.height) == ("a.png", 100, 80)
    assert [(each.id, each.kind, each.outline) for each in page.regions] == [
        ("r", "MainZone", ((4, 4), (90, 4), (90, 70), (4, 70)))
    ]
    assert (only_line(page).id, only_line(page).text) == ("l", "a cat")
    assert only_line(page).outline == ((5, 10), (60, 10), (60, 20), (5, 20))


def test_points_may_be_elements_as_before_2013(read: Read) -> None:
    points = "".join(f'<Point x="{x}" y="{y}"/>' for x, y in ((1, 2), (9, 2), (9, 8)))

    page = read(f'<TextRegion id="r"><Coords>{points}</Coords></TextRegion>', namespace="2010-03-19")

    assert page.regions[0].outline == ((1, 2), (9, 2), (9, 8))


def test_regions_are_read_in_the_files_order_of_reading(read: Read) -> None:
    order = (
        '<ReadingOrder><OrderedGroup id="g"><RegionRefIndexed index="1" regionRef="b"/>'
        '<UnorderedGroupIndexed id="h" index="0"><RegionRef regionRef="c"/></UnorderedGroupIndexed>'
        "</OrderedGroup></ReadingOrder>"
    )

    page = read(order + region("a", "") + region("b", region("b1", "") + line("l")) + region("c", ""))

    assert [each.id for each in page.regions] == ["c", "b", "b1", "a"]


def test_lines_are_read_in_the_order_that_transkribus_tells(read: Read) -> None:
    second, first = (line(name, custom=f"readingOrder {{index:{at};}}") for name, at in (("b", 1), ("a", 0)))

    assert [each.id for each in read(region("r", second + first)).lines] == ["a", "b"]


def test_lines_of_which_one_tells_no_place_stand_as_in_the_file(read: Read) -> None:
    inside = line("b", custom="readingOrder {index:1;}") + line("a")

    assert [each.id for each in read(region("r", inside)).lines] == ["b", "a"]


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ("", "MainZone"),
        ('type="heading"', "TitlePageZone"),
        ('type="page-number"', "NumberingZone"),
        ('type="paragraph" custom="structure {type:MarginTextZone:note;}"', "MarginTextZone:note"),
        ('custom="readingOrder {index:0;} structure {type:marginalia;}"', "MarginTextZone"),
        ('custom="structure {type:Stamp;}"', "CustomZone:Stamp"),
    ],
)
def test_a_regions_kind_is_told_in_segmontos_words(read: Read, attributes: str, kind: str) -> None:
    assert read(region("r", "", attributes)).regions[0].kind == kind


def test_a_table_is_one_region_with_the_lines_of_its_cells(read: Read) -> None:
    cells = "".join(f'<TableCell id="{name}">{coords(5, 5, 9, 9)}{line(f"l{name}")}</TableCell>' for name in "ab")

    page = read(f'<TableRegion id="t">{coords(4, 4, 90, 70)}{cells}</TableRegion>')

    assert [(each.id, each.kind, len(each.lines)) for each in page.regions] == [("t", "TableZone", 2)]


def test_a_picture_is_a_region_without_lines(read: Read) -> None:
    page = read(f'<GraphicRegion id="g">{coords(4, 4, 9, 9)}</GraphicRegion>')

    assert [(each.kind, each.lines) for each in page.regions] == [("GraphicZone", ())]


def test_words_and_letters_have_their_places_and_confidences(read: Read) -> None:
    letter = f'<Glyph id="g">{coords(5, 10, 9, 20)}<TextEquiv conf="0.5"><Unicode>c</Unicode></TextEquiv></Glyph>'
    word = (
        f'<Word id="w">{coords(5, 10, 30, 20)}{letter}<TextEquiv conf="0.25"><Unicode>cat</Unicode></TextEquiv></Word>'
    )

    found = only_line(read(region("r", line("l", inside=word))))

    assert found.text == "cat"
    assert [(each.text, each.outline[2], each.confidence) for each in found.words] == [("cat", (30, 20), 0.25)]
    assert [(each.text, each.outline[2], each.confidence) for each in found.words[0].characters] == [
        ("c", (9, 20), 0.5)
    ]


def test_further_texts_are_alternatives_with_scores_in_nats(read: Read) -> None:
    texts = (
        '<TextEquiv index="1" conf="1.0"><Unicode>cot</Unicode></TextEquiv>'
        '<TextEquiv index="0" conf="0.5"><Unicode>cat</Unicode></TextEquiv>'
    )

    found = only_line(read(region("r", line("l", inside=texts))))

    assert (found.text, found.confidence, found.alternatives) == ("cat", 0.5, (Alternative("cot", 0.0),))


def test_a_line_without_text_was_not_read(read: Read) -> None:
    assert only_line(read(region("r", line("l")))).text is None


def test_what_is_written_from_the_right_is_told_so(read: Read) -> None:
    assert only_line(read(region("r", line("l", "\u05e9\u05dc\u05d5\u05dd")))).direction == "rtl"
    assert only_line(read(region("r", line("l"), 'readingDirection="right-to-left"'))).direction == "rtl"


@pytest.mark.parametrize("points", ["5,18 60,19", "60,19 5,18"])
def test_a_baseline_runs_from_the_left_of_the_upright_line(read: Read, points: str) -> None:
    text = "\u05e9\u05dc\u05d5\u05dd"

    found = only_line(read(region("r", line("l", text, inside=f'<Baseline points="{points}"/>'))))

    assert found.baseline == ((5, 18), (60, 19))


def test_an_upside_down_pages_baselines_run_leftwards(read: Read) -> None:
    page = read(region("r", line("l", "cat", inside='<Baseline points="5,12 60,12"/>')), page='orientation="180"')

    assert only_line(page).baseline == ((60, 12), (5, 12))
    assert (page.rotation, page.skew) == (180, 0)


def test_a_pages_angle_is_a_quarter_turn_and_a_skew(read: Read) -> None:
    page = read("", page='orientation="88.5"')

    assert (page.rotation, page.skew) == (90, 1.5)


def test_dpi_and_languages_are_the_pages_own(read: Read) -> None:
    page = read(
        "",
        page='imageXResolution="100" imageYResolution="100" imageResolutionUnit="PPCM" '
        'primaryLanguage="Malayalam" secondaryLanguage="English"',
    )

    assert page.dpi == pytest.approx(254)
    assert page.languages == ("ml", "en")


def test_places_off_the_page_are_kept_on_it(read: Read) -> None:
    page = read('<TextRegion id="r"><Coords points="-5,-5 100,-5 100,80 -5,80"/></TextRegion>')

    assert page.regions[0].outline == ((0, 0), (99, 0), (99, 79), (0, 79))


def test_a_line_without_outline_is_refused_with_its_place(read: Read, tmp_path: Path) -> None:
    bare = '<TextLine id="x"><Baseline points="1,1 9,1"/></TextLine>'

    with pytest.raises(DataError, match=r"a\.xml:1: line 'x' has no outline"):
        read(region("r", bare))


def test_a_line_without_outline_is_left_out_where_that_is_reported(read: Read) -> None:
    faults: list[BadRow] = []
    bare = '<TextLine id="x"><Baseline points="1,1 9,1"/></TextLine>'

    page = read(region("r", bare + line("l")), report=faults.append)

    assert [each.id for each in page.lines] == ["l"]
    assert [fault.kind for fault in faults] == ["no-outline"]


def test_stored_pixels_become_upright_ones(read: Read, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter clockwise: stored (x, y) stands at (height - 1 - y, x)
    Image.new("L", (100, 80)).save(tmp_path / "a.png", exif=exif)

    page = read(region("r", line("l", "cat", inside='<Baseline points="5,18 60,18"/>')))

    assert (page.width, page.height) == (80, 100)
    assert only_line(page).outline[0] == (69, 5)
    assert picture_of(tmp_path / "a.xml", page) == tmp_path / "a.png"


def test_a_picture_of_another_shape_is_refused(read: Read, tmp_path: Path) -> None:
    Image.new("L", (300, 80)).save(tmp_path / "a.png")

    with pytest.raises(DataError, match=r"100x80 in the file, and .* is 300x80 px, of another shape"):
        read("")


def test_a_smaller_copy_of_the_picture_scales_the_places(read: Read, tmp_path: Path) -> None:
    Image.new("L", (50, 40)).save(tmp_path / "a.png")

    page = read(region("r", line("l")))

    assert (page.width, page.height) == (50, 40)
    assert only_line(page).outline == ((2, 5), (30, 5), (30, 10), (2, 10))


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no file"):
        read_layout(tmp_path / "none.xml")


def test_another_kind_of_xml_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<mets/>")

    with pytest.raises(DataError, match="its root element is 'mets'; expected one of 'PcGts'"):
        read_layout(tmp_path / "a.xml")
