from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from ocrkit.data.records import Sample
from ocrkit.data.writers import encode
from ocrkit.data.writers.grey_png import grey_png

SHAPES = [(1, 1), (1, 40), (40, 1), (17, 33), (40, 700)]


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
    return image


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("most", [1, 256])
def test_a_grey_png_holds_the_picture(shape: tuple[int, int], most: int) -> None:
    pixels = np.random.default_rng(1).integers(0, most, shape, dtype=np.uint8)

    image = opened(grey_png(Image.fromarray(pixels)))

    assert (image.format, image.mode) == ("PNG", "L")
    assert np.array_equal(np.asarray(image), pixels)


def test_a_grey_png_is_hardly_larger_than_pillows() -> None:
    # Letters of grey edges on paper with noise, as scans have them.
    rng = np.random.default_rng(1)
    strokes = np.where((np.arange(600) % 11 < 3) & (np.arange(40)[:, None] % 31 > 8), 60, 230)
    image = Image.fromarray(np.clip(strokes + rng.normal(0, 3, strokes.shape), 0, 255).astype(np.uint8))
    pillows = io.BytesIO()
    image.save(pillows, "PNG")

    assert len(grey_png(image)) <= 1.05 * len(pillows.getvalue())


def test_a_grey_picture_keeps_its_transparent_grey() -> None:
    file = io.BytesIO()
    Image.new("L", (5, 3), 7).save(file, "PNG", transparency=7)

    encoded = encode(Sample("line", lambda: opened(file.getvalue()), "text"))

    assert opened(encoded.data).info["transparency"] == 7


def test_a_colour_profile_is_kept() -> None:
    image = Image.new("L", (5, 3), 7)
    image.info["icc_profile"] = b"profile"

    encoded = encode(Sample("line", image.copy, "text"))

    assert opened(encoded.data).info["icc_profile"] == b"profile"
