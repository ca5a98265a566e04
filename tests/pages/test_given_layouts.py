"""Layouts that lie beside pages: which file is a page's, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from ocrkit.errors import ImageError, MissingFileError
from ocrkit.pages.layouts import GivenLayouts

PAGE = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
<Page imageFilename="{name}" imageWidth="300" imageHeight="100"><TextRegion id="r">
<Coords points="0,0 299,0 299,99 0,99"/><TextLine id="{line}"><Coords points="30,20 180,20 180,39 30,39"/>
<Baseline points="30,39 180,39"/><TextEquiv><Unicode>a text</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>
"""


@dataclass(frozen=True)
class Scan:
    """A page of a file."""

    name: str
    path: Path | None = None
    number: int = 1
    dpi: float | None = None

    def image(self) -> Image.Image:
        return Image.new("L", (300, 100), 255)

    def jpeg(self) -> bytes | None:
        return None


GREY = Image.new("L", (300, 100), 255)


def write(path: Path, line: str, name: str = "p.png") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAGE.format(line=line, name=name))


def lines(place: Path, scan: Scan, grey: Image.Image = GREY) -> list[str]:
    return [line.id for region in GivenLayouts(place)(scan, grey).regions for line in region.lines]


@pytest.mark.parametrize("name", ["p.xml", "page/p.xml", "alto/p.xml", "p.page.xml"])
def test_a_pages_layout_is_called_as_the_page_is(tmp_path: Path, name: str) -> None:
    write(tmp_path / "other.xml", "wrong")
    write(tmp_path / name, "right")

    assert lines(tmp_path, Scan("in/p.png", Path("in/p.png"))) == ["right"]


def test_a_page_of_a_book_has_its_number(tmp_path: Path) -> None:
    for number in (1, 2):
        write(tmp_path / f"book-000{number}.xml", f"l{number}", f"book-000{number}.png")

    assert lines(tmp_path, Scan("book.pdf#2", Path("book.pdf"), 2)) == ["l2"]


def test_one_file_may_be_named_itself(tmp_path: Path) -> None:
    write(tmp_path / "any.xml", "l")

    assert lines(tmp_path / "any.xml", Scan("p.png", Path("p.png"))) == ["l"]


def test_what_it_says_was_read_is_left_aside(tmp_path: Path) -> None:
    write(tmp_path / "p.xml", "l")

    [region] = GivenLayouts(tmp_path)(Scan("p.png", Path("p.png")), GREY).regions

    assert [(line.text, line.words) for line in region.lines] == [(None, ())]


def test_a_page_without_a_layout_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"book\.pdf#2: no layout for it in .*; expected book-0002\.xml"):
        lines(tmp_path, Scan("book.pdf#2", Path("book.pdf"), 2))


def test_a_layout_of_another_size_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "p.xml", "l")

    with pytest.raises(ImageError, match="its layout is one of 300x100 px, and the page is 150x50 px"):
        lines(tmp_path, Scan("p.png", Path("p.png")), Image.new("L", (150, 50)))


def test_a_damaged_layout_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "p.xml").write_text("<PcGts")

    with pytest.raises(ImageError, match=r"its layout cannot be read: .*p\.xml"):
        lines(tmp_path, Scan("p.png", Path("p.png")))


def test_a_place_that_is_not_there_is_told() -> None:
    with pytest.raises(MissingFileError, match="no file or folder 'gone'"):
        GivenLayouts(Path("gone"))
