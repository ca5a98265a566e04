"""Two decoders timed in turns, so that what else the machine does falls on both."""

from __future__ import annotations

import gc
import math
import statistics
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Run: TypeAlias = "Callable[[], object]"


@dataclass(frozen=True, slots=True)
class Spread:
    """Of several measurements, the median and the quartiles around it."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        ordered = sorted(values)
        if len(ordered) < 2:
            return cls(ordered[0], ordered[0], ordered[0])
        low, median, high = statistics.quantiles(ordered, n=4, method="inclusive")
        return cls(low, median, high)


@dataclass(frozen=True, slots=True)
class Race:
    """Seconds a run of two decoders on the same lines, and in each round the second's seconds over the first's."""

    ours: float
    theirs: float
    ratio: Spread


def race(ours: Run, theirs: Run, *, rounds: int, seconds: float) -> Race:
    """Time both in each of `rounds`, in alternating order, each run repeated until about `seconds` have passed."""
    with _without_collection():
        counts = [_repeats(run, seconds) for run in (ours, theirs)]
        spent: list[tuple[float, float]] = []
        for number in range(rounds):
            pair = [0.0, 0.0]
            for which in (0, 1) if number % 2 == 0 else (1, 0):
                pair[which] = _seconds((ours, theirs)[which], counts[which])
            spent.append((pair[0], pair[1]))
    return Race(
        ours=statistics.median(pair[0] for pair in spent),
        theirs=statistics.median(pair[1] for pair in spent),
        ratio=Spread.of([pair[1] / pair[0] for pair in spent]),
    )


def alone(run: Run, *, rounds: int, seconds: float) -> float:
    """The median seconds of a run that has nothing to be measured beside."""
    with _without_collection():
        count = _repeats(run, seconds)
        return statistics.median(_seconds(run, count) for _ in range(rounds))


def lines_within(decode: Callable[[int], object], lines: int, *, seconds: float) -> int:
    """How many of `lines` a decoder reads in about `seconds`, at least 32 where there are as many."""
    count = min(lines, 8)
    decode(count)
    while count < lines and (took := min(_seconds(partial(decode, count), 1) for _ in range(3))) < seconds / 2:
        count = min(lines, count * max(2, min(8, int(seconds / max(took, 1e-9)))))
    return max(min(lines, 32), count)


def _repeats(run: Run, seconds: float) -> int:
    run()
    return max(1, min(10_000, math.ceil(seconds / max(_seconds(run, 1), 1e-9))))


def _seconds(run: Run, count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        run()
    return (time.perf_counter() - begin) / count


@contextmanager
def _without_collection() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
