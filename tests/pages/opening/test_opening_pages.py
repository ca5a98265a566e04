from __future__ import annotations

import io
import os
import sys
import zlib
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.errors import DataError, ImageError, MissingFileError, OptionError
from ocrkit.pages.opening import open_scans
from ocrkit.pages.opening.image_scans import ImageScan
from ocrkit.pages.opening.pdf_scans import PdfScan

if TYPE_CHECKING:
    from pathlib import Path

RED, CYAN = (255, 0, 0), (0, 255, 255)


def halves(mode: str = "RGB", left: object = RED, right: object = CYAN) -> Image.Image:
    image = Image.new(mode, (40, 20), left)  # type: ignore[arg-type]
    image.paste(right, (20, 0, 40, 20))  # type: ignore[arg-type]
    return image


def file_of(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def stored_upright(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return file_of(halves(), "PNG", exif=exif)


@pytest.mark.parametrize(
    ("image", "left", "right"),
    [
        (halves(), RED, CYAN),
        (halves("L", 10, 200), 10, 200),
        (halves("1", 0, 1), 0, 255),
        (halves("LA", (10, 255), (10, 0)), 10, 255),
        (halves("RGBA", (255, 0, 0, 255), (0, 0, 0, 0)), RED, (255, 255, 255)),
        (halves("RGBA", (255, 0, 0, 255), (0, 255, 255, 128)), RED, (127, 255, 255)),
        (halves("CMYK", (0, 255, 255, 0), (255, 0, 0, 0)), RED, CYAN),
        (halves().convert("P", palette=Image.Palette.ADAPTIVE), RED, CYAN),
        (halves("L", 10, 200).convert("P"), 10, 200),
        (halves("I;16", 2560, 51400), 10, 200),
        (halves("LAB", (255, 128, 128), (0, 128, 128)), (255, 255, 255), (0, 0, 0)),
    ],
)
def test_a_picture_of_any_mode_is_grey_or_colour_on_white(image: Image.Image, left: object, right: object) -> None:
    [scan] = open_scans(image)
    opened = scan.image()

    assert opened.mode == ("L" if isinstance(left, int) else "RGB")
    assert np.abs(np.subtract(opened.getpixel((5, 5)), left)).max() <= 1
    assert np.abs(np.subtract(opened.getpixel((35, 5)), right)).max() <= 1


def test_a_colour_that_is_transparent_is_white() -> None:
    [scan] = open_scans(file_of(halves(), "PNG", transparency=RED))

    assert scan.image().getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_is_turned_as_its_exif_says() -> None:
    [scan] = open_scans(stored_upright(6))

    assert scan.image().size == (20, 40)
    assert scan.image().getpixel((5, 5)) == RED


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "jpeg"])
@pytest.mark.parametrize("in_memory", [False, True])
def test_each_page_of_a_tiff_is_one(tmp_path: Path, in_memory: bool, compression: str | None) -> None:
    first, *others = (Image.new("L", (64, 16 * number), 50 * number) for number in (1, 2, 3))
    first.save(tmp_path / "a.tif", save_all=True, append_images=others, compression=compression)

    scans = list(open_scans((tmp_path / "a.tif").read_bytes() if in_memory else tmp_path / "a.tif", pages="2-"))

    assert [scan.number for scan in scans] == [2, 3]
    assert [scan.image().size for scan in scans] == [(64, 32), (64, 48)]
    assert [scan.image().getpixel((1, 1)) for scan in scans] == [100, 150]
    assert scans[0].name == ("page 0#2" if in_memory else f"{tmp_path}/a.tif#2")
    assert scans[0].path == (None if in_memory else tmp_path / "a.tif")


def test_folders_and_globs_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("page10.png", "page2.png", "page1.jpg", "notes.txt"):
        halves().save(tmp_path / name, "PNG")

    names = ["page1.jpg", "page2.png", "page10.png"]

    assert [scan.name for scan in open_scans(tmp_path)] == [f"{tmp_path}/{name}" for name in names]
    assert [scan.name for scan in open_scans([f"{tmp_path}/*.png"])] == [f"{tmp_path}/{name}" for name in names[1:]]
    assert open_scans(tmp_path).count() == 3


def test_a_file_on_stdin_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(file_of(halves(), "PNG"))))

    [scan] = open_scans("-")

    assert scan.name == "stdin"
    assert scan.path is None
    assert scan.image().size == (40, 20)


def test_what_a_program_holds_is_opened(tmp_path: Path) -> None:
    halves().save(tmp_path / "a.png")
    array = np.asarray(halves())

    with (tmp_path / "a.png").open("rb") as file:
        scans = list(open_scans([halves(), array, file_of(halves(), "PNG"), file, tmp_path / "a.png"]))

    assert all(np.array_equal(np.asarray(scan.image()), array) for scan in scans)
    assert [scan.name for scan in scans] == ["page 0", "page 1", "page 2", f"{tmp_path}/a.png", f"{tmp_path}/a.png"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "the file is empty"), (b"hello", "it holds text"), (file_of(halves(), "PNG")[:60], "the image is")],
)
def test_a_bad_file_is_named_and_the_others_are_opened(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.png").write_bytes(content)
    halves().save(tmp_path / "b.png")

    bad, good = open_scans(tmp_path)

    assert good.image().size == (40, 20)
    assert bad.dpi is None
    with pytest.raises(ImageError, match=f"a.png: {message}"):
        bad.image()


def test_a_picture_of_400_million_px_is_refused(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "a.png")

    [scan] = open_scans(tmp_path / "a.png")

    with pytest.raises(ImageError, match=r"a.png: .*expected at most 178,956,970 px in all"):
        scan.image()


def test_a_picture_of_100_million_px_is_opened(tmp_path: Path) -> None:
    Image.new("1", (10_000, 10_000), 1).save(tmp_path / "a.png")

    [scan] = open_scans(tmp_path / "a.png")

    assert scan.image().getpixel((0, 0)) == 255


def test_a_place_where_nothing_is_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no file or folder"):
        open_scans([tmp_path / "nothing.png"])
    with pytest.raises(DataError, match=r"expected \.png, \.jpg, \.pdf, \.tif or their like"):
        open_scans(tmp_path)


@pytest.mark.parametrize("dpi", [0, -1, float("nan"), 10**6, "300"])
def test_a_resolution_that_cannot_be_is_refused(dpi: object) -> None:
    with pytest.raises(OptionError, match=r"dpi is .*expected a number from 1 to 4800"):
        open_scans([], dpi=dpi)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "told", "dpi"),
    [
        ((2480, 3508), (300, 300), 300),
        ((3024, 4319), (72, 72), None),
        ((595, 842), (72, 72), 72),
        ((1654, 2339), (96, 96), None),
        ((1728, 2200), (204, 196), pytest.approx(200, abs=1)),
        ((1728, 1100), (204, 98), None),
        ((2480, 3508), (1, 1), None),
        ((2480, 3508), None, None),
    ],
)
def test_a_resolution_is_believed_where_it_can_be(size: tuple[int, int], told: object, dpi: object) -> None:
    options = {} if told is None else {"dpi": told}

    [scan] = open_scans(file_of(Image.new("1", size), "TIFF", **options))
    [assumed] = open_scans(file_of(Image.new("1", size), "TIFF", **options), dpi=150)

    assert scan.dpi == dpi
    assert assumed.dpi == (150 if dpi is None else dpi)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")

    [scan] = open_scans(tmp_path / "a.png")

    with pytest.raises(ImageError, match="it is no regular file"):
        scan.image()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PDF"])
def test_the_size_is_told_without_decoding(kind: str) -> None:
    [scan] = open_scans(file_of(halves().resize((400, 200)), kind))

    assert isinstance(scan, ImageScan | PdfScan)
    assert scan.size() == scan.image().size


def test_the_size_of_what_claims_too_much_is_told_or_refused() -> None:
    whole = file_of(halves(), "PNG")
    claiming = bytearray(whole)
    claiming[16:24] = (30_000).to_bytes(4) * 2
    claiming[29:33] = zlib.crc32(claiming[12:29]).to_bytes(4)
    [scan] = open_scans(bytes(claiming))

    assert isinstance(scan, ImageScan)
    with pytest.raises(ImageError, match="more pixels than 178,956,970"):
        scan.size()


def test_a_damaged_header_has_no_size() -> None:
    [scan] = open_scans(file_of(halves(), "PNG")[:10])

    assert isinstance(scan, ImageScan)
    with pytest.raises(ImageError, match="its header is damaged"):
        scan.size()
