"""The form that a CPU reads with, beside the network that it is made of."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from ocrkit.nets.crnn import Crnn
from ocrkit.nets.mixer import Mixer
from ocrkit.nets.options import HeadOptions, LstmLayer, MixerOptions, VggOptions
from ocrkit.nets.reading.doubt import doubtful
from ocrkit.nets.reading.form import ReadingForm, weights_version
from ocrkit.nets.reading.side_by_side import SideBySide
from ocrkit.nets.vgg import Vgg

WIDTHS = (700, 131, 97, 64, 33, 9, 8, 5, 3, 1)
NAMES = ["malayalam", "crnn", "handwriting", "captcha", "words", "vgg", "resnet"]


def lines(height, widths=WIDTHS):
    torch.manual_seed(5)
    return [torch.rand(height, width) for width in widths]


def of_network(network, image):
    with torch.inference_mode():
        log_probs, lengths = network(image[None, None], torch.tensor([image.shape[1]]))
    return log_probs[0, : int(lengths[0])]


def read(form, images):
    with torch.inference_mode():
        log_probs, lengths = form(images)
    return [line[:length] for line, length in zip(log_probs, lengths.tolist(), strict=True)]


class Doubled(nn.Module):
    """A head that the form does not know."""

    out_features = 24

    def __init__(self, features):
        super().__init__()
        self.layer = nn.Linear(features, 24)

    def forward(self, frames, lengths):
        return 2 * self.layer(frames)


def large(head=None):
    """A network whose convolutions are wide enough for Winograd's way, with the frames of three heights a row."""
    torch.manual_seed(3)
    backbone = Vgg(VggOptions(height=48, channels=(16, 32, 32), pools=("2x2", "2x2", "2x1"), dense=40))
    context = None if head is None else head(backbone.out_channels)
    rnn = HeadOptions(rnn=(LstmLayer(24, "sum"), LstmLayer(16)), skip_frames=2)
    return Crnn(backbone, rnn, 30, context=context).eval()


@pytest.mark.parametrize("name", NAMES)
def test_each_line_gives_in_float32_what_the_network_gives_it_alone(make_crnn, name):
    network = make_crnn(name, 40)
    images = lines(network.backbone.height)

    found = read(ReadingForm(network), images)

    for image, log_probs in zip(images, found, strict=True):
        torch.testing.assert_close(log_probs, of_network(network, image), rtol=0, atol=1e-4)


@pytest.fixture(params=[True, False], ids=["plain", "winograd"])
def plain(request, monkeypatch):
    """Whether convolutions are plain ones, as on processors whose vectors are long, or Winograd's."""
    monkeypatch.setattr("ocrkit.nets.reading.convolution.is_widest_in_float32", lambda: request.param)
    return request.param


def test_convolutions_are_winograds_but_where_plain_ones_are_faster(plain):
    stages = SideBySide(large().backbone)._stages

    assert [stage.by_winograd for stage in stages] == [False, not plain, not plain]


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("head", [None, Doubled, lambda features: Mixer(features, MixerOptions(size=32, layers=2))])
def test_wide_convolutions_and_any_head_give_what_the_network_gives(head):
    network = large(head)
    images = lines(48)

    found = read(ReadingForm(network), images)

    for image, log_probs in zip(images, found, strict=True):
        torch.testing.assert_close(log_probs, of_network(network, image), rtol=0, atol=1e-4)


@pytest.mark.usefixtures("plain")
def test_more_lines_than_a_row_has_room_for_are_read_in_several(monkeypatch):
    monkeypatch.setattr("ocrkit.nets.reading.side_by_side._ROW_BYTES", 4 * 16 * 48 * 200)
    monkeypatch.setattr("ocrkit.nets.reading.form._CONTEXT_BYTES", 4 * 40 * 60)
    network = large()
    images = lines(48)

    found = read(ReadingForm(network), images)

    for image, log_probs in zip(images, found, strict=True):
        torch.testing.assert_close(log_probs, of_network(network, image), rtol=0, atol=1e-4)


def test_lines_too_narrow_for_a_frame_have_none():
    [log_probs] = read(ReadingForm(large()), lines(48, (3,)))

    assert log_probs.shape == (0, 30)


def test_in_bfloat16_probabilities_stay_within_what_makes_a_reading_doubtful():
    network = large()
    form = ReadingForm(network)
    assert form.allow_bfloat16()

    found = read(form, lines(48))

    for image, log_probs in zip(lines(48), found, strict=True):
        torch.testing.assert_close(log_probs.exp(), of_network(network, image).exp(), rtol=0, atol=0.05)


def test_a_head_of_an_unknown_kind_stays_in_float32():
    assert not ReadingForm(large(Doubled)).allow_bfloat16()


def test_a_rounding_that_proves_too_large_is_given_up(monkeypatch):
    network = large()
    form = ReadingForm(network)
    form.allow_bfloat16()
    monkeypatch.setattr("ocrkit.nets.reading.form._MARGIN", 1e-9)

    found = read(form, lines(48))

    assert not form.bfloat16
    for image, log_probs in zip(lines(48), found, strict=True):
        torch.testing.assert_close(log_probs, of_network(network, image), rtol=0, atol=1e-4)


def test_weights_that_change_change_the_version():
    network = large()
    before = weights_version(network)

    with torch.no_grad():
        network.output.bias.add_(1)

    assert weights_version(network) != before


def frames(*rows):
    """(1, T, 3) log-probabilities of the blank and two labels."""
    return torch.tensor([[[math.log(value) for value in row] for row in rows]])


LETTER, BLANK = (0.01, 0.98, 0.01), (0.98, 0.01, 0.01)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([BLANK, (0.50, 0.49, 0.01), BLANK], True),  # a letter that is hardly not read
        ([BLANK, LETTER, (0.50, 0.49, 0.01), BLANK], False),  # the edge of a letter that is read anyway
        ([LETTER, (0.50, 0.49, 0.01), LETTER], True),  # two letters or one
        ([LETTER, (0.01, 0.50, 0.49), LETTER], True),  # another letter in between, or not
        ([BLANK, (0.01, 0.50, 0.49), BLANK], True),  # one letter or the other
        ([BLANK, LETTER, (0.60, 0.39, 0.01), BLANK], False),
        ([BLANK, (0.60, 0.39, 0.01), BLANK], False),  # far enough apart
    ],
)
def test_a_line_is_doubtful_where_its_second_label_would_read_otherwise(rows, expected):
    log_probs = frames(*rows)

    assert doubtful(log_probs, torch.tensor([len(rows)]), margin=0.05).tolist() == [expected]


def test_frames_past_a_lines_end_leave_no_doubt():
    log_probs = frames(BLANK, LETTER, (0.50, 0.49, 0.01))

    assert doubtful(log_probs, torch.tensor([2]), margin=0.05).tolist() == [False]
