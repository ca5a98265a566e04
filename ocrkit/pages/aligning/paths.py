"""Where in a line each of its known labels stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["frames_of"]

_BLANK = 0
_NEVER = -1e30


def frames_of(nats: NDArray[np.float64], labels: Sequence[int]) -> NDArray[np.int64]:
    """(L,) the frame of each label, where it is likeliest on the best path that spells them all.

    Where there are too few frames for the labels, they stand side by side.

    Args:
        nats: (T, V) of each label in each frame.
        labels: in the order of the frames; a negative one counts from the last column.
    """
    frames, count = len(nats), len(labels)
    if count == 0:
        return np.zeros(0, np.int64)
    states = _best_states(nats, labels)
    if states is None:
        return np.arange(count) * max(1, frames) // count
    found = np.zeros(count, np.int64)
    best = np.full(count, -np.inf)
    for frame, state in enumerate(states):
        place = state // 2
        if state % 2 and nats[frame, labels[place]] > best[place]:
            found[place], best[place] = frame, nats[frame, labels[place]]
    return found


def _best_states(nats: NDArray[np.float64], labels: Sequence[int]) -> list[int] | None:
    """The state of each frame: 2 k + 1 on label k, 2 k on the blank before it; None where no path is long enough."""
    wanted = np.array(labels)
    spelled = np.full(2 * len(labels) + 1, _BLANK)
    spelled[1::2] = wanted
    may_leap = np.zeros(len(spelled), np.bool_)
    may_leap[3::2] = wanted[1:] != wanted[:-1]
    score = np.full(len(spelled), _NEVER)
    score[0] = 0.0  # before the first frame, as if a blank had been
    steps = np.zeros((len(nats), len(spelled)), np.int8)
    for frame, row in enumerate(nats):
        ways = np.full((3, len(spelled)), _NEVER)
        ways[0], ways[1, 1:] = score, score[:-1]
        ways[2, 2:] = np.where(may_leap[2:], score[:-2], _NEVER)
        steps[frame] = ways.argmax(0)
        score = ways.max(0) + row[spelled]
    state = len(spelled) - 1 if score[-1] >= score[-2] else len(spelled) - 2
    if score[state] < _NEVER / 2:
        return None
    states = []
    for frame in range(len(nats) - 1, -1, -1):
        states.append(state)
        state -= int(steps[frame, state])
    return states[::-1]
