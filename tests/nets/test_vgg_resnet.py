"""The backbones: width formulas, heights, and start."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from ocrkit.nets.masking import mask_columns, windows
from ocrkit.nets.options import ResnetOptions, VggOptions
from ocrkit.nets.resnet import Resnet
from ocrkit.nets.vgg import Vgg
from ocrkit.plugin.builtin.backbones import ocrkit_backbones

SMALL = ResnetOptions(blocks=(1, 1, 1, 1), width_multiplier=0.1)
BACKBONES = {
    "pools": lambda: Vgg(VggOptions(channels=(8, 8, 8), pools=("2x2", "2x3", ""))),
    "valid": lambda: Vgg(VggOptions(channels=(8, 8), kernels=(5, 2), padding=("valid",), pools=("", "2x2"))),
    "even": lambda: Vgg(VggOptions(channels=(8, 8), kernels=(2, 4), pools=("", "2x2"))),
    "resnet": lambda: Resnet(SMALL),
}


@pytest.mark.parametrize("name", BACKBONES)
def test_frames_say_what_comes_out_for_every_width(name):
    torch.manual_seed(0)
    backbone = BACKBONES[name]().eval()
    widths = list(range(36))

    with torch.inference_mode():
        features = [backbone(torch.rand(1, 1, 32, width), torch.tensor([width])) for width in widths]

    assert [each.shape[2] for each in features] == [backbone.frames(width) for width in widths]
    assert {each.shape[1] for each in features} == {backbone.out_channels}
    assert backbone.frames(torch.tensor(widths)).tolist() == [backbone.frames(width) for width in widths]


def test_an_even_same_kernel_pads_right_and_below_as_keras_does():
    backbone = Vgg(VggOptions(height=2, channels=(1,), kernels=(2,), batch_norm=(False,), pools=("",)))
    with torch.no_grad():
        next(backbone.parameters()).fill_(1)

    features = backbone(torch.tensor([[[[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]]]]), torch.tensor([3]))

    # Each value is the sum of itself, its right, its lower and its lower right neighbour.
    assert features.tolist() == [[[33, 55, 33], [30, 50, 30]]]


def test_windows_count_whole_windows_and_never_fewer_than_none():
    assert [windows(width, size=3, stride=2) for width in (0, 2, 3, 4, 5)] == [0, 0, 1, 1, 2]
    assert windows(torch.tensor([0, 2, 3, 4, 5]), size=3, stride=2).tolist() == [0, 0, 1, 1, 2]


def test_masking_sets_a_lines_padding_to_zero_and_nothing_else():
    masked = mask_columns(torch.ones(2, 1, 2, 3), torch.tensor([3, 1]))

    assert masked.tolist() == [[[[1, 1, 1], [1, 1, 1]]], [[[1, 0, 0], [1, 0, 0]]]]


def test_a_width_multiplier_rounds_channels_to_eights():
    backbone = Vgg(VggOptions(channels=(64, 100), pools=("2x2", "2x2"), width_multiplier=0.3))

    # 0.3 x 100 = 30 -> 32 channels, 8 rows.
    assert backbone.out_channels == 32 * 8


def test_the_resnet_of_the_paper_gives_two_rows_of_512_channels_a_quarter_of_the_width():
    backbone = Resnet(ResnetOptions(blocks=(1, 1, 1, 1)))

    assert backbone.out_channels == 2 * 512
    assert backbone.frames(100) == 25


def test_the_hook_offers_both_and_their_builds_make_them():
    specs = {spec.name: spec for spec in ocrkit_backbones()}

    assert sorted(specs) == ["resnet", "vgg"]
    assert isinstance(specs["vgg"].build(VggOptions()), Vgg)
    assert isinstance(specs["resnet"].build(SMALL), Resnet)


def test_options_and_the_hook_need_no_torch():
    code = (
        "import sys, ocrkit.nets.options, ocrkit.plugin.builtin.backbones as b;"
        "list(b.ocrkit_backbones()); sys.exit('torch' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
