"""The heads that ship: that they keep the contract, and that the recogniser runs whichever it is given."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import Tensor, nn

from ocrkit.nets.crnn import Crnn
from ocrkit.nets.heads import Blstms
from ocrkit.nets.options import BlstmOptions, HeadOptions, LstmLayer, VggOptions
from ocrkit.nets.vgg import Vgg
from ocrkit.plugin.builtin.heads import ocrkit_heads
from ocrkit.plugin.testing import check_head

SPECS = {spec.name: spec for spec in ocrkit_heads()}
LSTMS = BlstmOptions((LstmLayer(6), LstmLayer(5, "sum")))


@pytest.mark.parametrize("name", SPECS)
def test_every_head_that_ships_keeps_its_contract(name: str) -> None:
    check_head(SPECS[name])


def test_lstms_of_any_sizes_keep_the_contract() -> None:
    check_head(SPECS["blstm"], options=LSTMS)


def test_no_lstm_gives_the_frames_as_they_are() -> None:
    head, frames = Blstms(7, BlstmOptions(())), torch.rand(2, 3, 7)

    assert head.out_features == 7
    assert torch.equal(head(frames, torch.tensor([3, 1])), frames)


def test_the_names_of_lstms_in_model_files_are_those_of_the_first_ones() -> None:
    network = Crnn(Vgg(VggOptions(height=8, channels=(8,), pools=("2x2",))), HeadOptions(LSTMS.rnn), 5)

    names = {name for name in network.state_dict() if not name.startswith("backbone.")}

    weights = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    of_lstms = {f"rnn.{layer}.{way}.{name}" for layer in (0, 1) for way in ("onward", "reverse") for name in weights}
    assert names == {*of_lstms, "output.weight", "output.bias"}


class Doubling(nn.Module):
    """Every frame twice over, side by side; remembers how long lines were, and whether what lies past them was zero."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.out_features = 2 * features
        self.seen: list[int] = []
        self.clean = False

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        self.seen = lengths.tolist()
        self.clean = all(not frames[row, length:].any() for row, length in enumerate(self.seen))
        return torch.cat((frames, frames), dim=2)


def test_the_recogniser_runs_another_head_over_frames_whose_padding_is_zero() -> None:
    backbone = Vgg(VggOptions(height=8, channels=(8, 8), pools=("2x2", "2x2")))
    head = Doubling(backbone.out_channels)
    network = Crnn(backbone, HeadOptions(skip_frames=1), 5, context=head)

    log_probs, lengths = network(torch.rand(3, 1, 8, 40), torch.tensor([40, 21, 2]))

    assert network.output.in_features == 2 * 16
    assert head.seen == [10, 5, 0]
    assert head.clean
    assert log_probs.shape == (3, 9, 5)
    assert lengths.tolist() == [9, 4, 0]


def test_options_of_heads_and_the_hook_need_no_torch() -> None:
    code = (
        "import sys, ocrkit.plugin.builtin.heads as heads;"
        "print(all(spec.options() for spec in heads.ocrkit_heads()), 'torch' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).stdout == b"True False\n"
