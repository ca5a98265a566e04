"""Attacks sent in rounds, each of which ends with a look at the service."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, ClassVar

from serving_attack.attacks import attack, fault_of, ordinary
from serving_attack.wire import Answer, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serving_attack.service import Running

__all__ = ["Round", "rounds"]

_LONGEST = 140.0  # seconds until any answer; the service's deadline is 120
_LOOKS = 20  # at memory, a round


@dataclass(frozen=True, slots=True)
class Round:
    """What came of a round.

    Attributes:
        sent: how many so far, this round's included.
        seconds: that it took.
        statuses: how often each came; -1 where the attack left, 0 where the service closed the connection.
        memory: median MB of the service, and of its processes.
        lost: processes that files ended so far.
        slowest: of the answers, in words.
        troubles: what was wrong, each with the number of its attack.
    """

    HEAD: ClassVar[str] = "sent  seconds  service MB  processes MB  lost  slowest; answers"

    sent: int
    seconds: float
    statuses: Counter[int]
    memory: tuple[int, int]
    lost: int
    slowest: str
    troubles: tuple[str, ...]

    def row(self) -> str:
        """A row of a table under ``HEAD``."""
        answers = " ".join(f"{status}:{count}" for status, count in sorted(self.statuses.items()))
        numbers = f"{self.sent:5} {self.seconds:8.0f} {self.memory[0]:11} {self.memory[1]:13} {self.lost:5}"
        return f"{numbers}  {self.slowest}; {answers}"


def rounds(
    service: Running,
    uploads: int,
    each: int,
    *,
    seed: int = 0,
    hostile: tuple[bytes, ...] = (),
    at_a_time: int = 6,
    harmless: bool = False,
) -> Iterator[Round]:
    """Send so many attacks, and tell of each round as it ends."""
    trouble = service.trouble()
    if trouble:
        raise RuntimeError(f"before any attack: {trouble}")
    for first in range(0, uploads, each):
        numbers = range(first, min(first + each, uploads))
        begun, looks, told, troubles = time.monotonic(), [], Counter[int](), []
        slowest = 0.0, ""

        def one(number: int) -> tuple[Answer, str, str]:
            made = ordinary(service.place, seed, number) if harmless else attack(service.place, seed, number, hostile)
            try:
                answer = send(service.place, made.sent)
                while made.read and answer.status == 503:
                    time.sleep(0.2)
                    answer = send(service.place, made.sent)
            except OSError as error:
                answer, fault = Answer(0), repr(error)
            else:
                fault = fault_of(made, answer, _LONGEST)
            return answer, f"{number} {made.kind}", fault

        with ThreadPoolExecutor(at_a_time) as pool:
            for done, (answer, what, fault) in enumerate(pool.map(one, numbers)):
                told[answer.status] += 1
                slowest = max(slowest, (answer.seconds, what))
                if fault:
                    troubles.append(f"{what}: {fault}")
                if done % max(1, each // _LOOKS) == 0:
                    looks.append(service.memory())
        try:
            trouble = service.trouble()
            lost = int(service.counted("ocrkit_openers_lost_total"))
        except OSError as error:
            trouble, lost = f"the service does not answer: {error!r}", -1
        if trouble:
            troubles.append(f"after {numbers.stop}: {trouble}")
        memory = int(median(own for own, _ in looks)), int(median(others for _, others in looks))
        yield Round(
            numbers.stop,
            time.monotonic() - begun,
            told,
            memory,
            lost,
            f"{slowest[1]} {slowest[0]:.1f} s",
            tuple(troubles),
        )
