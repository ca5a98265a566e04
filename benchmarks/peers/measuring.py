"""How long contests take, and what comes out of one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from peers.timing import Spread, alone, lines_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from peers.timing import Race
    from peers.workloads import Workload


@dataclass(frozen=True, slots=True)
class Pace:
    """How thoroughly is measured.

    Attributes:
        rounds: of each contest.
        seconds: about how long a decoder runs in each round.
        lines: how many lines a slow decoder reads at most.
        peers: each peer's version, or why it cannot be used, in parentheses.
    """

    rounds: int
    seconds: float
    lines: int
    peers: dict[str, str] = field(default_factory=dict)

    def missing(self, peer: str) -> str:
        """Why what a contest names, peers and options with commas between them, cannot be used; or nothing."""
        states = (self.peers.get(part, "") for part in peer.lower().split(", "))
        return next((state for state in states if state.startswith("(")), "")

    def clock(self, run: Callable[[], object]) -> float:
        """The seconds of one run."""
        begin = time.perf_counter()
        run()
        return time.perf_counter() - begin


@dataclass(frozen=True, slots=True)
class Result:
    """What a contest came to.

    Attributes:
        ours: lines a second, or None where nothing was timed.
        theirs: likewise the peer's.
        ratio: ours over theirs, in interleaved rounds.
        answers: what was found to agree, and the error rates.
        wrong: whether answers were not what they must be, in which case nothing was timed.
    """

    ours: float | None = None
    theirs: float | None = None
    ratio: Spread | None = None
    answers: str = ""
    wrong: bool = False

    @classmethod
    def of(cls, timed: Race, lines: int, answers: str) -> Result:
        return cls(lines / timed.ours, lines / timed.theirs, timed.ratio, answers)


@dataclass(frozen=True, slots=True)
class Row:
    """A measured contest."""

    workload: str
    decoder: str
    peer: str
    result: Result


class PeerFailed(Exception):  # noqa: N818 - a fact to show, not an error of this program
    """A peer is installed, and fails at what it is asked for."""


def beside(
    peer: str, prepare: Callable[[Workload], Callable[[int], list[str]]], workload: Workload, pace: Pace
) -> tuple[Workload, Callable[[int], list[str]] | None]:
    """As many lines as the peer reads in a round, and the peer's decoder; None in its place if it is missing."""
    lines = workload.first(pace.lines)
    if pace.missing(peer):
        return lines, None
    try:
        decode = prepare(lines)
        count = lines_within(decode, len(lines), seconds=pace.seconds)
    except Exception as error:  # whatever a stranger's code raises, the other contests go on
        raise PeerFailed(f"{peer} fails: {type(error).__name__}: {error}") from error
    return lines.first(count), decode


def measure_alone(ours: Callable[[], object], lines: Workload, pace: Pace, answers: str) -> Result:
    """The speed of a decoder whose peer is missing."""
    return Result(ours=len(lines) / alone(ours, rounds=pace.rounds, seconds=pace.seconds), answers=answers)


@lru_cache(maxsize=1)
def words_of(workload: Workload, size: int) -> tuple[Workload, tuple[str, ...]]:
    """The lines whose word is in the workload's lexicon of `size`, and that lexicon's words."""
    words = workload.vocabulary[:size]
    known = set(words)
    return workload.only([number for number, text in enumerate(workload.texts) if text in known]), words
