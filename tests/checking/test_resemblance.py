from __future__ import annotations

import io
import random
from functools import partial

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocrkit.checking.fingerprints import Fingerprints
from ocrkit.checking.resemblance import compare, difference, outline
from ocrkit.data.records import Sample

RESAMPLING = Image.Resampling


def line(text: str, *, size: int = 24, width: int | None = None) -> Image.Image:
    font = ImageFont.load_default(size)
    image = Image.new("L", (width or round(font.getlength(text)) + 12, round(1.6 * size)), 240)
    ImageDraw.Draw(image).text((6, size // 6), text, fill=20, font=font)
    return image


def scaled(image: Image.Image, factor: float) -> Image.Image:
    return image.resize((round(image.width * factor), round(image.height * factor)), RESAMPLING.BICUBIC)


def jpeg(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=75)
    return Image.open(buffer).convert("L")


def same(one: Image.Image, other: Image.Image, *, labels: bool) -> bool:
    return compare((Sample("a", partial(_given, one)), Sample("b", partial(_given, other)), labels))


def _given(image: Image.Image) -> Image.Image:
    return image


COPIES = {
    "half": partial(scaled, factor=0.5),
    "twice": partial(scaled, factor=2),
    "darker": lambda image: image.point([round(0.7 * value) for value in range(256)]),
    "fainter": lambda image: image.point([round(100 + 0.4 * value) for value in range(256)]),
    "clipped": lambda image: image.point([min(255, round(1.3 * value)) for value in range(256)]),
    "jpeg": jpeg,
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("text", ["word", "In the year 1941 he went, as his brother had, to Aston"])
def test_a_copy_in_another_size_or_brightness_is_the_same_picture(text: str, copy: object) -> None:
    assert callable(copy)
    original = line(text)

    assert same(original, copy(original), labels=True)
    assert same(original, copy(original), labels=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cat", "car"),
        ("1", "7"),
        ("no.", "no,"),
        ("e", "c"),
        ("O", "Q"),
        ("rn", "m"),
        (
            "In the year 1941 he went, as his brother had, to Aston",
            "In the year 1947 he went, as his brother had, to Aston",
        ),
        (
            "In the year 1941 he went, as his brother had, to Aston",
            "In the year 1941 he went. as his brother had, to Aston",
        ),
    ],
)
@pytest.mark.parametrize("size", [16, 24, 48])
def test_words_that_differ_in_one_stroke_are_two_pictures(one: str, other: str, size: int) -> None:
    width = max(line(text, size=size).width for text in (one, other))

    assert not same(line(one, size=size, width=width), line(other, size=size, width=width), labels=False)
    assert not same(line(one, size=size, width=width), line(other, size=size, width=width), labels=True)


@pytest.mark.parametrize(("shade", "with_one", "with_two"), [(12, True, True), (18, True, False), (30, False, False)])
def test_pictures_with_two_labels_have_to_be_more_alike_than_with_one(
    shade: int, with_one: bool, with_two: bool
) -> None:
    # Thirds of black, white and a light grey, and a patch of 12 x 12 px that is white in the one and grey in the other.
    # Of 3,200 px a third 4.5 % lie in the patch, so 0.955 shades are left there, and the contrast is 118, 116 or 114.
    one = np.repeat(np.array([[0, 255, 255 - shade]], np.uint8), 100, axis=1).repeat(32, axis=0)
    other = one.copy()
    other[10:22, 140:152] = 255 - shade
    pictures = Image.fromarray(one), Image.fromarray(other)

    assert difference(*pictures) == pytest.approx(0.955 * shade / {12: 118, 18: 116, 30: 114}[shade], rel=0.03)
    assert same(*pictures, labels=True) == with_one
    assert same(*pictures, labels=False) == with_two


def test_a_negative_is_another_picture() -> None:
    picture = line("word")

    assert difference(picture, picture.point([255 - value for value in range(256)])) > 1


def test_a_picture_is_no_different_from_itself() -> None:
    assert difference(line("word"), line("word")) == pytest.approx(0, abs=0.01)


def test_an_outline_keeps_its_signs_in_other_greys() -> None:
    picture = line("outline")
    greys = picture.point([40 + value // 2 for value in range(256)])

    flipped = np.unpackbits(np.frombuffer(outline(picture), np.uint8) ^ np.frombuffer(outline(greys), np.uint8)).sum()

    # Rounded greys turn the signs of what is next to nothing, and no others.
    assert len(outline(picture)) == 16
    assert flipped <= 4


def prints_of(*images: tuple[bytes, bytes, str]) -> Fingerprints:
    prints = Fingerprints(len(images))
    for index, (digest, shape, label) in enumerate(images):
        prints.add(index, digest=digest, outline=shape, label=label)
    return prints


def flipped(shape: bytes, bits: list[int]) -> bytes:
    number = int.from_bytes(shape, "big")
    for bit in bits:
        number ^= 1 << bit
    return number.to_bytes(16, "big")


def test_repeated_pixels_are_told_with_the_first_that_had_them() -> None:
    a, b, c = (bytes([value]) * 16 for value in (1, 2, 3))
    prints = prints_of((b, b, "x"), (a, a, "y"), (b, b, "x"), (c, c, "z"), (a, a, "w"), (b, b, "x"))

    assert list(prints.repeated()) == [(0, 2), (1, 4), (0, 5)]
    assert prints.same_label(0, 2)
    assert not prints.same_label(1, 4)


@pytest.mark.parametrize("same_label", [False, True])
def test_outlines_that_differ_in_seven_signs_are_always_compared(same_label: bool) -> None:
    rng = random.Random(0)
    shapes = [rng.randbytes(16) for _ in range(50)]
    near = [flipped(shape, rng.sample(range(128), 7)) for shape in shapes]
    rows = [(rng.randbytes(16), shape, f"w{index}") for index, shape in enumerate(shapes)]
    rows += [(rng.randbytes(16), shape, f"{'w' if same_label else 'v'}{index}") for index, shape in enumerate(near)]

    pairs = prints_of(*rows).perhaps_alike()

    assert pairs.tolist() == [[index, index + 50] for index in range(50)]


def test_unlike_outlines_are_not_compared_though_the_label_is_the_same() -> None:
    rng = random.Random(1)
    prints = prints_of(*((rng.randbytes(16), rng.randbytes(16), "the") for _ in range(200)))

    assert len(prints.perhaps_alike()) == 0


def test_nothing_and_one_image_have_no_pairs() -> None:
    assert len(Fingerprints(0).perhaps_alike()) == 0
    assert list(Fingerprints(0).repeated()) == []
    assert len(prints_of((b"a" * 16, b"b" * 16, "x")).perhaps_alike()) == 0
