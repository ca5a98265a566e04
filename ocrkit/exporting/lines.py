"""The lines by which a network is quantised, and those, held apart, by which that is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.loading import FittedLine, LineLoader
from ocrkit.errors import DataError, FontError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.data.image import Preprocessing
    from ocrkit.data.progress import Progress
    from ocrkit.data.records import Sample
    from ocrkit.plugin.registry import Registry
    from ocrkit.text.charset import Charset

__all__ = ["LabelledLine", "Lines", "drawn_samples", "load_lines"]

_CALIBRATING = 100
_MEASURED = 500
_FEWEST = 30
_SEED = 1913  # other than those that trainings begin with


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A line as a network takes it, (H, W) uint8, and what stands in it."""

    pixels: NDArray[np.uint8]
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in two parts that have none in common.

    Attributes:
        calibrating: what the ranges of values are learnt from.
        measured: what is read before and after.
        bad: lines that could not be opened, which are left out.
    """

    calibrating: tuple[LabelledLine, ...]
    measured: tuple[LabelledLine, ...]
    bad: int


def drawn_samples(charset: Charset, *, registry: Registry | None = None) -> Sequence[Sample]:
    """Lines that are drawn from a charset, for a user who gives none.

    Raises:
        FontError, DataError: none can be drawn here; the message says that lines may be given instead.
    """
    from ocrkit.plugin.datasets import open_samples
    from ocrkit.plugin.specs import SourceOptions

    options = SourceOptions(charset=charset, seed=_SEED, count=_CALIBRATING + _MEASURED)
    try:
        return open_samples(None, format="synthetic", options=options, registry=registry)
    except (FontError, DataError) as error:
        raise type(error)(f"no lines can be drawn to quantise by, so give labelled ones: {error}") from error


def load_lines(
    samples: Sequence[Sample],
    preprocessing: Preprocessing,
    *,
    workers: int = 0,
    progress: Progress | None = None,
) -> Lines:
    """Part samples by chance, always alike, and load both parts.

    Args:
        samples: labelled; a third of them, and 100 at the most, are calibrated on, and 500 at the most measured.
        preprocessing: how images become inputs.
        workers: processes that load images; see ``LineLoader``.
        progress: told of how many are loaded, of how many.

    Raises:
        DataError: one has no text, they are too few, or too few can be opened.
    """
    unlabelled = next((sample for sample in samples if sample.text is None), None)
    if unlabelled is not None:
        raise DataError(
            f"{unlabelled.name} has no label; int8 is kept only where labelled lines are read as well as before: "
            "give labelled ones, or none, and some are drawn"
        )
    _check_count(len(samples), "there are")
    # By chance, as data often has an order, or a rhythm.
    chosen = np.random.default_rng(_SEED).permutation(len(samples))[: _CALIBRATING + _MEASURED]
    wanted = [samples[place] for place in chosen.tolist()]
    loaded: list[LabelledLine] = []
    with LineLoader.opened(preprocessing, workers=workers) as loader:
        for done, (sample, line) in enumerate(zip(wanted, loader.load(wanted), strict=True), 1):
            if isinstance(line, FittedLine):
                loaded.append(LabelledLine(line.pixels, sample.text or ""))
            if progress is not None:
                progress(done, len(wanted))
    _check_count(len(loaded), "only")
    calibrating = min(_CALIBRATING, len(loaded) // 3)
    return Lines(tuple(loaded[:calibrating]), tuple(loaded[calibrating:]), len(wanted) - len(loaded))


def _check_count(count: int, said: str) -> None:
    if count < _FEWEST:
        raise DataError(
            f"{said} {count} lines to quantise by; expected at least {_FEWEST}, a third of which are calibrated on and "
            "the others read before and after: give more, or none, and some are drawn"
        )
