"""Transparent images: ink comes out dark on paper, whatever colour it has, and what is no lettering stays itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ocrkit.data.image import to_grey
from ocrkit.data.image_file import open_image

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (160, 40)


def letters() -> Image.Image:
    """How much ink there is, mode L: the shapes of a line of text, soft at the edges."""
    mask = Image.new("L", SIZE, 0)
    ImageDraw.Draw(mask).text((6, 4), "amber fox", fill=255, font=ImageFont.load_default(26))
    return mask


def reads_as_ink(image: Image.Image) -> float:
    """How alike the picture is to its letters in black on white: 1 for the same."""
    found = 255 - np.asarray(to_grey(image), float)
    return float(np.corrcoef(found.ravel(), np.asarray(letters(), float).ravel())[0, 1]) * float(found.max() > 90)


@pytest.mark.parametrize("colour", [0, 60, 140, 200, 255])
@pytest.mark.parametrize("mode", ["LA", "La", "RGBA", "RGBa", "PA"])
def test_letters_of_any_colour_on_nothing_are_dark(mode: str, colour: int) -> None:
    image = Image.merge("LA", (Image.new("L", SIZE, colour), letters()))
    if mode == "PA":
        image = Image.merge("RGBA", (*[Image.new("L", SIZE, colour)] * 3, letters())).convert("PA")
    elif mode != "LA":
        image = image.convert("LA" if mode == "La" else "RGBA").convert(mode)

    assert reads_as_ink(image) > 0.99


@pytest.mark.parametrize("colour", [(255, 255, 255), (255, 255, 0), (0, 0, 0), (200, 30, 30), (255, 180, 200)])
def test_coloured_letters_are_dark(colour: tuple[int, int, int]) -> None:
    image = Image.new("RGBA", SIZE, (*colour, 0))
    image.putalpha(letters())

    assert reads_as_ink(image) > 0.99


@pytest.mark.parametrize("ink", [255, 0])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
def test_letters_whose_ground_is_a_transparent_colour_are_dark(tmp_path: Path, mode: str, ink: int) -> None:
    shapes = np.asarray(letters()) >= 128
    ground = 255 - ink
    grey = np.where(shapes, ink, ground).astype(np.uint8)
    path = tmp_path / "a.png"
    if mode == "I;16":
        Image.fromarray(grey.astype(np.uint16) * 257).save(path, transparency=ground * 257)
    elif mode == "1":
        Image.fromarray(grey).convert("1").save(path, transparency=ground)
    elif mode == "P":
        paletted = Image.fromarray(shapes.astype(np.uint8))
        paletted.putpalette([ground] * 3 + [ink] * 3)
        paletted.save(path, transparency=0)
    else:
        transparency = ground if mode == "L" else (ground,) * 3
        Image.fromarray(grey).convert(mode).save(path, transparency=transparency)

    assert reads_as_ink(open_image(path)) > 0.9


def test_a_palette_with_alphas_is_laid_on_its_ground(tmp_path: Path) -> None:
    levels = np.asarray(letters()) // 64  # four entries, all white, more and more opaque
    image = Image.fromarray(levels.astype(np.uint8))
    image.putpalette([255] * 12)
    image.save(tmp_path / "a.png", transparency=bytes([0, 85, 170, 255]))

    assert reads_as_ink(open_image(tmp_path / "a.png")) > 0.95


def test_halos_of_multiplied_colours_do_not_hide_the_ink() -> None:
    alpha = letters().filter(ImageFilter.GaussianBlur(1))
    image = Image.merge("LA", (alpha, alpha))  # white multiplied with alpha, kept as if it were not

    assert reads_as_ink(image) > 0.9


def test_letters_with_a_shadow_are_dark_and_the_shadow_is_not() -> None:
    shadow = letters().filter(ImageFilter.GaussianBlur(3)).point(lambda value: value // 2)
    both = Image.merge("RGBA", (*[Image.new("L", SIZE, 0)] * 3, shadow))
    both.alpha_composite(Image.merge("RGBA", (*[Image.new("L", SIZE, 255)] * 3, letters())))

    assert reads_as_ink(both) > 0.95


def sheet(paper: int, ink: int) -> Image.Image:
    picture = Image.new("L", SIZE, paper)
    picture.paste(ink, mask=letters())
    return picture


@pytest.mark.parametrize(("paper", "ink"), [(240, 20), (20, 240), (255, 0)])
def test_a_sheet_with_clear_margins_stays_itself(paper: int, ink: int) -> None:
    picture = Image.new("LA", (220, 80), (0, 0))
    opaque = sheet(paper, ink).convert("LA")
    picture.paste(opaque, (30, 20))

    grey = to_grey(picture)

    assert np.array_equal(np.asarray(grey)[20:60, 30:190], np.asarray(sheet(paper, ink)))
    assert np.all(np.asarray(grey)[:20] == 255)


def test_a_sheet_at_a_slant_stays_itself() -> None:
    picture = sheet(230, 10).convert("LA").rotate(12, expand=True, fillcolor=(0, 0))

    assert abs(int(np.median(np.asarray(to_grey(picture)))) - 230) <= 25


@pytest.mark.parametrize("alpha", [100, 200])
def test_a_picture_that_shows_through_all_over_stays_itself(alpha: int) -> None:
    picture = sheet(240, 20)
    picture.putalpha(alpha)

    grey = np.asarray(to_grey(picture), float)

    assert np.corrcoef(grey.ravel(), np.asarray(sheet(240, 20), float).ravel())[0, 1] > 0.999


def test_nothing_at_all_is_paper() -> None:
    assert to_grey(Image.new("RGBA", SIZE, (255, 255, 255, 0))).getextrema() == (255, 255)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "PA"])
def test_opaque_pixels_are_those_of_the_image_without_alpha(mode: str) -> None:
    picture = sheet(20, 240)

    with_alpha = picture.convert("P" if mode == "PA" else "LA").convert(mode)

    assert np.array_equal(np.asarray(to_grey(with_alpha)), np.asarray(picture))


def test_a_single_letter_that_fills_its_box_is_dark() -> None:
    image = Image.new("LA", (30, 40), (255, 0))
    image.paste((255, 255), (12, 5, 17, 35))  # an l, or an I

    assert np.asarray(to_grey(image))[20, 14] == 0


@pytest.mark.parametrize("ink", [20, 200])
def test_a_faint_line_on_a_sheet_that_shows_through_stays_faint(ink: int) -> None:
    picture = sheet(240, ink)
    picture.putalpha(230)

    assert np.median(np.asarray(to_grey(picture))) > 200
