"""What training lines go through, afresh in each epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.errors import PluginError
from ocrkit.plugin.specs import AugmentationSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ocrkit.plugin.registry import Registry

__all__ = ["CHANCE", "Augmenter"]

CHANCE = 0.5  # that a line meets each of the degradations


@dataclass(frozen=True, slots=True)
class Augmenter:
    """Degrades training lines, each by (seed, epoch, line) alone, so that a resumed run sees what it would have seen.

    Attributes:
        degradations: what is applied, each to half of the lines, with the strength that it has at most.
        seed: of the run.
    """

    degradations: tuple[tuple[AugmentationSpec, float], ...]
    seed: int

    @classmethod
    def named(cls, strengths: Mapping[str, float], *, seed: int, registry: Registry) -> Augmenter:
        """An augmenter with the registry's degradations of these names that have no form for batches.

        Raises:
            UnknownNameError: there is no such degradation.
        """
        specs = ((registry.augmentation(name), strength) for name, strength in strengths.items())
        return cls(tuple((spec, strength) for spec, strength in specs if spec.batched is None), seed)

    def __call__(self, image: NDArray[np.uint8], *, epoch: int, line: int) -> NDArray[np.uint8]:
        """A degraded copy of a fitted line, of the same height and width."""
        rng = np.random.default_rng((self.seed, epoch, line))
        for degradation, strength in self.degradations:
            if rng.random() < CHANCE:
                degraded = degradation.apply(image, rng, float(rng.uniform(0, strength)))
                _check_degraded(degraded, degradation.name)
                image = _resized(degraded, image.shape)
        return image


def _check_degraded(degraded: object, name: str) -> None:
    """Refuse what a plugin gives in the place of a picture."""
    good = isinstance(degraded, np.ndarray) and degraded.ndim == 2 and degraded.dtype == np.uint8 and degraded.size
    if not good:
        array = isinstance(degraded, np.ndarray)
        given = f"{degraded.dtype} {degraded.shape}" if array else f"a {type(degraded).__name__}"  # type: ignore[attr-defined]
        raise PluginError(f"augmentation {name!r} gave {given}; expected (height, width) uint8, neither of them 0")


def _resized(image: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The image in the size that it was fitted to, which the length check has seen, whatever became of it since."""
    if image.shape == shape:
        return image
    height, width = shape
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC))
