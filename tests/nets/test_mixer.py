"""The mixer: against a plain loop, beside padding, and that it reads."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from stripes import learn_stripes
from torch import nn

from ocrkit.errors import OptionError
from ocrkit.model import Architecture, Model
from ocrkit.nets.crnn import Crnn
from ocrkit.nets.mixer import Mixer
from ocrkit.nets.options import HeadOptions, MixerOptions, VggOptions
from ocrkit.nets.vgg import Vgg
from ocrkit.plugin.builtin.heads import ocrkit_heads
from ocrkit.plugin.testing import check_head
from ocrkit.text.charset import Charset

(SPEC,) = (spec for spec in ocrkit_heads() if spec.name == "mixer")
SMALL = MixerOptions(size=6, layers=2, kernel=5, expansion=3)
Floats = NDArray[np.float64]


def small(features: int = 4, options: MixerOptions = SMALL, seed: int = 0) -> Mixer:
    """A mixer whose every weight counts: norms have scales and shifts of their own."""
    torch.manual_seed(seed)
    mixer = Mixer(features, options)
    for weights in mixer.parameters():
        nn.init.normal_(weights, std=0.5)
    return mixer.eval()


def by_hand(weights: dict[str, Floats], frames: Floats, options: MixerOptions) -> Floats:
    """What the mixer gives for one line (T, C), frame by frame and feature by feature."""

    def dense(name: str, vector: Floats) -> Floats:
        rows = weights[f"{name}.weight"]
        return (
            np.array([sum(w * v for w, v in zip(row, vector, strict=True)) for row in rows]) + weights[f"{name}.bias"]
        )

    def norm(name: str, vector: Floats) -> Floats:
        mean = sum(vector) / len(vector)
        variance = sum((value - mean) ** 2 for value in vector) / len(vector)
        return (vector - mean) / math.sqrt(variance + 1e-5) * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    line = np.array([dense("enter", frame) for frame in frames])
    reach = options.kernel // 2
    for block in range(options.layers):
        kernel = weights[f"blocks.{block}.look.weight"]
        added = []
        for time in range(len(line)):
            seen = np.zeros(options.size)
            for feature in range(options.size):
                for place in range(-reach, reach + 1):
                    if 0 <= time + place < len(line):
                        seen[feature] += kernel[feature, 0, 0, reach + place] * line[time + place, feature]
            wide = dense(f"blocks.{block}.layers.0", norm(f"blocks.{block}.norm", seen))
            # GELU: x times the chance that a normal variable is below x; Hendrycks and Gimpel 2016.
            bent = np.array([value * (1 + math.erf(value / math.sqrt(2))) / 2 for value in wide])
            added.append(dense(f"blocks.{block}.layers.2", bent))
        line = line + np.array(added)
    return np.array([norm("norm", frame) for frame in line])


def test_it_gives_what_plain_loops_over_each_line_give() -> None:
    mixer, lengths = small(), [9, 1, 4]
    frames = torch.randn(3, 9, 4)
    weights = {name: tensor.double().numpy() for name, tensor in mixer.state_dict().items()}

    with torch.inference_mode():
        mixed = mixer(frames, torch.tensor(lengths)).double().numpy()

    for row, length in enumerate(lengths):
        expected = by_hand(weights, frames[row, :length].double().numpy(), SMALL)
        np.testing.assert_allclose(mixed[row, :length], expected, rtol=0, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 12), min_size=1, max_size=4),
    padding=st.integers(0, 9),
    kernel=st.sampled_from([1, 3, 7, 15]),
    rubbish=st.sampled_from([0.0, 1.0, -1e3, 1e6]),
    seed=st.integers(0, 99),
)
def test_padding_and_other_lines_change_no_frame_of_a_line(
    lengths: list[int], padding: int, kernel: int, rubbish: float, seed: int
) -> None:
    mixer = small(options=MixerOptions(size=5, layers=2, kernel=kernel), seed=seed)
    frames = torch.randn(len(lengths), max(1, max(lengths) + padding), 4)
    for row, length in enumerate(lengths):
        frames[row, length:] = rubbish

    with torch.inference_mode():
        together = mixer(frames, torch.tensor(lengths))
        for row, length in enumerate(lengths):
            if length:
                alone = mixer(frames[row : row + 1, :length], torch.tensor([length]))
                torch.testing.assert_close(together[row, :length], alone[0], rtol=0, atol=1e-4)


@pytest.mark.parametrize("options", [SMALL, MixerOptions(size=8, layers=0), MixerOptions(16, 1, 1, 1, 0.3)])
def test_it_keeps_the_contract_of_heads_at_any_size(options: MixerOptions) -> None:
    check_head(SPEC, options=options)


def test_a_frame_sees_as_far_as_its_kernels_reach_and_no_further() -> None:
    mixer = small(options=MixerOptions(size=6, layers=2, kernel=5))
    frames = torch.randn(1, 21, 4, requires_grad=True)

    mixer(frames, torch.tensor([21]))[0, 10].sum().backward()

    # Two layers of two frames to either side.
    assert frames.grad is not None
    assert frames.grad[0].abs().sum(dim=1).nonzero().flatten().tolist() == list(range(6, 15))


def test_dropout_falls_in_training_only() -> None:
    mixer, frames = small(options=MixerOptions(size=6, layers=1, dropout=0.5)), torch.randn(1, 7, 4)
    lengths = torch.tensor([7])

    assert torch.equal(mixer(frames, lengths), mixer(frames, lengths))
    mixer.train()
    assert not torch.equal(mixer(frames, lengths), mixer(frames, lengths))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 0}, "size is 0; expected 1 to"),
        ({"layers": -1}, "layers is -1; expected 0 to 1000 blocks"),
        ({"kernel": 8}, "kernel is 8; expected an odd number of frames from 1 to 255"),
        ({"kernel": 257}, "kernel is 257; expected an odd number"),
        ({"expansion": 0}, "expansion is 0; expected 1 to 16"),
        ({"dropout": 1.0}, "dropout is 1.0; expected a share from 0 to below 1"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, int | float], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        MixerOptions(**options)  # type: ignore[arg-type]


def test_a_model_with_it_describes_every_option_but_the_dropout_of_the_head() -> None:
    head = HeadOptions(name="mixer", dropout=0.2, options={"size": 8, "kernel": 7})
    parts = Architecture("vgg", {"channels": [4], "pools": ["2x2"]}, head)

    model = Model.build(Charset("letters", ("", "a")), parts)

    assert model.architecture.head.options == {"size": 8, "layers": 4, "kernel": 7, "expansion": 2}
    assert model.architecture.head.dropout == 0.2
    assert isinstance(model.network.rnn, Mixer)
    assert model.network.rnn.blocks[0].layers[3].p == 0.2


@pytest.mark.parametrize("autocast", [False, True], ids=["float32", "bfloat16"])
def test_a_network_with_it_learns_to_read_stripes(autocast: bool) -> None:
    torch.manual_seed(1)
    backbone = Vgg(VggOptions(height=8, channels=(8, 8), pools=("2x2", "2x2")))
    mixer = Mixer(backbone.out_channels, MixerOptions(size=16, layers=2, kernel=5))
    network = Crnn(backbone, HeadOptions(), 4, context=mixer).train()

    assert learn_stripes(network, rate=0.01, autocast=autocast) < 0.1
