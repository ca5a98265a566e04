"""What the reading refuses, as whoever asked is told it."""

from __future__ import annotations

import pytest
from ocrkit_serve.problems import of_refusal
from ocrkit_serve.work.records import Refused


@pytest.mark.parametrize(
    ("told", "reason", "way_out"),
    [
        ("no model 'x'; take one of a, b", "no model 'x'", "take one of a, b"),
        (
            "reject is 0.1; nobody knows what it is worth; calibrate it: ocrkit models calibrate MODEL DATA",
            "reject is 0.1; nobody knows what it is worth",
            "calibrate it: ocrkit models calibrate MODEL DATA",
        ),
        (
            "it has 9 pages; expected at most 8: send it in parts",
            "it has 9 pages; expected at most 8",
            "send it in parts",
        ),
    ],
)
def test_the_way_out_of_a_refusal_stands_apart_from_its_reason(told: str, reason: str, way_out: str) -> None:
    problem = of_refusal(Refused(400, told))

    assert (problem.reason, problem.way_out) == (reason, way_out)


def test_a_refusal_that_names_no_way_out_gets_that_of_its_status() -> None:
    problem = of_refusal(Refused(422, "the file is empty; expected PNG or PDF"))

    assert problem.reason == "the file is empty; expected PNG or PDF"
    assert problem.way_out == "see whether another program opens the file, and save it anew there"


def test_a_fault_of_a_file_told_behind_a_colon_gets_no_further_advice() -> None:
    problem = of_refusal(Refused(422, "the picture is damaged: it ends too early"))

    assert (problem.reason, problem.way_out) == ("the picture is damaged: it ends too early", "")
