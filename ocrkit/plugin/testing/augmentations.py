"""Whether a degradation keeps to images, leaves its input alone, and draws only from its generator."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from ocrkit.plugin.testing.batched import check_batched
from ocrkit.plugin.testing.verdict import require, require_summary, running

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.plugin.specs import AugmentationSpec

__all__ = ["check_augmentation"]


def check_augmentation(spec: AugmentationSpec) -> None:
    """Check a degradation on drawn bars, at every strength from 0 to 1 by tenths, twice with the same seed.

    Its form for batches, where it has one, is checked on lines of several widths.

    Raises:
        PluginError: it fails, gives no grey uint8 image, writes to its input, draws from elsewhere than the
            generator given, or gives two images for one seed.
    """
    what = f"augmentation {spec.name!r}"
    require_summary(what, spec.summary)
    image = _bars()
    image.flags.writeable = False
    before = _global_draws()
    for strength in (tenth / 10 for tenth in range(11)):
        _check_strength(f"{what} at strength {strength}", spec, image, strength)
    if spec.batched is not None:
        with running(f"{what} for batches"):
            degradation = spec.batched()
        check_batched(what, degradation)
    require(before == _global_draws(), f"{what} draws from a global generator; draw from the one given")


def _check_strength(what: str, spec: AugmentationSpec, image: NDArray[np.uint8], strength: float) -> None:
    import numpy as np

    # A read-only image, so that writing to it raises at the line that does.
    with running(what):
        first = spec.apply(image, np.random.default_rng(7), strength)
        second = spec.apply(image, np.random.default_rng(7), strength)
    require(isinstance(first, np.ndarray), f"{what} gives a {type(first).__name__}; expected an array")
    require(
        first.dtype == np.uint8 and first.ndim == 2 and first.size > 0,
        f"{what} gives {first.dtype} of shape {first.shape}; expected uint8 of shape (height, width)",
    )
    require(np.array_equal(first, second), f"{what} gives two images for one seed; draw only from the generator given")


def _bars() -> NDArray[np.uint8]:
    """Dark strokes on paper, (32, 120)."""
    import numpy as np

    image = np.full((32, 120), 255, dtype=np.uint8)
    image[6:26, 10:110:12] = 0
    image[15:17, 10:110] = 40
    return image


def _global_draws() -> tuple[object, ...]:
    import numpy as np

    kind, keys, *rest = np.random.get_state(legacy=True)
    return random.getstate(), kind, np.asarray(keys).tobytes(), tuple(rest)
