"""Greedy decoding of tensors, on the CPU's: what the greedy decoder gives for the same array."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracle import below_zero

from ocrkit.ctc import beam_search, greedy, temper
from ocrkit.errors import EmissionsError
from ocrkit.plugin.device_decoding import greedy_on_device, temper_on_device
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.specs import DecoderOptions, TensorDecoder
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded


def check_same(found: Decoded, wanted: Decoded) -> None:
    for name in ("labels", "label_offsets", "line_offsets", "entries", "proved"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), err_msg=name)
        assert getattr(found, name).dtype == getattr(wanted, name).dtype
    # Of two frames that are certain up to rounding, either will do.
    assert np.all((found.frames == wanted.frames) | (wanted.confidences > 1 - 1e-6))
    np.testing.assert_allclose(found.confidences, wanted.confidences, rtol=1e-5)
    for name in ("scores", "acoustic_scores"):
        np.testing.assert_allclose(getattr(found, name), getattr(wanted, name), rtol=1e-6, atol=1e-4, err_msg=name)


@st.composite
def batches(draw: st.DrawFn) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Lines from flat to peaked, whose frames sum to one or do not, NaN past their lengths."""
    count, frames, labels = draw(st.integers(0, 4)), draw(st.integers(0, 12)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    log_probs = (rng.normal(size=(count, frames, labels)) * draw(st.sampled_from([1, 10, 60]))).astype(np.float32)
    if draw(st.booleans()):
        log_probs -= np.logaddexp.reduce(log_probs, axis=2, keepdims=True)
    log_probs = below_zero(log_probs)
    lengths = rng.integers(0, frames + 1, count)
    log_probs[np.arange(frames) >= lengths[:, None]] = np.nan
    return log_probs, lengths


@given(batches())
def test_a_tensor_gives_what_its_array_gives(batch: tuple[NDArray[np.float32], NDArray[np.int64]]) -> None:
    log_probs, lengths = batch

    found = greedy_on_device(torch.from_numpy(log_probs), lengths)

    check_same(found, greedy(log_probs, lengths, rescore=True))


def test_equal_values_go_to_the_lowest_label_and_the_first_frame() -> None:
    rng = np.random.default_rng(3)
    log_probs = -rng.integers(0, 3, (20, 9, 40)).astype(np.float32)

    found = greedy_on_device(torch.from_numpy(log_probs), np.full(20, 9))

    np.testing.assert_array_equal(found.labels, greedy(log_probs).labels)


def test_a_letter_twice_needs_the_blank_between_in_its_score_too() -> None:
    # The path 1 0 1 alone spells (1, 1): 0.8 * 0.7 * 0.6, out of frames that sum to one.
    log_probs = np.log(np.array([[[0.2, 0.8], [0.7, 0.3], [0.4, 0.6]]], np.float32))

    [[best]] = greedy_on_device(torch.from_numpy(log_probs), np.array([3]))

    assert best.labels.tolist() == [1, 1]
    assert best.score == best.acoustic_score == pytest.approx(np.log(0.8 * 0.7 * 0.6), abs=1e-6)


def test_a_long_line_is_scored_in_double_precision() -> None:
    rng = np.random.default_rng(4)
    log_probs = rng.normal(size=(1, 5000, 6)).astype(np.float32) - 6

    found = greedy_on_device(torch.from_numpy(log_probs), np.array([5000]))

    wanted = greedy(log_probs, rescore=True)
    assert found.scores.tolist() == pytest.approx(wanted.scores.tolist(), rel=1e-6)


@pytest.mark.parametrize("labels", [4, 400])
def test_probabilities_are_refused(labels: int) -> None:
    probabilities = torch.randn(2, 7, labels).softmax(2)

    with pytest.raises(EmissionsError, match=r"has values from 0 to 1 that add up to 1"):
        greedy_on_device(probabilities, np.array([7, 4]))


def test_logits_are_refused() -> None:
    log_probs = torch.randn(2, 7, 4).log_softmax(2)
    log_probs[1, 3, 2] = 3.0

    with pytest.raises(EmissionsError, match=r"line 1, frame 3, label 2\] is 3, and"):
        greedy_on_device(log_probs, np.array([7, 4]))


def test_half_precision_and_tensors_that_require_grad_are_taken() -> None:
    log_probs = torch.randn(2, 7, 4).log_softmax(2).half().requires_grad_()
    array = log_probs.detach().numpy()

    found = greedy_on_device(log_probs, np.array([7, 4]))

    check_same(found, greedy(array, np.array([7, 4]), rescore=True))


@pytest.mark.parametrize(("value", "named"), [(np.nan, "nan"), (np.inf, r"\+inf"), (-np.inf, "-inf")])
def test_what_is_no_probability_is_refused_with_line_and_frame(value: float, named: str) -> None:
    log_probs = torch.zeros(2, 3, 4).log_softmax(2)
    log_probs[1, 2] = value

    with pytest.raises(EmissionsError, match=rf"log_probs\[line 1, frame 2.*\] is {named}"):
        greedy_on_device(log_probs, np.array([3, 3]))


def test_the_built_in_greedy_decoder_offers_it_and_searches_do_not() -> None:
    charset, registry = Charset("ab", ("", "a", "b")), load_registry("none")

    built = {name: registry.decoder(name).build(charset, DecoderOptions()) for name in ("greedy", "beam")}

    assert isinstance(built["greedy"], TensorDecoder)
    assert not isinstance(built["beam"], TensorDecoder)


@given(batches(), st.sampled_from([0.4, 1.0, 3.0]), st.sampled_from([1, 3]))
def test_at_a_temperature_it_is_what_temper_gives(
    batch: tuple[NDArray[np.float32], NDArray[np.int64]], temperature: float, n_best: int
) -> None:
    log_probs, lengths = batch
    decoded = beam_search(log_probs, lengths, n_best=n_best)

    found = temper_on_device(decoded, torch.from_numpy(log_probs), lengths, temperature=temperature)

    wanted = temper(decoded, log_probs, lengths, temperature=temperature)
    np.testing.assert_allclose(found.confidences, wanted.confidences, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(found.acoustic_scores, wanted.acoustic_scores, rtol=1e-5, atol=1e-3)
    assert np.array_equal(found.scores, decoded.scores)
