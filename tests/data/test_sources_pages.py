"""Pages in PAGE and ALTO: texts as their schemas mean them, lines cut out, and what is named when they are bad."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.data.image_file import open_image
from ocrkit.data.sources.pages import open_pages, recognises_pages
from ocrkit.errors import DataError, ImageError, MissingFileError, Origin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ocrkit.data.records import BadRow, Sample

PAGE_NAMESPACES = [
    f"http://schema.primaresearch.org/PAGE/gts/pagecontent/{day}" for day in ("2013-07-15", "2019-07-15")
]
ALTO_NAMESPACES = [f"http://www.loc.gov/standards/alto/ns-v{version}#" for version in (2, 3, 4)]
BOX = 'points="2,1 11,1 11,4 2,4"'


def page(lines: str, *, namespace: str = PAGE_NAMESPACES[1], size: str = 'imageWidth="20" imageHeight="10"') -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<PcGts xmlns="{namespace}">\n'
        f'<Page imageFilename="scan.png" {size}>\n<TextRegion id="r">\n{lines}\n</TextRegion></Page></PcGts>'
    )


def text_line(text: str, *, name: str = "l1", coords: str = f"<Coords {BOX}/>") -> str:
    return f'<TextLine id="{name}">{coords}<TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextLine>'


def alto(lines: str, *, namespace: str = ALTO_NAMESPACES[2], unit: str = "pixel", size: str = "") -> str:
    return (
        f'<alto xmlns="{namespace}"><Description><MeasurementUnit>{unit}</MeasurementUnit>'
        "<sourceImageInformation><fileName>scan.png</fileName></sourceImageInformation></Description>\n"
        f'<Layout><Page ID="p" {size}><PrintSpace><TextBlock ID="b">\n{lines}\n</TextBlock>'
        "</PrintSpace></Page></Layout></alto>"
    )


def alto_line(inside: str, *, place: str = 'HPOS="2" VPOS="1" WIDTH="10" HEIGHT="4"') -> str:
    return f'<TextLine ID="l1" {place}>{inside}</TextLine>'


def string(content: str) -> str:
    return f'<String CONTENT="{content}"/>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a scan of 20x10 px, in which each pixel's value is ten times its row plus its column."""
    rows, columns = np.mgrid[0:10, 0:20]
    Image.fromarray((10 * rows + columns).astype(np.uint8)).save(tmp_path / "scan.png")
    return tmp_path


def listed(folder: Path, content: str) -> Sequence[Sample]:
    (folder / "scan.xml").write_text(content, encoding="utf-8")
    return open_pages(folder, "alto" if "<alto" in content else "page")


def pixels(sample: Sample) -> np.ndarray:
    return np.asarray(open_image(sample))


@pytest.mark.parametrize("namespace", PAGE_NAMESPACES)
def test_a_line_of_page_is_cut_out_of_its_page(folder: Path, namespace: str) -> None:
    samples = listed(folder, page(text_line("ഒരു വരി"), namespace=namespace))

    assert [sample.text for sample in samples] == ["ഒരു വരി"]
    assert pixels(samples[0]).tolist() == [[10 * row + column for column in range(2, 12)] for row in range(1, 5)]
    assert samples[0].name == f"{folder}/scan.xml#l1"
    assert samples[0].origin == Origin(f"{folder}/scan.xml", 5)
    assert samples[0].group == "scan"


def test_points_as_elements_are_read_as_before_2013(folder: Path) -> None:
    points = "".join(f'<Point x="{x}" y="{y}"/>' for x, y in ((2, 1), (11, 1), (11, 4), (2, 4)))

    samples = listed(folder, page(text_line("x", coords=f"<Coords>{points}</Coords>")))

    assert pixels(samples[0]).shape == (4, 10)


def test_a_prefix_for_the_namespace_changes_nothing(folder: Path) -> None:
    content = page(text_line("x")).replace("xmlns=", "xmlns:pc=").replace("</", "</pc:")
    content = content.replace("<pc:", "<").replace("<", "<pc:").replace("<pc:/", "</").replace("<pc:?", "<?")

    assert [sample.text for sample in listed(folder, content)] == ["x"]


@pytest.mark.parametrize(
    ("equivalents", "text"),
    [
        (
            '<TextEquiv index="1"><Unicode>b</Unicode></TextEquiv>'
            '<TextEquiv index="0"><Unicode>a</Unicode></TextEquiv>',
            "a",
        ),
        ('<TextEquiv><Unicode>b</Unicode></TextEquiv><TextEquiv index="0"><Unicode>a</Unicode></TextEquiv>', "a"),
        ("<TextEquiv><Unicode>b</Unicode></TextEquiv><TextEquiv><Unicode>a</Unicode></TextEquiv>", "b"),
        ("<TextEquiv><PlainText>p</PlainText><Unicode>u</Unicode></TextEquiv>", "u"),
        ("<TextEquiv><Unicode> a &amp;\n b </Unicode></TextEquiv>", "a &  b"),
        (
            "<Word><TextEquiv><Unicode>two</Unicode></TextEquiv></Word>"
            "<Word><TextEquiv><Unicode>words</Unicode></TextEquiv></Word>",
            "two words",
        ),
    ],
)
def test_of_several_texts_of_a_line_the_one_that_is_meant_is_taken(folder: Path, equivalents: str, text: str) -> None:
    samples = listed(folder, page(f'<TextLine id="l"><Coords {BOX}/>{equivalents}</TextLine>'))

    assert [sample.text for sample in samples] == [text]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (string("one") + "<SP/>" + string("two"), "one two"),
        (string("one") + string("two"), "one two"),
        (string("a line that ends in hyph") + '<HYP CONTENT="-"/>', "a line that ends in hyph-"),
        (string("hyph") + '<HYP CONTENT="\u00ad"/>', "hyph-"),
        (string("hyph") + '<HYP CONTENT=" \u200b"/>', "hyph-"),
        (string("hyph") + '<HYP CONTENT="\u2e17"/>', "hyph\u2e17"),
        (string("hyph") + "<HYP/>", "hyph-"),
        ('<String CONTENT="hyph" SUBS_TYPE="HypPart1" SUBS_CONTENT="hyphen"/><HYP CONTENT="-"/>', "hyph-"),
        (string(" as one  string &#39;quoted&#39; "), "as one  string 'quoted'"),
    ],
)
@pytest.mark.parametrize("namespace", ALTO_NAMESPACES)
def test_a_line_of_alto_is_put_together(folder: Path, namespace: str, inside: str, text: str) -> None:
    samples = listed(folder, alto(alto_line(inside), namespace=namespace))

    assert [sample.text for sample in samples] == [text]
    assert pixels(samples[0]).shape == (4, 10)


@pytest.mark.parametrize(
    "points", ["2,1 11,1 11,4 2,4", "2 1 11 1 11 4 2 4", "2.0,1.0 11.0,1.0 11.0,4.0 2.0,4.0 2.0,1.0"]
)
def test_points_are_read_as_every_version_writes_them(folder: Path, points: str) -> None:
    polygon = f'<Shape><Polygon POINTS="{points}"/></Shape>'

    samples = listed(folder, alto(alto_line(polygon + string("x"), place="")))

    assert pixels(samples[0]).shape == (4, 10)


def test_outside_of_the_outline_there_is_paper(folder: Path) -> None:
    grey = np.full((10, 20), 200, np.uint8)
    grey[:, 12:] = 0  # the neighbour, which the triangle below leaves out
    Image.fromarray(grey).save(folder / "scan.png")

    samples = listed(folder, page(text_line("x", coords='<Coords points="2,1 18,1 2,9"/>')))

    line = pixels(samples[0])
    assert line.shape == (9, 17)
    assert line[8, 16] == 200  # below the hypotenuse, where the neighbour was
    assert line[0, 14] == 0  # inside


def test_colours_have_paper_of_their_colour(folder: Path) -> None:
    Image.new("RGB", (20, 10), (240, 230, 200)).save(folder / "scan.png")

    samples = listed(folder, page(text_line("x", coords='<Coords points="2,1 18,1 2,9"/>')))

    assert open_image(samples[0]).getcolors() == [(9 * 17, (240, 230, 200))]


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA", "CMYK", "I;16", "F"])
def test_a_page_of_any_mode_is_cut(folder: Path, mode: str) -> None:
    Image.new(mode, (20, 10)).save(folder / "scan.tif")
    (folder / "scan.png").unlink()

    samples = listed(folder, page(text_line("x", coords='<Coords points="2,1 18,1 2,9"/>')))

    assert open_image(samples[0]).size == (17, 9)


@pytest.mark.parametrize(
    "content",
    [
        page(text_line("x", coords='<Coords points="4,2 22,2 22,8 4,8"/>'), size='imageWidth="40" imageHeight="20"'),
        alto(
            alto_line(string("x"), place='HPOS="200" VPOS="100" WIDTH="1000" HEIGHT="400"'),
            unit="mm10",
            size='WIDTH="2000" HEIGHT="1000"',
        ),
    ],
)
def test_other_units_are_scaled_by_the_size_of_the_page(folder: Path, content: str) -> None:
    samples = listed(folder, content)

    assert pixels(samples[0])[0, 0] == 12


def test_lines_without_a_text_are_left_out_and_counted(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    samples = listed(
        folder, page(text_line("") + text_line("x", name="l2") + f'<TextLine id="l3"><Coords {BOX}/></TextLine>')
    )

    assert [sample.name for sample in samples] == [f"{folder}/scan.xml#l2"]
    assert "2 lines without a text are left out" in caplog.text


BAD_LINES = [
    (page(text_line("x", coords="")), "5: line 'l1' has no outline; expected Coords with its polygon"),
    (page(text_line("x", coords='<Baseline points="1,1 9,1"/>')), "5: line 'l1' has a baseline and no outline"),
    (page(text_line("x", coords='<Coords points="1,1 9,1"/>')), "5: the outline '1,1 9,1' is not three points or more"),
    (page(text_line("x", coords='<Coords points="a,b c,d e,f"/>')), "5: the outline 'a,b c,d e,f' is not three points"),
    (alto(alto_line(string("x"), place='BASELINE="1 1 9 1"')), "3: line 'l1' has a baseline and no outline"),
    (alto(alto_line(string("x"), place="")), "3: line 'l1' has no outline; expected a Polygon, or HPOS"),
]


@pytest.mark.parametrize(("content", "message"), BAD_LINES)
def test_a_line_that_cannot_be_cut_out_is_a_bad_image(folder: Path, content: str, message: str) -> None:
    samples = listed(folder, content)

    line, reason = message.split(": ", 1)
    with pytest.raises(ImageError, match=rf"scan\.xml#l1: {reason}.* \(listed at .*scan\.xml:{line}\)"):
        open_image(samples[0])


@pytest.mark.parametrize(("content", "message"), BAD_LINES)
def test_whoever_asks_gets_the_other_lines(folder: Path, content: str, message: str) -> None:
    (folder / "scan.xml").write_text(content)
    kind = "alto" if "<alto" in content else "page"
    good = page(text_line("good")) if kind == "page" else alto(alto_line(string("good")))
    (folder / "more.xml").write_text(good)
    bad: list[BadRow] = []

    samples = open_pages(folder, kind, report=bad.append)

    assert [sample.text for sample in samples] == ["good"]
    assert [f"{row.line}: {row.reason}".startswith(message[:20]) for row in bad] == [True]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<PcGts><Page>", r"scan\.xml:1: not well-formed XML: no element found"),
        ("<PcGts>\n<Page></PcGts>", r"scan\.xml:2: not well-formed XML: mismatched tag"),
        ("<PcGts></PcGts>", r"scan\.xml:1: no Page element in it"),
        ("<alto></alto>", r"scan\.xml:1: 0 Page elements in it; expected one"),
        (alto("", unit="mm10"), r"scan\.xml:2: measures are in 'mm10' and the page has no WIDTH and HEIGHT"),
        (f"<PcGts>{'<a>' * 300}{'</a>' * 300}</PcGts>", r"scan\.xml:1: elements nest more than 200 deep"),
    ],
)
def test_a_file_that_is_no_page_is_named(folder: Path, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        listed(folder, content)


@pytest.mark.parametrize(
    "declaration",
    ['<!ENTITY a "aaaa">', '<!ENTITY a SYSTEM "file:///etc/hostname">', '<!ENTITY % a "x">'],
)
def test_no_entity_is_expanded(folder: Path, declaration: str) -> None:
    content = page(text_line("x")).replace("<PcGts", f"<!DOCTYPE PcGts [{declaration}]>\n<PcGts", 1)

    with pytest.raises(DataError, match=r"scan\.xml:2: declares the entity 'a'; expected a page without"):
        listed(folder, content)


def test_a_line_outside_of_the_page_is_a_bad_image(folder: Path) -> None:
    samples = listed(folder, page(text_line("x", coords='<Coords points="30,1 40,1 40,4 30,4"/>')))

    with pytest.raises(ImageError, match=r"scan\.xml#l1: the line lies outside of .*, which is 20x10 px"):
        open_image(samples[0])


def test_a_page_whose_image_is_missing_has_bad_images(folder: Path) -> None:
    (folder / "scan.png").unlink()

    samples = listed(folder, page(text_line("x")))

    with pytest.raises(ImageError, match=r"scan\.xml#l1: the page's image .*scan\.png: No such file"):
        open_image(samples[0])


@pytest.mark.parametrize("named", ["scan.png", "/other/machine/scan.png", "C:\\\\scans\\\\scan.png", "renamed.jpg", ""])
@pytest.mark.parametrize("place", ["", "page"])
def test_the_image_is_found_beside_the_file_or_above_it(folder: Path, named: str, place: str) -> None:
    path = folder / place / "scan.xml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(page(text_line("x")).replace("scan.png", named))

    assert pixels(open_pages(folder, "page")[0]).shape == (4, 10)
    assert recognises_pages(folder, "page")


def test_other_xml_beside_the_pages_is_left_aside(folder: Path) -> None:
    (folder / "mets.xml").write_text("<mets xmlns='http://www.loc.gov/METS/'/>")

    samples = listed(folder, page(text_line("x")))

    assert len(samples) == 1
    assert recognises_pages(folder, "page")
    assert not recognises_pages(folder, "alto")
    assert not recognises_pages(folder / "mets.xml", "page")


@pytest.mark.parametrize("content", ["", "\0\0", "<?xml version='1.0'?>", "<PcGts>\n<Page>"])
def test_a_damaged_file_among_pages_is_named(folder: Path, content: str) -> None:
    (folder / "cut.xml").write_text(content)
    (folder / "scan.xml").write_text(page(text_line("x")))
    bad: list[BadRow] = []

    samples = open_pages(folder, "page", report=bad.append)

    assert len(samples) == 1
    assert [(row.path, row.line) for row in bad] == [(str(folder / "cut.xml"), content.count("\n") + 1)]
    assert bad[0].reason.startswith("not well-formed XML: ")


def test_nothing_to_read_is_an_error(folder: Path) -> None:
    (folder / "mets.xml").write_text("<mets/>")

    with pytest.raises(MissingFileError):
        open_pages(folder / "gone", "page")
    with pytest.raises(DataError, match=r"no \.xml file with the root element 'PcGts' in this folder"):
        open_pages(folder, "page")
    with pytest.raises(DataError, match=r"its root element is 'mets'; expected 'alto'"):
        open_pages(folder / "mets.xml", "alto")


def test_lines_are_counted_through_all_pages_sliced_and_sent(folder: Path) -> None:
    for number in (10, 2):
        lines = "".join(text_line(f"{number}{letter}", name=letter) for letter in "abc")
        (folder / f"p{number}.xml").write_text(page(lines))

    samples = open_pages(folder, "page")

    assert [sample.text for sample in samples] == ["2a", "2b", "2c", "10a", "10b", "10c"]
    assert [sample.text for sample in samples[1:5:2]] == ["2b", "10a"]
    assert samples[-1].group == "p10"
    assert list(pickle.loads(pickle.dumps(samples))) == list(samples)
