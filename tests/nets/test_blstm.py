"""The bidirectional LSTM: against packed sequences, and its start."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from ocrkit.nets.blstm import Blstm, _reordered, reversal
from ocrkit.nets.options import LstmLayer


def packed(blstm: Blstm, frames: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """What torch's own bidirectional LSTM with the same weights gives for packed sequences: (B, T, 2 x size)."""
    reference = nn.LSTM(frames.shape[2], blstm.onward.hidden_size, batch_first=True, bidirectional=True)
    reverse = {f"{name}_reverse": weight for name, weight in blstm.reverse.named_parameters()}
    reference.load_state_dict({**dict(blstm.onward.named_parameters()), **reverse})
    sequence = pack_padded_sequence(frames, lengths, batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(reference(sequence)[0], batch_first=True, total_length=frames.shape[1])[0]


@pytest.mark.parametrize("merge", ["concat", "sum"])
def test_reversed_rows_give_what_packed_sequences_give(merge):
    torch.manual_seed(3)
    blstm = Blstm(6, LstmLayer(5, merge))
    frames, lengths = torch.randn(4, 9, 6), torch.tensor([9, 1, 4, 8])

    merged = blstm(frames, reversal(lengths, 9))

    expected = packed(blstm, frames, lengths)
    if merge == "sum":
        expected = expected[:, :, :5] + expected[:, :, 5:]
    for line, length in enumerate(lengths):
        torch.testing.assert_close(merged[line, :length], expected[line, :length], rtol=0, atol=1e-6)


def test_gradients_are_those_of_packed_sequences():
    torch.manual_seed(4)
    blstm = Blstm(6, LstmLayer(5))
    frames, lengths = torch.randn(4, 9, 6, requires_grad=True), torch.tensor([9, 1, 4, 8])
    counts = (torch.arange(9) < lengths[:, None])[:, :, None]
    weights = torch.randn(4, 9, 10) * counts

    (found,) = torch.autograd.grad((blstm(frames, reversal(lengths, 9)) * weights).sum(), frames)

    (expected,) = torch.autograd.grad((packed(blstm, frames, lengths) * weights).sum(), frames)
    torch.testing.assert_close(found * counts, expected, rtol=0, atol=1e-6)


def test_reordered_frames_pass_their_gradients_back_exactly():
    frames = torch.randn(3, 5, 2, dtype=torch.float64, requires_grad=True)
    order = reversal(torch.tensor([5, 2, 0]), 5)

    assert torch.autograd.gradcheck(lambda given: _reordered(given, order), (frames,))


def test_frames_without_a_gradient_are_reordered_too():
    order = reversal(torch.tensor([3, 2]), 3)

    found = _reordered(torch.arange(6.0).view(2, 3, 1), order)

    assert found.flatten().tolist() == [2, 1, 0, 4, 3, 5]


def test_a_reversal_turns_round_what_counts_and_leaves_the_rest():
    order = reversal(torch.tensor([4, 2, 1, 0]), 4)

    assert order.tolist() == [[3, 2, 1, 0], [1, 0, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3]]


def test_forget_gates_start_open_and_the_other_biases_at_zero():
    blstm = Blstm(3, LstmLayer(2))

    for cells in (blstm.onward, blstm.reverse):
        # Gates in the order input, forget, cell, output, two units each.
        assert (cells.bias_ih_l0 + cells.bias_hh_l0).tolist() == [0, 0, 1, 1, 0, 0, 0, 0]


def test_recurrent_weights_start_orthogonal():
    blstm = Blstm(3, LstmLayer(8))

    gates = blstm.onward.weight_hh_l0.view(4, 8, 8)

    torch.testing.assert_close(gates @ gates.transpose(1, 2), torch.eye(8).expand(4, 8, 8), rtol=0, atol=1e-5)
