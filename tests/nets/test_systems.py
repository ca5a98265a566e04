"""The five systems' networks have the sizes that their authors state."""

from __future__ import annotations

import pytest
import torch

from ocrkit.nets.crnn import Crnn
from ocrkit.nets.vgg import Vgg


def test_the_documentation_gives_all_five(systems):
    assert sorted(systems) == ["captcha", "crnn", "handwriting", "malayalam", "words"]


@pytest.mark.parametrize(
    ("name", "width", "frames", "rows", "channels"),
    [
        ("malayalam", 350, 87, 2, 512),  # 350 // 2 // 2; 32 / 2^4 rows, which the last "same" kernel keeps
        ("crnn", 100, 24, 1, 512),  # 100 / 4 - 1: the last kernel is unpadded
        ("handwriting", 800, 100, 8, 512),
        ("captcha", 200, 50, 12, 64),  # 50 // 2 // 2 rows
        ("words", 128, 31, 1, 512),
    ],
)
def test_the_convolutions_give_the_stated_sizes(systems, name, width, frames, rows, channels):
    options, _ = systems[name]

    backbone = Vgg(options)

    assert backbone.frames(width) == frames
    assert options.rows == rows
    assert options.channels[-1] == channels
    assert backbone.out_channels == (options.dense or rows * channels)


def test_malayalam_drops_two_of_87_frames_and_squeezes_1024_features_to_64(systems):
    options, head = systems["malayalam"]
    network = Crnn(Vgg(options), head, labels=165).eval()

    with torch.inference_mode():
        log_probs, lengths = network(torch.zeros(1, 1, 32, 350), torch.tensor([350]))

    assert network.backbone.dense[0].weight.shape == (64, 1024, 1)
    assert log_probs.shape == (1, 85, 165)
    assert lengths.tolist() == [85]


def test_words_gives_31_frames_of_63_classes(systems):
    options, head = systems["words"]
    network = Crnn(Vgg(options), head, labels=63).eval()

    with torch.inference_mode():
        log_probs, _ = network(torch.zeros(2, 1, 32, 128), torch.tensor([128, 128]))

    assert log_probs.shape == (2, 31, 63)


def test_crnn_has_the_8_3_million_weights_of_its_paper(systems):
    options, head = systems["crnn"]

    network = Crnn(Vgg(options), head, labels=37)

    # Shi, Bai, Yao 2015, section 3.3, "8.3 million". Theirs has a linear layer from 512 to 256 between the LSTMs: so
    # the second LSTM's 2 x 4 gates of 256 units read 256 features fewer.
    theirs = sum(weights.numel() for weights in network.parameters()) + (512 + 1) * 256 - 2 * 4 * 256 * 256
    assert theirs == pytest.approx(8.3e6, rel=0.01)
