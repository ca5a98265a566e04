"""Transparent images laid on a ground on which their ink shows: white paper, or a dark one that is inverted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["alpha_of", "lay_on_ground", "shows_through"]

_WITH_ALPHA = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_LIGHT = 128  # grey level from which what can be seen shows better on a dark ground than on white
_SHEET = 0.75  # of the box around what can be seen: a share that no letters fill
_PERHAPS_SHEET = 0.5  # a share that a sheet set at a slant may fill, or bold letters
_INK_BELOW = 20  # grey levels by which ink on a sheet is darker than the mean
_WHOLE = 0.95  # of the picture
_INK_SHARE = 0.01  # of what can be seen


def shows_through(image: Image.Image) -> bool:
    """Whether any pixel of an image is not wholly opaque."""
    alpha = alpha_of(image)
    return alpha is not None and alpha.getextrema() != (255, 255)


def alpha_of(image: Image.Image) -> Image.Image | None:
    """An image's alpha, mode ``L``; None where its mode has none, and no colour of it is transparent."""
    if image.mode not in _WITH_ALPHA and "transparency" not in image.info:
        return None
    if image.mode in ("LA", "RGBA"):
        return image.getchannel("A")
    return image.convert("LA" if image.mode == "La" else "RGBA").getchannel("A")


def lay_on_ground(grey: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey values, (H, W), not multiplied with alpha, laid on white; or on black and inverted, so that ink is dark.

    The latter for light letters that stand free. A sheet, an area that fills its box or holds what is darker than
    itself, stays what it is, and so does whatever is dark.
    """
    weight = alpha.astype(np.float32) / np.float32(255)
    light = _is_light_lettering(grey, alpha, weight)
    darkness = grey.astype(np.float32) if light else 255 - grey.astype(np.float32)
    return np.asarray(np.rint(255 - darkness * weight), dtype=np.uint8)


def _is_light_lettering(grey: NDArray[np.uint8], alpha: NDArray[np.uint8], weight: NDArray[np.float32]) -> bool:
    total = float(weight.sum())
    if total == 0:
        return False
    mean = float((grey * weight).sum()) / total
    if mean < _LIGHT:
        return False
    seen = alpha >= max(1, int(alpha.max()) // 2)
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    box = int(np.ptp(rows) + 1) * int(np.ptp(columns) + 1)
    filled = int(np.count_nonzero(seen)) / box
    solid = alpha >= int(alpha.max()) * 0.8  # without the edges of letters, and the shadows that they throw
    ink = int(np.count_nonzero(grey[solid] < mean - _INK_BELOW)) / max(1, int(np.count_nonzero(solid)))
    if filled >= _SHEET:
        # One without ink is a letter such as l, unless it is the whole picture.
        return ink < _INK_SHARE and box < _WHOLE * grey.size
    if filled < _PERHAPS_SHEET or ink < _INK_SHARE:
        return True
    # What is dark lies inside of a sheet, and around letters that have an outline.
    inner = np.asarray(Image.fromarray(seen.astype(np.uint8) * 255).filter(ImageFilter.MinFilter(3))) > 0
    edge = seen & ~inner
    return bool(edge.any() and grey[edge].mean() < mean - _INK_BELOW)
