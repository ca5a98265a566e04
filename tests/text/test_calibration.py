"""What confidences are worth: errors by hand, temperatures that are known, thresholds by trying all."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ocrkit.ctc import greedy
from ocrkit.errors import OptionError
from ocrkit.text.calibration import (
    TEMPERATURES,
    Calibration,
    calibrate,
    calibration_error,
    coverage_curve,
    tempered_confidences,
)


def calibration(confidences: list[float], right: list[bool]) -> Calibration:
    return Calibration(1.0, len(right), "lines", 0.0, 0.0, coverage_curve(confidences, right))


def test_the_calibration_error_by_hand() -> None:
    # 30 lines, so 2 a bin: 14 bins of 0.9 and 0.9 with one right, one of 0.3 and 0.5 with none.
    confidences = np.array([0.9] * 28 + [0.3, 0.5])
    right = np.array([True, False] * 14 + [False, False])

    # Lines of equal confidence share a bin: |28 * 0.9 - 14| + |0.3 - 0| + |0.5 - 0| where each of those has its own,
    # or shares one: the sum is the same.
    assert calibration_error(confidences, right) == pytest.approx((28 * 0.9 - 14 + 0.8) / 30)


def test_gaps_of_unlike_signs_in_one_bin_cancel_and_in_two_do_not() -> None:
    right = np.array([True] * 15 + [False] * 15)

    assert calibration_error(np.full(30, 0.5), right) == pytest.approx(0)
    # Bins of two lines: 0.6 where all is right, 0.4 where nothing is.
    assert calibration_error(np.array([0.6] * 15 + [0.4] * 15), right) == pytest.approx(0.4)


def test_the_calibration_error_does_not_hang_on_the_order_of_lines_alike() -> None:
    rng = np.random.default_rng(0)
    confidences, right = rng.integers(0, 4, 200) / 4, rng.random(200) < 0.5
    order = rng.permutation(200)

    assert calibration_error(confidences[order], right[order]) == pytest.approx(calibration_error(confidences, right))


def test_without_lines_there_is_no_error_and_no_curve() -> None:
    assert calibration_error(np.zeros(0), np.zeros(0, np.bool_)) == 0
    assert coverage_curve([], []) == ()


def readings(temperature: float, lines: int = 3000) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Lines of one frame whose truth is drawn from their probabilities, which are then told at another temperature."""
    rng = np.random.default_rng(7)
    logits = rng.normal(size=(lines, 1, 6)) * 2
    log_probs = logits - np.logaddexp.reduce(logits, axis=2, keepdims=True)
    truth = np.array([rng.choice(6, p=np.exp(line[0]) / np.exp(line[0]).sum()) for line in log_probs])
    told = log_probs * temperature
    told = (told - np.logaddexp.reduce(told, axis=2, keepdims=True)).astype(np.float32)
    decoded = greedy(told, rescore=True)
    right = told[:, 0].argmax(axis=1) == truth
    return tempered_confidences(decoded, told, np.ones(lines, np.int64)), right


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0, 4.0])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    confidences, right = readings(temperature)

    found = calibrate(confidences, right, data="drawn")

    # Of 3,000 lines; temperatures are tried 7 % apart.
    assert found.temperature == pytest.approx(temperature, rel=0.15)
    assert found.error < 0.03
    assert found.error <= found.error_before + 1e-9 or temperature == 1.0
    assert found.note == ""


@pytest.mark.parametrize(
    ("right", "note"),
    [
        (np.array([True, False] * 49), "98 lines are too few to learn a temperature from; expected 100 or more"),
        (np.ones(500, np.bool_), "0 of 500 lines are read wrong"),
        (np.zeros(500, np.bool_), "500 of 500 lines are read wrong"),
        (np.arange(500) < 9, "491 of 500 lines are read wrong"),
    ],
)
def test_from_too_little_no_temperature_is_learnt_and_that_is_said(right: np.ndarray, note: str) -> None:  # type: ignore[type-arg]
    confidences = np.tile(np.linspace(0.2, 0.8, len(TEMPERATURES)), (len(right), 1))

    found = calibrate(confidences, right, data="drawn")

    assert found.temperature == 1
    assert note in found.note
    assert found.error == found.error_before
    assert found.curve[-1].kept == len(right)


def test_the_curve_keeps_or_leaves_lines_of_one_confidence_together() -> None:
    curve = coverage_curve([0.9, 0.5, 0.5, 0.1], [True, False, True, True])

    assert [(point.threshold, point.kept, point.wrong) for point in curve] == [
        (pytest.approx(0.7), 1, 0),
        (pytest.approx(0.3), 3, 1),
        (0.0, 4, 1),
    ]


def test_a_long_curve_has_a_hundred_points_from_one_line_to_all() -> None:
    rng = np.random.default_rng(3)
    confidences, right = rng.random(5000), rng.random(5000) < 0.8

    curve = coverage_curve(confidences, right)

    assert len(curve) == 100
    assert (curve[0].kept, curve[-1].kept, curve[-1].threshold) == (1, 5000, 0.0)
    for point in curve:
        assert (confidences >= point.threshold).sum() == point.kept
        assert (~right[confidences >= point.threshold]).sum() == point.wrong


@pytest.mark.parametrize("seed", range(20))
def test_the_threshold_is_the_lowest_of_all_that_keep_below_with_one_wrong_line_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    confidences = rng.random(80).round(2)
    right = rng.random(80) < 0.3 + 0.7 * confidences

    def held(threshold: float) -> bool:
        kept = confidences >= threshold
        return bool(kept.any() and (1 + (kept & ~right).sum()) / (1 + kept.sum()) <= 0.2)

    able = [value for value in sorted(set(confidences)) if held(value)]
    found = calibration(confidences.tolist(), right.tolist())
    if not able:
        with pytest.raises(OptionError, match="no confidence keeps"):
            found.threshold(0.2)
        return

    assert (confidences >= found.threshold(0.2)).sum() == (confidences >= able[0]).sum()


def test_where_all_may_stay_the_threshold_is_zero() -> None:
    assert calibration([0.5] * 99, [True] * 99).threshold(0.01) == 0


def test_what_few_lines_cannot_show_is_refused_with_what_they_can() -> None:
    with pytest.raises(OptionError, match=r"reject is 0.05, and by the 9 lines .* ask for 0.1 or more, or calibrate"):
        calibration([0.5] * 9, [True] * 9).threshold(0.05)
    assert calibration([0.5] * 9, [True] * 9).threshold(0.1) == 0
    with pytest.raises(OptionError, match=r"below that; calibrate it on more lines"):
        calibration([0.5], [False]).threshold(0.5)


@pytest.mark.parametrize("reject", [0, 1, -0.1, 5, math.nan, True, "0.1", None])
def test_what_is_no_share_is_refused(reject: object) -> None:
    with pytest.raises(OptionError, match=r"between 0 and 1, such as 0\.05"):
        calibration([0.5], [True]).threshold(reject)  # type: ignore[arg-type]


def test_a_calibration_comes_back_from_its_table() -> None:
    confidences, right = readings(2.0, lines=300)
    found = calibrate(confidences, right, data="drawn")

    assert Calibration.from_dict(found.to_dict()) == found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": "hot"}, "its temperature is 'hot'"),
        ({"temperature": 0.0}, "its temperature is 0"),
        ({"temperature": math.nan}, "its temperature is nan"),
        ({"lines": None}, "its lines is None"),
        ({"curve": None}, "it has no curve"),
        ({"curve": {"threshold": [0.5], "kept": [1]}}, "it has no curve"),
        ({"curve": {"threshold": [0.5], "kept": [1], "wrong": []}}, "not made of numbers"),
        ({"curve": {"threshold": ["a"], "kept": [1], "wrong": [0]}}, "not made of numbers"),
    ],
)
def test_a_damaged_table_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Calibration.from_dict({**calibration([0.5], [True]).to_dict(), **change})


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(OptionError, match="no table"):
        Calibration.from_dict([1.3])
