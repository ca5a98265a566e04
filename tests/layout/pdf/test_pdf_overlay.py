from __future__ import annotations

import io
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.layout.outputs.pdf import PdfOptions, render_pdf
from ocrkit.layout.records import Line, Page, Region
from ocrkit.layout.scan import ReadPage
from ocrkit.pages.opening import open_scans

pdfium = pytest.importorskip("pypdfium2")
pikepdf = pytest.importorskip("pikepdf")
from pdf_making import add_page, add_picture_page, saved  # noqa: E402 - needs pikepdf

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.layout.scan import Scan

TEXT = "മലയാളം വായന"
SEEN = b"BT /F 12 Tf 100 700 Td (some words that are seen well) Tj ET"
UNSEEN = b"BT 3 Tr /F 12 Tf 100 700 Td (words of an earlier reading) Tj ET"


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(8).integers(0, 256, (220, 170), dtype=np.uint8))


def read(scan: Scan, *, rotation: int = 0) -> ReadPage:
    """A page with a line from a tenth to a half of its width, its foot at a quarter of its height."""
    width, height = scan.image().size
    left, right, foot = width // 10, width // 2, height // 4
    outline = ((left, foot - height // 40), (right, foot - height // 40), (right, foot), (left, foot))
    region = Region("r", outline, (Line("l", ((left, foot), (right, foot)), outline, TEXT),))
    return ReadPage(Page(scan.name, width, height, (region,), number=scan.number, rotation=rotation), scan)


def written(data: object, *, rotation: int = 0, pages: str | None = None, **options: object) -> bytes:
    reads = (read(scan, rotation=rotation) for scan in open_scans(data, pages=pages, dpi=50))  # type: ignore[arg-type]
    return b"".join(render_pdf(reads, PdfOptions(**options)))  # type: ignore[arg-type]


def texts(data: bytes) -> list[str]:
    return [page.get_textpage().get_text_range().strip() for page in pdfium.PdfDocument(data)]


def drawn(data: bytes) -> np.ndarray:
    return np.asarray(pdfium.PdfDocument(data)[0].render(scale=1).to_pil())


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (50, 100, 500, 700)])
def test_text_lies_where_it_was_read_and_nothing_else_changes(rotate: int, crop: tuple[int, ...] | None) -> None:
    pdf = pikepdf.new()
    add_picture_page(pdf, noise(), rotate=rotate, crop=crop, jpeg=True)
    data = saved(pdf)

    laid = written(data)

    page = pdfium.PdfDocument(laid)[0]
    assert texts(laid) == [TEXT]
    assert np.array_equal(drawn(laid), drawn(data))
    assert picture(laid) == picture(data)
    text = page.get_textpage()
    boxes = [text.get_charbox(place) for place in range(len(TEXT))]
    ends = [end for left, bottom, right, top in boxes for end in ((left, bottom), (right, top))]
    corners = [on_device(page, *end, (0, 0, 1000, 1000, 0)) for end in ends]
    xs, ys = zip(*corners, strict=True)
    assert (min(xs), max(xs)) == (pytest.approx(100, abs=15), pytest.approx(500, abs=15))
    assert (min(ys), max(ys)) == (pytest.approx(231, abs=10), pytest.approx(256, abs=10))


def picture(data: bytes) -> bytes:
    """A page's picture as it is encoded."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return bytes(pdf.pages[0].Resources.XObject.I.read_raw_bytes())


def on_device(page: object, x: float, y: float, area: tuple[int, ...]) -> tuple[int, int]:
    """A point of a page as it is shown, in thousandths of its width and height."""
    import ctypes

    import pypdfium2.raw as raw

    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, *area, x, y, across, down)
    return across.value, down.value


@pytest.mark.parametrize(
    ("existing", "content", "expected"),
    [
        ("replace", UNSEEN, TEXT),
        ("keep", UNSEEN, "words of an earlier reading"),
        ("replace", SEEN, "some words that are seen well"),
        ("keep", SEEN, "some words that are seen well"),
        ("replace", b"BT /F 9 Tf 9 9 Td (7) Tj ET", f"{TEXT}|7"),
        ("add", SEEN, f"{TEXT}|some words that are seen well"),
    ],
)
def test_text_that_is_there_is_dealt_with_as_was_asked(existing: str, content: bytes, expected: str) -> None:
    pdf = pikepdf.new()
    add_page(pdf, content)

    [text] = texts(written(saved(pdf), existing=existing))

    assert sorted(text.replace("\r", "").split("\n")) == sorted(expected.split("|"))


def test_reading_anew_replaces_what_was_laid_before() -> None:
    pdf = pikepdf.new()
    add_picture_page(pdf, noise())

    assert texts(written(written(saved(pdf)))) == [TEXT]


def test_a_page_on_its_side_is_set_upright() -> None:
    pdf = pikepdf.new()
    add_picture_page(pdf, noise())

    upright, as_it_was = (written(saved(pdf), rotation=90, upright=choice) for choice in (True, False))

    assert pdfium.PdfDocument(upright)[0].get_size() == (792, 612)
    assert pdfium.PdfDocument(as_it_was)[0].get_size() == (612, 792)


def test_the_pages_that_were_read_are_written_with_what_the_document_says() -> None:
    pdf = pikepdf.new()
    for _ in range(3):
        add_picture_page(pdf, noise())
    pdf.docinfo["/Title"] = "A book"
    data = saved(pdf, password="secret")

    def count(**given: object) -> list[str]:
        scans = open_scans(data, password="secret", **given)  # type: ignore[arg-type]
        return texts(b"".join(render_pdf((read(scan) for scan in scans), PdfOptions())))

    whole = b"".join(render_pdf((read(scan) for scan in open_scans(data, password="secret")), PdfOptions()))

    assert count() == [TEXT] * 3
    assert count(pages="2-") == [TEXT] * 2
    with pikepdf.open(io.BytesIO(whole)) as document:
        assert document.docinfo["/Title"] == "A book"


def test_pages_of_pdfs_and_pictures_go_into_one() -> None:
    pdf = pikepdf.new()
    add_picture_page(pdf, noise())

    assert texts(written([saved(pdf), noise(), saved(pdf)])) == [TEXT] * 3
    assert texts(written([noise(), saved(pdf)])) == [TEXT] * 2


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="no qpdf")
def test_qpdf_finds_no_fault_in_an_overlaid_pdf(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    add_picture_page(pdf, noise(), after=b" 1 0 0 1 5 5 cm q ")
    add_page(pdf, SEEN)
    (tmp_path / "a.pdf").write_bytes(written(saved(pdf)))

    checked = subprocess.run(["qpdf", "--check", tmp_path / "a.pdf"], capture_output=True, text=True)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert not re.search("WARNING", checked.stdout)
