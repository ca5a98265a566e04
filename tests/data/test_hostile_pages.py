"""Page files that are damaged, or made to do harm: each a bad line or a named error, in linear time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.data.image_file import open_image
from ocrkit.data.sources.pages import open_pages, recognises_pages
from ocrkit.data.sources.xml_file import root_name
from ocrkit.errors import DataError, ImageError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.records import BadRow

BOX = "2,1 11,1 11,4 2,4"
HUGE = "9" * 5000


def page(coords: str, *, baseline: str = "") -> str:
    under = f'<Baseline points="{baseline}"/>' if baseline else ""
    return (
        '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2017-07-15">'
        '<Page imageFilename="scan.png" imageWidth="20" imageHeight="10"><TextRegion>'
        f'<TextLine id="bad"><Coords points="{coords}"/>{under}<TextEquiv><Unicode>x</Unicode></TextEquiv></TextLine>'
        f'<TextLine id="good"><Coords points="{BOX}"/><TextEquiv><Unicode>y</Unicode></TextEquiv></TextLine>'
        "</TextRegion></Page></PcGts>"
    )


def alto(place: str) -> str:
    return (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><sourceImageInformation><fileName>'
        'scan.png</fileName></sourceImageInformation></Description><Layout><Page WIDTH="20" HEIGHT="10">'
        f'<TextLine ID="bad" {place}><String CONTENT="x"/></TextLine>'
        '<TextLine ID="good" HPOS="2" VPOS="1" WIDTH="10" HEIGHT="4"><String CONTENT="y"/></TextLine>'
        "</Page></Layout></alto>"
    )


def box(*numbers: str) -> str:
    return " ".join(
        f'{key}="{number}"' for key, number in zip(("HPOS", "VPOS", "WIDTH", "HEIGHT"), numbers, strict=True)
    )


BAD_LINES = [
    page("1,1 9,1"),
    page("1,1"),
    page("1,1 9,1 5,1"),  # no height
    page("3,1 3,9 3,4 3,1"),
    page("4,4 4,4 4,4"),
    page("1,1 9,1 9,inf"),
    page("1,1 9,1 9,nan"),
    page("1,1 9,1 9,1e999"),
    page(f"1,1 9,1 9,{HUGE}"),
    page(f"1,1 9,1 9,-{HUGE}"),
    page("1,1 9,1 9,1e300"),
    page("1,1 9,1 9"),
    page("1,1 9,1 9,4_0"),
    page("30,1 40,1 40,4 30,4"),
    page("-9,-9 -2,-9 -2,-2 -9,-2"),
    page(BOX, baseline="1,4 nan,4"),
    page(BOX, baseline=f"1,4 {HUGE},4"),
    alto(box("2", "1", "10", "0")),
    alto(box("2", "1", "0", "4")),
    alto(box("2", "1", "-3", "4")),
    alto(box("nan", "1", "10", "4")),
    alto(box("2", "inf", "10", "4")),
    alto(box("2", "1", HUGE, "4")),
    alto(box("30", "1", "10", "4")),
    alto(box("-90", "1", "10", "4")),
    alto(""),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.fromarray(np.arange(200, dtype=np.uint8).reshape(10, 20)).save(tmp_path / "scan.png")
    return tmp_path


@pytest.mark.parametrize("content", BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_bad_line_is_named_and_the_others_are_read(folder: Path, content: str) -> None:
    (folder / "scan.xml").write_text(content)

    bad, good = open_pages(folder, "page" if content.startswith("<PcGts") else "alto")

    assert (bad.text, good.text) == ("x", "y")
    assert open_image(good).size == (10, 4)
    with pytest.raises(ImageError, match=r"scan\.xml#bad: .*; (expected|segment) ") as caught:
        open_image(bad)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("content", BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_bad_line_is_reported_or_found_bad_in_a_check(folder: Path, content: str) -> None:
    (folder / "scan.xml").write_text(content)
    told: list[BadRow] = []

    samples = open_pages(folder, "page" if content.startswith("<PcGts") else "alto", report=told.append)

    opened = 0
    for sample in samples:
        try:
            opened += open_image(sample).size == (10, 4)
        except ImageError:
            told.append(sample)  # type: ignore[arg-type]
    assert (opened, len(told)) == (1, 1)


@pytest.mark.parametrize("coords", ["-5,-5 11,-5 11,4 -5,4", "2,1 9999999,1 9999999,4 2,4", "2,-1e6 11,-1e6 11,4 2,4"])
def test_a_line_that_reaches_over_the_page_is_cut_at_its_edge(folder: Path, coords: str) -> None:
    (folder / "scan.xml").write_text(page(coords))

    assert min(open_image(open_pages(folder, "page")[0]).size) >= 4


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "latin-1"])
def test_other_encodings_are_read(folder: Path, encoding: str) -> None:
    declared = {"latin-1": "iso-8859-1", "utf-8-sig": "utf-8"}.get(encoding, "utf-16")
    content = f'<?xml version="1.0" encoding="{declared}"?>\n<!-- caf\u00e9 > <alto> -->\n' + page(BOX)
    (folder / "scan.xml").write_bytes(content.encode(encoding))

    assert recognises_pages(folder, "page")
    assert [sample.text for sample in open_pages(folder, "page")] == ["x", "y"]


@pytest.mark.parametrize("day", ["2009-03-16", "2010-03-19", "2013-07-15", "2017-07-15", "2018-07-15", "2019-07-15"])
def test_the_namespaces_of_all_versions_are_read(folder: Path, day: str) -> None:
    (folder / "scan.xml").write_text(page(BOX).replace("2017-07-15", day))

    assert len(open_pages(folder, "page")) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><PcGts><Page>&c;</Page></PcGts>',
            "declares the entity",
        ),
        ('<!DOCTYPE a SYSTEM "a.dtd"><PcGts><Page>&eacute;</Page></PcGts>', "uses the entity 'eacute'"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///dev/zero">]><PcGts>&b;</PcGts>', "declares the entity"),
        ("<PcGts>" + "<a>" * 100_000, "elements nest more than 200 deep"),
        ("<PcGts>&#0;</PcGts>", "not well-formed XML"),
        ("<PcGts>\ufffe</PcGts>", "not well-formed XML"),
        ('<?xml version="1.0" encoding="klingon"?><PcGts></PcGts>', "not well-formed XML"),
        ("<PcGts a='1' a='2'></PcGts>", "not well-formed XML: duplicate attribute"),
    ],
)
def test_xml_that_is_made_to_do_harm_is_named(folder: Path, content: str, message: str) -> None:
    (folder / "scan.xml").write_text(content, encoding="utf-8")

    with pytest.raises(DataError, match=rf"scan\.xml:1: {message}"):
        open_pages(folder / "scan.xml", "page")


@pytest.mark.parametrize(
    "content",
    [
        page(" ".join(f"{x % 20},{x % 9}" for x in range(300_000))),
        page(" ".join(f"{10 + x / 1e6:.6f},{x % 9}" for x in range(100_000))),
        page(BOX).replace("<PcGts", f"<PcGts a='{'x' * 20_000_000}'"),
        page(BOX).replace("<PcGts", "<PcGts " + " ".join(f"a{k}='1'" for k in range(100_000))),
        page(BOX).replace("<Unicode>x", "<Unicode>" + "x<!-- -->" * 300_000),
        page(BOX).replace("<TextRegion>", "<TextRegion>" + "<a/>" * 100_000),
        "<!--" * 100_000 + "-->" + page(BOX),
        "<!--" + " --x " * 10_000 + "-->" + page(BOX),
    ],
    ids=["points", "decimals", "attribute", "attributes", "pieces", "elements", "comments", "comment"],
)
def test_large_files_take_time_by_their_size(folder: Path, content: str) -> None:
    (folder / "scan.xml").write_text(content)
    begun = time.process_time()

    root_name(folder / "scan.xml")
    try:
        for sample in open_pages(folder, "page"):
            open_image(sample)
    except DataError:
        pass  # a comment with two hyphens is none

    assert time.process_time() - begun < 15
