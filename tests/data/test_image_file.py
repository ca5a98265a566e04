"""Image files, whole and broken: each is opened, or named with what is wrong with it."""

from __future__ import annotations

import os
import struct
import threading
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocrkit.data.image import Preprocessing, fit_image, to_grey
from ocrkit.data.image_file import MAX_PIXELS, open_image
from ocrkit.data.records import Sample
from ocrkit.errors import ImageError, Origin

HOSTILE = Path(__file__).parents[3] / "shared/data/hostile"


@pytest.fixture
def line_png(tmp_path: Path) -> Path:
    """A noisy picture, 60x20 px, whose file is some kilobytes long."""
    path = tmp_path / "line.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 60), dtype=np.uint8)).save(path)
    return path


@pytest.mark.parametrize("keep", [1, 8, 30, 200, 700])
def test_a_truncated_picture_is_an_error_that_names_it(line_png: Path, keep: int) -> None:
    line_png.write_bytes(line_png.read_bytes()[:keep])

    with pytest.raises(ImageError, match=r"line\.png: .*(truncated|no image that Pillow knows|holds text)"):
        fit_image(open_image(line_png), Preprocessing())


def test_a_truncated_jpeg_is_not_filled_with_grey(tmp_path: Path) -> None:
    path = tmp_path / "line.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 60), dtype=np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(ImageError, match=r"line\.jpg: the image is truncated; expected a whole file"):
        open_image(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"gone\.png: no such file"):
        open_image(tmp_path / "gone.png")


def test_a_text_file_is_said_to_hold_text(tmp_path: Path) -> None:
    path = tmp_path / "note.png"
    path.write_text("not a picture\n")

    with pytest.raises(ImageError, match=r"note\.png: it holds text, not an image"):
        open_image(path)


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.touch()

    with pytest.raises(ImageError, match=r"empty\.png: the file is empty"):
        open_image(path)


def test_a_folder_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="it is a folder"):
        open_image(tmp_path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.png"
    os.mkfifo(path)

    with pytest.raises(ImageError, match="no regular file"):
        open_image(path)


def test_a_name_with_a_nul_is_an_image_error() -> None:
    with pytest.raises(ImageError, match="not a file name"):
        open_image("a\0b.png")


def test_a_postscript_file_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "page.eps"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n%%EOF\n")

    with pytest.raises(ImageError, match="it is EPS, which holds no pixels"):
        open_image(path)


@pytest.mark.parametrize("side", [9_500, 30_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in chunks
        )
    )

    assert side * side > MAX_PIXELS
    with pytest.raises(ImageError, match=r"bomb\.png: .*expected at most 89,478,485 px"):
        open_image(path)


def test_a_sample_is_named_with_where_it_is_listed(tmp_path: Path) -> None:
    sample = Sample("images/a.png", tmp_path / "a.png", "a", origin=Origin("labels.tsv", 17))

    with pytest.raises(ImageError, match=r"^images/a\.png: no such file \(listed at labels\.tsv:17\)$"):
        fit_image(open_image(sample), Preprocessing())


def test_a_sample_may_make_its_image() -> None:
    sample = Sample("drawn 3", lambda: Image.new("L", (64, 64), 9))

    assert fit_image(open_image(sample), Preprocessing(height=32)).shape == (32, 32)


def test_a_sample_whose_maker_cannot_read_is_a_bad_image(line_png: Path) -> None:
    line_png.write_bytes(line_png.read_bytes()[:300])

    with pytest.raises(ImageError, match=r"record 7: the image is truncated"):
        open_image(Sample("record 7", lambda: Image.open(line_png)))


def test_a_mistake_in_a_sample_maker_is_not_hidden() -> None:
    def broken() -> Image.Image:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        open_image(Sample("drawn 3", broken))


# What turns the stored rows and columns upright, from the EXIF 2.32 specification, table of tag 0x0112.
UPRIGHT = {
    1: lambda stored: stored,
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(np.transpose(stored), 2),
    8: np.rot90,
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])  # Pillow itself turns TIFF, by its own path
def test_a_picture_is_set_upright_once_by_its_exif(tmp_path: Path, orientation: int, suffix: str) -> None:
    stored = np.arange(6, dtype=np.uint8).reshape(2, 3) * 40
    path = tmp_path / f"turned{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True, "exact": True} if suffix == ".webp" else {}
    Image.fromarray(stored).convert("RGB" if suffix == ".webp" else "L").save(path, exif=exif, **options)

    grey = np.asarray(to_grey(open_image(path)))

    assert np.array_equal(grey, UPRIGHT[orientation](stored))


def test_a_picture_that_pillow_warns_of_is_opened_silently(tmp_path: Path) -> None:
    path = tmp_path / "palette.png"
    image = Image.new("P", (4, 4))
    image.putpalette([0, 0, 0, 255, 255, 255])
    image.save(path, transparency=b"\x00\xff")

    assert np.all(np.asarray(to_grey(open_image(path))) == 255)


def test_threads_leave_the_warning_filters_as_they_were(line_png: Path) -> None:
    before = list(warnings.filters)

    threads = [threading.Thread(target=lambda: [open_image(line_png) for _ in range(30)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert warnings.filters == before


def hostile_files() -> list[str]:
    manifest = HOSTILE / "manifest.tsv"
    return [line.split("\t")[0] for line in manifest.read_text().splitlines()[1:]] if manifest.is_file() else []


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the set of hostile images is not beside the repository")
@pytest.mark.parametrize("name", hostile_files())
def test_a_hostile_file_loads_or_is_named(name: str) -> None:
    try:
        height = fit_image(open_image(HOSTILE / name), Preprocessing(height=32)).shape[0]
    except ImageError as error:
        height = 32 if str(error).startswith(f"{HOSTILE / name}: ") else 0

    assert height == 32
