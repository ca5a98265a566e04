"""Searches with a language model, against brute force."""

from __future__ import annotations

import math

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ngram_oracle import Arpa, random_arpa
from oracle import Labels

from ocrkit.ctc import Lexicon, NgramModel, beam_search, text_search
from ocrkit.errors import OptionError
from ocrkit.text.charset import Charset

EVERYTHING = 10**6
ABC = Charset("abc", ("", "a", "b", "c"))
WORDS = {"a": (1,), "ab": (1, 2), "bb": (2, 2), "aca": (1, 3, 1), "b": (2,)}
APART = 3

weights = st.floats(0, 2)
bonuses = st.floats(-2, 2)
frames = st.integers(0, 5)


def line_of(seed: int, length: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    raw = np.random.default_rng(seed).normal(scale=2.0, size=(length, 4))
    return (raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))).astype(np.float32)


def readings(labels: Labels, *, soft: bool) -> list[tuple[list[str], int]]:
    """Every way of cutting labels into entries: the words, and how many labels are in stretches that are none."""
    if not labels:
        return [([], 0)]
    ways = readings(labels[1:], soft=soft) if labels[0] == APART else []
    for end in range(1, len(labels) + 1):
        if end < len(labels) and labels[end] != APART:
            continue
        rest = readings(labels[end + 1 :], soft=soft)
        word = next((word for word, spelled in WORDS.items() if spelled == labels[:end]), None)
        if word is not None:
            ways += [([word, *words], cost) for words, cost in rest]
        elif soft and APART not in labels[:end]:
            ways += [(["<other>", *words], cost + end) for words, cost in rest]
    return ways


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 10**6), frames, st.integers(1, 4), weights, bonuses)
def test_an_unbounded_beam_with_characters_is_the_oracle(
    seed: int, length: int, order: int, weight: float, bonus: float
) -> None:
    arpa = random_arpa(seed, ["a", "b", "c"], order)
    line = line_of(seed, length)

    decoded = beam_search(
        line,
        beam_width=EVERYTHING,
        n_best=EVERYTHING,
        token_cut=0,
        language_model=NgramModel(arpa.text().encode(), ABC),
        lm_weight=weight,
        lm_bonus=bonus,
    )

    found = {tuple(one.labels.tolist()): one.score for one in decoded[0]}
    expected = {
        labels: score + weight * arpa.ln([ABC.symbols[label] for label in labels]) + bonus * len(labels)
        for labels, score in oracle.labellings(line).items()
    }
    assert found == {labels: pytest.approx(score, abs=2e-4, rel=1e-5) for labels, score in expected.items()}
    assert [one.score for one in decoded[0]] == sorted(found.values(), reverse=True)
    assert decoded.proved.tolist() == [True]


def term(arpa: Arpa, labels: Labels, *, weight: float, bonus: float, cost: float | None) -> float:
    """The best term of all ways of cutting labels into words."""
    ways = readings(labels, soft=cost is not None)
    return max(
        (weight * arpa.ln(words) + bonus * len(words) - (cost or 0) * others for words, others in ways),
        default=-math.inf,
    )


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 10**6), frames, st.integers(1, 3), weights, bonuses, st.one_of(st.none(), st.floats(0, 3)))
def test_unbounded_text_search_with_words_is_the_oracle(
    seed: int, length: int, order: int, weight: float, bonus: float, cost: float | None
) -> None:
    arpa = random_arpa(seed, [word for word in WORDS if word != "bb"], order)
    line = line_of(seed, length)

    decoded = text_search(
        line,
        lexicon=Lexicon(WORDS.values()),
        separators=[APART],
        beam_width=EVERYTHING,
        n_best=EVERYTHING,
        token_cut=0,
        out_of_lexicon=cost,
        language_model=NgramModel(arpa.text().encode(), ABC, unit="word"),
        lm_weight=weight,
        lm_bonus=bonus,
    )

    found = {tuple(one.labels.tolist()): one.score for one in decoded[0]}
    scores = {
        labels: score + term(arpa, labels, weight=weight, bonus=bonus, cost=cost)
        for labels, score in oracle.labellings(line).items()
    }
    expected = {labels: score for labels, score in scores.items() if score > -math.inf}
    assert found == {labels: pytest.approx(score, abs=2e-4, rel=1e-5) for labels, score in expected.items()}


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), frames, weights, bonuses)
def test_unbounded_text_search_with_characters_is_the_oracle(
    seed: int, length: int, weight: float, bonus: float
) -> None:
    arpa = random_arpa(seed, ["a", "b", "c"], 3)
    line = line_of(seed, length)

    decoded = text_search(
        line,
        lexicon=Lexicon(WORDS.values()),
        separators=[APART],
        beam_width=EVERYTHING,
        n_best=EVERYTHING,
        token_cut=0,
        language_model=NgramModel(arpa.text().encode(), ABC),
        lm_weight=weight,
        lm_bonus=bonus,
    )

    found = {tuple(one.labels.tolist()): one.score for one in decoded[0]}
    expected = {
        labels: score + weight * arpa.ln([ABC.symbols[label] for label in labels]) + bonus * len(labels)
        for labels, score in oracle.labellings(line).items()
        if readings(labels, soft=False)
    }
    assert found == {labels: pytest.approx(score, abs=2e-4, rel=1e-5) for labels, score in expected.items()}


def test_what_does_not_fit_is_refused() -> None:
    model = NgramModel(random_arpa(1, ["a", "b", "c"], 2).text().encode(), ABC)
    words = NgramModel(random_arpa(1, list(WORDS), 2).text().encode(), ABC, unit="word")
    line = line_of(1, 3)

    with pytest.raises(OptionError, match="read for a charset of 4 labels, and log_probs has 3"):
        beam_search(line[:, :3], language_model=model)
    with pytest.raises(OptionError, match="beam search has no words; give text_search this language model"):
        beam_search(line, language_model=words)
    with pytest.raises(OptionError, match=r"language_model is 'm\.arpa'; expected an NgramModel"):
        beam_search(line, language_model="m.arpa")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="lm_weight is -1"):
        beam_search(line, language_model=model, lm_weight=-1)
    with pytest.raises(OptionError, match="lm_bonus is nan"):
        beam_search(line, language_model=model, lm_bonus=math.nan)


def test_a_language_model_counts_half_by_default() -> None:
    lines = "-99\t<s>\n-1\ta\n-2\t</s>\n"
    model = NgramModel(f"\\data\\\nngram 1=3\n\\1-grams:\n{lines}\\end\\\n".encode(), ["", "a"])

    [[best]] = beam_search(np.log(np.array([[0.1, 0.9]], np.float32)), language_model=model)

    assert best.labels.tolist() == [1]
    assert best.score - best.acoustic_score == pytest.approx(0.5 * (-1 - 2) * np.log(10), abs=1e-4)
