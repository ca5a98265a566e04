"""What is made of a line's hypotheses."""

from __future__ import annotations

import numpy as np

from ocrkit.ctc import Hypothesis
from ocrkit.data.records import Alternative
from ocrkit.recognition.prediction import Ruler, make_prediction
from ocrkit.text.charset import Charset

CHARSET = Charset("pairs", ("", "a", "b", "c", "bc"))


def hypothesis(labels: list[int], score: float) -> Hypothesis:
    count = len(labels)
    return Hypothesis(
        labels=np.array(labels, np.int32),
        frames=np.arange(count, dtype=np.int32),
        confidences=np.ones(count, np.float32),
        score=score,
        acoustic_score=score,
    )


def test_an_alternative_that_is_spelled_in_two_ways_has_the_likelier_ones_score() -> None:
    found = [hypothesis([1], -1.0), hypothesis([4], -2.0), hypothesis([2, 3], -3.0), hypothesis([2], -4.0)]

    reading = make_prediction("line", found, CHARSET, Ruler(0.0, 1.0, 9))

    assert reading.text == "a"
    assert reading.alternatives == (Alternative("bc", -2.0), Alternative("b", -4.0))


def test_the_text_itself_is_no_alternative_however_it_is_spelled() -> None:
    found = [hypothesis([2, 3], -1.0), hypothesis([4], -2.0), hypothesis([1], -3.0)]

    reading = make_prediction("line", found, CHARSET, Ruler(0.0, 1.0, 9))

    assert reading.text == "bc"
    assert reading.alternatives == (Alternative("a", -3.0),)
