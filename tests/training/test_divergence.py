"""When a training counts as gone wrong: courses of losses that do, and many that must not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.training.divergence import BatchPlace, Divergence, Trouble
from ocrkit.training.underway import Step

if TYPE_CHECKING:
    from collections.abc import Iterable

rng = np.random.default_rng(0)


def found_in(losses: Iterable[float]) -> Trouble | None:
    """The first trouble that a course of losses a label gives."""
    divergence = Divergence()
    failed = 0
    for number, loss in enumerate(losses, 1):
        taken = math.isfinite(loss)
        failed = 0 if taken else failed + 1
        step = Step(number, lines=4, labels=10, nats=10 * loss, rate=0.1, taken=taken, waited=0)
        trouble = divergence.note(step, BatchPlace(number, 0, number - 1), failed=failed)
        if trouble:
            return trouble
    return None


def noisy(losses: Iterable[float]) -> list[float]:
    """Each loss times or by something like what batches differ by."""
    return [loss * float(rng.lognormal(0, 0.4)) for loss in losses]


def falling(high: float, low: float, steps: int) -> list[float]:
    return np.geomspace(high, low, steps).tolist()


GOOD = {
    "from scratch": [*falling(30, 3.2, 50), *[3.2] * 600, *falling(3.2, 0.02, 1500)],
    "a plateau for a whole run": [3.2] * 3000,
    "a warm-up that first makes it worse": [*falling(12, 25, 60), *falling(25, 3, 200), *[3.0] * 500],
    "a fine-tuning that forgets a little": [*[0.1] * 30, *falling(0.1, 1.5, 60), *falling(1.5, 0.05, 600)],
    "a fine-tuning that unlearns and learns again": [*[0.1] * 60, *falling(0.1, 5, 40), *falling(5, 0.05, 900)],
    "a new output layer": falling(20, 0.1, 900),
    "hard batches here and there": [9.0 if step % 7 == 0 else 0.05 for step in range(1500)],
    "a hundred hard batches together": [*[0.05] * 400, *[6.0] * 100, *[0.05] * 400],
    "one huge loss": [*[0.05] * 400, 1e12, *[0.05] * 400],
    "fewer than twenty steps that are not finite": [*[1.0] * 50, *[math.nan] * 19, *[1.0] * 50],
    "overfitting that ends": [*falling(5, 0.001, 800), *[0.4] * 800],
}


@pytest.mark.parametrize("course", GOOD)
def test_a_training_that_is_well_is_let_go_on(course: str) -> None:
    assert found_in(noisy(GOOD[course])) is None


BAD = {
    "up and away": ([*falling(20, 0.3, 400), *falling(0.3, 1e6, 100), *[1e6] * 400], 0.3),
    "back to where nothing is known": ([*falling(20, 0.3, 400), *[3.6] * 500], 0.3),
    "out of a plateau": ([*falling(20, 3.2, 100), *[3.2] * 300, *falling(3.2, 60, 50), *[60] * 400], 3.2),
    "for ever upwards": ([*falling(20, 1, 200), *np.geomspace(1, 1e9, 2000).tolist()], 1.0),
    "a fine-tuning at far too high a rate": ([*[0.1] * 40, *[4.0] * 400], 0.1),
}


@pytest.mark.parametrize("course", BAD)
def test_a_training_that_diverges_is_stopped(course: str) -> None:
    losses, _ = BAD[course]

    trouble = found_in(noisy(losses))

    assert trouble is not None
    assert "the training diverges" in trouble.reason


def test_a_divergence_is_told_with_the_step_that_it_began_with() -> None:
    losses = [*[0.5] * 300, *[5.0] * 300]

    trouble = found_in(losses)

    assert trouble is not None
    assert trouble.began == BatchPlace(301, 0, 300)
    assert trouble.reason.startswith("the loss has been 5 nats a label for some 200 steps, where it was 0.5")


def test_steps_that_are_not_finite_are_told_with_the_first_of_their_row() -> None:
    trouble = found_in([1.0, math.nan, 1.0, *[math.nan] * 30])

    assert trouble is not None
    assert trouble.began == BatchPlace(4, 0, 3)
    assert trouble.reason == "the loss or its gradient was not finite in 20 steps in a row"


def test_a_rise_is_suspected_before_it_is_sure() -> None:
    divergence = Divergence()

    def note(number: int, loss: float) -> bool:
        step = Step(number, lines=1, labels=1, nats=loss, rate=0.1, taken=True, waited=0)
        divergence.note(step, BatchPlace(number, 0, number), failed=0)
        return divergence.suspected

    before = [note(number, 0.5) for number in range(50)]
    high = [note(number, 9.0) for number in range(50, 80)]
    after = [note(number, 0.5) for number in range(80, 110)]

    assert not any(before)
    assert not high[0]
    assert high[-1]
    assert not after[-1]
