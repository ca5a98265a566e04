"""Pages whose image lies on its side, or is another: in which pixels a file counts, and which way its lines read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageOps

from ocrkit.data.image_file import open_image
from ocrkit.data.sources.pages import open_pages
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, HEIGHT = 60, 40  # px of the page, set upright
LINE = (8, 10, 47, 21)  # left, top, and the last pixels on the right and at the bottom
NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15"
BACK = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}  # the orientation that undoes one

Box = tuple[float, float, float, float]


def turned(image: Image.Image, orientation: int) -> Image.Image:
    copy = image.copy()
    copy.getexif()[0x0112] = orientation
    return ImageOps.exif_transpose(copy)


def upright() -> Image.Image:
    """A page on which no two pixels in a row or column are alike."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return Image.fromarray((3 * columns + 2 * rows).astype(np.uint8))


def expected() -> np.ndarray:
    return np.asarray(upright())[LINE[1] : LINE[3] + 1, LINE[0] : LINE[2] + 1]


def save_scan(folder: Path, orientation: int) -> None:
    """The page as a camera held that way stores it: its pixels turned, and a note of how to set them upright."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = turned(upright(), BACK.get(orientation, 1))
    stored.save(folder / "scan.png", exif=exif)


def stored_box(orientation: int) -> Box:
    marked = np.zeros((HEIGHT, WIDTH), np.uint8)
    marked[LINE[1] : LINE[3] + 1, LINE[0] : LINE[2] + 1] = 255
    left, top, right, bottom = turned(Image.fromarray(marked), BACK.get(orientation, 1)).getbbox() or (0, 0, 0, 0)
    return left, top, right - 1, bottom - 1


def page(size: tuple[float, float], box: Box, *, page_attributes: str = "", line: str = "") -> str:
    left, top, right, bottom = box
    return (
        f'<PcGts xmlns="{NAMESPACE}"><Page imageFilename="scan.png" imageWidth="{size[0]:g}" imageHeight="{size[1]:g}"'
        f' {page_attributes}><TextRegion id="r"><TextLine id="l">'
        f'<Coords points="{left:g},{top:g} {right:g},{top:g} {right:g},{bottom:g} {left:g},{bottom:g}"/>{line}'
        "<TextEquiv><Unicode>x</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>"
    )


def alto(size: tuple[float, float], box: Box, *, unit: str = "pixel", rotation: str = "", baseline: str = "") -> str:
    left, top, right, bottom = box
    place = f'HPOS="{left:g}" VPOS="{top:g}" WIDTH="{right - left + 1:g}" HEIGHT="{bottom - top + 1:g}"'
    return (
        f"<alto><Description><MeasurementUnit>{unit}</MeasurementUnit><sourceImageInformation><fileName>scan.png"
        f'</fileName></sourceImageInformation></Description><Layout><Page WIDTH="{size[0]:g}" HEIGHT="{size[1]:g}">'
        f'<PrintSpace><TextBlock {rotation}><TextLine ID="l" {place} {baseline}><String CONTENT="x"/></TextLine>'
        "</TextBlock></PrintSpace></Page></Layout></alto>"
    )


def cut(folder: Path, content: str) -> np.ndarray:
    (folder / "scan.xml").write_text(content)
    return np.asarray(open_image(open_pages(folder, "alto" if content.startswith("<alto") else "page")[0]))


@pytest.mark.parametrize("kind", [page, alto])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_file_in_stored_pixels_is_cut_there_and_turned_after(tmp_path: Path, orientation: int, kind) -> None:
    save_scan(tmp_path, orientation)
    size = (HEIGHT, WIDTH) if orientation >= 5 else (WIDTH, HEIGHT)

    assert np.array_equal(cut(tmp_path, kind(size, stored_box(orientation))), expected())


@pytest.mark.parametrize("kind", [page, alto])
@pytest.mark.parametrize("orientation", [1, 5, 6, 7, 8])
def test_a_file_in_upright_pixels_is_cut_upright(tmp_path: Path, orientation: int, kind) -> None:
    save_scan(tmp_path, orientation)

    assert np.array_equal(cut(tmp_path, kind((WIDTH, HEIGHT), LINE)), expected())


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("unit", ["mm10", "inch1200"])
def test_other_units_are_placed_by_the_shape_of_the_page(tmp_path: Path, unit: str, orientation: int) -> None:
    save_scan(tmp_path, orientation)
    left, top, right, bottom = (17 * number for number in LINE)
    box = (left, top, right + 16, bottom + 16)

    line = cut(tmp_path, alto((17 * WIDTH, 17 * HEIGHT + 1), box, unit=unit))  # a height that was rounded up

    assert abs(line.shape[0] - 12) <= 1
    assert abs(line.shape[1] - 40) <= 1
    assert abs(int(line[0, 0]) - int(expected()[0, 0])) <= 2  # a row above, where the rounding comes to that


@pytest.mark.parametrize("size", [(WIDTH, WIDTH), (2 * WIDTH, HEIGHT), (WIDTH, HEIGHT + 9), (30, 99)])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_page_of_another_shape_is_never_squeezed(tmp_path: Path, size: tuple[int, int], orientation: int) -> None:
    save_scan(tmp_path, orientation)
    turned_too = ", or 60x40 px as its EXIF turns it" if orientation == 6 else ""
    stored = "40x60" if orientation == 6 else "60x40"

    with pytest.raises(
        ImageError,
        match=rf"scan\.xml#l: the page is {size[0]}x{size[1]} in the file, and .*scan\.png is {stored} px{turned_too}, "
        "of another shape; expected the image that was transcribed, whole",
    ):
        cut(tmp_path, page(size, (1, 1, 9, 9)))


@pytest.mark.parametrize("known", ["imageWidth", "imageHeight"])
def test_one_side_tells_the_scale_of_both(tmp_path: Path, known: str) -> None:
    save_scan(tmp_path, 1)
    doubled = page((2 * WIDTH, 2 * HEIGHT), tuple(2 * number for number in LINE))  # type: ignore[arg-type]
    other = {"imageWidth": "imageHeight", "imageHeight": "imageWidth"}[known]

    assert np.array_equal(cut(tmp_path, doubled.replace(f"{other}=", "other=")), expected())


@pytest.mark.parametrize("size", ["nan", "-5", "inf", "1e400", "9" * 5000, "wide"])
def test_a_size_that_is_none_is_named(tmp_path: Path, size: str) -> None:
    save_scan(tmp_path, 1)
    content = page((WIDTH, HEIGHT), LINE).replace('imageWidth="60"', f'imageWidth="{size}"')

    with pytest.raises(ValueError, match=r"scan\.xml:1: imageWidth is '.{1,45}'; expected the page's size"):
        cut(tmp_path, content)


QUARTERS = {90: Image.Transpose.ROTATE_270, -90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180}


@pytest.mark.parametrize("degrees", sorted(QUARTERS))
@pytest.mark.parametrize("where", ["Page", "TextRegion", "TextLine"])
def test_a_page_file_says_by_how_much_a_line_is_to_be_turned_clockwise(
    tmp_path: Path, where: str, degrees: int
) -> None:
    save_scan(tmp_path, 1)
    content = page((WIDTH, HEIGHT), LINE).replace(f"<{where} ", f'<{where} orientation="{degrees}.0" ')

    line = cut(tmp_path, content)

    assert np.array_equal(line, np.asarray(Image.fromarray(expected()).transpose(QUARTERS[degrees])))


@pytest.mark.parametrize("degrees", sorted(QUARTERS))
def test_alto_says_how_far_counterclockwise_a_block_is_turned(tmp_path: Path, degrees: int) -> None:
    save_scan(tmp_path, 1)

    line = cut(tmp_path, alto((WIDTH, HEIGHT), LINE, rotation=f'ROTATION="{degrees}"'))

    assert np.array_equal(line, np.asarray(Image.fromarray(expected()).transpose(QUARTERS[degrees])))


def test_the_innermost_orientation_counts(tmp_path: Path) -> None:
    save_scan(tmp_path, 1)
    content = page((WIDTH, HEIGHT), LINE, page_attributes='orientation="90"')

    assert np.array_equal(cut(tmp_path, content.replace("<TextLine ", '<TextLine orientation="0" ')), expected())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_in_stored_pixels_is_not_turned_twice(tmp_path: Path, orientation: int) -> None:
    """A tool that ignores EXIF sees the line at a slant and says so; EXIF sets it upright already."""
    save_scan(tmp_path, orientation)
    size = (HEIGHT, WIDTH) if orientation >= 5 else (WIDTH, HEIGHT)
    # The way that the line runs in the file, and the degrees clockwise that make it level.
    ways = {1: (1, 0), 2: (-1, 0), 3: (-1, 0), 4: (1, 0), 5: (0, 1), 6: (0, -1), 7: (0, -1), 8: (0, 1)}
    x, y = ways[orientation]
    degrees = math.degrees(math.atan2(-y, x))

    content = page(size, stored_box(orientation), page_attributes=f'orientation="{degrees:g}"')

    assert np.array_equal(cut(tmp_path, content), expected())


@pytest.mark.parametrize("kind", ["page", "alto"])
def test_a_line_that_runs_upwards_is_cut_lying(tmp_path: Path, kind: str) -> None:
    save_scan(tmp_path, 1)
    box = (30, 2, 41, 37)
    content = (
        page((WIDTH, HEIGHT), box, line='<Baseline points="38,37 38,2"/>')
        if kind == "page"
        else alto((WIDTH, HEIGHT), box, baseline='BASELINE="38 37 38 2"')
    )

    line = cut(tmp_path, content)

    upwards = upright().crop((30, 2, 42, 38)).transpose(Image.Transpose.ROTATE_270)
    assert np.array_equal(line, np.asarray(upwards))


@pytest.mark.parametrize("baseline", ['BASELINE="18"', 'BASELINE=""', 'BASELINE="18.5 "'])
def test_a_baseline_that_is_a_height_alone_turns_nothing(tmp_path: Path, baseline: str) -> None:
    save_scan(tmp_path, 1)

    assert np.array_equal(cut(tmp_path, alto((WIDTH, HEIGHT), LINE, baseline=baseline)), expected())


def test_a_skewed_line_is_as_high_as_its_outline_is_across(tmp_path: Path) -> None:
    Image.new("L", (700, 300), 255).save(tmp_path / "scan.png")
    content = page((700, 300), (0, 0, 1, 1), line='<Baseline points="40,52 339,112"/>')
    content = content.replace("0,0 1,0 1,1 0,1", "46,22 345,82 337,120 38,60")

    height, width = cut(tmp_path, content).shape

    # The outline's sides are hypot(299, 60) = 305 and hypot(8, 38) = 38.8 px long.
    assert (width, height) == (pytest.approx(306, abs=2), pytest.approx(40, abs=2))
