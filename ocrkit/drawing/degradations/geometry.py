"""What moves the letters about: italics, pages laid askew, pages that curve into the spine."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, pi
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.drawing.degradations.picture import paper_level

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["curl", "rotate", "slant"]

# Bicubic costs three times as much, and is no sharper once a lens has seen it.
_BILINEAR = Image.Resampling.BILINEAR


def slant(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Lean the letters by up to 0.35 px a px, to either side, as italics and hasty typesetting do."""
    lean = rng.uniform(-0.35, 0.35) * strength
    height, width = picture.shape
    room = ceil(abs(lean) * height)
    if not room:
        return picture
    shift = -lean * height if lean > 0 else 0.0
    return _transform(picture, (width + room, height), (1.0, lean, shift, 0.0, 1.0, 0.0))


def rotate(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Turn the line by up to 2 degrees, less for a long line, as a page laid askew is."""
    height, width = picture.shape
    most = min(np.radians(2.0), 0.5 * height / width)
    tangent = float(np.tan(rng.uniform(-most, most) * strength))
    room = ceil(abs(tangent) * width)
    if not room:
        return picture
    # At so small an angle a vertical shear is a rotation within a hundredth of a px, and keeps the width.
    shift = -tangent * width if tangent > 0 else 0.0
    return _transform(picture, (width, height + room), (1.0, 0.0, 0.0, tangent, 1.0, shift))


def curl(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Bend the line by up to a fifth of its height, less for a short line, as a page does that no weight holds flat."""
    height, width = picture.shape
    depth = min(0.2 * height, 0.03 * width) * strength * rng.uniform(0.5, 1)
    pieces = int(np.clip(width // max(8, height // 2), 2, 16))
    across = np.linspace(0, 1, pieces + 1)
    wave = 0.5 + 0.5 * np.sin(2 * pi * (rng.uniform(0.3, 1.2) * across + rng.random()))
    falls = depth * (wave - wave.min())
    room = ceil(falls.max())
    if not room or width < pieces:
        return picture
    xs = np.linspace(0, width, pieces + 1).astype(int).tolist()
    mesh = []
    low = height + room
    for (left, right), (a, b) in zip(pairwise(xs), pairwise(room - falls), strict=True):
        # The source's corners, from the upper left on, against the clock: each end falls by as much as it is taken
        # from higher up, in a picture with room above and below.
        mesh.append(((left, 0, right, low), (left, a, left, low + a, right, low + b, right, b)))
    image = Image.fromarray(np.pad(picture, ((room, room), (0, 0)), mode="edge"))
    return np.asarray(image.transform((width, low), Image.Transform.MESH, mesh, _BILINEAR))


def _transform(picture: Picture, size: tuple[int, int], matrix: tuple[float, ...]) -> Picture:
    image = Image.fromarray(picture)
    fill = paper_level(picture)
    return np.asarray(image.transform(size, Image.Transform.AFFINE, matrix, _BILINEAR, fillcolor=fill))
