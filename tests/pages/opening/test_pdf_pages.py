from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocrkit.errors import ImageError
from ocrkit.pages.opening import open_scans

pytest.importorskip("pypdfium2")
pikepdf = pytest.importorskip("pikepdf")
from pdf_making import add_page, add_picture_page, saved  # noqa: E402 - needs pikepdf


def noise(width: int = 425, height: int = 550, mode: str = "RGB") -> Image.Image:
    values = np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values).convert(mode)


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


@pytest.mark.parametrize("mode", ["RGB", "L", "1"])
def test_a_page_that_is_one_picture_gives_its_pixels(mode: str) -> None:
    pdf = pikepdf.new()
    add_picture_page(pdf, noise(mode=mode))

    [scan] = open_scans(saved(pdf), dpi=200)
    image = scan.image()

    assert image.mode == ("RGB" if mode == "RGB" else "L")
    assert np.array_equal(pixels(image), pixels(noise(mode=mode).convert(image.mode)))
    assert scan.dpi == pytest.approx(50)


def test_text_that_is_not_seen_leaves_a_picture_what_it_is() -> None:
    pdf = pikepdf.new()
    hidden = b"BT 3 Tr /F 12 Tf 100 700 Td (hidden) Tj ET"
    add_picture_page(pdf, noise(), before=b"1 1 1 rg 0 0 612 792 re f", after=hidden)

    [scan] = open_scans(saved(pdf))

    assert np.array_equal(pixels(scan.image()), pixels(noise()))


def test_text_that_is_seen_has_a_page_drawn_at_300_dpi() -> None:
    pdf = pikepdf.new()
    add_picture_page(pdf, noise(), after=b"BT /F 12 Tf 100 700 Td (seen) Tj ET")

    [scan] = open_scans(saved(pdf))

    assert scan.image().size == (2550, 3300)
    assert scan.dpi == pytest.approx(300)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("matrix", "turn"),
    [
        ((1, 0, 0, 1, 0, 0), None),
        ((0, 1, -1, 0, 1, 0), Image.Transpose.ROTATE_90),
        ((-1, 0, 0, -1, 1, 1), Image.Transpose.ROTATE_180),
        ((0, -1, 1, 0, 0, 1), Image.Transpose.ROTATE_270),
        ((-1, 0, 0, 1, 1, 0), Image.Transpose.FLIP_LEFT_RIGHT),
    ],
)
def test_a_turned_picture_is_turned_as_readers_show_it(
    rotate: int, matrix: tuple[int, ...], turn: Image.Transpose | None
) -> None:
    picture = noise(mode="L")
    turned = picture if turn is None else picture.transpose(turn)
    width, height = turned.width * 72 / 50, turned.height * 72 / 50
    scaled = [part * (width, height)[place % 2] for place, part in enumerate(matrix)]
    pdf = pikepdf.new()
    add_picture_page(pdf, picture, size=(width, height), matrix=scaled, rotate=rotate)

    [scan] = open_scans(saved(pdf))

    assert np.array_equal(pixels(scan.image()), pixels(turned.rotate(-rotate, expand=True)))


def test_a_picture_is_cut_to_what_readers_show() -> None:
    picture = noise(mode="L")
    pdf = pikepdf.new()
    add_picture_page(pdf, picture, crop=(72, 144, 612 - 144, 792 - 72))

    [scan] = open_scans(saved(pdf))

    assert np.array_equal(pixels(scan.image()), pixels(picture.crop((50, 50, 425 - 100, 550 - 100))))


def test_a_picture_on_a_part_of_the_page_is_drawn_at_its_own_resolution() -> None:
    pdf = pikepdf.new()
    add_picture_page(pdf, noise(850, 1100), matrix=(500, 0, 0, 647, 56, 72))

    [scan] = open_scans(saved(pdf))

    assert scan.dpi == pytest.approx(850 / 500 * 72, abs=1)


def test_the_resolution_asked_for_goes_before() -> None:
    pdf = pikepdf.new()
    add_page(pdf, b"BT /F 12 Tf 100 700 Td (seen) Tj ET")

    [scan] = open_scans(saved(pdf), dpi=100)

    assert scan.image().size == (850, 1100)


def test_pages_are_named_and_chosen(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for number in range(5):
        add_page(pdf, size=(72 * (number + 1), 72))
    (tmp_path / "book.pdf").write_bytes(saved(pdf))

    scans = list(open_scans(tmp_path / "book.pdf", pages="2,4-", dpi=10))

    assert [scan.name for scan in scans] == [f"{tmp_path}/book.pdf#{number}" for number in (2, 4, 5)]
    assert [scan.number for scan in scans] == [2, 4, 5]
    assert [scan.image().width for scan in scans] == [20, 40, 50]
    assert [scan.name for scan in open_scans(f"{tmp_path}/book.pdf#3")] == [f"{tmp_path}/book.pdf#3"]


def test_a_page_that_is_not_there_is_a_page_that_cannot_be_opened() -> None:
    pdf = pikepdf.new()
    add_page(pdf)
    add_page(pdf)

    first, second = open_scans(saved(pdf), pages="2,7")

    assert second.number == 7
    assert first.image().width == 2550
    with pytest.raises(ImageError, match="page 0#7: there is no such page; it has 2 pages"):
        second.image()


@pytest.mark.parametrize(
    ("password", "message"),
    [(None, "the PDF is locked; give its password"), ("wrong", "the password does not open it")],
)
def test_a_locked_pdf_asks_for_its_password(tmp_path: Path, password: str | None, message: str) -> None:
    pdf = pikepdf.new()
    add_page(pdf)
    (tmp_path / "a.pdf").write_bytes(saved(pdf, password="right"))

    [scan] = open_scans(tmp_path / "a.pdf", password=password)
    [opened] = open_scans(tmp_path / "a.pdf", password="right")

    assert opened.image().width == 2550
    with pytest.raises(ImageError, match=message):
        scan.image()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"hello", "it is called a PDF, but is none"),
        (b"%PDF-1.7\nnothing more", "the PDF is damaged"),
    ],
)
def test_a_damaged_pdf_says_so_and_the_others_are_opened(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    pdf = pikepdf.new()
    add_page(pdf)
    (tmp_path / "b.pdf").write_bytes(saved(pdf))

    bad, good = open_scans(tmp_path)

    assert good.image().width == 2550
    assert bad.dpi is None
    with pytest.raises(ImageError, match=message):
        bad.image()


def test_a_pdf_without_pages_says_so() -> None:
    [scan] = open_scans(saved(pikepdf.new()))

    with pytest.raises(ImageError, match="the PDF has no pages"):
        scan.image()


def test_a_page_too_large_names_the_resolution_that_fits() -> None:
    pdf = pikepdf.new()
    add_page(pdf, size=(14400, 14400))

    [scan] = open_scans(saved(pdf))

    with pytest.raises(ImageError, match=r"200 x 200 inches, so 60000x60000 px at 300 dpi.*: at 66 dpi it fits"):
        scan.image()
    assert next(open_scans(saved(pdf), dpi=10)).image().size == (2000, 2000)


def test_a_picture_too_large_is_opened_at_the_resolution_that_fits() -> None:
    pdf = pikepdf.new()
    add_picture_page(pdf, Image.new("1", (20_000, 10_000), 1), size=(1440, 720))

    [large] = open_scans(saved(pdf))
    [fitting] = open_scans(saved(pdf), dpi=100)

    with pytest.raises(ImageError, match=r"so 20000x10000 px at 1000 dpi.*: at 945 dpi it fits"):
        large.image()
    assert fitting.image().size == (2000, 1000)


def test_pages_are_opened_one_by_one_and_counted_before() -> None:
    pdf = pikepdf.new()
    add_page(pdf)
    page = pdf.pages[0].obj
    pdf.Root.Pages.Kids = [pdf.make_indirect(pikepdf.Dictionary(page)) for _ in range(10_000)]
    pdf.Root.Pages.Count = 10_000
    data = saved(pdf)

    scans = open_scans(data, pages="9999-", dpi=10)

    assert [scan.image().size for scan in scans] == [(85, 110)] * 2
    assert [scan.number for scan in open_scans(data)][-1] == 10_000


def test_the_count_is_told_before(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for _ in range(7):
        add_page(pdf)
    (tmp_path / "a.pdf").write_bytes(saved(pdf))
    noise().save(tmp_path / "b.png")

    assert open_scans(tmp_path).count() == 8
    assert open_scans(tmp_path / "a.pdf", pages="1-3,6-").count() == 5
    assert open_scans(saved(pdf)).count() is None


def test_many_pdfs_are_not_held_open(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    add_page(pdf)
    for number in range(12):
        (tmp_path / f"{number}.pdf").write_bytes(saved(pdf))

    scans = list(open_scans(tmp_path, dpi=10))
    for scan in scans:
        scan.image()
    held = [link for link in Path("/proc/self/fd").iterdir() if str(tmp_path) in str(link.resolve())]

    assert len(held) <= 4
    assert scans[0].image().size == (85, 110)


def test_memory_does_not_grow_with_the_pages(tmp_path: Path) -> None:
    rng, pdf = np.random.default_rng(4), pikepdf.new()
    for _ in range(80):
        add_picture_page(pdf, Image.fromarray(rng.integers(0, 256, (1000, 1000), dtype=np.uint8)))
    pdf.save(tmp_path / "a.pdf")

    held = []
    for scan in open_scans(tmp_path / "a.pdf"):
        scan.image()
        held.append(int(Path("/proc/self/statm").read_text().split()[1]) * 4096)

    # 48 pages of a million bytes come between the two.
    assert min(held[64:]) - min(held[16:32]) < 20e6


@pytest.mark.parametrize("read", ["", ".read_bytes()"])
def test_a_program_that_ends_has_closed_its_pdfs_before_pdfium_is(tmp_path: Path, read: str) -> None:
    pdf = pikepdf.new()
    add_page(pdf)
    (tmp_path / "a.pdf").write_bytes(saved(pdf))
    # What is registered last is called first: by ocrkit when it opens a PDF, by this, by PDFium's binding.
    code = f"""
import atexit, gc, pypdfium2
from pathlib import Path
def opened():
    return [each for each in gc.get_objects() if isinstance(each, pypdfium2.PdfDocument) and each.raw]
atexit.register(lambda: print(len(opened())))
from ocrkit.pages.opening import open_scans
scans = list(open_scans(Path({str(tmp_path / "a.pdf")!r}){read}, dpi=10))
scans[0].image()
print(len(opened()))
"""

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (run.stdout.split(), run.stderr) == (["1", "0"], "")


def test_a_scan_goes_to_another_process() -> None:
    pdf = pikepdf.new()
    add_page(pdf)
    [scan] = open_scans(saved(pdf), dpi=10)
    scan.image()

    assert pickle.loads(pickle.dumps(scan)).image().size == (85, 110)
