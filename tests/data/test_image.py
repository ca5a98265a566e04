"""Any Pillow mode to grey, and grey to a model's height."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.data.image import MAX_FITTED_WIDTH, Preprocessing, fit_image, fitted_width, to_grey, to_network_input
from ocrkit.errors import ImageError, OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def values(image: Image.Image) -> NDArray[np.uint8]:
    assert image.mode == "L"
    return np.asarray(image)


@pytest.mark.parametrize("mode", ["L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV"])
def test_grey_stays_the_same_grey_in_every_mode(mode: str) -> None:
    by_way_of = {"La": "LA", "RGBa": "RGBA", "PA": "P", "HSV": "RGB", "YCbCr": "RGB", "CMYK": "RGB"}
    image = Image.new("L", (3, 2), 100).convert(by_way_of.get(mode, mode)).convert(mode)

    grey = values(to_grey(image))

    assert grey.shape == (2, 3)
    assert np.all(np.abs(grey.astype(int) - 100) <= 1)


@pytest.mark.parametrize(("lightness", "expected"), [(0, 0), (255, 255), (137, 128)])
def test_lab_is_read_by_its_lightness(lightness: int, expected: int) -> None:
    # sRGB 128 has L* = 53.6 (CIE 1976), which is 137 of 255; a = b = 0 is stored as 128.
    image = Image.new("LAB", (2, 2), (lightness, 128, 128))

    assert np.all(np.abs(values(to_grey(image)).astype(int) - expected) <= 2)


def test_one_bit_is_black_and_white() -> None:
    image = Image.new("1", (2, 1), 1)
    image.putpixel((0, 0), 0)

    assert values(to_grey(image)).tolist() == [[0, 255]]


def test_colours_weigh_as_in_itu_601() -> None:
    image = Image.new("RGB", (3, 1))
    image.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255)])

    # 0.299, 0.587 and 0.114 of 255
    assert values(to_grey(image)).tolist() == [[76, 150, 29]]


@pytest.mark.parametrize(("alpha", "expected"), [(0, 255), (51, 204), (255, 0)])
@pytest.mark.parametrize("mode", ["LA", "RGBA", "PA", "RGBa"])
def test_black_ink_is_laid_on_white_by_its_alpha(mode: str, alpha: int, expected: int) -> None:
    inks: dict[str, tuple[int, ...]] = {"RGBA": (0, 0, 0, alpha), "RGBa": (0, 0, 0, alpha)}
    image = Image.new(mode, (1, 1), inks.get(mode, (0, alpha)))

    assert values(to_grey(image)).tolist() == [[expected]]


@pytest.mark.parametrize(
    ("mode", "colour", "transparency"),
    [("1", 0, 0), ("L", 7, 7), ("RGB", (1, 2, 3), (1, 2, 3)), ("P", 0, 0), ("P", 0, b"\x00"), ("I;16", 300, 300)],
)
def test_a_transparent_colour_is_paper(
    mode: str, colour: int | tuple[int, ...], transparency: int | tuple[int, ...] | bytes
) -> None:
    image = Image.new(mode, (1, 1), colour)
    image.info["transparency"] = transparency

    assert values(to_grey(image)).tolist() == [[255]]


@pytest.mark.parametrize("dtype", ["<u2", ">u2"])
def test_sixteen_bits_are_scaled_and_not_clipped(dtype: str) -> None:
    mode = "I;16" if dtype == "<u2" else "I;16B"
    image = Image.frombytes(mode, (4, 1), np.array([0, 257, 32896, 65535], dtype=dtype).tobytes())

    # 65535 / 255 = 257
    assert values(to_grey(image)).tolist() == [[0, 1, 128, 255]]


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ([0, 128, 255], [0, 128, 255]),  # 8 bits in a wider container
        ([0, 2048, 4095], [0, 128, 255]),  # 12 bits: 2048 / 4095 * 255 = 127.5, to the even
        ([0, 32896, 65535], [0, 128, 255]),
        ([-100, 0, 100], [0, 128, 255]),  # signed: by its range
        ([0, 500_000, 1_000_000], [0, 128, 255]),
        ([7, 7, 7], [7, 7, 7]),
        ([-7, -7, -7], [0, 0, 0]),
    ],
)
def test_integers_are_scaled_by_the_range_that_they_use(stored: list[int], expected: list[int]) -> None:
    image = Image.fromarray(np.array([stored], dtype=np.int32))

    assert image.mode == "I"
    assert values(to_grey(image)).tolist() == [expected]


@pytest.mark.parametrize("scale", [1.0, 255.0, 65535.0])
def test_floats_are_scaled_by_the_range_that_they_use(scale: float) -> None:
    image = Image.fromarray(np.array([[0, 0.2, 1]], dtype=np.float32) * np.float32(scale))

    assert values(to_grey(image)).tolist() == [[0, 51, 255]]


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_floats_that_are_no_numbers_are_refused(odd: float) -> None:
    image = Image.fromarray(np.array([[0, odd]], dtype=np.float32))

    with pytest.raises(ImageError, match="NaN or infinity"):
        to_grey(image)


def test_the_image_given_is_left_as_it_was() -> None:
    image = Image.new("RGBA", (2, 2), (10, 20, 30, 40))
    before = image.tobytes()

    to_grey(image)

    assert (image.mode, image.tobytes()) == ("RGBA", before)


def test_the_width_follows_the_aspect() -> None:
    assert fit_image(Image.new("L", (200, 50)), Preprocessing(height=32, contrast="keep")).shape == (32, 128)


@pytest.mark.parametrize(("aspect", "width"), [(0.75, 96), (1, 128), (2.0, 256)])
def test_the_width_is_multiplied_by_the_aspect(aspect: float, width: int) -> None:
    # 200 x 50 px are 128 px wide at a height of 32.
    assert fit_image(Image.new("L", (200, 50)), Preprocessing(height=32, aspect=aspect)).shape == (32, width)


def test_the_widest_line_bounds_a_stretched_aspect_too() -> None:
    assert fit_image(Image.new("L", (200, 50)), Preprocessing(32, 100, aspect=2.0)).shape == (32, 100)


@pytest.mark.parametrize("contrast", ["keep", "stretch"])
def test_a_line_stands_on_rows_of_its_ground(contrast: str) -> None:
    ink = np.full((44, 200), 220, np.uint8)
    ink[10:, 20:180:20] = 30  # down to the very foot
    whole = Preprocessing(44, contrast=contrast)

    fitted = fit_image(ink, replace(whole, height=48, foot=4))

    assert np.array_equal(fitted[:44], fit_image(ink, whole))
    assert (fitted[44:] == (220 if contrast == "keep" else 255)).all()


def test_a_foot_makes_a_line_narrower_as_it_makes_it_lower() -> None:
    assert fit_image(Image.new("L", (220, 88)), Preprocessing(48, foot=4)).shape == (48, 110)
    assert fit_image(Image.new("L", (220, 88)), Preprocessing(48, 70, "stretch", foot=4)).shape == (48, 70)


def test_a_line_of_the_right_height_is_not_touched() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (32, 57), dtype=np.uint8)

    assert np.array_equal(fit_image(pixels, Preprocessing(height=32, contrast="keep")), pixels)


def test_a_width_bounds_wide_lines_and_leaves_narrow_ones() -> None:
    preprocessing = Preprocessing(height=32, width=100)

    assert fit_image(Image.new("L", (200, 50)), preprocessing).shape == (32, 100)
    assert fit_image(Image.new("L", (50, 50)), preprocessing).shape == (32, 32)


@pytest.mark.parametrize("size", [(200, 50), (10, 90), (1, 1)])
def test_stretch_gives_exactly_the_size(size: tuple[int, int]) -> None:
    preprocessing = Preprocessing(height=50, width=128, fit="stretch")

    assert fit_image(Image.new("L", size), preprocessing).shape == (50, 128)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1000), (3, 7)])
@pytest.mark.parametrize("grey", [0, 77, 255])
def test_an_even_picture_stays_even_at_any_size(size: tuple[int, int], grey: int) -> None:
    fitted = fit_image(Image.new("L", size, grey), Preprocessing(height=32, contrast="keep"))

    assert fitted.shape[1] >= 1
    assert fitted.dtype == np.uint8
    assert np.all(fitted == grey)


def test_strokes_too_thin_for_the_height_become_grey_and_do_not_vanish() -> None:
    # Rows black and white by turns: any smaller picture of them is half grey.
    stripes = np.tile(np.array([[0], [255]], dtype=np.uint8), (64, 128))

    fitted = fit_image(stripes, Preprocessing(height=32, contrast="keep"))

    assert np.all(np.abs(fitted[2:-2].astype(int) - 127) <= 3)


def test_a_picture_too_wide_for_one_line_is_refused() -> None:
    with pytest.raises(ImageError, match=r"20000x2 px, so 320000 px wide at a height of 32; expected .* at most 20000"):
        fit_image(Image.new("L", (20000, 2)), Preprocessing(height=32))


@pytest.mark.parametrize("size", [(200, 50), (1, 500), (33, 32), (7, 3)])
@pytest.mark.parametrize("preprocessing", [Preprocessing(32), Preprocessing(40, 60), Preprocessing(24, 80, "stretch")])
def test_the_fitted_width_is_known_beforehand(size: tuple[int, int], preprocessing: Preprocessing) -> None:
    fitted = fit_image(Image.new("L", size), preprocessing)

    assert fitted.shape == (preprocessing.height, fitted_width(*size, preprocessing))


@pytest.mark.parametrize("shape", [(0, 5), (5, 0)])
def test_a_picture_without_pixels_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ImageError, match="expected at least 1x1"):
        to_grey(Image.new("L", shape))


def test_ink_is_one_and_paper_is_zero() -> None:
    ink = to_network_input(np.array([[255, 0, 204]], dtype=np.uint8))

    assert ink.dtype == np.float32
    assert ink[0] == pytest.approx([0, 1, 0.2])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"height": 0}, "height is 0; expected a whole number of px"),
        ({"height": 32.0}, r"height is 32\.0"),
        ({"height": True}, "height is True"),
        ({"height": MAX_FITTED_WIDTH + 1}, "height is 20001"),
        ({"width": -1}, "width is -1"),
        ({"fit": "stretch"}, "fit 'stretch' has no width"),
        ({"fit": "strech"}, "no fit 'strech'; did you mean 'stretch'"),
        ({"aspect": 0.0}, r"aspect is 0\.0; expected a number from 0\.25 to 4"),
        ({"aspect": "wide"}, "aspect is 'wide'"),
        ({"aspect": 0.5, "fit": "stretch", "width": 80}, "fit 'stretch' gives all lines one width"),
        ({"fit": 3}, "no fit 3; expected 'pad' or 'stretch'"),
        ({"foot": 32}, "foot is 32; expected a whole number of px, 0 to 31"),
        ({"foot": -1}, "foot is -1"),
        ({"foot": 0.1}, r"foot is 0\.1; expected a whole number of px"),
    ],
)
def test_impossible_preprocessing_is_refused(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Preprocessing(**arguments)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(("height", "method"), [(16, "LANCZOS"), (48, "BICUBIC")])
def test_strokes_are_averaged_when_a_line_shrinks_and_do_not_ring_when_it_grows(height: int, method: str) -> None:
    strokes = np.full((32, 96), 255, np.uint8)
    strokes[6:26, 10::9] = 0
    image = Image.fromarray(strokes)

    fitted = fit_image(image, Preprocessing(height=height, contrast="keep"))

    expected = image.resize((3 * height, height), Image.Resampling[method], reducing_gap=3.0)
    assert np.array_equal(fitted, np.asarray(expected))
