"""How long a training step takes, and a bidirectional LSTM beside the packed one that it must equal."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from ocrkit.nets.blstm import Blstm, reversal
from ocrkit.nets.crnn import Crnn
from ocrkit.nets.options import HeadOptions, LstmLayer, VggOptions
from ocrkit.nets.vgg import Vgg

LINES, LABELS = 64, 91
THREADS = 2

SIZES = {
    "vgg-0.25-lstm-128": (0.25, (LstmLayer(128),)),
    "vgg-0.5-lstm-128": (0.5, (LstmLayer(128),)),
    "vgg-0.5-lstm-128-128": (0.5, (LstmLayer(128), LstmLayer(128))),
    "vgg-1-lstm-128": (1.0, (LstmLayer(128),)),
}


@pytest.fixture(autouse=True)
def threads():
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("size", SIZES)
def test_a_training_step_on_64_words(benchmark, size, precision):
    torch.manual_seed(0)
    multiplier, rnn = SIZES[size]
    network = Crnn(Vgg(VggOptions(width_multiplier=multiplier)), HeadOptions(rnn=rnn), LABELS)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    widths = torch.randint(90, 129, (LINES,))
    images = torch.rand(LINES, 1, 32, 128)
    texts, text_lengths = torch.randint(1, LABELS, (LINES, 12)), torch.randint(4, 13, (LINES,))

    def step() -> float:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
            log_probs, lengths = network(images, widths)
        loss = nn.functional.ctc_loss(log_probs.transpose(0, 1), texts, lengths, text_lengths)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        return loss.item()

    first = step()
    assert min(step() for _ in range(5)) < first

    benchmark.extra_info["lines"] = LINES
    benchmark.pedantic(step, rounds=15, warmup_rounds=2)


@pytest.mark.parametrize("way", ["reversed rows", "packed"])
def test_a_bidirectional_lstm_of_128_on_32_lines_of_40_frames(benchmark, way):
    torch.manual_seed(0)
    blstm = Blstm(128, LstmLayer(128))
    reference = nn.LSTM(128, 128, batch_first=True, bidirectional=True)
    reverse = {f"{name}_reverse": weight for name, weight in blstm.reverse.named_parameters()}
    reference.load_state_dict({**dict(blstm.onward.named_parameters()), **reverse})
    frames, lengths = torch.randn(32, 40, 128), torch.randint(5, 41, (32,))
    counts = (torch.arange(40) < lengths[:, None])[:, :, None]

    def reversed_rows() -> torch.Tensor:
        return blstm(frames, reversal(lengths, 40)) * counts

    def packed() -> torch.Tensor:
        sequence = pack_padded_sequence(frames, lengths, batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(reference(sequence)[0], batch_first=True, total_length=40)[0] * counts

    torch.testing.assert_close(reversed_rows(), packed(), rtol=0, atol=1e-5)
    run = reversed_rows if way == "reversed rows" else packed

    benchmark.pedantic(lambda: run().sum().backward(), rounds=30, warmup_rounds=3)
