"""The native loops beside their oracle, on pictures of any size, and views of larger ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pixel_oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ocrkit._drawing as _drawing
from ocrkit.drawing.chance import between, generator, one_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

SHAPES = ((1, 1), (1, 9), (9, 1), (2, 2), (3, 17), (17, 33), (40, 300), (33, 512))
KINDS = ("letters", "noise", "white", "grey")
TABLE = (np.arange(256) ** 2 // 255).astype(np.uint8)


def picture_of(shape: tuple[int, int], kind: str, seed: int = 1) -> Picture:
    """Random greys, or strokes with grey edges, as a view whose rows do not lie one behind another."""
    rng = np.random.default_rng(seed)
    height, width = shape
    wide = rng.integers(0, 256, (height, width + 3), dtype=np.uint8)
    if kind == "letters":
        wide = np.where((np.arange(width + 3) % 9 < 3) & (np.arange(height)[:, None] > height // 4), 30, 240)
        wide = pixel_oracle.soften(wide.astype(np.uint8), 0.7)
    elif kind != "noise":
        wide[:] = {"white": 255, "grey": 130}[kind]
    return wide[:, 1 : width + 1]


def pictures() -> list[Picture]:
    return [picture_of(shape, kind) for shape in SHAPES for kind in KINDS]


def noise_like(picture: Picture, seed: int = 2) -> NDArray[np.int8]:
    rng = np.random.default_rng(seed)
    height, width = picture.shape
    noise = rng.integers(-127, 128, (height + 2, width + 4), dtype=np.int8)[1 : height + 1, 2 : width + 2]
    return noise[:: -1 if seed % 2 else 1, :: -1 if seed % 3 else 1]


@pytest.mark.parametrize("name", ["levels", "ink_box", "letters", "stroke_width", "otsu"])
def test_what_is_found_is_what_the_oracle_finds(name: str) -> None:
    for picture in pictures():
        assert getattr(_drawing, name)(picture) == getattr(pixel_oracle, name)(picture)


@pytest.mark.parametrize("deviation", [0.0, 0.02, 0.3, 0.7, 1.0, 1.3, 2.0])
def test_softening_is_the_oracles(deviation: float) -> None:
    for picture in pictures():
        assert np.array_equal(_drawing.soften(picture, deviation), pixel_oracle.soften(picture, deviation))


@given(
    ink=st.integers(0, 230),
    contrast=st.integers(1, 255),
    middle=st.floats(0.2, 0.9),
    width=st.floats(0.1, 1.2),
)
@settings(deadline=None)
def test_curves_are_the_oracles(ink: int, contrast: int, middle: float, width: float) -> None:
    paper = min(255, ink + contrast)

    table = _drawing.curve(ink, paper, middle, width)

    assert np.array_equal(table, pixel_oracle.curve(ink, paper, middle, width))


def test_a_table_gives_each_pixel_its_grey() -> None:
    for picture in pictures():
        other = picture_of(picture.shape, "noise", 5)

        assert np.array_equal(_drawing.looked_up(picture, TABLE), TABLE[picture])
        assert np.array_equal(_drawing.darkened(picture, other, TABLE), np.minimum(picture, TABLE[other]))
        assert np.array_equal(_drawing.lightened(picture, other, TABLE), np.maximum(picture, TABLE[other]))
        assert np.array_equal(_drawing.lit(picture, other, TABLE), pixel_oracle.lit(picture, other, TABLE))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.77, 1.0])
def test_two_pictures_are_mixed_as_the_oracle_mixes_them(share: float) -> None:
    for picture in pictures():
        other = picture_of(picture.shape, "noise", 5)

        assert np.array_equal(_drawing.blended(picture, other, share), pixel_oracle.blended(picture, other, share))
        assert np.array_equal(_drawing.sharpened(picture, other, share), pixel_oracle.sharpened(picture, other, share))
        assert np.array_equal(
            _drawing.paled(picture, other, 240, share / 175), pixel_oracle.paled(picture, other, 240, share / 175)
        )


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_noise_comes_upon_a_picture_as_the_oracle_lays_it(seed: int) -> None:
    for picture in pictures():
        noise, fibres = noise_like(picture, seed), noise_like(picture[:, : picture.shape[1] // 3 + 1], seed)

        for name, more in (
            ("with_noise", (noise, 0.37)),
            ("bared", (noise, 1.7)),
            ("roughly_above", (noise, 0.3, 117.3)),
            ("textured", (noise, 0.2, fibres, 0.13, 7.5)),
        ):
            if name != "textured" or 3 * fibres.shape[1] >= picture.shape[1]:
                expected = getattr(pixel_oracle, name)(picture, *more)
                assert np.array_equal(getattr(_drawing, name)(picture, *more), expected), name


@pytest.mark.parametrize("kernel", range(6))
@pytest.mark.parametrize("scale", [0.33, 0.7, 0.93, 1.0, 1.9])
def test_a_picture_of_another_size_is_pillows_within_two_greys(kernel: int, scale: float) -> None:
    for picture in pictures():
        height, width = (max(1, round(side * scale)) for side in picture.shape)

        resized = _drawing.resized(picture, height, width, kernel)

        away = np.abs(resized.astype(int) - pixel_oracle.resized(np.ascontiguousarray(picture), height, width, kernel))
        # Where a pixel lies midway between two, the nearest is either.
        if kernel:
            assert away.max() <= 2
            assert away.mean() <= (0.06 if away.size > 500 else 0.3)


def test_edges_move_as_the_oracle_moves_them() -> None:
    for picture in pictures():
        inward = [-(side // 3) for side in picture.shape]
        for sides in ((0, 0, 0, 0), (3, 1, 2, 5), (inward[0], 2, inward[1], 0), (0, inward[0], 4, inward[1])):
            assert np.array_equal(_drawing.padded(picture, *sides), pixel_oracle.padded(picture, *sides))


@pytest.mark.parametrize("lean", [0.0, 0.31, -0.2, 0.013, -40.0, 40.0])
@pytest.mark.parametrize("fill", [0, 77, 255])
def test_what_is_shifted_lies_between_its_pixels(lean: float, fill: int) -> None:
    for picture in pictures():
        begins = lean * (np.arange(len(picture)) + 0.5) - 3 * lean
        width = picture.shape[1] + 7

        rows = _drawing.rows_shifted(picture, begins, width, fill)
        columns = _drawing.columns_shifted(np.ascontiguousarray(picture.T), begins, width, fill)
        edged = _drawing.columns_shifted(np.ascontiguousarray(picture.T), begins, width, -1)

        # A 256th of a px of the steepest step is a grey.
        assert np.nanmax(np.abs(rows - pixel_oracle.rows_shifted(picture, begins, width, fill)), initial=0) <= 1.01
        assert np.array_equal(columns, rows.T)
        assert np.abs(edged.T - pixel_oracle.rows_shifted(picture, begins, width, -1)).max() <= 1.01


def test_what_is_above_thresholds_is_what_the_oracle_finds() -> None:
    for picture in pictures():
        thresholds = np.clip(picture_of(picture.shape, "noise", 5), 60, 200)
        apart = picture.astype(np.int16) - thresholds

        assert np.array_equal(_drawing.above(picture, thresholds), np.where(apart > 0, 255, 0))
        assert np.array_equal(_drawing.margins(picture, thresholds), np.clip(apart, -127, 127) + 128)
        assert np.array_equal(
            _drawing.quarters_above(picture, thresholds), pixel_oracle.quarters_above(picture, thresholds)
        )


@pytest.mark.parametrize("reach", [1, 2, 10, 60])
def test_local_thresholds_are_the_oracles(reach: int) -> None:
    for picture in pictures():
        expected = pixel_oracle.sauvola(picture, reach, -3.5, 40.0, 210.0)

        assert np.array_equal(_drawing.sauvola(picture, reach, -3.5, 40.0, 210.0), expected)


@pytest.mark.parametrize("quality", [1, 15, 30, 50, 75, 95, 100])
def test_what_jpeg_leaves_is_what_its_transform_says(quality: int) -> None:
    for picture in pictures():
        away = np.abs(_drawing.compressed(picture, quality) - pixel_oracle.transformed(picture, quality))

        assert np.nanmax(away, initial=0) <= 0.51


@pytest.mark.parametrize("quality", [15, 30, 50, 75, 95])
def test_what_jpeg_leaves_is_about_what_libjpeg_leaves(quality: int) -> None:
    picture = picture_of((40, 300), "letters")

    away = np.abs(_drawing.compressed(picture, quality).astype(int) - pixel_oracle.compressed(picture, quality))

    # Where a coefficient lies midway between two steps, the nearest is either.
    assert np.median(away) <= 1
    assert away.mean() <= 1


def test_rows_of_a_png_are_told_from_those_before_them() -> None:
    for picture in pictures():
        assert np.array_equal(pixel_oracle.unfiltered(_drawing.filtered_rows(picture)), picture)


@pytest.mark.parametrize("seed", [(0,), (5,), (2**32,), (2**63 - 1,), (3, 4, 1), (2**40, 0, 7), (1, 2, 3, 4, 5, 6)])
def test_a_generator_draws_what_numpys_does(seed: tuple[int, ...]) -> None:
    ours = generator(*seed)
    theirs = np.random.Generator(np.random.PCG64(seed if len(seed) > 1 else seed[0]))

    for _ in range(5):
        assert ours.integers(0, 1000, 3).tolist() == theirs.integers(0, 1000, 3).tolist()
        assert between(ours, -0.3, 1.7) == theirs.uniform(-0.3, 1.7)
        assert one_of(ours, (1.0, 1.6, 2.5)) == theirs.choice((1.0, 1.6, 2.5))
        assert ours.standard_normal() == theirs.standard_normal()


@pytest.mark.parametrize(
    "call",
    [
        lambda picture: _drawing.levels(picture[:0]),
        lambda picture: _drawing.soften(picture[0], 1.0),
        lambda picture: _drawing.soften(picture, float("nan")),
        lambda picture: _drawing.darkened(picture, picture[1:], TABLE),
        lambda picture: _drawing.looked_up(picture, TABLE[:255]),
        lambda picture: _drawing.with_noise(picture, np.zeros((3, 3), np.int8), 1.0),
        lambda picture: _drawing.resized(picture, 0, 5, 2),
        lambda picture: _drawing.resized(picture, 5, 5, 6),
        lambda picture: _drawing.padded(picture, -4, -5, 0, 0),
        lambda picture: _drawing.rows_shifted(picture, np.zeros(3), 9, 0),
        lambda picture: _drawing.columns_shifted(picture, np.full(9, np.inf), 9, 0),
        lambda picture: _drawing.sauvola(picture, 2, 0.0, 20.0, 300.0),
        lambda picture: _drawing.compressed(picture, 0),
    ],
)
def test_what_cannot_be_done_is_refused(call: object) -> None:
    assert callable(call)

    with pytest.raises(ValueError, match=r"px|picture|table|noise|kernel|place|threshold|quality"):
        call(np.zeros((9, 9), np.uint8))
