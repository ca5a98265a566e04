"""Images to lines of a model's height: any Pillow mode to grey, scaling, ink values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.data.contrast import CONTRASTS, stretch_contrast
from ocrkit.data.image_file import open_image, quiet_pillow, upright
from ocrkit.data.own_rows import ROWS, trim_rows
from ocrkit.data.transparency import lay_on_ground
from ocrkit.errors import ImageError, OptionError, did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray


__all__ = [
    "FITS",
    "MAX_FITTED_WIDTH",
    "Preprocessing",
    "fit_image",
    "fitted_width",
    "open_image",
    "to_grey",
    "to_network_input",
]

MAX_FITTED_WIDTH = 20_000
"""The widest line, in px after scaling to the model's height: about a thousand characters at a height of 32."""

FITS = ("pad", "stretch")
ASPECTS = (0.25, 4.0)


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How an image of any size becomes the model's input.

    Attributes:
        height: px of every line.
        width: px; for ``pad`` the most that a line may have (a wider one is squeezed to it), None for no bound;
            for ``stretch`` what every line has.
        fit: ``pad`` scales to the height and keeps the aspect, ``stretch`` scales to exactly height x width.
        aspect: what a line's width is multiplied by beside what the height asks for, with ``pad``: below 1 lines are
            squeezed, which makes reading faster by as much.
        contrast: ``stretch`` spreads a line's greys between its ink and its paper and turns dark grounds, ``keep``
            leaves them, as models did that do not say.
        rows: ``trim`` leaves out what stands above and below the line itself, feet and heads of its neighbours and wide
            margins, before it is scaled; ``keep`` takes all rows.
        foot: px of ``height`` that are paper below the line, which is scaled to the others: at the very edge a network
            sees worse, and what hangs deepest in a script often stands there, cut through.

    Raises:
        OptionError: a value is out of range, or fit ``stretch`` has no width.
    """

    height: int = 32
    width: int | None = None
    fit: str = "pad"
    contrast: str = "stretch"
    aspect: float = 1.0
    rows: str = "keep"
    foot: int = 0

    def __post_init__(self) -> None:
        if self.fit not in FITS:
            hint = did_you_mean(self.fit, FITS, then="expected 'pad' or 'stretch'")
            raise OptionError(f"no fit {self.fit!r}; {hint}")
        if self.contrast not in CONTRASTS:
            hint = did_you_mean(self.contrast, CONTRASTS, then="expected 'stretch' or 'keep'")
            raise OptionError(f"no contrast {self.contrast!r}; {hint}")
        if self.rows not in ROWS:
            hint = did_you_mean(self.rows, ROWS, then="expected 'keep' or 'trim'")
            raise OptionError(f"no rows {self.rows!r}; {hint}")
        if not _is_size(self.height):
            raise OptionError(f"height is {self.height!r}; expected a whole number of px, 1 to {MAX_FITTED_WIDTH}")
        if not isinstance(self.foot, int) or isinstance(self.foot, bool) or not 0 <= self.foot < self.height:
            raise OptionError(f"foot is {self.foot!r}; expected a whole number of px, 0 to {self.height - 1}")
        if self.width is not None and not _is_size(self.width):
            raise OptionError(
                f"width is {self.width!r}; expected a whole number of px, 1 to {MAX_FITTED_WIDTH}, or None"
            )
        least, most = ASPECTS
        if not (isinstance(self.aspect, int | float) and least <= self.aspect <= most):
            raise OptionError(f"aspect is {self.aspect!r}; expected a number from {least:g} to {most:g}")
        if self.fit == "stretch" and self.aspect != 1:
            raise OptionError(f"aspect is {self.aspect!r}, and fit 'stretch' gives all lines one width; leave one out")
        if self.fit == "stretch" and self.width is None:
            raise OptionError("fit 'stretch' has no width; give one in px, or take fit 'pad'")


def to_grey(image: Image.Image) -> Image.Image:
    """Turn an image of any Pillow mode into mode ``L``, 255 for white: upright by its EXIF, ink dark on paper.

    What is transparent is laid on white; light letters on a transparent ground on black, and then inverted.

    Integer and float pixels (``I;16`` and its variants, ``I``, ``F``) are scaled by the range that they use: white is
    the smallest of 2^8-1, 2^10-1, 2^12-1, 2^14-1 and 2^16-1 that holds the brightest (1 first, for floats); a range
    with negative or larger values is stretched from its darkest to its brightest.

    Raises:
        ImageError: a float image holds NaN or infinity, or the image has no pixels.
    """
    if 0 in image.size:
        raise ImageError(f"the image is {image.width}x{image.height} px; expected at least 1x1")
    with quiet_pillow():
        image = upright(image)
        if image.mode == "F" or image.mode.startswith("I"):
            return Image.fromarray(_scaled_by_range(image))
        if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
            return _laid_on_ground(image)
        if image.mode in ("1", "L", "RGB", "YCbCr"):
            return image.convert("L")
        return image.convert("RGB").convert("L")


def fit_image(image: Image.Image | NDArray[np.uint8], preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """Scale an image to the model's height, and its contrast: (H, W) uint8, 255 for white, at least 1 px wide.

    Args:
        image: a picture of any mode, or a grey (H, W) uint8 array.
        preprocessing: the height, and what becomes of the width and the contrast.

    Raises:
        ImageError: the width after scaling would be above ``MAX_FITTED_WIDTH``, or the image has no pixels.
    """
    grey = to_grey(Image.fromarray(image) if isinstance(image, np.ndarray) else image)
    if preprocessing.rows == "trim":
        grey = trim_rows(grey)
    width = fitted_width(grey.width, grey.height, preprocessing)
    scaled = np.array(_scaled(grey, (width, preprocessing.height - preprocessing.foot)))
    if preprocessing.contrast == "stretch":
        scaled = stretch_contrast(scaled)
    return _on_a_foot(scaled, preprocessing.foot) if preprocessing.foot else scaled


def fitted_width(width: int, height: int, preprocessing: Preprocessing) -> int:
    """The width in px that an image of ``width`` x ``height`` px has after ``fit_image``.

    Raises:
        ImageError: it would be above ``MAX_FITTED_WIDTH``, or a side is zero.
    """
    if width < 1 or height < 1:
        raise ImageError(f"the image is {width}x{height} px; expected at least 1x1")
    if preprocessing.fit == "stretch" and preprocessing.width is not None:
        return preprocessing.width
    fitted = max(1, round(width * (preprocessing.height - preprocessing.foot) / height * preprocessing.aspect))
    if preprocessing.width is not None:
        return min(fitted, preprocessing.width)
    if fitted > MAX_FITTED_WIDTH:
        raise ImageError(
            f"the image is {width}x{height} px, so {fitted} px wide at a height of {preprocessing.height}; "
            f"expected one line of text, at most {MAX_FITTED_WIDTH} px wide at that height"
        )
    return fitted


def to_network_input(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn grey values of any shape into ink, float32: 0 is white paper, as padding is, and 1 is black."""
    return (255 - grey).astype(np.float32) / np.float32(255)


def _scaled(grey: Image.Image, size: tuple[int, int]) -> Image.Image:
    if grey.size == size:
        return grey
    # Lanczos keeps thin strokes when it averages; bicubic rings less when it enlarges.
    method = Image.Resampling.LANCZOS if size[1] < grey.height else Image.Resampling.BICUBIC
    return grey.resize(size, method, reducing_gap=3.0)


def _on_a_foot(grey: NDArray[np.uint8], rows: int) -> NDArray[np.uint8]:
    """The line with so many rows of its ground below it, which is what most of its pixels are."""
    return np.pad(grey, ((0, rows), (0, 0)), constant_values=round(float(np.median(grey))))


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_FITTED_WIDTH


def _laid_on_ground(image: Image.Image) -> Image.Image:
    plain = image if image.mode in ("LA", "RGBA") else image.convert("LA" if image.mode == "La" else "RGBA")
    grey, alpha = plain.convert("L"), plain.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return grey
    return Image.fromarray(lay_on_ground(np.asarray(grey), np.asarray(alpha)))


def _scaled_by_range(image: Image.Image) -> NDArray[np.uint8]:
    values = np.asarray(image).astype(np.float64)
    lowest, highest = float(values.min()), float(values.max())
    if not np.isfinite(lowest + highest):
        raise ImageError("its pixels hold NaN or infinity; expected finite numbers")
    whites = [float(2**bits - 1) for bits in (8, 10, 12, 14, 16)]
    if image.mode == "F":
        whites.insert(0, 1.0)
    white = next((white for white in whites if highest <= white), None)
    if lowest >= 0 and white is not None:
        grey = values * 255 / white
    else:
        grey = (values - lowest) * 255 / ((highest - lowest) or 1.0)
    transparent = image.info.get("transparency")
    rounded = np.rint(grey).astype(np.uint8)
    if isinstance(transparent, int | float):
        return lay_on_ground(rounded, np.where(values == transparent, 0, 255).astype(np.uint8))
    return rounded
