"""What must hold of searches with a language model, whatever the line and the model."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ngram_oracle import random_arpa
from oracle import below_zero

from ocrkit.ctc import Decoded, Lexicon, NgramModel, beam_search, text_search

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

UNITS = ("", "a", "b", "c", "d")
WORDS = ["a", "ab", "cab", "dd"]
SEPARATOR = 4


class Symbols:
    """Units in some order."""

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)

    def normalize(self, text: str) -> str:
        return text


def letters(seed: int, symbols: Sequence[str] = UNITS) -> NgramModel:
    return NgramModel(random_arpa(seed, ["a", "b", "c", "d"], 3).text().encode(), Symbols(symbols))


def spelled(symbols: Sequence[str] = UNITS) -> Lexicon:
    return Lexicon([[symbols.index(letter) for letter in word] for word in WORDS])


SEARCHES = {
    "beam": partial(beam_search, language_model=letters(1)),
    "text of characters": partial(text_search, lexicon=spelled(), separators=[SEPARATOR], language_model=letters(2)),
    "text of words": partial(
        text_search,
        lexicon=spelled(),
        separators=[SEPARATOR],
        out_of_lexicon=1.0,
        language_model=NgramModel(random_arpa(3, WORDS, 2).text().encode(), Symbols(UNITS), unit="word"),
    ),
}
every_search = pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)


def batch_of(lines: int = 40, frames: int = 9) -> NDArray[np.float32]:
    return below_zero(np.random.default_rng(6).normal(size=(lines, frames, 5)).astype(np.float32) * 2)


def assert_same(one: Decoded, other: Decoded) -> None:
    for name in Decoded.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@every_search
def test_padding_is_never_read(search: Callable[..., Decoded]) -> None:
    batch = batch_of()
    lengths = np.arange(40) % 10
    padded = np.where(np.arange(9)[:, None] < lengths[:, None, None], batch, np.nan).astype(np.float32)

    decoded = search(padded, lengths, n_best=2)

    for line, length in enumerate(lengths):
        alone = search(batch[line, :length], n_best=2)[0]
        assert [(one.labels.tolist(), one.score) for one in decoded[line]] == [
            (one.labels.tolist(), one.score) for one in alone
        ]


@every_search
def test_the_threads_change_nothing(search: Callable[..., Decoded]) -> None:
    assert_same(search(batch_of(), n_best=3, threads=8), search(batch_of(), n_best=3, threads=1))


@every_search
def test_float16_decodes_as_its_values_do_in_float32(search: Callable[..., Decoded]) -> None:
    halves = batch_of().astype(np.float16)

    assert_same(search(halves, n_best=3), search(halves.astype(np.float32), n_best=3))
    assert_same(search(halves[:, ::-1], n_best=3), search(halves.astype(np.float32)[:, ::-1].copy(), n_best=3))


@every_search
def test_frames_that_do_not_sum_to_one_move_the_score_alone(search: Callable[..., Decoded]) -> None:
    batch = batch_of()

    plain = search(batch)

    moved = search(batch - np.float32(1.5))
    np.testing.assert_array_equal(moved.labels, plain.labels)
    np.testing.assert_allclose(moved.scores, plain.scores - 9 * 1.5, atol=1e-4)
    np.testing.assert_allclose(moved.confidences, plain.confidences, rtol=1e-5)


@every_search
def test_without_a_weight_the_model_says_nothing(search: Callable[..., Decoded]) -> None:
    unweighed = search(batch_of(), lm_weight=0.0, token_cut=0, beam_width=10**6, n_best=3)

    plain = search(batch_of(), language_model=None, token_cut=0, beam_width=10**6, n_best=3)
    np.testing.assert_allclose(unweighed.scores, plain.scores, rtol=1e-6, atol=1e-4)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.permutations(range(5)), st.integers(0, 8), st.floats(0, 2), st.floats(-1, 1))
def test_renaming_the_labels_renames_the_answers(
    seed: int, order: list[int], frames: int, weight: float, bonus: float
) -> None:
    line = below_zero(np.random.default_rng(seed).normal(size=(frames, 5)).astype(np.float32))
    renamed_line = np.empty_like(line)
    renamed_line[:, order] = line
    symbols = [UNITS[order.index(label)] for label in range(5)]
    options = {"beam_width": 10**6, "n_best": 9, "token_cut": 0, "lm_weight": weight, "lm_bonus": bonus}

    plain = beam_search(line, language_model=letters(seed), **options)  # type: ignore[arg-type]

    renamed = beam_search(renamed_line, blank=order[0], language_model=letters(seed, symbols), **options)  # type: ignore[arg-type]
    np.testing.assert_allclose(renamed.scores, plain.scores, rtol=1e-6, atol=1e-4)
    texts = text_search(
        renamed_line,
        blank=order[0],
        lexicon=spelled(symbols),
        separators=[order[SEPARATOR]],
        language_model=letters(seed, symbols),
        **options,  # type: ignore[arg-type]
    )
    plain_texts = text_search(
        line,
        lexicon=spelled(),
        separators=[SEPARATOR],
        language_model=letters(seed),
        **options,  # type: ignore[arg-type]
    )
    np.testing.assert_allclose(texts.scores, plain_texts.scores, rtol=1e-6, atol=1e-4)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 4), st.sampled_from([0.0, 1e-3, 0.1, 1.0]))
def test_any_beam_gives_exact_scores_in_order(seed: int, width: int, n_best: int, cut: float) -> None:
    line = below_zero(np.random.default_rng(seed).normal(size=(5, 5)).astype(np.float32) * 3)
    everything = {"beam_width": 10**6, "n_best": 10**6, "token_cut": 0}

    for search in SEARCHES.values():
        scores = {tuple(one.labels.tolist()): one.score for one in search(line, **everything)[0]}
        narrow = search(line, beam_width=width, n_best=n_best, token_cut=cut)

        found = [one.score for one in narrow[0]]
        assert found == sorted(found, reverse=True)
        assert found == pytest.approx([scores[tuple(one.labels.tolist())] for one in narrow[0]], abs=1e-4)
        few = search(line, beam_width=10**6, n_best=n_best, token_cut=0)
        assert few.scores.tolist() == pytest.approx(sorted(scores.values(), reverse=True)[:n_best], abs=1e-4)
        if narrow.proved[0]:
            assert found == pytest.approx(sorted(scores.values(), reverse=True)[:n_best], abs=1e-4)
