"""How much a language model should count: weight and bonus by the errors on labelled lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.records import BadImage
from ocrkit.errors import DataError, OptionError
from ocrkit.evaluation.comparison import Comparison
from ocrkit.recognition import make_decoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ocrkit.data.records import Sample
    from ocrkit.plugin.specs import Decoder, DecoderOptions
    from ocrkit.recognition import Recognizer

__all__ = ["LmTrial", "tune_language_model"]

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0)
BONUSES = (-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_BATCH = 32


@dataclass(frozen=True, slots=True)
class LmTrial:
    """What came of one weight and bonus; rates are fractions of 1.

    Attributes:
        weight: the factor of the language model's log-probability.
        bonus: nats added for each unit.
        cer: character error rate.
        wer: word error rate.
    """

    weight: float
    bonus: float
    cer: float
    wer: float


@dataclass(frozen=True, slots=True)
class _Batch:
    """Log-probabilities (B, T, V), frames that count (B,), and the texts."""

    log_probs: NDArray[np.float32]
    lengths: NDArray[np.int64]
    texts: tuple[str, ...]


def tune_language_model(
    recognizer: Recognizer,
    samples: Sequence[Sample],
    options: DecoderOptions,
    *,
    decoder: str | None = None,
    ignore_case: bool = False,
    alphanumeric: bool = False,
) -> list[LmTrial]:
    """Try weights and bonuses of ``options.language_model``, each in turn, on lines that the network reads once.

    First the weight is chosen without a bonus, then the bonus, then again the weight, by the character error rate;
    equal rates go to the lower word error rate, and then to what was tried first.

    Returns:
        All trials, the best first.

    Raises:
        OptionError: there is no language model.
        DataError: no sample has a text, or no image can be opened.
    """
    if options.language_model is None:
        raise OptionError("there is no language model to tune; give one with `language_model`")
    batches = _read(recognizer, samples)
    comparison = Comparison(recognizer.model.charset, ignore_case, alphanumeric)
    charset = comparison.charset
    trials: dict[tuple[float, float], LmTrial] = {}

    def best_of(pairs: list[tuple[float, float]]) -> LmTrial:
        for weight, bonus in pairs:
            if (weight, bonus) not in trials:
                built = make_decoder(charset, decoder, replace(options, lm_weight=weight, lm_bonus=bonus))
                cer, wer = _errors(built, batches, comparison)
                trials[weight, bonus] = LmTrial(weight, bonus, cer, wer)
        return min((trials[pair] for pair in pairs), key=_rank)

    weight = best_of([(weight, 0.0) for weight in WEIGHTS]).weight or WEIGHTS[len(WEIGHTS) // 2]
    bonus = best_of([(weight, bonus) for bonus in BONUSES]).bonus
    best_of([(weight, bonus) for weight in WEIGHTS])
    return sorted(trials.values(), key=_rank)


def _rank(trial: LmTrial) -> tuple[float, float]:
    return trial.cer, trial.wer


def _read(recognizer: Recognizer, samples: Sequence[Sample]) -> list[_Batch]:
    """The log-probabilities of the labelled samples whose images can be opened, in batches of like length."""
    lines = [
        (line, sample.text)
        for sample, line in zip(samples, recognizer.log_probs(samples), strict=True)
        if not isinstance(line, BadImage) and sample.text is not None
    ]
    if not lines:
        raise DataError("there are no lines to tune on: no sample has both a text and an image that can be opened")
    lines.sort(key=lambda pair: len(pair[0]))
    return [_batch(lines[begin : begin + _BATCH]) for begin in range(0, len(lines), _BATCH)]


def _batch(lines: Sequence[tuple[NDArray[np.float32], str]]) -> _Batch:
    lengths = np.array([len(line) for line, _ in lines], np.int64)
    log_probs = np.zeros((len(lines), int(lengths.max()), lines[0][0].shape[1]), np.float32)
    for row, (line, _) in enumerate(lines):
        log_probs[row, : len(line)] = line
    return _Batch(log_probs, lengths, tuple(text for _, text in lines))


def _errors(decoder: Decoder, batches: Sequence[_Batch], comparison: Comparison) -> tuple[float, float]:
    """CER and WER."""

    def pairs() -> Iterator[tuple[str, str]]:
        for batch in batches:
            texts = comparison.charset.texts(decoder.decode(batch.log_probs, batch.lengths))
            yield from zip(batch.texts, texts, strict=True)

    errors = comparison.errors(pairs())
    return errors.cer, errors.wer
