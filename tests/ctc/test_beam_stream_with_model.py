"""A stream that is weighed by a language model, beside the search of the whole line."""

from __future__ import annotations

import gc
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ngram_oracle import random_arpa
from oracle import below_zero

from ocrkit.ctc import BeamStream, Decoded, NgramModel, beam_search
from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LETTERS = ["a", "b", "c", "d"]


class Symbols:
    """The letters, in order, around a blank that may be any label."""

    def __init__(self, blank: int) -> None:
        self.symbols = (*LETTERS[:blank], "", *LETTERS[blank:])

    def normalize(self, text: str) -> str:
        return text


def model_of(seed: int, *, blank: int = 0, order: int = 3) -> NgramModel:
    return NgramModel(random_arpa(seed, LETTERS[:3], order).text().encode(), Symbols(blank))


def line_of(seed: int, frames: int, scale: float) -> NDArray[np.float32]:
    return below_zero((np.random.default_rng(seed).normal(size=(frames, 5)) * scale).astype(np.float32))


def peaked_line(seed: int, frames: int, nats: float) -> NDArray[np.float32]:
    """One label a frame; all others are ``nats`` below it."""
    labels = np.random.default_rng(seed).integers(5, size=(frames, 1))
    return np.where(np.arange(5) == labels, 0, -nats).astype(np.float32)


def assert_same(one: Decoded, other: Decoded) -> None:
    for name in Decoded.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@settings(deadline=None, max_examples=100)
@given(
    st.integers(0, 2**32),
    st.lists(st.integers(0, 9), max_size=8),
    st.integers(1, 4),
    st.sampled_from([(1, 1, 0.3), (4, 2, 1e-3), (16, 9, 0.0), (100, 1, 1e-3)]),
    st.sampled_from([0.1, 2.0, 30.0, 600.0]),
    st.floats(0, 2),
    st.floats(-2, 2),
)
def test_however_the_line_is_cut_the_answer_is_that_of_the_whole(
    seed: int,
    cuts: list[int],
    order: int,
    options: tuple[int, int, float],
    scale: float,
    weight: float,
    bonus: float,
) -> None:
    line = line_of(seed, sum(cuts), scale)
    beam_width, n_best, token_cut = options
    model = model_of(seed, order=order)
    stream = BeamStream(
        5,
        beam_width=beam_width,
        n_best=n_best,
        token_cut=token_cut,
        language_model=model,
        lm_weight=weight,
        lm_bonus=bonus,
    )

    for end, size in zip(np.cumsum(cuts), cuts, strict=True):
        stream.push(line[end - size : end])

    whole = beam_search(
        line,
        beam_width=beam_width,
        n_best=n_best,
        token_cut=token_cut,
        language_model=model,
        lm_weight=weight,
        lm_bonus=bonus,
    )
    assert len(stream) == len(line)
    assert_same(stream.finish(), whole)


@pytest.mark.parametrize("blank", [0, 2, 4])
@pytest.mark.parametrize("nats", [2.0, 60.0, 800.0])
def test_the_best_so_far_is_that_of_the_frames_so_far(blank: int, nats: float) -> None:
    # Beyond 60 nats a frame's other labels are too improbable for doubles: the search over logarithms has the answer.
    line = peaked_line(blank, 30, nats)
    model = model_of(7, blank=blank)
    stream = BeamStream(5, blank=blank, token_cut=0, language_model=model, lm_weight=1.0)

    for frame in range(len(line)):
        stream.push(line[frame : frame + 1])
        whole = beam_search(line[: frame + 1], blank=blank, token_cut=0, language_model=model, lm_weight=1.0)

        assert stream.best.labels.tolist() == whole[0][0].labels.tolist()
        assert stream.best.score == whole[0][0].score


def test_a_stream_without_frames_has_the_models_term_of_nothing() -> None:
    model = model_of(3)
    stream = BeamStream(5, language_model=model, lm_weight=0.75)

    assert stream.best.labels.tolist() == []
    assert stream.best.acoustic_score == 0.0
    assert stream.best.score == pytest.approx(0.75 * model.log_prob([]), rel=1e-6)


def test_the_model_lasts_as_long_as_the_stream() -> None:
    line = line_of(4, 40, 2.0)
    stream = BeamStream(5, language_model=model_of(4))
    gc.collect()
    overwritten = [model_of(seed) for seed in range(5, 25)]  # would take the memory of one that was freed

    stream.push(line)

    assert len(overwritten) == 20
    assert_same(stream.finish(), beam_search(line, language_model=model_of(4)))


def test_what_does_not_fit_is_refused() -> None:
    words = NgramModel(random_arpa(1, ["ab", "c"], 2).text().encode(), Symbols(0), unit="word")

    with pytest.raises(OptionError, match="beam search has no words; give text_search this language model, and a"):
        BeamStream(5, language_model=words)
    with pytest.raises(OptionError, match="read for a charset of 5 labels, and log_probs has 6; read it with the"):
        BeamStream(6, language_model=model_of(1))
    with pytest.raises(OptionError, match=r"language_model is 'm\.arpa'; expected an NgramModel"):
        BeamStream(5, language_model="m.arpa")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="lm_weight is -1"):
        BeamStream(5, language_model=model_of(1), lm_weight=-1)
    with pytest.raises(OptionError, match="lm_bonus is nan"):
        BeamStream(5, language_model=model_of(1), lm_bonus=math.nan)
