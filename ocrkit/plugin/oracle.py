"""CTC by its definition: every alignment is listed and added up. Slow, obvious, and right.

Tensor letters: T frames, V labels. All take V**T steps, so T and V must be small: 4**6 alignments take 10 ms or so.

Source: Graves et al. 2006, "Connectionist temporal classification", section 3.1.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import groupby, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Labelling", "best_path", "best_path_score", "collapse", "labelling_scores"]

Labelling = tuple[int, ...]


def collapse(path: Iterable[int], *, blank: int = 0) -> Labelling:
    """The labelling that a path of one label a frame spells: repeats merge first, then blanks drop."""
    return tuple(label for label, _ in groupby(path) if label != blank)


def labelling_scores(log_probs: NDArray[np.floating], *, blank: int = 0) -> dict[Labelling, float]:
    """The log-probability, in nats, of every labelling that is possible at all, summed over its paths.

    Args:
        log_probs: (T, V), natural logs.
        blank: the label that stands for no label.
    """
    probabilities: dict[Labelling, list[float]] = defaultdict(list)
    frames: Sequence[Sequence[float]] = log_probs.tolist()
    for path in product(range(log_probs.shape[1]), repeat=len(frames)):
        nats = sum(frame[label] for frame, label in zip(frames, path, strict=True))
        if nats > -math.inf:
            probabilities[collapse(path, blank=blank)].append(nats)
    return {labelling: _log_sum(nats) for labelling, nats in probabilities.items()}


def best_path(log_probs: NDArray[np.floating], *, blank: int = 0) -> Labelling:
    """Greedy's labelling: what the likeliest label of each frame spells, ties going to the lowest label."""
    return collapse((frame.index(max(frame)) for frame in log_probs.tolist()), blank=blank)


def best_path_score(log_probs: NDArray[np.floating]) -> float:
    """The log-probability, in nats, of the path of each frame's likeliest label."""
    return float(sum(max(frame) for frame in log_probs.tolist()))


def _log_sum(nats: Sequence[float]) -> float:
    largest = max(nats)
    return largest + math.log(math.fsum(math.exp(value - largest) for value in nats))
