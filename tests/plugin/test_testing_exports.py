"""The check of exports, on parts that can be exported and parts that cannot."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from ocrkit.errors import PluginError
from ocrkit.plugin.offers import BACKBONE, HEAD
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.specs import HeadSpec
from ocrkit.plugin.testing import check_export

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")


@dataclass(frozen=True)
class NetOptions:
    looks: bool = False


class Net(nn.Module):
    """Each frame by itself, looked at or not."""

    def __init__(self, features: int, options: NetOptions) -> None:
        super().__init__()
        self.looks = options.looks
        self.out_features = 5
        self.layer = nn.Linear(features, 5)

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        if self.looks and lengths.max() < 1:
            return frames.new_zeros(*frames.shape[:2], 5)
        return self.layer(frames)


NET = HeadSpec("net", "For the test.", options=NetOptions, build=Net)


@pytest.mark.parametrize(
    ("kind", "name"), [(BACKBONE, "vgg"), (HEAD, "blstm"), (HEAD, "mixer")], ids=["vgg", "blstm", "mixer"]
)
def test_the_built_in_parts_can_be_exported(kind: object, name: str) -> None:
    check_export(load_registry("none").offer(kind, name).value)  # type: ignore[arg-type]


def test_a_part_that_can_be_exported_passes_and_leaves_the_random_generator_alone() -> None:
    before = torch.random.get_rng_state()

    check_export(NET)

    assert torch.equal(before, torch.random.get_rng_state())


def test_what_is_in_the_way_of_an_export_is_told() -> None:
    with pytest.raises(PluginError, match=r"head 'net': the head Net cannot be exported: it hangs on the value of a"):
        check_export(NET, options=NetOptions(looks=True))
