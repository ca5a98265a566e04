"""The degradations that ocrkit brings: one record a function of ``ocrkit.drawing.degradations``.

The commonest ones that are cheap on a device have a form for batches in ``ocrkit.nets.degrading`` too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.specs import AugmentationSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.plugin.specs import BatchDegradation

__all__ = ["ocrkit_augmentations"]

_SUMMARIES = {
    "ribbon": "Print through a worn ribbon, whose weave shows in the strokes.",
    "dots": "Print the letters in dots.",
    "bands": "Pale bands and white lines of a printer that fails.",
    "thicken": "Let the ink spread, and small loops fill.",
    "thin": "Let the paper win back the strokes' edges.",
    "break_up": "Tear gaps into thin strokes.",
    "blotch": "Ink some places less.",
    "carbon": "Copy the line through carbon paper: fat, soft, smudged.",
    "neighbours": "Leave feet of the line above and heads of the line below at the edges.",
    "crowd": "Leave halves of the lines above and below, cut off straight.",
    "rule": "Draw a line under the letters, through their feet, or along an edge.",
    "show_through": "Let the mirrored back of the page be seen.",
    "watermark": "Lay a faint mark or stamp over the line.",
    "texture": "Give the paper fibres and clouds.",
    "stain": "Soak patches of the paper.",
    "slant": "Lean the letters to either side.",
    "curl": "Bend the line as a page that does not lie flat.",
    "rotate": "Turn the line a little.",
    "crop": "Move the edges in through empty margins, or out.",
    "shade": "Light the line unevenly.",
    "fade": "Grey the ink and darken the paper.",
    "dim": "Show dark ink on dark paper.",
    "blur": "Put the lens out of focus.",
    "motion": "Move the page under the lens.",
    "grain": "Add the noise of the sensor.",
    "sharpen": "Sharpen too much.",
    "bleach": "Stretch the contrast until paper is white.",
    "binarise": "Make two levels of the greys, by a global or local threshold.",
    "photocopy": "Make two levels with ragged edges, pepper and salt.",
    "dither": "Screen the greys into dots.",
    "speckle": "Scatter dark and light dots.",
    "resample": "Scan at down to 90 dots an inch and enlarge again.",
    "invert": "Show light letters on dark.",
    "compress": "Store the line as JPEG.",
    "shrink": "Make the letters smaller in their line, higher or lower.",
    "cut_out": "Lose patches of the line.",
}
# Those that a device does to a whole batch of fitted lines at once.
_BATCHED = frozenset({"thicken", "thin", "slant", "shade", "fade", "blur", "grain", "shrink", "cut_out"})


@hookimpl
def ocrkit_augmentations() -> Iterator[AugmentationSpec]:
    """What press, paper, lens, scanner and file do to a line."""
    for name, summary in _SUMMARIES.items():
        yield AugmentationSpec(name, summary, _Degradation(name), _Batched(name) if name in _BATCHED else None)


class _Degradation:
    """The function of that name, fetched when first applied: listing the augmentations loads no Pillow."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, image: NDArray[np.uint8], rng: np.random.Generator, strength: float) -> NDArray[np.uint8]:
        from ocrkit.drawing.degradations import fitted
        from ocrkit.drawing.degradations.chain import DEGRADATIONS

        degradation = DEGRADATIONS.get(self._name) or getattr(fitted, self._name)
        return degradation(image, rng, strength)


class _Batched:
    """Gives the form for batches of that name, fetched when asked for: listing the augmentations loads no torch."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self) -> BatchDegradation:
        from ocrkit.nets.degrading import BATCHED

        return BATCHED[self._name]
