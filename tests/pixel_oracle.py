"""The loops of ``ocrkit._drawing`` as NumPy and Pillow spell them: slow, and easily seen to be right."""

from __future__ import annotations

import io
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

LEAST_CONTRAST = 24


def levels(picture: Picture) -> tuple[int, int]:
    few = picture if picture.size < 2000 else picture[::2, ::2]
    greys = np.sort(few.ravel())
    return int(greys[few.size // 100]), int(greys[few.size * 3 // 4])


def ink_box(picture: Picture) -> tuple[int, int, int, int] | None:
    ink, paper = levels(picture)
    dark = picture < (ink + paper) / 2
    if paper - ink < LEAST_CONTRAST or not dark.any():
        return None
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def letters(picture: Picture) -> tuple[float, float, int, int]:
    height: int = picture.shape[0]
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return height / 3, 0.3, ink, paper
    filled = np.count_nonzero(picture < (ink + paper) / 2, axis=1)
    fullest = float(np.sort(filled)[-max(1, height // 8) :].mean())
    rows = filled[filled > 0.45 * fullest]
    share = float(rows.mean()) / picture.shape[1] if rows.size else 0.3
    return max(height / 8, rows.size), share, ink, paper


def stroke_width(picture: Picture) -> float:
    ink = picture < sum(levels(picture)) / 2
    edge = np.count_nonzero(ink[:, 1:] != ink[:, :-1]) + np.count_nonzero(ink[1:] != ink[:-1])
    return 2 * np.count_nonzero(ink) / max(1.0, edge * np.pi / 4)


def soften(picture: Picture, deviation: float) -> Picture:
    variance = deviation * deviation
    if variance < 1e-3:
        return picture
    passes = ceil(variance / 0.5)
    weight = round(128 * variance / passes)

    def smeared(greys: NDArray[np.int64], rounding: int) -> NDArray[np.int64]:
        if len(greys) < 2:
            return greys
        beside = np.concatenate((greys[:1], greys[:-1])) + np.concatenate((greys[1:], greys[-1:]))
        return (greys * (256 - 2 * weight) + beside * weight + rounding) // 256

    greys = picture.astype(np.int64)
    for _ in range(passes):
        greys = smeared(smeared(greys, 127).T, 128).T
    return greys.astype(np.uint8)


def curve(ink: float, paper: float, middle: float, width: float) -> Picture:
    greys = np.arange(256)
    step = np.clip(((greys - ink) / max(1.0, paper - ink) - middle) / width + 0.5, 0, 1)
    return np.where((greys > ink) & (greys < paper), ink + (paper - ink) * step + 0.5, greys).astype(np.uint8)


def lit(picture: Picture, light: Picture, table: Picture) -> Picture:
    return np.asarray(ImageChops.multiply(Image.fromarray(picture), Image.fromarray(table[light])))


def blended(picture: Picture, other: Picture, share: float) -> Picture:
    return np.asarray(Image.blend(Image.fromarray(picture), Image.fromarray(other), share))


def sharpened(picture: Picture, soft: Picture, share: float) -> Picture:
    away = picture.astype(np.float32) - soft
    return np.clip(picture + np.float32(share) * away, 0, 255).astype(np.uint8)


def with_noise(picture: Picture, noise: NDArray[np.int8], amount: float) -> Picture:
    return np.clip(picture + noise * np.float32(amount), 0, 255).astype(np.uint8)


def bared(picture: Picture, noise: NDArray[np.int8], amount: float) -> Picture:
    return with_noise(picture, np.clip(noise, 0, 64), amount)


def textured(
    picture: Picture, noise: NDArray[np.int8], amount: float, fibres: NDArray[np.int8], along: float, shade: float
) -> Picture:
    drawn_out = fibres.repeat(3, axis=1)[:, : picture.shape[1]]
    rough = noise * np.float32(amount) + drawn_out * np.float32(along) - np.float32(shade)
    return np.clip(picture + rough, 0, 255).astype(np.uint8)


def roughly_above(picture: Picture, noise: NDArray[np.int8], amount: float, threshold: float) -> Picture:
    return np.where(picture + noise * np.float32(amount) > np.float32(threshold), 255, 0).astype(np.uint8)


def paled(picture: Picture, hills: Picture, paper: int, amount: float) -> Picture:
    share = np.maximum(hills.astype(np.int16) - 80, 0) * np.float32(amount)
    return np.minimum(picture + np.maximum(paper - picture.astype(np.int16), 0) * share, 255).astype(np.uint8)


def resized(picture: Picture, height: int, width: int, kernel: int) -> Picture:
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling(kernel)))


def padded(picture: Picture, top: int, bottom: int, left: int, right: int) -> Picture:
    rows, columns = picture.shape
    kept = picture[max(0, -top) : rows - max(0, -bottom), max(0, -left) : columns - max(0, -right)]
    return np.pad(kept, ((max(0, top), max(0, bottom)), (max(0, left), max(0, right))), mode="edge")


def rows_shifted(picture: Picture, begins: NDArray[np.float64], width: int, fill: int) -> NDArray[np.float64]:
    """Greys before they are rounded; NaN where a 256th of a px decides whether that is still the picture."""
    last = picture.shape[1] - 1
    shifted = np.empty((len(picture), width))
    for y, row in enumerate(picture):
        places = np.arange(width) + begins[y]
        shifted[y] = np.interp(places, np.arange(last + 1), row)
        beyond = np.maximum(-0.5 - places, places - (last + 0.5))
        if fill >= 0:
            shifted[y][beyond > 0] = fill
            shifted[y][np.abs(beyond) < 1 / 256] = np.nan
    return shifted


def quarters_above(picture: Picture, thresholds: Picture) -> Picture:
    above = np.zeros(picture.shape, np.uint8)
    rows, columns = picture.shape
    wide = np.pad(picture.astype(np.int16) - thresholds, 1, mode="edge")
    for left in (0, 2):
        across = 3 * wide[:, 1 : columns + 1] + wide[:, left : left + columns]
        for top in (0, 2):
            above += 3 * across[1 : rows + 1] + across[top : top + rows] > 0
    return np.array([0, 64, 128, 191, 255], np.uint8)[above]


def otsu(picture: Picture) -> int:
    counts = np.bincount(picture.ravel(), minlength=256).astype(np.float64)
    below = counts.cumsum()
    greys = (counts * np.arange(256)).cumsum()
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (greys[-1] * below / below[-1] - greys) ** 2 / (below * above)
    return int(np.nan_to_num(between[:-1], nan=0.0, posinf=0.0).argmax())


def sauvola(picture: Picture, reach: int, offset: float, least: float, most: float) -> Picture:
    def blurred(greys: Picture) -> Picture:
        count = 2 * reach + 1
        for axis in (1, 0):
            wide = np.pad(greys.astype(np.int64), [(reach, reach) if k == axis else (0, 0) for k in (0, 1)], "edge")
            sums = np.lib.stride_tricks.sliding_window_view(wide, count, axis).sum(axis=-1)
            greys = ((sums + count // 2) // count).astype(np.uint8)
        return greys

    mean = blurred(picture)
    deviation = blurred(np.maximum(picture, mean) - np.minimum(picture, mean)) * np.float32(1.25)
    threshold = mean * (np.float32(0.7) + deviation * np.float32(0.3 / 128)) + np.float32(offset)
    return np.clip(threshold, np.float32(least), np.float32(most)).astype(np.uint8)


# T.81, table K.1.
LUMINANCE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)


def transformed(picture: Picture, quality: int) -> NDArray[np.float64]:
    """Greys that a JPEG leaves, by the definition of its transform; NaN in blocks where rounding is a toss-up."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    steps = np.clip((LUMINANCE * scale + 50) // 100, 1, 255)
    k = np.arange(8)
    cosines = np.cos((2 * k + 1) * k[:, None] * np.pi / 16) / 2
    cosines[0] /= np.sqrt(2)
    height, width = picture.shape
    wide = np.pad(picture, ((0, -height % 8), (0, -width % 8)), mode="edge") - 128.0
    blocks = wide.reshape(len(wide) // 8, 8, -1, 8).swapaxes(1, 2)
    coefficients = cosines @ blocks @ cosines.T / steps
    tossed = (np.abs(coefficients % 1 - 0.5) < 1e-3).any(axis=(-2, -1))
    greys = cosines.T @ (np.rint(coefficients) * steps) @ cosines
    greys[tossed] = np.nan
    return np.clip(greys.swapaxes(1, 2).reshape(wide.shape)[:height, :width] + 128, 0, 255)


def compressed(picture: Picture, quality: int) -> Picture:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    with Image.open(file) as image:
        return np.asarray(image)


def unfiltered(rows: Picture) -> Picture:
    """What a PNG's reader makes of filtered rows."""
    height, width = rows.shape[0], rows.shape[1] - 1
    picture = np.zeros((height + 1, width + 1), np.int64)
    for y in range(height):
        for x in range(width):
            before, above, corner = (int(v) for v in (picture[y + 1, x], picture[y, x + 1], picture[y, x]))
            nearest = min((before, above, corner), key=lambda grey: abs(before + above - corner - grey))
            guess = (0, before, above, (before + above) // 2, nearest)[rows[y, 0]]
            picture[y + 1, x + 1] = (int(rows[y, x + 1]) + guess) % 256
    return picture[1:, 1:].astype(np.uint8)
