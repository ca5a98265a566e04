"""The check of heads, on something that breaks the contract in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor, nn

from ocrkit.errors import PluginError
from ocrkit.plugin.specs import HeadSpec
from ocrkit.plugin.testing import check_head


@dataclass(frozen=True)
class NetOptions:
    fault: str = ""


class Net(nn.Module):
    """One convolution over frames, with or without a fault."""

    def __init__(self, features: int, options: NetOptions) -> None:
        super().__init__()
        self.fault = options.fault
        self.out_features = 0 if self.fault == "nothing" else 5
        self.convolution = nn.Conv1d(features, 5, 3, padding=1)
        self.unused = nn.Linear(2, 2) if self.fault == "idle" else None

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        own = (torch.arange(frames.shape[1], device=frames.device) < lengths[:, None])[:, :, None]
        if self.fault == "writes":
            frames *= own
        if self.fault == "detached":
            frames = frames.detach()
        if self.fault == "looks" and lengths.max().item() == 0:
            return frames.new_zeros(*frames.shape[:2], 5)
        if self.fault != "unmasked":
            frames = frames * own
        columns = self.convolution(frames.transpose(1, 2))
        if self.fault == "neighbours":
            columns = columns - columns.mean(dim=0)
        if self.fault == "infinite":
            columns = columns / 0
        return columns if self.fault == "turned" else columns.transpose(1, 2)


NET = HeadSpec("net", "For the test.", options=NetOptions, build=Net)


def test_a_head_that_keeps_its_contract_passes() -> None:
    check_head(NET)


def test_a_check_of_a_head_leaves_the_random_generator_alone() -> None:
    before = torch.random.get_rng_state()

    check_head(NET)

    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("unmasked", "set the frames past each line's length to zero"),
        ("neighbours", "has other features in a padded batch than alone"),
        ("turned", r"give the shape \(7, 5, 41\); expected \(7, 41, 5\)"),
        ("infinite", "gives NaN or infinite features"),
        ("writes", "writes to the frames that it is given"),
        ("detached", "no gradient reaches the frames of a line of 41"),
        ("idle", "no gradient reaches the weights unused.weight, unused.bias"),
        ("looks", r"on tensors without values: forward on frames of shape \(7, 41, 24\) raised"),
        ("nothing", "out_features is 0; expected the number of features a frame"),
    ],
)
def test_a_fault_is_told(fault: str, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        check_head(NET, options=NetOptions(fault))


def test_a_head_that_is_no_module_is_told() -> None:
    with pytest.raises(PluginError, match=r"builds a int; expected an nn\.Module"):
        check_head(replace(NET, build=lambda features, options: features))


def test_options_without_defaults_are_told() -> None:
    @dataclass(frozen=True)
    class Demanding:
        width: int

    with pytest.raises(PluginError, match=r"options\(\) with nothing given raised TypeError"):
        check_head(replace(NET, options=Demanding))
