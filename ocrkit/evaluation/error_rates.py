"""How well a model reads labelled lines: error rates, and what it takes for what."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.records import BadImage, Prediction
from ocrkit.errors import DataError, OptionError
from ocrkit.evaluation.labelled import labelled_samples
from ocrkit.plugin.registry import default_registry
from ocrkit.text.calibration import CoveragePoint, calibration_error, coverage_curve
from ocrkit.text.metrics import Confusion, comparable, count_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.data.progress import Progress
    from ocrkit.data.records import Sample
    from ocrkit.evaluation.labelled import LabelledLines
    from ocrkit.recognition import Recognizer
    from ocrkit.text.charset import Charset

__all__ = ["Evaluation", "Judged", "evaluate"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One line: whose it is, its text, and what was read."""

    sample: Sample
    truth: str
    prediction: Prediction


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of labelled lines; rates are fractions of 1.

    Attributes:
        count: lines read and compared.
        skipped: lines whose image could not be opened.
        unencodable: characters of the references that the charset lacks; each counts as an error.
        cer: character error rate over code points.
        akshara_cer: over aksharas, which outside the Indic scripts are grapheme clusters.
        wer: word error rate.
        exact: the share of lines without an error.
        rejected: lines for which the decoder had no reading.
        seconds: reading took.
        lacking: the characters that the charset lacks, with their counts.
        confusions: the commonest, of characters.
        akshara_confusions: the commonest, of aksharas.
        bad: the images that were skipped.
        lines: every line with its reading.
        calibration_error: how far confidences are from the share of lines without an error, in 15 bins alike in size.
        brier: the mean square of confidence less 1 where a line has no error, less 0 where it has one.
        coverage: how many lines are left from a confidence on, and how many of those have an error.
    """

    count: int
    skipped: int
    unencodable: int
    cer: float
    akshara_cer: float
    wer: float
    exact: float
    rejected: int
    seconds: float
    lacking: Counter[str] = field(repr=False)
    confusions: tuple[Confusion, ...] = field(repr=False)
    akshara_confusions: tuple[Confusion, ...] = field(repr=False)
    bad: tuple[BadImage, ...] = field(repr=False)
    lines: tuple[Judged, ...] = field(repr=False)
    calibration_error: float = 0.0
    brier: float = 0.0
    coverage: tuple[CoveragePoint, ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, object]:
        """What ``ocrkit evaluate --json`` prints."""
        numbers = ("count", "skipped", "unencodable", "cer", "akshara_cer", "wer", "exact", "rejected", "seconds")
        return {
            **{name: getattr(self, name) for name in numbers},
            "unencodable_characters": dict(self.lacking.most_common()),
            "confusions": [asdict(confusion) for confusion in self.confusions],
            "akshara_confusions": [asdict(confusion) for confusion in self.akshara_confusions],
            "bad": [bad.to_dict() for bad in self.bad],
            "calibration_error": self.calibration_error,
            "brier": self.brier,
            "coverage": [asdict(point) for point in self.coverage],
        }


def evaluate(
    recognizer: Recognizer,
    samples: LabelledLines,
    *,
    format: str | None = None,  # noqa: A002 - the name of the flag
    ignore_case: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Read every sample and compare with its text, both in the charset's normal form, NFC, runs of spaces as one.

    Args:
        recognizer: reads.
        samples: a folder or table of labelled lines, several of them in a list, samples, or pairs of an image and its
            text; an image that cannot be opened is skipped and counted.
        format: the name of the source that opens folders and tables; None to guess it.
        ignore_case: compare without regard to case.
        progress: told of how many are done, of how many.

    Raises:
        DataError: there are no samples, one has no text, or no image could be opened.
        OptionError: ``recognizer`` is not a ``Recognizer``.
    """
    if not hasattr(recognizer, "read") or not hasattr(recognizer, "model"):
        kind = type(recognizer).__name__
        raise OptionError(f"recognizer is a {kind}; expected a Recognizer, as Recognizer.load(name) gives")
    samples = labelled_samples(samples, format=format)
    _check_labelled(samples)
    charset = recognizer.model.charset
    judged, bad = [], []
    begun = time.perf_counter()
    for done, (sample, reading) in enumerate(zip(samples, recognizer.read(samples), strict=True), 1):
        if reading.error:
            bad.append(BadImage(reading.name, reading.error, sample.origin))
        else:
            judged.append(Judged(sample, sample.text or "", reading))
        if progress:
            progress(done, len(samples))
    seconds = time.perf_counter() - begun
    if not judged:
        raise DataError(f"none of the {len(samples)} images can be opened; first: {bad[0]}")
    lacking = _lacking(charset, judged)
    confidences, right = _confidences(judged, charset, ignore_case=ignore_case)
    pairs = ((line.truth, line.prediction.text) for line in judged)
    scripts = [offer.value for offer in default_registry().scripts()]
    errors = count_errors(pairs, charset, ignore_case=ignore_case, scripts=scripts)
    return Evaluation(
        count=len(judged),
        skipped=len(bad),
        unencodable=lacking.total(),
        cer=errors.cer,
        akshara_cer=errors.akshara_cer,
        wer=errors.wer,
        exact=errors.exact,
        rejected=sum(line.prediction.rejected for line in judged),
        seconds=seconds,
        lacking=lacking,
        confusions=errors.commonest(20),
        akshara_confusions=errors.commonest_aksharas(20),
        bad=tuple(bad),
        lines=tuple(judged),
        calibration_error=calibration_error(confidences, right),
        brier=float(((confidences - right) ** 2).mean()),
        coverage=coverage_curve(confidences, right),
    )


def _check_labelled(samples: Sequence[Sample]) -> None:
    if not samples:
        raise DataError("there are no lines to evaluate; give labelled data")
    unlabelled = next((sample for sample in samples if sample.text is None), None)
    if unlabelled is not None:
        raise DataError(f"{unlabelled.name} has no label to compare with; evaluation needs labelled data")


def _confidences(
    judged: Sequence[Judged], charset: Charset, *, ignore_case: bool
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(N,) how sure each line is, and whether it has no error; one without a reading is neither."""

    def compared(text: str) -> str:
        return comparable(text, charset, ignore_case=ignore_case)

    right = [not line.prediction.rejected and compared(line.truth) == compared(line.prediction.text) for line in judged]
    return np.array([line.prediction.confidence for line in judged], np.float64), np.array(right, np.bool_)


def _lacking(charset: Charset, judged: Sequence[Judged]) -> Counter[str]:
    return Counter(item.character for line in judged for item in charset.unencodable(line.truth))
