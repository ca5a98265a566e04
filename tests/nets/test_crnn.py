"""The recogniser: shapes, lengths, precision, pixels, errors, and that it learns."""

from __future__ import annotations

import pytest
import torch
from stripes import learn_stripes

from ocrkit.errors import ModelError
from ocrkit.nets.crnn import Crnn
from ocrkit.nets.options import HeadOptions, LstmLayer, VggOptions
from ocrkit.nets.vgg import Vgg

TINY = VggOptions(height=8, channels=(8, 8), pools=("2x2", "2x2"))


def tiny(labels: int = 5, **head: object) -> Crnn:
    torch.manual_seed(1)
    return Crnn(Vgg(TINY), HeadOptions(**{"rnn": (LstmLayer(6),), **head}), labels)


def test_every_frame_is_a_distribution_over_the_labels():
    log_probs, _ = tiny().eval()(torch.rand(3, 1, 8, 40), torch.tensor([40, 20, 4]))

    torch.testing.assert_close(log_probs.exp().sum(dim=2), torch.ones(3, 10))


def test_lengths_are_int64_frames_of_each_line():
    _, lengths = tiny()(torch.rand(3, 1, 8, 43), torch.tensor([43, 20, 7], dtype=torch.int32))

    assert lengths.dtype == torch.int64
    assert lengths.tolist() == [10, 5, 1]


def test_skipped_frames_are_the_first_of_each_line():
    images, widths = torch.rand(2, 1, 8, 40), torch.tensor([40, 24])
    whole, _ = tiny().eval()(images, widths)

    skipping, lengths = tiny(skip_frames=2).eval()(images, widths)

    torch.testing.assert_close(skipping, whole[:, 2:])
    assert lengths.tolist() == [8, 4]


def test_a_line_with_fewer_frames_than_are_skipped_has_length_zero():
    log_probs, lengths = tiny(skip_frames=3)(torch.rand(2, 1, 8, 20), torch.tensor([20, 8]))

    assert log_probs.shape == (2, 2, 5)
    assert lengths.tolist() == [2, 0]


@pytest.mark.parametrize("width", [0, 1, 3])
def test_a_batch_too_narrow_for_a_frame_has_none(width):
    log_probs, lengths = tiny()(torch.rand(2, 1, 8, width), torch.tensor([width, width]))

    assert log_probs.shape == (2, 0, 5)
    assert lengths.tolist() == [0, 0]


def test_frames_are_counted_after_the_skipped_ones():
    network = tiny(skip_frames=2)

    assert [network.frames(width) for width in (0, 7, 8, 11, 12, 400)] == [0, 0, 0, 0, 1, 98]
    assert network.frames(torch.tensor([0, 7, 8, 11, 12, 400])).tolist() == [0, 0, 0, 0, 1, 98]


def test_no_lstm_leaves_convolutions_and_a_linear_layer():
    network = tiny(rnn=())

    log_probs, _ = network(torch.rand(1, 1, 8, 12), torch.tensor([12]))

    assert log_probs.shape == (1, 3, 5)
    assert network.output.in_features == 16  # 8 channels x 2 rows


def test_log_probs_are_float32_under_autocast_and_near_those_without():
    network, images, widths = tiny().eval(), torch.rand(2, 1, 8, 40), torch.tensor([40, 30])
    exact, _ = network(images, widths)

    with torch.autocast("cpu", dtype=torch.bfloat16):
        log_probs, _ = network(images, widths)

    assert log_probs.dtype == torch.float32
    torch.testing.assert_close(log_probs[0], exact[0], rtol=0, atol=0.05)


def test_a_frame_stands_at_its_pixels():
    network = tiny(skip_frames=2)

    # Two pools by 2, no offset, two frames dropped: the first output stands at px 8 to 12.
    assert network.pixels(0) == (8.0, 12.0)
    assert network.pixels(3) == (20.0, 24.0)


def test_frames_of_an_unpadded_last_kernel_stand_half_a_frame_further_right(make_crnn):
    # Frame 0 sees columns 0 and 1 of 4 px each: its middle is at px 4, so it is px 2 to 6.
    assert make_crnn("words", 63).pixels(0) == (2.0, 6.0)


@pytest.mark.parametrize(
    ("images", "widths", "message"),
    [
        ((2, 1, 9, 40), [40, 40], r"\(2, 1, 9, 40\); expected \(lines, 1, 8, width\)"),
        ((2, 3, 8, 40), [40, 40], r"\(2, 3, 8, 40\); expected \(lines, 1, 8, width\)"),
        ((2, 1, 8, 40), [40], r"widths have shape \(1,\); expected \(2,\)"),
        ((2, 1, 8, 40), [40, 41], "a line is 41 px wide in a batch 40 px wide"),
        ((2, 1, 8, 40), [40, -1], "a line is -1 px wide"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_by_name(images, widths, message):
    with pytest.raises(ModelError, match=message):
        tiny()(torch.zeros(images), torch.tensor(widths))


def test_a_network_of_the_blank_alone_is_refused():
    with pytest.raises(ModelError, match="1 labels; expected the blank and at least one more"):
        tiny(labels=1)


def test_equal_seeds_give_equal_networks():
    for mine, other in zip(tiny().parameters(), tiny().parameters(), strict=True):
        assert torch.equal(mine, other)


@pytest.mark.parametrize("autocast", [False, True], ids=["float32", "bfloat16"])
def test_it_learns_to_read_stripes(autocast):
    network = tiny(labels=4).train()

    assert learn_stripes(network, rate=0.02, autocast=autocast) < 0.1


def test_dropout_before_an_lstm_is_as_strong_as_it_is_set_and_only_in_training():
    images, widths = torch.rand(1, 1, 8, 40), torch.tensor([40])

    def readings(network):
        return network(images, widths)[0], network(images, widths)[0]

    assert torch.equal(*readings(tiny(dropout=0.0).train()))
    assert not torch.equal(*readings(tiny(dropout=0.5).train()))
    assert torch.equal(*readings(tiny(dropout=0.5).eval()))


def test_the_output_layer_begins_even_over_the_labels():
    network = tiny(labels=400)
    weight = network.output.weight.detach()

    # Uniform within sqrt(6 / (12 + 400)), of features and labels; Glorot and Bengio 2010, equation 16.
    bound = (6 / 412) ** 0.5
    assert 0.99 * bound < weight.abs().max() <= bound
    assert weight.std() == pytest.approx(bound / 3**0.5, rel=0.05)
    assert torch.equal(network.output.bias.detach(), torch.zeros(400))
