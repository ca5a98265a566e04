"""How well a model reads labelled lines: error rates, and what it takes for what."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.records import BadImage, Prediction
from ocrkit.errors import DataError, OptionError
from ocrkit.evaluation.comparison import Comparison
from ocrkit.evaluation.correction import Corrected, compare_corrected
from ocrkit.evaluation.labelled import labelled_samples
from ocrkit.evaluation.own_lexicons import OwnLexicons, OwnLists, Share
from ocrkit.text.calibration import CoveragePoint, calibration_error, coverage_curve
from ocrkit.text.metrics import Confusion, comparable, is_plain_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.data.lexicon_lists import GivenLists
    from ocrkit.data.progress import Progress
    from ocrkit.data.records import Sample
    from ocrkit.evaluation.correction import Correction
    from ocrkit.evaluation.labelled import LabelledLines
    from ocrkit.evaluation.own_lexicons import ListedReading
    from ocrkit.recognition import Recognizer
    from ocrkit.text.charset import Charset
    from ocrkit.text.metrics import ErrorCounts

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
        exact_interval: the bounds of that share for lines of this kind, by a confidence of 95 % (Wilson).
        left_out: lines that were not read because their text is no plain word, where that was asked for.
        lexicons: what came of the lines' own lists of words, where they were read with those.
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
        correction: the readings without and with what a corrector made of them, where there is one. All rates above are
            with it, but for ``calibration_error``, ``brier`` and ``coverage``: confidences are of what was read.
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
    exact_interval: tuple[float, float] = (0.0, 1.0)
    left_out: int = 0
    lexicons: OwnLexicons | None = None
    coverage: tuple[CoveragePoint, ...] = field(default=(), repr=False)
    correction: Correction | None = None

    def to_dict(self) -> dict[str, object]:
        """What ``ocrkit evaluate --json`` prints."""
        numbers = ("count", "skipped", "unencodable", "cer", "akshara_cer", "wer", "exact", "rejected", "seconds")
        return {
            **{name: getattr(self, name) for name in numbers},
            "exact_interval": list(self.exact_interval),
            "left_out": self.left_out,
            "lexicons": None if self.lexicons is None else self.lexicons.to_dict(),
            "unencodable_characters": dict(self.lacking.most_common()),
            "confusions": [asdict(confusion) for confusion in self.confusions],
            "akshara_confusions": [asdict(confusion) for confusion in self.akshara_confusions],
            "bad": [bad.to_dict() for bad in self.bad],
            "calibration_error": self.calibration_error,
            "brier": self.brier,
            "coverage": [asdict(point) for point in self.coverage],
            "correction": None if self.correction is None else self.correction.to_dict(),
        }


def evaluate(
    recognizer: Recognizer,
    samples: LabelledLines,
    *,
    format: str | None = None,  # noqa: A002 - the name of the flag
    lexicons: GivenLists | None = None,
    ignore_case: bool = False,
    alphanumeric: bool = False,
    plain_words: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Read every sample and compare with its text, both in the charset's normal form, NFC, runs of spaces as one.

    Args:
        recognizer: reads.
        samples: a folder or table of labelled lines, several of them in a list, samples, or pairs of an image and its
            text; an image that cannot be opened is skipped and counted.
        format: the name of the source that opens folders and tables; None to guess it.
        lexicons: a list of words for each line, its own, by which it is read instead of by ``recognizer``'s decoder: a
            file of lists (with ``#`` and a key where its lines hold several) or of words that all lines share, the
            name of lists that come with the data, or lists by the names of the images.
        ignore_case: compare without regard to case.
        alphanumeric: compare letters A-Z, a-z and digits 0-9 alone.
        plain_words: leave out lines whose text has other characters than those, or fewer than three.
        progress: told of how many are done, of how many.

    Raises:
        DataError: there are no samples, one has no text or, where lists are given, no list; or no image could be
            opened.
        OptionError: ``recognizer`` is not a ``Recognizer``, or has a corrector, which readings with lists do not go
            through; or ``lexicons`` are none.
    """
    _check_recognizer(recognizer, with_lists=lexicons is not None)
    samples = labelled_samples(samples, format=format)
    _check_labelled(samples)
    comparison = Comparison(recognizer.model.charset, ignore_case, alphanumeric)
    given = len(samples)
    if plain_words:
        samples = _plain_words(samples, comparison.charset)
    begun = time.perf_counter()
    if lexicons is None:
        read = _read(recognizer, samples, progress)
        own = None
    else:
        read, own = _read_with_lists(recognizer, samples, lexicons, comparison, progress)
    seconds = time.perf_counter() - begun
    if not read.judged:
        raise DataError(f"none of the {len(samples)} images can be opened; first: {read.bad[0]}")
    found = _rates(read, comparison)
    return replace(
        found,
        seconds=seconds,
        left_out=given - len(samples),
        lexicons=own,
        correction=_correction(recognizer, read.judged, comparison),
    )


def _check_recognizer(recognizer: Recognizer, *, with_lists: bool) -> None:
    if not hasattr(recognizer, "read") or not hasattr(recognizer, "model"):
        kind = type(recognizer).__name__
        raise OptionError(f"recognizer is a {kind}; expected a Recognizer, as Recognizer.load(name) gives")
    if with_lists and recognizer.corrector is not None:
        raise OptionError(
            "readings with `lexicons` are words of their lists, which nothing corrects; leave `correct` out"
        )


def _rates(read: _Read, comparison: Comparison) -> Evaluation:
    """What came of the lines that were read, of which there is one at least; but for how they were read."""
    judged = read.judged
    lacking = _lacking(comparison.charset, judged)
    confidences, right = _confidences(judged, comparison)
    errors = comparison.errors((line.truth, line.prediction.text) for line in judged)
    return Evaluation(
        count=len(judged),
        skipped=len(read.bad),
        unencodable=lacking.total(),
        cer=errors.cer,
        akshara_cer=errors.akshara_cer,
        wer=errors.wer,
        exact=errors.exact,
        rejected=sum(line.prediction.rejected for line in judged),
        seconds=0.0,
        lacking=lacking,
        confusions=errors.commonest(20),
        akshara_confusions=errors.commonest_aksharas(20),
        bad=tuple(read.bad),
        lines=tuple(judged),
        calibration_error=calibration_error(confidences, right),
        brier=float(((confidences - right) ** 2).mean()),
        exact_interval=errors.exact_interval,
        coverage=coverage_curve(confidences, right),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """The lines that were read, and the images that could not be opened."""

    judged: list[Judged] = field(default_factory=list)
    bad: list[BadImage] = field(default_factory=list)


def _read(recognizer: Recognizer, samples: Sequence[Sample], progress: Progress | None) -> _Read:
    read = _Read()
    for done, (sample, reading) in enumerate(zip(samples, recognizer.read(samples), strict=True), 1):
        if reading.error:
            read.bad.append(BadImage(reading.name, reading.error, sample.origin))
        else:
            read.judged.append(Judged(sample, sample.text or "", reading))
        if progress:
            progress(done, len(samples))
    return read


def _read_with_lists(
    recognizer: Recognizer,
    samples: Sequence[Sample],
    given: GivenLists,
    comparison: Comparison,
    progress: Progress | None,
) -> tuple[_Read, OwnLexicons]:
    lists, read = OwnLists(given, samples), _Read()
    readings: list[tuple[str, ListedReading]] = []
    sizes = []
    for done, (sample, reading) in enumerate(
        zip(samples, lists.read(recognizer, samples, comparison.alphabet, comparison), strict=True), 1
    ):
        if isinstance(reading, BadImage):
            read.bad.append(reading)
        else:
            truth = sample.text or ""
            read.judged.append(Judged(sample, truth, reading.prediction))
            readings.append((truth, reading))
            sizes.append(len(lists.words(sample)))
        if progress:
            progress(done, len(samples))
    own = OwnLexicons(
        source=lists.source,
        origin=lists.origin,
        fewest=min(sizes, default=0),
        most=max(sizes, default=0),
        lacking_truth=sum(not reading.holds_truth for _, reading in readings),
        unspellable=sum(reading.unspellable for _, reading in readings),
        unused=lists.unused,
        unused_name=lists.unused_name,
        greedy=_share(comparison.errors((truth, reading.greedy) for truth, reading in readings)),
        nearest=_share(comparison.errors((truth, reading.nearest) for truth, reading in readings)),
        within_three=_share(comparison.errors((truth, reading.within_three) for truth, reading in readings)),
    )
    return read, own


def _share(errors: ErrorCounts) -> Share:
    return Share(errors.cer, errors.exact, errors.exact_interval)


def _plain_words(samples: Sequence[Sample], charset: Charset) -> list[Sample]:
    """The samples whose text is three letters or digits and no others, or more."""
    plain = [sample for sample in samples if is_plain_word(comparable(sample.text or "", charset))]
    if not plain:
        raise DataError(
            f"none of the {len(samples)} texts is a plain word, of three or more of 0-9, A-Z and a-z and nothing else; "
            "leave `plain_words` out"
        )
    return plain


def _check_labelled(samples: Sequence[Sample]) -> None:
    if not samples:
        raise DataError("there are no lines to evaluate; give labelled data")
    unlabelled = next((sample for sample in samples if sample.text is None), None)
    if unlabelled is not None:
        raise DataError(f"{unlabelled.name} has no label to compare with; evaluation needs labelled data")


def _confidences(judged: Sequence[Judged], compared: Comparison) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(N,) how sure each line is, and whether it was read without an error; one without a reading is neither."""
    right = [
        not line.prediction.rejected and compared(line.truth) == compared(line.prediction.original) for line in judged
    ]
    return np.array([line.prediction.confidence for line in judged], np.float64), np.array(right, np.bool_)


def _correction(recognizer: Recognizer, judged: Sequence[Judged], compared: Comparison) -> Correction | None:
    if recognizer.corrector is None:
        return None
    lines = (Corrected(line.truth, line.prediction.original, line.prediction.text) for line in judged)
    return compare_corrected(lines, recognizer.corrector.name, errors=compared.errors, spelling=compared)


def _lacking(charset: Charset, judged: Sequence[Judged]) -> Counter[str]:
    return Counter(item.character for line in judged for item in charset.unencodable(line.truth))
