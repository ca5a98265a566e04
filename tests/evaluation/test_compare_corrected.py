"""Error rates of readings without and with corrections, and the bounds of what lies between."""

from __future__ import annotations

import random

import bars
import numpy as np
import pytest
from correctors import Told

from ocrkit.data.records import Sample
from ocrkit.errors import OptionError
from ocrkit.evaluation import evaluate
from ocrkit.evaluation.correction import Corrected, Correction, compare_corrected
from ocrkit.evaluation.word_fates import WordFates
from ocrkit.recognition import Recognizer
from ocrkit.text.metrics import comparable, count_errors


def compared(lines: list[Corrected]) -> Correction:
    return compare_corrected(lines, "told", errors=count_errors, spelling=comparable)


def test_rates_stand_beside_each_other() -> None:
    lines = [Corrected("the end", "tbe end", "the end"), Corrected("a b c", "a x c", "a x c")]

    found = compared(lines)

    assert (found.lines, found.changed) == (2, 1)
    assert (found.cer.without, found.cer.corrected) == (2 / 12, 1 / 12)
    assert (found.wer.without, found.wer.corrected) == (2 / 5, 1 / 5)
    assert found.wer.change == pytest.approx(-1 / 5)
    assert found.words == WordFates(5, mended=1, left=1)


def test_bounds_are_those_of_lines_drawn_anew() -> None:
    rng = random.Random(5)
    lines = []
    for _ in range(40):
        truth = "".join(rng.choices("ab", k=rng.randrange(1, 9)))
        read = truth.replace("a", "x", rng.randrange(2))
        lines.append(Corrected(truth, read, rng.choice([truth, read, read + "y"])))

    found = compared(lines).cer

    # Slowly, and with draws of its own.
    edits = [(count_errors([(one.truth, text)]).character_edits for text in (one.read, one.text)) for one in lines]
    table = [(before, after, len(one.truth)) for (before, after), one in zip(edits, lines, strict=True)]
    differences = sorted(
        (sum(row[1] for row in drawn) - sum(row[0] for row in drawn)) / sum(row[2] for row in drawn)
        for drawn in (rng.choices(table, k=len(table)) for _ in range(4000))
    )
    assert found.low == pytest.approx(differences[100], abs=0.012)
    assert found.high == pytest.approx(differences[3900], abs=0.012)
    assert found.low < found.change < found.high


def test_the_same_lines_give_the_same_bounds() -> None:
    lines = [Corrected("abc", "abx", "abc"), Corrected("abc", "abc", "abd"), Corrected("b", "c", "c")]

    assert compared(lines) == compared(lines)


def test_where_nothing_was_altered_nothing_changes_for_certain() -> None:
    found = compared([Corrected("abc", "abx", "abx")] * 3)

    assert (found.changed, found.cer.change, found.cer.low, found.cer.high) == (0, 0, 0, 0)


def test_no_lines_give_no_errors() -> None:
    found = compared([])

    assert (found.lines, found.cer.without, found.cer.low, found.words) == (0, 0, 0, WordFates())


def samples(*pairs: tuple[str, str]) -> list[Sample]:
    """Lines that show one text, and are said to have another."""
    return [
        Sample(f"{at}", lambda shown=shown: bars.picture(shown), text=text) for at, (shown, text) in enumerate(pairs)
    ]  # type: ignore[misc]


def test_an_evaluation_with_a_corrector_tells_what_it_did() -> None:
    recognizer = Recognizer(bars.reader(), corrector=Told("b", "c"), device="cpu")

    result = evaluate(recognizer, samples(("ab", "ac"), ("b", "b"), ("a", "a")))

    assert result.correction is not None
    assert (result.correction.corrector, result.correction.changed) == ("given", 2)
    assert result.correction.words == WordFates(3, mended=1, spoiled=1)
    assert (result.wer, result.cer) == (result.correction.wer.corrected, result.correction.cer.corrected)
    assert result.to_dict()["correction"]["words"]["mended_per_spoiled"] == 1  # type: ignore[index]


def test_confidences_are_measured_on_what_was_read() -> None:
    shown = samples(("ab", "ac"), ("b", "b"), ("a", "a"))
    plain = evaluate(Recognizer(bars.reader(), device="cpu"), shown)

    result = evaluate(Recognizer(bars.reader(), corrector=Told("b", "c"), device="cpu"), shown)

    assert (result.calibration_error, result.brier, result.coverage) == (
        plain.calibration_error,
        plain.brier,
        plain.coverage,
    )
    assert plain.correction is None


def test_words_of_lists_are_not_corrected() -> None:
    recognizer = Recognizer(bars.reader(), corrector=Told("b", "c"), device="cpu")

    with pytest.raises(OptionError, match="which nothing corrects; leave `correct` out"):
        evaluate(recognizer, samples(("ab", "ab")), lexicons={"0": ["ab"]})


def test_every_resample_has_as_many_lines() -> None:
    # One line alone can only be drawn again.
    found = compared([Corrected("abcd", "abcx", "abcd")])

    assert np.allclose([found.cer.low, found.cer.high], -0.25)
