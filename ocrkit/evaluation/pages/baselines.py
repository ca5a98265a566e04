"""How well found baselines follow true ones.

Source: Grüning, Labahn, Diem, Kleber and Fiel 2018, "READ-BAD: A New Dataset and Evaluation Scheme for Baseline
Detection in Archival Documents" (arXiv:1705.03311), section 4, as the tool of the cBAD contests computes it
(github.com/Transkribus/TranskribusBaseLineEvaluationScheme, with tolerances that follow the text).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.layout.records import Points

__all__ = ["BaselineScore", "score_baselines", "tolerances"]

_STEP = 5  # px between the points in which a baseline is counted
_FEWEST = 20  # points of a baseline, where it is as long
_FARTHEST = 250.0  # px from which on another line is no neighbour
_SHARE = 0.25  # of the distance of lines: what a baseline may be off


@dataclass(frozen=True, slots=True)
class BaselineScore:
    """What came of the baselines of a page; fractions of 1.

    Attributes:
        precision: how far found baselines follow true ones, each a true one of its own: a line cut in two costs here.
        recall: how far true baselines are followed by found ones, by whichever.
    """

    precision: float
    recall: float


def score_baselines(found: Sequence[Points], truth: Sequence[Points]) -> BaselineScore:
    """Compare the baselines of a page; what is asked of none is 1.0."""
    if not found or not truth:
        return BaselineScore(0.0 if found else 1.0, 0.0 if truth else 1.0)
    ours, theirs = [_counted(line) for line in found], [_counted(line) for line in truth]
    allowed = _tolerances(theirs)
    precision = np.zeros((len(ours), len(theirs)))
    distances = [np.full(len(line), np.inf) for line in theirs]
    for t, line in enumerate(theirs):
        for f, other in enumerate(ours):
            if _gap(line, other) < 3 * allowed[t]:
                apart = np.abs(line[:, None] - other[None]).sum(2)
                distances[t] = np.minimum(distances[t], apart.min(1))
                precision[f, t] = _credit(apart.min(0), allowed[t])
    recall = sum(_credit(nearest, allowed[t]) for t, nearest in enumerate(distances))
    return BaselineScore(sum(_greedily(precision)) / len(ours), recall / len(theirs))


def tolerances(truth: Sequence[Points]) -> list[float]:
    """Px that a baseline may be off each of the true ones: a quarter of the distance to the next, or of their mean."""
    return _tolerances([_counted(line) for line in truth])


def _tolerances(lines: Sequence[NDArray[np.float64]]) -> list[float]:
    nearest = [_distance_to_next(lines, own) for own in range(len(lines))]
    near = [distance for distance in nearest if distance < _FARTHEST]
    mean = sum(near) / len(near) if near else _FARTHEST
    return [_SHARE * min(distance, mean) if distance > 0 else _SHARE * mean for distance in nearest]


def _distance_to_next(lines: Sequence[NDArray[np.float64]], own: int) -> float:
    """The least distance across the line from it to another that stands beside it."""
    line = lines[own]
    chord = line[-1] - line[0]
    along = chord / np.hypot(*chord) if np.hypot(*chord) > 0 else np.array((1.0, 0.0))
    across = np.array((-along[1], along[0]))
    best = _FARTHEST
    gaps = sorted((_gap(line, other), index) for index, other in enumerate(lines) if index != own)
    for gap, index in gaps:
        if gap / math.sqrt(2) - 2 * _STEP > best:  # as near as two of their points can be across the line
            break
        difference = line[:, None] - lines[index][None]
        beside = np.abs(difference @ along) <= 2 * _STEP
        if beside.any():
            best = min(best, float(np.abs(difference @ across)[beside].min()))
    return best


def _counted(line: Points) -> NDArray[np.float64]:
    """A baseline's points as they are counted: one px from each other along the longer axis, then thinned."""
    points = [np.array(line[:1], np.float64)]
    for begin, end in zip(np.array(line, np.float64)[:-1], np.array(line, np.float64)[1:], strict=True):
        pixels = int(np.abs(end - begin).max())
        points.append(np.floor(begin + (end - begin) * np.arange(1, pixels + 1)[:, None] / max(pixels, 1) + 0.5))
    every = np.concatenate(points)
    if len(every) <= _FEWEST:
        return every
    chosen = max(_FEWEST, (len(every) - 1) // _STEP + 1)
    thinned: NDArray[np.float64] = every[(np.arange(chosen) * ((len(every) - 1) / (chosen - 1)) + 1e-9).astype(int)]
    return thinned


def _gap(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The city-block distance of the boxes around two lines."""
    return float(np.maximum(np.maximum(one.min(0) - other.max(0), other.min(0) - one.max(0)), 0).sum())


def _credit(distances: NDArray[np.float64], tolerance: float) -> float:
    """The share of points that are near enough; less than a whole one up to three times the tolerance."""
    return float(np.clip((3 * tolerance - distances) / (2 * tolerance), 0, 1).mean())


def _greedily(precision: NDArray[np.float64]) -> list[float]:
    """The best pair's credit, then the best of what is left, and so on."""
    left, best = precision.copy(), []
    while left.max(initial=0.0) > 0:
        row, column = np.unravel_index(int(np.argmax(left)), left.shape)
        best.append(float(left[row, column]))
        left[row], left[:, column] = 0.0, 0.0
    return best
