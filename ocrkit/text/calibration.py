"""How far confidences can be trusted: a temperature for them, and below which of them to leave readings out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.ctc import temper
from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded

__all__ = [
    "TEMPERATURES",
    "Calibration",
    "CoveragePoint",
    "calibrate",
    "calibration_error",
    "check_reject",
    "coverage_curve",
    "tempered_confidences",
]

TEMPERATURES = tuple(2.0 ** (step / 10) for step in range(-20, 41))
"""What is tried: from 1/4 to 16, each 7 % above the one before; 1 is among them."""

BINS = 15
_LEAST_LINES = 100
_LEAST_OF_EACH = 10  # lines read right, and lines read wrong
_MOST_POINTS = 100
_KEYS = ("threshold", "kept", "wrong")


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """What is left of some readings without those of low confidence.

    Attributes:
        threshold: the confidence from which on a reading is kept.
        kept: how many are.
        wrong: how many of those are not what stands there.
    """

    threshold: float
    kept: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a model's confidences are worth, by lines whose text is known.

    Attributes:
        temperature: by which each frame's log-probabilities are divided before a confidence is computed.
        lines: how many lines that was learnt from.
        data: where they come from.
        error_before: the calibration error of those lines at temperature 1.
        error: that at ``temperature``.
        curve: what is left at some thresholds, the highest first; at the last, which is 0, all lines are.
        note: why the temperature is 1 where it could not be learnt; else empty.
    """

    temperature: float
    lines: int
    data: str
    error_before: float
    error: float
    curve: tuple[CoveragePoint, ...]
    note: str = ""

    def threshold(self, reject: float) -> float:
        """The least confidence that a reading needs so that less than the share ``reject`` of those kept are wrong.

        Of the curve's thresholds the lowest where that held, were there one wrong line more than there was: few lines
        prove nothing.

        Raises:
            OptionError: ``reject`` is not between 0 and 1, or nowhere on the curve it held.
        """
        check_reject(reject)
        held = [point.threshold for point in self.curve if _guarded(point) <= reject]
        if held:
            return held[-1]
        least = min(map(_guarded, self.curve), default=1.0)
        wanted = f"{math.ceil(1000 * least) / 1000:g}"
        way_out = f"ask for {wanted} or more, or " if float(wanted) < 1 else ""
        raise OptionError(
            f"reject is {reject:g}, and by the {self.lines} lines that the model was calibrated on no confidence keeps "
            f"the share of wrong readings below that; {way_out}calibrate it on more lines"
        )

    def to_dict(self) -> dict[str, object]:
        """What a model file says."""
        columns = {key: [getattr(point, key) for point in self.curve] for key in _KEYS}
        return {
            "temperature": self.temperature,
            "lines": self.lines,
            "data": self.data,
            "error_before": self.error_before,
            "error": self.error,
            "note": self.note,
            "curve": columns,
        }

    @classmethod
    def from_dict(cls, table: object) -> Calibration:
        """What ``to_dict`` gave.

        Raises:
            OptionError: it is nothing of the kind.
        """
        if not isinstance(table, Mapping):
            raise OptionError("it is no table")
        numbers = [_number(table, key) for key in ("temperature", "lines", "error_before", "error")]
        temperature, lines, error_before, error = numbers
        if not 0.01 <= temperature <= 100:
            raise OptionError(f"its temperature is {temperature:g}")
        curve = table.get("curve")
        found = [curve.get(key) for key in _KEYS] if isinstance(curve, Mapping) else []
        columns = [column for column in found if isinstance(column, list)]
        if len(columns) < len(_KEYS):
            raise OptionError("it has no curve")
        if len(set(map(len, columns))) != 1 or not all(_is_number(value) for column in columns for value in column):
            raise OptionError("its curve is not made of numbers")
        points = tuple(
            CoveragePoint(float(at), int(kept), int(wrong)) for at, kept, wrong in zip(*columns, strict=True)
        )
        data, note = (str(table.get(key, "")) for key in ("data", "note"))
        return cls(temperature, int(lines), data, error_before, error, points, note)


def check_reject(reject: object) -> None:
    """Refuse what is no share of wrong readings that may be asked for.

    Raises:
        OptionError: it is not a number between 0 and 1, both left out.
    """
    if isinstance(reject, bool) or not isinstance(reject, int | float) or not 0 < reject < 1:
        raise OptionError(
            f"reject is {reject!r}; expected the share of wrong readings to stay below, between 0 and 1, such as 0.05"
        )


def tempered_confidences(
    decoded: Decoded, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(B, temperatures): the confidence of each line's only hypothesis, as greedy gives it, at each of those tried."""
    scores = [temper(decoded, log_probs, lengths, temperature=each).acoustic_scores for each in TEMPERATURES]
    return np.exp(np.minimum(np.stack(scores, axis=1), 0).astype(np.float64))


def calibrate(confidences: NDArray[np.float64], right: NDArray[np.bool_], *, data: str) -> Calibration:
    """Choose the temperature at which confidences are likeliest to give which lines are right.

    Args:
        confidences: (N, temperatures) of each line at each of ``TEMPERATURES``.
        right: (N,) whether what was read is what stands there.
        data: where the lines come from.
    """
    note = _too_little(right)
    one = TEMPERATURES.index(1.0)
    if note:
        best = one
    else:
        losses = [_log_loss(column, right) for column in confidences.T]
        best = min(range(len(losses)), key=lambda number: (losses[number], abs(number - one)))
    return Calibration(
        temperature=TEMPERATURES[best],
        lines=len(right),
        data=data,
        error_before=calibration_error(confidences[:, one], right),
        error=calibration_error(confidences[:, best], right),
        curve=coverage_curve(confidences[:, best], right),
        note=note,
    )


def calibration_error(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """How far confidences are from the share that is right, on average over lines, in 15 bins of as many lines each.

    Lines of equal confidence share a bin. 0 without lines.

    Source: Guo et al. 2017, arXiv:1706.04599, section 2 (ECE), with bins of equal mass.
    """
    count = len(confidences)
    if not count:
        return 0.0
    edges = np.sort(confidences)[[count * number // BINS for number in range(1, BINS)]]
    bins = np.searchsorted(edges, confidences, side="right")
    gaps = np.bincount(bins, confidences - right, minlength=BINS)
    return float(np.abs(gaps).sum() / count)


def coverage_curve(
    confidences: NDArray[np.float64] | Sequence[float], right: NDArray[np.bool_] | Sequence[bool]
) -> tuple[CoveragePoint, ...]:
    """What is left at each of up to 100 thresholds that part the lines evenly, the highest first; at the last, all.

    A threshold lies half way between the lowest confidence that is kept and the next below.
    """
    values, order = np.asarray(confidences, np.float64), np.argsort(-np.asarray(confidences, np.float64), kind="stable")
    values, wrong = values[order], np.cumsum(~np.asarray(right, np.bool_)[order])
    # Lines of equal confidence are kept or left out together.
    ends = np.flatnonzero(np.append(values[1:] < values[:-1], True)) if len(values) else np.zeros(0, np.int64)
    if len(ends) > _MOST_POINTS:
        wanted = np.linspace(0, len(values) - 1, _MOST_POINTS)
        ends = np.unique(ends[np.minimum(np.searchsorted(ends, wanted), len(ends) - 1)])
    below = np.append(values, -values[-1:])  # half way from the last to this is 0
    return tuple(CoveragePoint(float((below[end] + below[end + 1]) / 2), int(end) + 1, int(wrong[end])) for end in ends)


def _guarded(point: CoveragePoint) -> float:
    """The share of wrong readings among those kept, were there one more, and wrong."""
    return (point.wrong + 1) / (point.kept + 1)


def _too_little(right: NDArray[np.bool_]) -> str:
    lines, wrong = len(right), int((~right).sum())
    if lines < _LEAST_LINES:
        return f"{lines} lines are too few to learn a temperature from; expected {_LEAST_LINES} or more"
    if min(wrong, lines - wrong) < _LEAST_OF_EACH:
        return (
            f"{wrong} of {lines} lines are read wrong; to learn a temperature, {_LEAST_OF_EACH} wrong ones and as many "
            "right ones are needed"
        )
    return ""


def _log_loss(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Nats a line: what the confidences say against what came."""
    sure = 1e-6  # no line alone may outweigh thousands
    given = np.clip(np.where(right, confidences, 1 - confidences), sure, 1)
    return float(-np.log(given).mean())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(table: Mapping[str, object], key: str) -> float:
    value = table.get(key)
    if not isinstance(value, int | float) or not _is_number(value):
        raise OptionError(f"its {key} is {value!r}")
    return float(value)
