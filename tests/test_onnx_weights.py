"""ONNX files whose weights lie in another file: that one is looked at before it is mapped into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("onnx")
import tiny_onnx

from ocrkit.checkpoint import write_checkpoint
from ocrkit.errors import CheckpointError
from ocrkit.onnx_model import OnnxModel
from ocrkit.onnx_weights import check_weights, told_of_weights, weights_file

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, *, steps: int = 1) -> Path:
    write_checkpoint(path, {"weight": np.arange(1000, dtype=np.float32)}, {"kind": "model", "steps": steps})
    return path


def record_of(path: Path) -> dict[str, object]:
    return {"kind": "model", "onnx": {"weights": told_of_weights(path)}}


def test_weights_that_are_as_they_were_are_taken(tmp_path: Path) -> None:
    check_weights(tmp_path / "m.onnx", record_of(write(tmp_path / "m.safetensors")))


@pytest.mark.parametrize("metadata", [{}, {"onnx": {}}, {"onnx": {"form": "sequence"}}])
def test_a_file_with_weights_of_its_own_needs_no_other(tmp_path: Path, metadata: dict[str, object]) -> None:
    check_weights(tmp_path / "m.onnx", metadata)


def test_weights_that_are_not_beside_it_are_told(tmp_path: Path) -> None:
    metadata = record_of(write(tmp_path / "m.safetensors"))
    (tmp_path / "elsewhere").mkdir()

    with pytest.raises(CheckpointError, match=r"m\.onnx: has its weights in 'm\.safetensors', which is not beside it"):
        check_weights(tmp_path / "elsewhere" / "m.onnx", metadata)


def test_weights_that_are_cut_off_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "m.safetensors")
    metadata = record_of(path)
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(CheckpointError, match="truncated"):
        check_weights(tmp_path / "m.onnx", metadata)


def test_weights_of_another_training_are_told(tmp_path: Path) -> None:
    metadata = record_of(write(tmp_path / "m.safetensors"))
    write(tmp_path / "m.safetensors", steps=2)

    with pytest.raises(CheckpointError, match="the file of that name beside it is another one"):
        check_weights(tmp_path / "m.onnx", metadata)


@pytest.mark.parametrize(
    "told",
    ["m.safetensors", {}, *({"file": name} for name in ("../m.safetensors", 3, "/etc/passwd", "", "a\0b"))],
)
def test_a_file_that_is_not_beside_it_is_never_looked_for(tmp_path: Path, told: object) -> None:
    with pytest.raises(CheckpointError, match="it does not say which file its weights lie in"):
        check_weights(tmp_path / "m.onnx", {"onnx": {"weights": told}})


def test_a_model_is_not_saved_where_its_weights_are_not(tmp_path: Path) -> None:
    told = told_of_weights(write(tmp_path / "m.safetensors"))
    model = OnnxModel.load(tiny_onnx.write(tmp_path / "m.onnx", weights=told))

    model.save(tmp_path / "calibrated.onnx")
    with pytest.raises(CheckpointError, match=r"has its weights in 'm\.safetensors', which is not beside it"):
        model.save(tmp_path / "elsewhere" / "m.onnx")

    assert weights_file(tmp_path / "calibrated.onnx") == "m.safetensors"
    assert not (tmp_path / "elsewhere").exists()
