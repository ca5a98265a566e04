"""Pages whose baselines are painted in pale grey, and a labeller that knows them by that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.segmentation.maps import MAP_STRIDE, MAPS

if TYPE_CHECKING:
    from stroke_page import StrokePage


class SeesRibbons:
    """A labeller of pages whose baselines are painted in pale grey; it knows level ones with letters upon them."""

    def __init__(self) -> None:
        self.looks: list[tuple[int, int]] = []

    def maps(self, picture: np.ndarray) -> np.ndarray:
        self.looks.append(picture.shape)
        height, width = (-(-length // MAP_STRIDE) for length in picture.shape)
        small = np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BOX))
        pale = (small > 185) & (small < 246)
        level = np.stack([np.convolve(row, np.ones(15) / 15, "same") for row in pale]) > 0.6
        dark = np.stack([np.convolve(row, np.ones(15) / 15, "same") for row in 255.0 - small]) > 50
        level &= np.roll(dark, 4, axis=0) & ~np.roll(dark, -5, axis=0)  # letters stand on it
        maps = np.zeros((len(MAPS), height, width), np.float32)
        maps[0] = level
        maps[1] = np.any([np.roll(level, -up, axis=0) for up in range(4)], axis=0)
        maps[3], maps[4] = 1.7, 0.6
        return maps


def with_ribbons(page: StrokePage) -> np.ndarray:
    ribbon = np.repeat(np.repeat(page.maps()[0] > 0.5, MAP_STRIDE, 0), MAP_STRIDE, 1)[: page.height, : page.width]
    return np.where(ribbon, 222, np.where(page.ink > 0, 0, 255)).astype(np.uint8)
