"""Whether a segmenter answers about any page, with lines that stand on it."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from ocrkit.layout.records import Layout
from ocrkit.plugin.registry import default_registry
from ocrkit.plugin.testing.defaults import default_options
from ocrkit.plugin.testing.verdict import require, require_summary, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.layout.records import Points
    from ocrkit.plugin.offers import Offer
    from ocrkit.plugin.page_specs import Segmenter, SegmenterSpec
    from ocrkit.plugin.registry import Registry
    from ocrkit.plugin.specs import ModelSpec

__all__ = ["check_segmenter"]

_SEGMENTATION, _WEIGHTS = "segmentation", "weights"
_ID = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)


def check_segmenter(spec: SegmenterSpec, *, options: Any = None, registry: Registry | None = None) -> str:
    """Check a segmenter on a white page, a page of bars, one of noise, and one of a single pixel.

    Args:
        spec: the segmenter.
        options: an instance of ``spec.options``; the defaults where None, with the first installed model that finds
            lines for ``weights``, if there is such an option.
        registry: knows the installed models; None for the default one.

    Returns:
        With which model it was checked, or that none is there to check it with; empty where it needs none.

    Raises:
        PluginError: it fails, writes to the page, or gives what is no layout, lines on a white page, lines off the
            page, or two things of one name.
    """
    what = f"segmenter {spec.name!r}"
    require_summary(what, spec.summary)
    chosen, seen = options, ""
    if chosen is None:
        chosen = default_options(what, spec.options)
        if any(field.name == _WEIGHTS for field in fields(chosen)):
            model = _installed(registry or default_registry())
            if model is None:
                return "not tried, as it needs a model that finds lines and none is installed"
            chosen, seen = replace(chosen, **{_WEIGHTS: str(model.value.path)}), f"with the model {model.name}"
    with running(f"{what}: build"):
        segmenter = spec.build(chosen)
    for name, image in _pages():
        layout = _segmented(f"{what} on {name}", segmenter, image)
        lines = [line for region in layout.regions for line in region.lines]
        require(name != "a white page" or not lines, f"{what} finds {len(lines)} lines on a white page; expected none")
    return seen


def _installed(registry: Registry) -> Offer[ModelSpec] | None:
    """The model that a segmenter is given where the user names none."""
    return next((offer for offer in registry.models() if offer.value.task == _SEGMENTATION), None)


def _pages() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    import numpy as np

    white = np.full((300, 400), 255, dtype=np.uint8)
    yield "a white page", white
    bars = white.copy()
    for top in range(40, 260, 30):
        for left in range(40, 350, 16):
            bars[top : top + 12, left : left + 4] = 0
    yield "a page of bars", bars
    yield "a page of noise", np.random.default_rng(0).integers(0, 256, white.shape, dtype=np.uint8)
    yield "a page of one pixel", np.zeros((1, 1), dtype=np.uint8)


def _segmented(what: str, segmenter: Segmenter, image: NDArray[np.uint8]) -> Layout:
    before = image.copy()
    with running(what):
        layout = segmenter.segment(image, direction="ltr")
    require(isinstance(layout, Layout), f"{what} gives a {type(layout).__name__}; expected a Layout")
    require(bool((before == image).all()), f"{what} writes to the page; expected it to be left as it is")
    require(layout.rotation in (0, 90, 180, 270), f"{what}: rotation is {layout.rotation!r}; expected a quarter turn")
    size = (image.shape[1], image.shape[0])
    names: set[str] = set()
    for region in layout.regions:
        _check_place(f"{what}: region {region.id!r}", region.id, names, region.outline, 3, size)
        for line in region.lines:
            _check_place(f"{what}: line {line.id!r}", line.id, names, line.outline, 3, size)
            if line.baseline:
                _check_points(f"{what}: the baseline of line {line.id!r}", line.baseline, 2, size)
    return layout


def _check_place(what: str, name: str, names: set[str], outline: Points, fewest: int, size: tuple[int, int]) -> None:
    require(bool(_ID.fullmatch(name)), f"{what}: its id; expected a letter, then letters, digits, '_', '-' and '.'")
    require(name not in names, f"{what}: its id is given twice")
    names.add(name)
    _check_points(f"{what}: the outline", outline, fewest, size)


def _check_points(what: str, points: Points, fewest: int, size: tuple[int, int]) -> None:
    require(len(points) >= fewest, f"{what} has {len(points)} points; expected {fewest} or more")
    width, height = size
    for x, y in points:
        require(
            isinstance(x, int) and isinstance(y, int) and 0 <= x < width and 0 <= y < height,
            f"{what} has the point ({x!r}, {y!r}); expected ints on a page of {width} x {height}",
        )
