"""The degradations that ocrkit brings: one record a function of ``ocrkit.data.degradations.chain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.specs import AugmentationSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ocrkit_augmentations"]

_SUMMARIES = {
    "slant": "Lean the letters to either side.",
    "rotate": "Turn the line a little.",
    "thicken": "Let the ink spread.",
    "thin": "Let the paper win back the strokes' edges.",
    "crop": "Move the edges in through empty margins, or out.",
    "resample": "Scan at a lower resolution and enlarge again.",
    "blur": "Put the lens out of focus.",
    "fade": "Grey the ink and darken the paper.",
    "shade": "Light the line unevenly.",
    "grain": "Add the noise of paper and sensor.",
    "speckle": "Scatter dark and light dots.",
    "compress": "Store the line as JPEG.",
}


@hookimpl
def ocrkit_augmentations() -> Iterator[AugmentationSpec]:
    """Twelve degradations of print, paper, scanner and file."""
    for name, summary in _SUMMARIES.items():
        yield AugmentationSpec(name, summary, _Degradation(name))


class _Degradation:
    """The function of that name, fetched when first applied: listing the augmentations loads no Pillow."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, image: NDArray[np.uint8], rng: np.random.Generator, strength: float) -> NDArray[np.uint8]:
        from ocrkit.data.degradations import chain

        degraded: NDArray[np.uint8] = getattr(chain, self._name)(image, rng, strength)
        return degraded
