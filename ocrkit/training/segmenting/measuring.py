"""Crops of pages apart, by which a training is measured: the same ones each time, and as their pages are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ocrkit.segmentation.maps import WORKING_X_HEIGHT
from ocrkit.training.segmenting.crops import Crops, cut_crops
from ocrkit.training.segmenting.pages import real_page

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.training.observer import Observer
    from ocrkit.training.segmenting.settings import SegmentingSettings

__all__ = ["evaluation_crops"]

_A_PAGE = 4
_MOST = 200  # crops
_MEASURING = 3  # what chance is for, beside seed and number


def evaluation_crops(files: tuple[Path, ...], settings: SegmentingSettings, observer: Observer) -> Crops | None:
    """Some crops of each page, in working scale; None where there is no page.

    Raises:
        OcrkitError: a page cannot be used.
    """
    parts = []
    for number, path in enumerate(files[: _MOST // _A_PAGE]):
        rng = np.random.default_rng([settings.seed, number, _MEASURING])
        heights = (WORKING_X_HEIGHT, WORKING_X_HEIGHT)
        page = real_page(path)
        parts.append(cut_crops(page, rng, count=_A_PAGE, size=settings.crop, x_heights=heights, wear=False))
        observer.preparing("reading evaluation pages", number + 1, len(files))
    return Crops.joined(parts) if parts else None
