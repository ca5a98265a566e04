"""Model files in half precision: half the bytes, and networks that compute as ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bars
import numpy as np
import torch

from ocrkit.checkpoint import read_checkpoint
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions, LstmLayer

if TYPE_CHECKING:
    from pathlib import Path


def test_weights_are_kept_in_half_precision_and_computed_with_in_full(tmp_path: Path) -> None:
    parts = Architecture(options={"channels": [4], "pools": ["2x2"]}, head=HeadOptions(rnn=(LstmLayer(size=128),)))
    model = Model.build(bars.ABC, parts)

    model.save(tmp_path / "half.safetensors", half=True)
    loaded = Model.load(tmp_path / "half.safetensors").network.state_dict()

    kept = read_checkpoint(tmp_path / "half.safetensors").tensors
    for name, tensor in model.network.state_dict().items():
        # Each direction of the LSTM has 4 gates of 128 by 128 numbers, and nothing else is as large.
        assert kept[name].dtype == (np.float16 if "weight_hh" in name else tensor.numpy().dtype)
        assert loaded[name].dtype == tensor.dtype
        # Half a unit in the last of eleven binary digits.
        torch.testing.assert_close(loaded[name], tensor, rtol=2.0**-11, atol=1e-7)


def test_a_file_in_half_precision_is_written_the_same_again(tmp_path: Path) -> None:
    parts = Architecture(options={"channels": [4], "pools": ["2x2"]}, head=HeadOptions(rnn=(LstmLayer(size=128),)))
    Model.build(bars.ABC, parts).save(tmp_path / "once.safetensors", half=True)

    Model.load(tmp_path / "once.safetensors").save(tmp_path / "twice.safetensors", half=True)

    assert (tmp_path / "once.safetensors").read_bytes() == (tmp_path / "twice.safetensors").read_bytes()
