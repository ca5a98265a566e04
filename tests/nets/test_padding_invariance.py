"""A line alone gives what it gives padded in a batch."""

from __future__ import annotations

import pytest
import torch

WIDTHS = (131, 1, 0, 2, 3, 5, 7, 8, 9, 16, 33, 64, 97, 110, 128)


@pytest.mark.parametrize("name", ["malayalam", "crnn", "handwriting", "captcha", "words", "vgg", "resnet"])
def test_a_line_alone_and_in_a_batch_gives_the_same_log_probs(make_crnn, name):
    network = make_crnn(name, 40)
    height = network.backbone.height
    images, widths = torch.rand(len(WIDTHS), 1, height, max(WIDTHS)), torch.tensor(WIDTHS)

    with torch.inference_mode():
        together, lengths = network(images, widths)
        alone = [network(images[i : i + 1, :, :, :w], torch.tensor([w])) for i, w in enumerate(WIDTHS)]

    for line, (log_probs, length) in enumerate(alone):
        assert length.tolist() == [lengths[line]]
        torch.testing.assert_close(log_probs[0], together[line, : lengths[line]], rtol=0, atol=1e-4)


@pytest.mark.parametrize("rubbish", [5.0, float("nan"), float("inf")])
def test_what_stands_in_the_padding_is_never_read(make_crnn, rubbish):
    network = make_crnn("vgg", 10)
    images, widths = torch.rand(2, 1, 32, 80), torch.tensor([80, 41])
    spoilt = images.clone()
    images[1, :, :, 41:], spoilt[1, :, :, 41:] = 0, rubbish

    with torch.inference_mode():
        clean, lengths = network(images, widths)
        read, _ = network(spoilt, widths)

    assert torch.equal(read[1, : lengths[1]], clean[1, : lengths[1]])


def test_padding_gets_no_gradient(make_crnn):
    network = make_crnn("resnet", 10)
    images = torch.rand(2, 1, 32, 80, requires_grad=True)

    log_probs, lengths = network(images, torch.tensor([80, 41]))
    log_probs[1, : lengths[1], 3].sum().backward()

    assert images.grad[1, :, :, :40].abs().sum() > 0
    assert images.grad[1, :, :, 41:].abs().max() == 0
    assert images.grad[0].abs().max() == 0
