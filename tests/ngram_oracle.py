"""N-gram models by a dictionary: what an ARPA file says, read off word for word."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Ngram = tuple[str, ...]


@dataclass(frozen=True)
class Arpa:
    """log10 p and log10 of the back-off weight, by n-gram."""

    ngrams: dict[Ngram, tuple[float, float]]

    def text(self) -> str:
        """The file."""
        orders = range(1, max(map(len, self.ngrams)) + 1)
        by_order = {order: [one for one in self.ngrams if len(one) == order] for order in orders}
        lines = ["\\data\\", *(f"ngram {order}={len(some)}" for order, some in by_order.items())]
        for order, some in by_order.items():
            lines += ["", f"\\{order}-grams:"]
            for one in some:
                log_prob, backoff = self.ngrams[one]
                tail = f"\t{backoff}" if order < orders[-1] else ""
                lines.append(f"{log_prob}\t{' '.join(one)}{tail}")
        return "\n".join([*lines, "", "\\end\\", ""])

    def log10(self, before: Sequence[str], unit: str) -> float:
        """log10 p(unit | before): Katz's back-off, as the format's definition has it."""
        if (unit,) not in self.ngrams:
            unit = "<unk>"
        if (unit,) not in self.ngrams:
            return -100.0
        known = tuple(one if (one,) in self.ngrams else "<unk>" for one in before)
        if (*known, unit) in self.ngrams:
            return self.ngrams[*known, unit][0]
        return self.ngrams.get(known, (0.0, 0.0))[1] + self.log10(before[1:], unit)

    def ln(self, units: Sequence[str]) -> float:
        """Ln p of units from the start to the end."""
        whole = ["<s>", *units, "</s>"]
        return math.log(10) * math.fsum(self.log10(whole[:at], whole[at]) for at in range(1, len(whole)))


def random_arpa(seed: int, units: Sequence[str], order: int, *, unknown: bool = True) -> Arpa:
    """Some n-grams of these units, each with all that it begins with."""
    chance = random.Random(seed)
    known = ["<s>", "</s>", *(["<unk>"] if unknown else []), *units]

    def weights() -> tuple[float, float]:
        return round(-3 * chance.random(), 4), round(chance.uniform(-1, 0.5), 4)

    ngrams: dict[Ngram, tuple[float, float]] = {(unit,): weights() for unit in known}
    level: list[Ngram] = list(ngrams)
    for _ in range(1, order):
        level = [(*one, unit) for one in level if one[-1] != "</s>" for unit in known[1:] if chance.random() < 0.4]
        ngrams |= {one: weights() for one in level if one[:-1] in ngrams}
        level = [one for one in level if one in ngrams]
    longest = max(map(len, ngrams))
    return Arpa(
        {one: (log_prob, 0.0 if len(one) == longest else backoff) for one, (log_prob, backoff) in ngrams.items()}
    )
