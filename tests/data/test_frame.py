"""How images lie in their files, held to what Pillow does with their pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from ocrkit.data.frame import Frame
from ocrkit.data.image_file import open_framed, open_image
from ocrkit.errors import ImageError

ORIENTATIONS = range(1, 9)


def turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    image = Image.fromarray(pixels)
    image.getexif()[0x0112] = orientation
    return np.asarray(ImageOps.exif_transpose(image))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_points_go_where_pillow_puts_their_pixels(orientation: int) -> None:
    stored = np.arange(15, dtype=np.uint8).reshape(3, 5)
    upright = turned(stored, orientation)
    frame = Frame(upright.shape[1], upright.shape[0], orientation)
    rows, columns = np.mgrid[0:3, 0:5]
    points = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(float)

    there = frame.to_upright(points).astype(int)

    assert frame.stored_size == (5, 3)
    assert [upright[y, x] for x, y in there] == stored.ravel().tolist()
    assert np.array_equal(frame.to_stored(there.astype(float)), points)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_box_of_upright_pixels_is_the_same_pixels_in_the_file(orientation: int) -> None:
    stored = np.arange(40, dtype=np.uint8).reshape(5, 8)
    upright = turned(stored, orientation)
    frame = Frame(upright.shape[1], upright.shape[0], orientation)

    left, top, right, bottom = frame.box_to_stored(1, 2, 4, 3)

    assert sorted(stored[top:bottom, left:right].ravel()) == sorted(upright[2:3, 1:4].ravel())


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_span_of_the_upright_image_lies_in_the_file_as_documented(orientation: int) -> None:
    frame = Frame(110, 44, orientation)
    left, right = 16, 22
    begin = left if orientation in (1, 4, 5, 8) else 110 - right

    box = frame.box_to_stored(left, 0, right, 44)

    assert box == ((begin, 0, begin + 6, 44) if orientation < 5 else (0, begin, 44, begin + 6))


def test_a_png_that_is_cut_short_is_not_taken_for_whole(tmp_path) -> None:
    path = tmp_path / "a.png"
    Image.effect_noise((300, 200), 80).save(path)
    path.write_bytes(path.read_bytes()[:-2000])

    with pytest.raises(ImageError, match="truncated"):
        open_framed(path)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_an_image_is_opened_with_the_way_that_it_lies(tmp_path, orientation: int, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a{suffix}"
    Image.new("L", (8, 5)).save(path, exif=exif)

    image, frame, _ = open_framed(path)

    assert frame == Frame(*image.size, orientation)
    assert frame.stored_size == (8, 5)
    assert open_image(path).size == frame.upright_size
