"""Tuning a language model: what is tried, and what is chosen."""

from __future__ import annotations

from dataclasses import replace

import bars
import numpy as np
import pytest

from ocrkit.ctc import NgramModel
from ocrkit.data.records import BadImage, Sample
from ocrkit.errors import DataError, OptionError
from ocrkit.evaluation.tuning import tune_language_model
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer

# Only "a" is at all likely, and so is the shortest of texts.
ARPA = b"\\data\\\nngram 1=4\n\\1-grams:\n-0.1\ta\n-60\tb\n-60\tc\n-0.1\t</s>\n\\end\\\n"
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
