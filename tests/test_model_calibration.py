"""The calibration in a model's file: kept, optional, checked, and dropped where the network becomes another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bars
import pytest

from ocrkit.checkpoint import read_checkpoint, write_checkpoint
from ocrkit.errors import CheckpointError
from ocrkit.model import Model
from ocrkit.text.calibration import Calibration, CoveragePoint
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path

CALIBRATION = Calibration(1.5, 300, "lines", 0.2, 0.1, (CoveragePoint(0.5, 200, 1), CoveragePoint(0.0, 300, 50)))


def calibrated() -> Model:
    model = bars.reader()
    model.calibration = CALIBRATION
    return model


def test_a_calibration_is_kept_with_the_model(tmp_path: Path) -> None:
    calibrated().save(tmp_path / "m.safetensors")

    assert Model.load(tmp_path / "m.safetensors").calibration == CALIBRATION


def test_a_model_file_without_a_calibration_has_none(tmp_path: Path) -> None:
    bars.reader().save(tmp_path / "m.safetensors")

    assert "calibration" not in read_checkpoint(tmp_path / "m.safetensors").metadata
    assert Model.load(tmp_path / "m.safetensors").calibration is None


def test_another_charset_or_network_has_no_calibration_of_this_one() -> None:
    model = calibrated()

    assert model.with_charset(Charset("wider", (*model.charset.symbols, "z"))).calibration is None
    assert model.with_architecture(model.architecture).calibration is None


def test_a_damaged_calibration_is_told(tmp_path: Path) -> None:
    bars.reader().save(tmp_path / "m.safetensors")
    whole = read_checkpoint(tmp_path / "m.safetensors")
    damaged = {**CALIBRATION.to_dict(), "temperature": 0}
    write_checkpoint(tmp_path / "m.safetensors", whole.tensors, {**whole.metadata, "calibration": damaged})

    with pytest.raises(CheckpointError, match="of its calibration its temperature is 0"):
        Model.load(tmp_path / "m.safetensors")
