"""How well a model reads sets of lines, as counts and rates; and whether it reads as its wider weights do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ocrkit.data.sources.lazy import ChainedSamples
from ocrkit.evaluation import Comparison, evaluate
from ocrkit.plugin.datasets import open_samples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ocrkit.data.records import Sample
    from ocrkit.evaluation import Evaluation
    from ocrkit.recognition import Recognizer

__all__ = ["LineSet", "figures_of", "open_set", "read_texts", "spread"]

_CONFUSIONS = 20
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class LineSet:
    """Labelled lines by a name.

    Attributes:
        name: what the figures call it.
        place: a folder or a table.
        ignore_case: whether the case of letters does not count.
    """

    name: str
    place: Path
    ignore_case: bool = False


def open_set(lines: LineSet) -> Sequence[Sample]:
    """The samples of a set."""
    return ChainedSamples.of([open_samples(lines.place)])


def spread(samples: Sequence[Sample], most: int | None) -> Sequence[Sample]:
    """All of the samples, or ``most`` of them, evenly from the first to the last."""
    if most is None or len(samples) <= most:
        return samples
    return [samples[round(number * (len(samples) - 1) / max(1, most - 1))] for number in range(most)]


def read_texts(recognizer: Recognizer, samples: Sequence[Sample]) -> list[str]:
    """What is read of each that can be opened."""
    return [prediction.text for prediction in recognizer.read(samples, errors="skip")]


def figures_of(recognizer: Recognizer, lines: LineSet, *, most: int | None = None) -> tuple[dict[str, Any], list[str]]:
    """What the evaluation file says of a set, or of ``most`` of its lines, and what was read of each."""
    samples = open_set(lines)
    result = evaluate(recognizer, spread(samples, most), ignore_case=lines.ignore_case)
    return _figures(result, lines, recognizer, len(samples)), [line.prediction.text for line in result.lines]


def _figures(result: Evaluation, lines: LineSet, recognizer: Recognizer, in_all: int) -> dict[str, Any]:
    comparison = Comparison(recognizer.model.charset, lines.ignore_case)
    counts = comparison.errors((line.truth, line.prediction.text) for line in result.lines)
    return {
        "name": lines.name,
        "ignore_case": lines.ignore_case,
        "lines": counts.lines,
        "in_all": in_all,
        "exact_lines": counts.exact_lines,
        "characters": counts.characters,
        "character_edits": counts.character_edits,
        "aksharas": counts.aksharas,
        "akshara_edits": counts.akshara_edits,
        "words": counts.words,
        "word_edits": counts.word_edits,
        "cer": round(counts.cer, _DIGITS),
        "akshara_cer": round(counts.akshara_cer, _DIGITS),
        "wer": round(counts.wer, _DIGITS),
        "exact": round(counts.exact, _DIGITS),
        "exact_interval": [round(bound, _DIGITS) for bound in counts.exact_interval],
        "calibration_error": round(result.calibration_error, _DIGITS),
        "brier": round(result.brier, _DIGITS),
        "confusions": [asdict(confusion) for confusion in counts.commonest(_CONFUSIONS)],
        "akshara_confusions": [asdict(confusion) for confusion in counts.commonest_aksharas(_CONFUSIONS)],
    }
