"""Tuning a language model: what is tried, and what is chosen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bars
import numpy as np
import pytest

from ocrkit.ctc import NgramModel
from ocrkit.data.records import BadImage, Sample
from ocrkit.errors import DataError, OptionError
from ocrkit.evaluation.tuning import BONUSES, WEIGHTS, LmTrial, tune_language_model
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

# Only "a" is at all likely, and so is the shortest of texts.
ARPA = b"\\data\\\nngram 1=4\n\\1-grams:\n-0.1\ta\n-60\tb\n-60\tc\n-0.1\t</s>\n\\end\\\n"
# After a there stands a space, and after a space an a rather than a b; a b right after a is next to impossible.
BIGRAMS = b"""
\\data\\
ngram 1=5
ngram 2=5

\\1-grams:
-99\t<s>\t0
-0.5\t</s>
-1\ta\t0
-1\tb\t0
-1\t<space>\t0

\\2-grams:
-0.1\t<s> a
-0.1\ta <space>
-2\ta b
-0.1\t<space> a
-0.8\t<space> b

\\end\\
"""
OPTIONS = DecoderOptions(language_model=NgramModel(ARPA, bars.ABC))


def samples(*texts: str) -> list[Sample]:
    return [Sample(text, lambda text=text: bars.picture(text), text) for text in texts]


def test_a_model_that_harms_is_given_no_weight() -> None:
    trials = tune_language_model(Recognizer(bars.reader()), samples("abc", "cb", "b"), OPTIONS)

    errors = {(trial.weight, trial.bonus): trial.cer for trial in trials}
    assert errors[0.0, 0.0] == 0.0
    assert errors[2.0, 0.0] > 0.0
    assert trials[0].cer == 0.0
    assert [trial.cer for trial in trials] == sorted(trial.cer for trial in trials)


def test_what_cannot_be_tuned_is_refused() -> None:
    recognizer = Recognizer(bars.reader())

    with pytest.raises(OptionError, match="there is no language model to tune"):
        tune_language_model(recognizer, samples("a"), replace(OPTIONS, language_model=None))
    with pytest.raises(DataError, match="no lines to tune on"):
        tune_language_model(recognizer, [Sample("x", lambda: bars.picture("a"), None)], OPTIONS)


def test_log_probabilities_come_line_by_line_and_bad_images_in_their_place() -> None:
    recognizer = Recognizer(bars.reader(), batch_size=2)
    broken = Sample("broken", lambda: (_ for _ in ()).throw(OSError("torn")), "a")
    first, bad, *others = recognizer.log_probs([*samples("ab"), broken, *samples("c", "abca")])

    assert isinstance(bad, BadImage)
    for line, letters in zip([first, *others], (2, 1, 4), strict=True):
        assert isinstance(line, np.ndarray)
        assert line.shape == (2 * letters, len(bars.ABC))


def test_case_is_ignored_where_it_is_asked_to_be() -> None:
    recognizer, capitals = Recognizer(bars.reader()), [Sample("line", lambda: bars.picture("ab"), "AB")]

    heeded = tune_language_model(recognizer, capitals, OPTIONS)
    ignored = tune_language_model(recognizer, capitals, OPTIONS, ignore_case=True)

    assert heeded[0].cer == 1.0
    assert ignored[0].cer == 0.0


def test_the_decoder_that_is_named_is_the_one_that_is_tuned() -> None:
    with pytest.raises(OptionError, match="decoder 'greedy' cannot honour `language_model`"):
        tune_language_model(Recognizer(bars.reader()), samples("ab"), OPTIONS, decoder="greedy")


class Saved:
    """A recogniser whose log-probabilities are given: one line of four frames over blank, a, b and space."""

    def __init__(self, frames: list[list[float]]) -> None:
        self.model = bars.reader(bars.AB_AND_SPACE)
        self._frames = np.log(np.array(frames, np.float32))

    def log_probs(self, samples: Iterable[Sample]) -> Iterator[NDArray[np.float32]]:
        return (self._frames for _ in samples)


def unigrams(a: float, b: float, space: float) -> NgramModel:
    """log10 of the units; the end of a line costs nothing."""
    lines = f"{a}\ta\n{b}\tb\n{space}\t<space>\n0\t</s>\n"
    return NgramModel(f"\\data\\\nngram 1=4\n\\1-grams:\n{lines}\\end\\\n".encode(), bars.AB_AND_SPACE)


def tuned(frames: list[list[float]], text: str, model: NgramModel) -> list[LmTrial]:
    recognizer: Any = Saved(frames)
    return tune_language_model(
        recognizer, [Sample("line", Path("line.png"), text)], DecoderOptions(language_model=model)
    )


def test_the_weight_is_chosen_then_the_bonus_then_the_weight_again() -> None:
    # Without a bonus any weight of this model takes the b away, which has hardly more than the blank.
    trials = tuned([[0.01, 0.97, 0.01, 0.01], [0.45, 0.01, 0.53, 0.01]], "ab", unigrams(-1, -1, -1))

    errors = {(trial.weight, trial.bonus): trial.cer for trial in trials}
    first = [(weight, 0.0) for weight in WEIGHTS]
    assert [errors[pair] == 0 for pair in first] == [True] + [False] * 8  # 0.1 ln 10 = 0.23, ln(0.53 / 0.46) = 0.14
    # A weight of 0 leaves no bonus to choose, so the middle one stands for it: 0.5 ln 10 - 0.14 = 1.01.
    second = [(0.5, bonus) for bonus in BONUSES]
    assert next(bonus for bonus in BONUSES if errors[0.5, bonus] == 0) == 1.5
    third = [(weight, 1.5) for weight in WEIGHTS]
    assert set(errors) == {*first, *second, *third}


def test_of_equal_character_errors_fewer_words_wrong_are_better() -> None:
    # Read alone, "a b" loses its space, which has less than the blank: one character and both words are wrong. A model
    # that likes spaces brings it back, and with more weight makes an a of the b: one character and one word.
    frames = [[0.01, 0.97, 0.01, 0.01], [0.58, 0.01, 0.01, 0.4], [0.01, 0.19, 0.79, 0.01]]
    model = NgramModel(BIGRAMS, bars.AB_AND_SPACE)

    trials = tuned(frames, "a b", model)

    found = {(trial.weight, trial.bonus): (round(trial.cer, 3), trial.wer) for trial in trials}
    assert found[0.0, 0.0] == (0.333, 1.0)
    assert found[2.0, 0.0] == (0.333, 0.5)
    assert [(trial.cer, trial.wer) for trial in trials] == sorted((trial.cer, trial.wer) for trial in trials)
