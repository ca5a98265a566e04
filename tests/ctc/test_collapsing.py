"""A best path that is known already, collapsed as greedy collapses the one that it finds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrkit.ctc import Decoded, collapse, greedy
from ocrkit.errors import EmissionsError, OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def collapsed(log_probs: NDArray[np.float32], lengths: NDArray[np.int64] | None, blank: int = 0) -> Decoded:
    best = log_probs.argmax(axis=-1)
    return collapse(best, np.take_along_axis(log_probs, best[..., None], -1)[..., 0], lengths, blank=blank)


@st.composite
def lines(draw: st.DrawFn) -> tuple[NDArray[np.float32], NDArray[np.int64], int]:
    """Few values, so that ties and runs abound; NaN past the lengths; and a blank."""
    count, frames, labels = draw(st.integers(0, 4)), draw(st.integers(0, 7)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    log_probs = -rng.integers(0, draw(st.sampled_from([2, 5, 1000])), (count, frames, labels)).astype(np.float32) / 3
    lengths = rng.integers(0, frames + 1, count)
    log_probs[np.arange(frames) >= lengths[:, None]] = draw(st.sampled_from([np.nan, np.inf, -np.inf, 9.0]))
    return log_probs, lengths, draw(st.integers(0, labels - 1))


@given(lines())
def test_it_gives_what_greedy_gives_for_the_whole(case: tuple[NDArray[np.float32], NDArray[np.int64], int]) -> None:
    log_probs, lengths, blank = case

    wanted = greedy(log_probs, lengths, blank=blank)
    found = collapsed(log_probs, lengths, blank)

    for name in wanted.__slots__:
        expected, given_back = getattr(wanted, name), getattr(found, name)
        assert given_back.dtype == expected.dtype
        if name == "confidences":  # exp is the C library's there and NumPy's here, which may round apart
            np.testing.assert_allclose(given_back, expected, rtol=2e-7)
        else:
            np.testing.assert_array_equal(given_back, expected, err_msg=name)


def test_a_label_stands_at_the_first_of_its_likeliest_frames() -> None:
    [[best]] = collapse(np.array([1, 1, 1, 0, 1]), np.array([-3, -1, -1, -2, -4], np.float32))

    assert best.labels.tolist() == [1, 1]
    assert best.frames.tolist() == [1, 4]
    assert best.confidences.tolist() == pytest.approx([math.exp(-1), math.exp(-4)])
    assert best.score == best.acoustic_score == -11.0


def test_values_above_zero_by_more_than_rounding_are_refused() -> None:
    labels = np.array([[1, 0], [1, 2]])

    collapse(labels, np.array([[0.019, 0.0], [1e-6, 0.0]], np.float32))
    collapse(labels, np.array([[0.0, 0.0], [0.0, 7.0]], np.float32), [2, 1])
    with pytest.raises(EmissionsError, match=r"log_probs\[line 1, frame 1, label 2\] is 0.5, and the natural"):
        collapse(labels, np.array([[0.0, 0.0], [0.0, 0.5]], np.float32))


def test_two_hundredths_above_zero_are_no_rounding() -> None:
    with pytest.raises(EmissionsError, match=r"log_probs\[line 0, frame 0, label 1\] is 0.021, and the natural"):
        collapse(np.array([[1]]), np.array([[0.021]], np.float32))


def test_one_label_at_the_end_of_a_line_and_the_start_of_the_next_is_two() -> None:
    decoded = collapse(np.array([[0, 2], [2, 0]]), np.zeros((2, 2), np.float32))

    assert [line[0].labels.tolist() for line in decoded] == [[2], [2]]


def test_half_precision_and_a_reversed_view_are_read_alike() -> None:
    labels, log_probs = np.array([[2, 2, 0, 1]]), np.array([[-1, -0.5, -2, -3]], np.float16)

    decoded = collapse(labels[:, ::-1], log_probs[:, ::-1])

    assert (decoded.labels.tolist(), decoded.frames.tolist()) == ([1, 2], [0, 2])


def test_neither_array_is_written() -> None:
    labels, log_probs = np.array([[1, 1, 0]]), np.array([[-1, -2, -3]], np.float32)
    labels.flags.writeable = log_probs.flags.writeable = False

    assert collapse(labels, log_probs, [2]).labels.tolist() == [1]


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (np.nan, r"log_probs\[line 1, frame 2, label 3\] is nan; a log-probability that counts is finite"),
        (np.inf, r"log_probs\[line 1, frame 2, label 3\] is \+inf; .* give lengths that leave padding out"),
        (-np.inf, r"log_probs\[line 1, frame 2\] is -inf for label 3, the likeliest"),
    ],
)
def test_what_is_no_probability_is_refused_where_it_counts(value: float, complaint: str) -> None:
    log_probs = np.full((2, 4), -1, np.float32)
    log_probs[1, 2:] = value
    labels = np.full((2, 4), 3)

    with pytest.raises(EmissionsError, match=complaint):
        collapse(labels, log_probs)
    assert collapse(labels, log_probs, [4, 2]).scores.tolist() == [-4, -2]


@pytest.mark.parametrize(
    ("labels", "log_probs", "lengths", "complaint"),
    [
        (
            np.zeros((2, 3), int),
            np.zeros((2, 4), np.float32),
            None,
            r"labels has shape \(2, 3\) and log_probs \(2, 4\)",
        ),
        (np.zeros((1, 2, 3), int), np.zeros((1, 2, 3), np.float32), None, r"shape \(1, 2, 3\) .*expected both \(lines"),
        (np.zeros((2, 3)), np.zeros((2, 3), np.float32), None, "labels has dtype float64; expected integers"),
        (np.zeros((2, 3), int), np.zeros((2, 3)), None, "log_probs has dtype float64; expected float32 or float16"),
        (np.array([[0, -1]]), np.zeros((1, 2), np.float32), None, r"labels\[line 0, frame 1\] is -1; a label is 0\.\."),
        (np.array([[2**31]]), np.zeros((1, 1), np.float32), None, r"labels\[line 0, frame 0\] is 2147483648"),
        (np.zeros((2, 3), int), np.zeros((2, 3), np.float32), [3], r"lengths has shape \(1,\) .* expected \(2,\) int"),
        (np.zeros((2, 3), int), np.zeros((2, 3), np.float32), [1.0, 2.0], "lengths has shape .* and dtype float64"),
        (
            np.zeros((2, 3), int),
            np.zeros((2, 3), np.float32),
            [0, 4],
            r"lengths\[1\] is 4; it is a number of frames, 0",
        ),
        (np.zeros((2, 3), int), np.zeros((2, 3), np.float32), [-1, 0], r"lengths\[0\] is -1"),
    ],
)
def test_shapes_dtypes_labels_and_lengths_are_checked(
    labels: object, log_probs: object, lengths: object, complaint: str
) -> None:
    with pytest.raises(EmissionsError, match=complaint):
        collapse(labels, log_probs, lengths)  # type: ignore[arg-type]


def test_a_negative_blank_is_refused() -> None:
    with pytest.raises(OptionError, match="blank is -1; it is a label, 0 or more"):
        collapse(np.zeros((1, 1), int), np.zeros((1, 1), np.float32), blank=-1)
