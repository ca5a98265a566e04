"""What the progress of a training shows."""

from __future__ import annotations

import pytest

from ocrkit.cli.watching import TrainingProgress
from ocrkit.training import StepReport


@pytest.mark.parametrize(
    ("speed", "waited", "shown"),
    [
        (0.0, 0.0, "loss 1.500"),
        (5012.4, 0.031, "loss 1.500, 5,012 lines/s, 3% waiting"),
        (1234.5, 0.001, "loss 1.500, 1,234 lines/s"),
        (2.34, 0.5, "loss 1.500, 2.3 lines/s, 50% waiting"),
    ],
)
def test_the_pace_of_a_training_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], speed: float, waited: float, shown: str
) -> None:
    monkeypatch.setattr("ocrkit.cli.progress._EVERY", -1.0)

    with TrainingProgress() as progress:
        progress.stepped(StepReport(3, 40, 1, 4, 1.5, 0.1, 2.0, 8, speed, waited))

    assert capsys.readouterr().err == f"training: 3 of 40, epoch 2, {shown}\n"
