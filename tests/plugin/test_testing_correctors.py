"""The check of correctors, each time on one that breaks the contract in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import pytest

from ocrkit.data.changes import Change, changed_text, original_text
from ocrkit.errors import OptionError, PluginError
from ocrkit.plugin.corrector_specs import CorrectorSpec
from ocrkit.plugin.testing import check_corrector

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ocrkit.plugin.corrector_specs import LineReading


@dataclass(frozen=True)
class Options:
    words: str = ""


@dataclass(frozen=True)
class Told:
    """A corrector that answers as a function does."""

    answer: Callable[[LineReading], Sequence[Change]]

    def correct(self, reading: LineReading) -> Sequence[Change]:
        return self.answer(reading)


def spec(answer: Callable[[LineReading], Sequence[Change]]) -> CorrectorSpec:
    return CorrectorSpec("told", "For the test.", Options, lambda charset, options: Told(answer))


def words_shouted(reading: LineReading) -> list[Change]:
    return [Change(*found.span(), found[0], found[0].upper(), 1.0) for found in re.finditer("[a-z]+", reading.text)]


def first_letter(before: str, after: str, start: int = 0, end: int = 1) -> CorrectorSpec:
    return spec(lambda reading: [Change(start, end, before, after, 1.0)] if reading.text == "a" else [])


def test_a_corrector_that_keeps_its_contract_passes() -> None:
    assert check_corrector(spec(words_shouted)) is None


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (first_letter("b", "a"), "says 'b' of 'a'"),
        (first_letter("a", "a"), "changes nothing"),
        (first_letter("a", "b", 0, 2), r"stands at 0\.\.2; expected places within 0\.\.1"),
        (spec(lambda reading: words_shouted(reading)[::-1]), "expected them in order"),
        (spec(lambda reading: words_shouted(reading) * 2), "expected them in order"),
        (spec(lambda reading: [Change(0, 0, "", "x", 1.0)]), "on '' alone makes .* there is no word in it"),
        (spec(lambda reading: [Change(0, 1, "3", "8", 1.0)] if reading.text == "3" else []), "on '3' alone makes"),
        (spec(lambda reading: [Change(0, 1, "a", "b", float("nan"))] if reading.text == "a" else []), "gain nan"),
        (spec(lambda reading: [reading.text] if reading.text == "a" else []), "gives a str; expected a Change"),  # type: ignore[list-item]
        (spec(lambda reading: [] if reading.text else [1 / 0]), "raised ZeroDivisionError"),  # type: ignore[list-item]
    ],
)
def test_a_change_that_does_not_stand_in_the_line_is_told(broken: CorrectorSpec, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        check_corrector(broken)


def test_a_corrector_that_answers_one_line_in_two_ways_is_told() -> None:
    calls = count()

    with pytest.raises(PluginError, match="expected the same of the same line"):
        check_corrector(spec(lambda reading: words_shouted(reading)[next(calls) % 2 :]))


def test_a_corrector_that_writes_to_the_log_probabilities_is_told() -> None:
    def scribble(reading: LineReading) -> list[Change]:
        if reading.log_probs is not None:
            reading.log_probs[:] = 0
        return []

    with pytest.raises(PluginError, match="with log-probabilities raised ValueError"):
        check_corrector(spec(scribble))


def test_proposals_may_stand_for_one_place_but_must_be_true_of_it() -> None:
    class Proposing(Told):
        def propose(self, reading: LineReading) -> list[Change]:
            found = words_shouted(reading)
            return [found[0], replace(found[0], after="X", before="?")] if found else []

    broken = CorrectorSpec("told", "For the test.", Options, lambda charset, options: Proposing(words_shouted))

    with pytest.raises(PluginError, match=r"propose: Change\(.*\) says '\?' of 'the'"):
        check_corrector(broken)


def wanting(charset: object, options: Options) -> Told:
    if not options.words:
        raise OptionError("there are no words; name a file")
    return Told(words_shouted)


def test_a_corrector_that_needs_a_file_is_not_tried_without() -> None:
    needing = CorrectorSpec("told", "For the test.", Options, wanting)

    assert "there are no words" in (check_corrector(needing) or "")
    assert check_corrector(needing, options=Options("words.txt")) is None


def test_a_text_is_changed_from_its_end_to_its_beginning_and_back() -> None:
    changes = (Change(0, 3, "tbe", "the", 1.0), Change(4, 4, "", "old ", 1.0), Change(4, 7, "rnan", "", 1.0))

    assert changed_text("tbe xyz!", (changes[0], Change(4, 7, "xyz", "", 1.0))) == "the !"
    assert original_text("the !", (changes[0], Change(4, 7, "xyz", "", 1.0))) == "tbe xyz!"
    assert changed_text("tbe end", changes[:2]) == "the old end"
    assert original_text("the old end", changes[:2]) == "tbe end"
