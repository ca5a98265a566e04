"""Reading saved log-probabilities, whose answers follow by arithmetic; see ``bars``."""

from __future__ import annotations

import bars
import numpy as np
import pytest

from ocrkit.errors import EmissionsError
from ocrkit.recognition import decode_posteriors

ABC = bars.ABC


def test_posteriors_are_read_line_by_line_with_numbered_names() -> None:
    saved = bars.log_probs(["ab", "c"], frames=6)

    first, second = decode_posteriors(saved, None, ABC, name="p.npy")

    assert [(first.name, first.text), (second.name, second.text)] == [("p.npy#0", "ab"), ("p.npy#1", "c")]


def test_spans_of_posteriors_are_frames() -> None:
    [reading] = decode_posteriors(bars.log_probs(["ab"], frames=6), None, ABC, name="p")

    assert [(c.left, c.right) for c in reading.characters] == [(0, 1), (2, 3)]


def test_lengths_leave_frames_out() -> None:
    [reading] = decode_posteriors(bars.log_probs(["ab"], frames=6), np.array([2]), ABC, name="p")

    assert reading.text == "a"


def test_probabilities_are_refused_with_the_name_of_the_file() -> None:
    with pytest.raises(EmissionsError, match=r"^p: log_probs\[line 0, frame 0\] has values from 0 to 1.*numpy.log"):
        decode_posteriors(np.exp(bars.log_probs(["ab"], frames=6)), None, ABC, name="p")


def test_half_precision_reads_alike() -> None:
    saved = bars.log_probs(["abca"], frames=9)

    [half] = decode_posteriors(saved.astype(np.float16), None, ABC, name="p")  # type: ignore[arg-type]

    assert half.text == "abca"


@pytest.mark.parametrize(
    ("log_probs", "lengths", "complaint"),
    [
        (np.zeros((1, 3, 5), np.float32), None, "p: has 5 labels a frame; charset 'abc' has 4, the blank first"),
        (np.zeros((1, 3, 4), np.float64), None, "p: log_probs has dtype float64; expected float32 or float16"),
        (np.full((1, 3, 4), np.nan, np.float32), None, r"p: log_probs\[line 0, frame 0, label 0\] is nan"),
        (np.zeros((1, 3, 4), np.float32), np.array([4]), r"p: lengths\[0\] is 4; it is a number of frames, 0..3"),
        (np.zeros((1, 3, 4), np.float32), np.array([-1]), r"p: lengths\[0\] is -1"),
        (np.zeros((2, 3, 4), np.float32), np.array([3]), r"p: lengths has shape \(1,\); expected \(2,\)"),
        (np.zeros((1, 3, 4), np.float32), np.array([1.5]), "p: lengths has dtype float64; expected integers"),
    ],
)
def test_bad_posteriors_name_their_file(log_probs: object, lengths: object, complaint: str) -> None:
    with pytest.raises(EmissionsError, match=complaint):
        decode_posteriors(log_probs, lengths, ABC, name="p")  # type: ignore[arg-type]
