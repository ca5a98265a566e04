"""CTC by brute force: every path of a line, in plain Python, summed by the labelling that it spells."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

Labels = tuple[int, ...]


def below_zero(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Any values, (…, V), with each frame moved down to where none is above 0; it need not sum to one."""
    moved: NDArray[np.float32] = values - values.max(axis=-1, keepdims=True, initial=0)
    return moved


def collapse(path: Sequence[int], blank: int) -> Labels:
    """What a path spells: repeats merged, then blanks dropped."""
    return tuple(label for label, _ in itertools.groupby(path) if label != blank)


def labellings(log_probs: NDArray[np.floating], blank: int = 0) -> dict[Labels, float]:
    """ln p of every labelling of a (T, V) line that is possible at all; O(V^T).

    Source: Graves et al. 2006, "Connectionist temporal classification", equations 2 and 3.
    """
    frames, labels = log_probs.shape
    terms: defaultdict[Labels, list[float]] = defaultdict(list)
    for path in itertools.product(range(labels), repeat=frames):
        log_prob = math.fsum(float(log_probs[t, label]) for t, label in enumerate(path))
        if log_prob > -math.inf:
            terms[collapse(path, blank)].append(log_prob)
    return {spelt: log_sum(some) for spelt, some in terms.items()}


def ranked(log_probs: NDArray[np.floating], blank: int = 0) -> list[tuple[Labels, float]]:
    """Every labelling with its ln p, the likeliest first, ties by labels."""
    return sorted(labellings(log_probs, blank).items(), key=lambda pair: (-pair[1], pair[0]))


def best_paths(log_probs: NDArray[np.floating], spelt: Labels, blank: int = 0) -> list[Labels]:
    """The likeliest of the paths that spell a labelling; several where they tie within 1e-6 nats."""
    frames, labels = log_probs.shape
    scores = {
        path: math.fsum(float(log_probs[t, label]) for t, label in enumerate(path))
        for path in itertools.product(range(labels), repeat=frames)
        if collapse(path, blank) == spelt
    }
    return [path for path, score in scores.items() if score >= max(scores.values()) - 1e-6]


def frames_on(path: Labels, log_probs: NDArray[np.floating], blank: int = 0) -> Labels:
    """For each label that a path spells, the first of its frames in which it is likeliest."""
    frames: list[int] = []
    for label, run in itertools.groupby(range(len(path)), key=path.__getitem__):
        if label != blank:
            frames.append(max(run, key=lambda t: (log_probs[t, label], -t)))
    return tuple(frames)


def log_sum(log_probs: Sequence[float]) -> float:
    """ln of the sum of the exponentials."""
    high = max(log_probs, default=-math.inf)
    return high if high == -math.inf else high + math.log(math.fsum(math.exp(value - high) for value in log_probs))
