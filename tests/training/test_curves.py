from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.training.curves import draw_metrics, metrics_figure

if TYPE_CHECKING:
    from pathlib import Path

EPOCH = {"event": "epoch", "epoch": 0, "step": 4, "loss": 2.0, "validation_loss": 1.5, "cer": 0.5, "exact": 0.25}
UNJUDGED = {"validation_loss": None, "cer": None, "exact": None}
STEP = {"event": "step", "step": 2, "loss": 3.0, "rate": 0.001, "speed": 100.0, "waited": 0.1}
SETS = {"old": {"loss": 2.0, "cer": 0.5, "exact": 0.25}, "new": {"loss": 1.0, "cer": 0.125, "exact": 0.5}}


def log_of(path: Path, *entries: object) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [{"event": "start"}],
        [EPOCH],
        [EPOCH, {**EPOCH, "epoch": 1, "step": 8, "loss": 0.0, "validation_loss": 0.0}],
        [{**EPOCH, **UNJUDGED}],
        [STEP, {**STEP, "step": 3, "loss": None}],
        [STEP, {**EPOCH, "judge": "old", "sets": SETS}],
        [7, "words", {"event": "epoch"}, {"event": "step"}],
    ],
    ids=["empty", "no epoch", "one epoch", "no loss left", "no validation", "steps alone", "several sets", "foreign"],
)
def test_any_log_gives_a_picture(tmp_path: Path, entries: list[object]) -> None:
    pytest.importorskip("matplotlib", reason="metrics.png needs matplotlib")

    assert draw_metrics(tmp_path / "metrics.png", log_of(tmp_path / "log.jsonl", *entries)) == ""

    with Image.open(tmp_path / "metrics.png") as picture:
        assert picture.width > picture.height > 100


def test_a_log_that_is_gone_gives_a_picture_too(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="metrics.png needs matplotlib")

    assert draw_metrics(tmp_path / "metrics.png", tmp_path / "log.jsonl") == ""


def test_every_set_has_a_curve_of_its_own(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="metrics.png needs matplotlib")
    worse = {**SETS, "new": {**SETS["new"], "cer": 0.375}}
    for name, sets in (("one", SETS), ("other", worse)):
        draw_metrics(tmp_path / f"{name}.png", log_of(tmp_path / "log", {**EPOCH, "judge": "old", "sets": sets}))

    with Image.open(tmp_path / "one.png") as one, Image.open(tmp_path / "other.png") as other:
        assert one.tobytes() != other.tobytes()


def test_a_single_step_and_the_epochs_after_it_are_seen(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="metrics.png needs matplotlib")
    epochs = [{**EPOCH, "epoch": n, "step": 4 * n, "rate": 0.1 * n} for n in (1, 2)]

    figure = metrics_figure(log_of(tmp_path / "log.jsonl", STEP, *epochs))

    losses, _, rate, speed, *_ = figure.axes
    assert list(rate.get_lines()[0].get_ydata()) == [0.001, 0.1, 0.2]
    assert speed.get_lines()[0].get_marker() == "."
    assert losses.get_xlim() == speed.get_xlim()


def test_errors_of_a_hundred_percent_stand_below_the_frame(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="metrics.png needs matplotlib")
    epochs = [{**EPOCH, "epoch": n, "step": 4 * n, "cer": 0.98, "exact": 0.0} for n in (1, 2)]

    figure = metrics_figure(log_of(tmp_path / "log.jsonl", *epochs))

    assert figure.axes[1].get_ylim()[1] > 103


def test_a_high_first_loss_is_soon_forgotten(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="metrics.png needs matplotlib")
    steps = [{**STEP, "step": 50 * n, "loss": 0.5 if n else 17.5} for n in range(11)]

    figure = metrics_figure(log_of(tmp_path / "log.jsonl", *steps))

    drawn = {str(line.get_label()): list(line.get_ydata()) for line in figure.axes[0].get_lines()}
    assert drawn["training, steps"][-1] == pytest.approx(0.5)


def test_of_several_sets_the_loss_says_which_it_is_of(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="metrics.png needs matplotlib")

    figure = metrics_figure(log_of(tmp_path / "log.jsonl", {**EPOCH, "judge": "old", "sets": SETS}))

    assert "validation on old" in [line.get_label() for line in figure.axes[0].get_lines()]


def test_without_matplotlib_it_says_how_to_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)

    reason = draw_metrics(tmp_path / "metrics.png", tmp_path / "log.jsonl")

    assert reason == "metrics.png is not drawn, since matplotlib is missing: pip install 'ocrkit[plot]'"
