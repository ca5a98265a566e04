"""Loops over the pixels of pages. ocrkit.segmentation.components says what they are for.

They trust their caller. Pictures are (H, W) uint8, and are copied where their rows do not lie one behind another.
"""

import numpy as np
from numpy.typing import NDArray

_Picture = NDArray[np.uint8]

def depth(picture: _Picture, least: float) -> tuple[_Picture, NDArray[np.uint64]]: ...
def components(depths: _Picture, edge: int, core: int, most: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]: ...
def raster(
    runs: NDArray[np.int32],
    counts: _Picture,
    place: tuple[float, float, float, float, float, float],
    height: int,
    width: int,
) -> NDArray[np.float32]: ...
