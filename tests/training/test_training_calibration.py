"""A run calibrates its best model by its validation lines, once, at its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import ocrkit
from ocrkit.evaluation import calibrate_reader
from ocrkit.model import Model
from ocrkit.text.calibration import Calibration
from ocrkit.training import Outcome, resume, train

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import DrawLines, MakeConfig

    from ocrkit.plugin.registry import Registry


def test_the_best_model_is_calibrated_by_the_validation_lines(finished: Outcome) -> None:
    found = Model.load(finished.model).calibration

    assert found is not None
    assert (found.lines, found.temperature) == (8, 1.0)  # a fifth of 40 lines, too few for a temperature
    assert "too few" in found.note
    assert found.curve[-1].kept == 8
    assert finished.best is not None
    assert finished.best.exact is not None
    assert found.curve[-1].wrong == pytest.approx(8 * (1 - finished.best.exact))


def test_what_the_file_says_of_its_training_stays(finished: Outcome) -> None:
    metrics = Model.load(finished.model).provenance["metrics"]

    assert isinstance(metrics, dict)
    assert finished.best is not None
    assert metrics["cer"] == finished.best.cer


def test_the_log_tells_of_it(finished: Outcome) -> None:
    log = [json.loads(line) for line in (finished.folder / "log.jsonl").read_text("utf-8").splitlines()]

    assert (log[-1]["temperature"], log[-1]["calibration_lines"]) == (1.0, 8)


def test_it_is_what_calibrating_by_the_same_lines_gives(
    draw_lines: DrawLines, make_config: MakeConfig, registry: Registry, tmp_path: Path
) -> None:
    lines = str(draw_lines(30))
    data = {"evaluation": [lines]}
    outcome = train(make_config(training={"epochs": 1}, data=data), output=tmp_path / "run", registry=registry)
    reader = ocrkit.Recognizer.load(outcome.model, device="cpu")

    again = calibrate_reader(reader, lines)

    kept = reader.model.calibration
    assert kept is not None
    assert [point.kept for point in kept.curve] == [point.kept for point in again.curve]
    assert kept.error == pytest.approx(again.error, abs=1e-4)


def test_what_was_learnt_of_other_weights_is_not_carried_over(
    finished: Outcome, make_config: MakeConfig, registry: Registry, tmp_path: Path
) -> None:
    model = Model.load(finished.model)
    model.calibration = Calibration(3.0, 1000, "other lines", 0.1, 0.0, ())
    model.save(tmp_path / "base.safetensors")

    config = make_config(load=str(tmp_path / "base.safetensors"), training={"epochs": 1})
    outcome = train(config, output=tmp_path / "tuned", registry=registry)

    found = Model.load(outcome.model).calibration
    assert found is not None
    assert found.lines == 8
    assert Model.load(outcome.last).calibration is None


def test_a_run_that_goes_on_is_calibrated_anew(make_config: MakeConfig, registry: Registry, tmp_path: Path) -> None:
    first = train(make_config(training={"epochs": 1}), output=tmp_path / "run", registry=registry)
    model = Model.load(first.model)
    model.calibration = Calibration(3.0, 1000, "other lines", 0.1, 0.0, ())
    model.save(first.model)

    second = resume(tmp_path / "run", changes={"training": {"epochs": 2}}, registry=registry)

    found = Model.load(second.model).calibration
    assert found is not None
    assert found.lines == 8


def test_without_validation_lines_there_is_no_calibration(
    make_config: MakeConfig, registry: Registry, tmp_path: Path
) -> None:
    config = make_config(training={"epochs": 1}, data={"validation_fraction": 0.0})

    outcome = train(config, output=tmp_path / "run", registry=registry)

    assert Model.load(outcome.model).calibration is None
