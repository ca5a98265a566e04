"""The commonest errors of an evaluation, each with lines that show it, and the lines that went worst."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.text.metrics import Confusion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.evaluation.comparison import Comparison
    from ocrkit.evaluation.error_rates import Evaluation, Judged

__all__ = ["CommonError", "common_errors", "worst_lines"]


@dataclass(frozen=True, slots=True)
class CommonError:
    """An akshara, outside the Indic scripts a character, that is read as another.

    Attributes:
        confusion: what stood there, what was read, and how often.
        lines: in how many lines.
        examples: the lines that show it best, those with the fewest errors besides.
    """

    confusion: Confusion
    lines: int
    examples: tuple[Judged, ...]

    def to_dict(self) -> dict[str, object]:
        """What JSON says of it."""
        return {
            "reference": self.confusion.reference,
            "read": self.confusion.read,
            "count": self.confusion.count,
            "lines": self.lines,
            "examples": [
                {"name": line.sample.name, "text": line.truth, "read": line.prediction.text} for line in self.examples
            ],
        }


def common_errors(
    result: Evaluation, comparison: Comparison, limit: int = 10, *, examples: int = 2
) -> tuple[CommonError, ...]:
    """The ``limit`` commonest errors, commonest first; equal ones in code point order.

    Args:
        result: of the lines.
        comparison: how they were compared.
        limit: how many errors, 1 or more.
        examples: lines for each, at most.

    Raises:
        OptionError: ``limit`` is below 1.
    """
    if limit < 1:
        raise OptionError(f"`errors` is {limit}; expected 1 or more")
    counts: Counter[tuple[str, str]] = Counter()
    showing: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for number, line in enumerate(result.lines):
        edits = comparison.akshara_edits(line.truth, line.prediction.text)
        counts.update(edits)
        for edit in set(edits):
            showing[edit].append((len(edits), len(line.truth), number))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]
    return tuple(
        CommonError(
            Confusion(*edit, count),
            len(showing[edit]),
            tuple(result.lines[number] for *_, number in sorted(showing[edit])[:examples]),
        )
        for edit, count in ranked
    )


def worst_lines(result: Evaluation, comparison: Comparison, limit: int = 10) -> tuple[Judged, ...]:
    """The lines with the most errors, by aksharas, the worst first; those without an error are never among them."""
    counted = [len(comparison.akshara_edits(line.truth, line.prediction.text)) for line in result.lines]
    order: Sequence[int] = sorted(range(len(counted)), key=lambda number: -counted[number])
    return tuple(result.lines[number] for number in order[:limit] if counted[number])
