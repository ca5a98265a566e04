"""How many threads a CPU gives the network, measured at the start of a run and kept for all of it."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor, nn

Autocast = Callable[[], AbstractContextManager[object]]

__all__ = ["best_threads", "candidates", "fastest", "measured", "on_threads"]

_SECONDS = 2.0  # for the whole measurement, beyond a first try of each count
_TRIES = 5
_TRIAL_LINES, _TRIAL_WIDTH = 8, 10  # at most; and heights, as a line of some words is wide
_SLOWER = 2.0  # than the fastest: what a count is left for; less may be some work that is soon over


@contextmanager
def on_threads(count: int) -> Iterator[None]:
    """Let torch compute on so many threads while the block runs; 0 leaves it as it is."""
    before = torch.get_num_threads()
    if count:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def best_threads(network: nn.Module, height: int, batch_size: int, autocast: Autocast) -> int:
    """How many of torch's threads prove best for a network, tried on a few grey lines ``height`` px high."""
    lines, width = min(_TRIAL_LINES, batch_size), _TRIAL_WIDTH * height
    images, widths = torch.full((lines, 1, height, width), 0.5), torch.full((lines,), width)
    return fastest(measured(network, images, widths, autocast))


def candidates(most: int) -> list[int]:
    """Counts worth trying, fewest first: all threads, one less for the workers, and halves."""
    return sorted({1, most // 4, most // 2, most - 1, most} - {0})


def measured(network: nn.Module, images: Tensor, widths: Tensor, autocast: Autocast) -> dict[int, float]:
    """Seconds that forward and backward take by the number of threads, the best of a few tries each.

    Neither the network nor torch's generators are changed. More threads than there is work for, or than there are idle
    cores, make it slower.
    """
    own = copy.deepcopy(network)
    found: dict[int, float] = {}
    begun = time.monotonic()
    with torch.random.fork_rng(devices=[]):
        for turn in range(_TRIES):
            for count in candidates(torch.get_num_threads()):
                if turn and time.monotonic() - begun > _SECONDS:
                    return found
                with on_threads(count):
                    seconds = _seconds_of_step(own, images, widths, autocast)
                found[count] = min(seconds, found.get(count, seconds))
    return found


def fastest(seconds: Mapping[int, float]) -> int:
    """The most threads that are nearly as fast as the fastest number of them: cores that are busy now may soon idle."""
    best = min(seconds.values())
    return max(count for count, taken in seconds.items() if taken <= _SLOWER * best)


def _seconds_of_step(network: nn.Module, images: Tensor, widths: Tensor, autocast: Autocast) -> float:
    network.zero_grad()
    begun = time.perf_counter()
    with autocast():
        log_probs, _ = network(images, widths)
    torch.autograd.backward(log_probs.sum())
    return time.perf_counter() - begun
