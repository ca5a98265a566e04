"""Recognisers as ONNX graphs: what onnxruntime makes of them beside what torch does."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch import nn

from ocrkit.nets.crnn import Crnn
from ocrkit.nets.heads import Blstms
from ocrkit.nets.mixer import Mixer
from ocrkit.nets.options import (
    BlstmOptions,
    HeadOptions,
    LstmLayer,
    MixerOptions,
    ResnetOptions,
    VggOptions,
)
from ocrkit.nets.resnet import Resnet
from ocrkit.nets.vgg import Vgg

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from ocrkit.nets.exporting import compare_with_torch, export_crnn
from ocrkit.nets.exporting.parity import open_session

NAMES = ["malayalam", "crnn", "handwriting", "captcha", "words", "vgg", "resnet"]
FORMS = pytest.mark.parametrize("portable", [False, True], ids=["sequence", "portable"])


def as_if_trained(network):
    """With norms that leave no zero where it was, so that a mask that is missing shows."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor in (module.running_mean, module.bias):
                nn.init.normal_(tensor, std=0.5)
            for tensor in (module.running_var, module.weight):
                nn.init.uniform_(tensor, 0.5, 1.5)
    return network.eval()


def drawn_vgg(draws):
    height, depth = draws.choice([16, 24, 33]), draws.randint(1, 4)
    for _ in range(100):
        try:
            return VggOptions(
                height=height,
                channels=tuple(draws.choice([4, 8, 12]) for _ in range(depth)),
                kernels=tuple(draws.randint(1, 5) for _ in range(depth)),
                padding=tuple(draws.choice(["same", "same", "valid"]) for _ in range(depth)),
                batch_norm=tuple(draws.random() < 0.7 for _ in range(depth)),
                pools=tuple(draws.choice(["", "2x2", "2x1", "1x2", "3x2", "1x3"]) for _ in range(depth)),
                dropout=(draws.choice([0.0, 0.2]),),
                dense=draws.choice([0, 0, 10]),
            )
        except ValueError:  # nothing would be left of the height
            continue
    raise AssertionError


def drawn_resnet(draws):
    pools = tuple(draws.choice(["", "2x2", "2x1", "1x3"]) for _ in range(2))
    return ResnetOptions(
        height=16,
        stem=tuple([4] * draws.randint(1, 2)),
        channels=(8, draws.choice([8, 16])),
        blocks=(draws.randint(1, 2), 1),
        pools=pools,
    )


def drawn_network(seed):
    draws = random.Random(seed)
    torch.manual_seed(seed)
    vgg = draws.random() < 0.6
    options = drawn_vgg(draws) if vgg else drawn_resnet(draws)
    backbone = Vgg(options) if vgg else Resnet(options)
    head = HeadOptions(skip_frames=draws.choice([0, 0, 1, 3]))
    if draws.random() < 0.7:
        layers = (LstmLayer(draws.randint(1, 9), draws.choice(["sum", "concat"])) for _ in range(draws.randint(0, 3)))
        context = Blstms(backbone.out_channels, BlstmOptions(tuple(layers)))
    else:
        options = MixerOptions(
            size=draws.choice([1, 8, 12]), layers=draws.randint(0, 2), kernel=draws.choice([1, 3, 11]), expansion=3
        )
        context = Mixer(backbone.out_channels, options)
    network = Crnn(backbone, head, draws.randint(2, 40), context=context)
    return as_if_trained(network)


def run(model, images, widths):
    return open_session(model).run(None, {"images": images, "widths": np.array(widths, np.int64)})


@FORMS
@pytest.mark.parametrize("name", NAMES)
def test_a_network_gives_what_it_gives_in_torch(name, portable, make_crnn):
    network = make_crnn(name, 20)

    model = export_crnn(network, height=network.backbone.height, portable=portable)

    assert compare_with_torch(network, model, batches=5).frames > 0


def test_ragged_batches_of_up_to_1500_px_are_compared():
    network = drawn_network(1)

    parity = compare_with_torch(network, export_crnn(network, height=network.backbone.height))

    assert parity.batches == 24
    assert parity.difference < 1e-4


@pytest.mark.parametrize("seed", range(24))
def test_any_architecture_gives_what_it_gives_in_torch(seed):
    network = drawn_network(seed)

    model = export_crnn(network, height=network.backbone.height, portable=seed % 2 == 1)

    assert compare_with_torch(network, model, batches=6, seed=seed).batches == 6


@FORMS
@pytest.mark.parametrize("name", ["vgg", "resnet"])
def test_what_lies_past_a_line_is_never_read(name, portable, make_crnn):
    network = make_crnn(name, 20)
    images = np.random.default_rng(3).random((3, 1, 32, 90), np.float32)
    spoilt = images.copy()
    for row, width in enumerate((90, 40, 7)):
        spoilt[row, ..., width:] = np.nan
    model = export_crnn(network, height=32, portable=portable)

    log_probs, lengths = run(model, images, [90, 40, 7])
    others, _ = run(model, spoilt, [90, 40, 7])

    for row, length in enumerate(lengths):
        assert np.array_equal(log_probs[row, :length], others[row, :length])


@FORMS
@pytest.mark.parametrize("room", [0, 1, 3])
def test_lines_too_narrow_for_a_frame_give_none(room, portable, make_crnn):
    network = make_crnn("vgg", 20)

    log_probs, lengths = run(
        export_crnn(network, height=32, portable=portable), np.zeros((2, 1, 32, room), np.float32), [0, room]
    )

    assert log_probs.shape == (2, 0, 20)
    assert lengths.tolist() == [0, 0]


def test_nothing_of_the_network_changes(make_crnn):
    network = make_crnn("vgg", 20).train()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    compare_with_torch(network, export_crnn(network, height=32), batches=2)

    assert network.training
    assert network.backbone.training
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


def test_the_file_holds_the_weights_once(make_crnn):
    network = make_crnn("crnn", 20)

    model = export_crnn(network, height=32)

    weights = 4 * sum(parameter.numel() for parameter in network.parameters())
    assert len(model.SerializeToString()) < weights + 20_000
