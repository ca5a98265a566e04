from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.errors import ImageError
from ocrkit.layout.outputs.pdf import PdfOptions, render_pdf
from ocrkit.layout.records import Line, Page, Region
from ocrkit.layout.scan import ReadPage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pdfium = pytest.importorskip("pypdfium2")


@dataclass(frozen=True)
class MadeScan:
    """A page in memory."""

    picture: Image.Image | None
    data: bytes | None = None
    name: str = "made"
    path: None = None
    number: int = 1
    dpi: float | None = 72

    def image(self) -> Image.Image:
        if self.picture is None:
            raise ImageError("it is bad", self.name)
        return self.picture

    def jpeg(self) -> bytes | None:
        return self.data


def noise(mode: str, width: int = 60, height: int = 40) -> Image.Image:
    values = np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values).convert(mode)


def blocks(width: int = 64, height: int = 48) -> Image.Image:
    """A picture that JPEG keeps well: squares of four greys."""
    values = np.random.default_rng(6).choice([20, 90, 160, 230], (height // 8, width // 8)).astype(np.uint8)
    return Image.fromarray(values.repeat(8, 0).repeat(8, 1))


def page_of(image: Image.Image, *, rotation: int = 0, text: str = "ക ഖ") -> Page:
    width, height = image.size
    outline = ((2, 2), (width - 2, 2), (width - 2, height - 2), (2, height - 2))
    region = Region("r", outline, (Line("l", ((2, height - 10), (width - 2, height - 10)), outline, text),))
    return Page("made", width, height, (region,), rotation=rotation)


def made(image: Image.Image, data: bytes | None = None, *, rotation: int = 0, quality: int = 0) -> bytes:
    read = ReadPage(page_of(image, rotation=rotation), MadeScan(image, data))
    return b"".join(render_pdf([read], PdfOptions(quality=quality)))


def shown(data: bytes) -> np.ndarray:
    """The first page, a pixel a point."""
    return np.asarray(pdfium.PdfDocument(data)[0].render(scale=1).to_pil().convert("RGB")).astype(int)


def jpeg(image: Image.Image, orientation: int = 1, **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, exif=exif, **options)
    return file.getvalue()


@pytest.mark.parametrize("mode", ["L", "RGB", "1"])
def test_every_pixel_is_kept(mode: str) -> None:
    image = noise(mode).convert("L" if mode == "1" else mode)

    data = made(image)

    assert np.array_equal(shown(data), np.asarray(image.convert("RGB")))
    assert (b"/CCITTFaxDecode" in data) == (mode == "1")


def test_a_jpeg_is_passed_through() -> None:
    data = jpeg(blocks())

    assert data in made(Image.open(io.BytesIO(data)), data)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_looks_as_it_does_in_its_file(mode: str) -> None:
    data = jpeg(blocks().convert(mode))
    image = Image.open(io.BytesIO(data)).convert("RGB")

    # PDFium's greys of CMYK are lighter than Pillow's; the other way round would be off by more than 200.
    most = 50 if mode == "CMYK" else 12
    assert np.abs(shown(made(image, data)) - np.asarray(image).astype(int)).max() <= most


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_is_turned_by_its_exif_without_being_made_anew(orientation: int) -> None:
    from PIL import ImageOps

    data = jpeg(blocks(), orientation)
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))

    pdf = made(image, data)

    assert data in pdf
    assert np.abs(shown(pdf)[:, :, 0] - np.asarray(image).astype(int)).max() <= 12


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_turned_page_is_set_upright(rotation: int) -> None:
    image = noise("L")

    upright = np.asarray(image.rotate(-rotation, expand=True))
    assert np.array_equal(shown(made(image, rotation=rotation))[:, :, 0], upright)


def test_a_picture_becomes_a_jpeg_where_that_is_asked_for() -> None:
    data = made(noise("RGB", 400, 300), quality=50)

    assert b"/DCTDecode" in data
    assert len(data) < 400 * 300 * 3 / 2


def test_a_page_that_cannot_be_opened_is_an_empty_one() -> None:
    pages = [
        ReadPage(Page("bad", 0, 0, error="it is bad"), MadeScan(None)),
        ReadPage(page_of(noise("L")), MadeScan(noise("L"))),
    ]

    document = pdfium.PdfDocument(b"".join(render_pdf(pages, PdfOptions())))

    assert [page.get_size() for page in document] == [(595, 842), (60, 40)]


def test_pages_are_written_as_they_come() -> None:
    taken = []

    def pages() -> Iterator[ReadPage]:
        for number in range(3):
            taken.append(number)
            yield ReadPage(page_of(noise("L")), MadeScan(noise("L")))

    pieces = render_pdf(pages(), PdfOptions())
    begun = b""
    while b"/MediaBox" not in begun:
        begun += next(pieces)

    assert taken == [0]


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="no qpdf")
def test_qpdf_finds_no_fault(tmp_path: Path) -> None:
    data = jpeg(blocks().convert("CMYK"), 6)
    images = [(noise("1").convert("L"), None), (noise("RGB"), None), (blocks(48, 64).convert("RGB"), data)]
    reads = [ReadPage(page_of(image), MadeScan(image, jpeg)) for image, jpeg in images]
    (tmp_path / "a.pdf").write_bytes(b"".join(render_pdf(reads, PdfOptions())))

    checked = subprocess.run(["qpdf", "--check", tmp_path / "a.pdf"], capture_output=True, text=True)

    assert (checked.returncode, checked.stderr) == (0, "")
