"""The commonest errors, with the lines that show them."""

from __future__ import annotations

import bars
import pytest

from ocrkit.data.records import Sample
from ocrkit.errors import OptionError
from ocrkit.evaluation import Comparison, Evaluation, common_errors, evaluate, worst_lines
from ocrkit.recognition import Recognizer
from ocrkit.text.charset import Charset
from ocrkit.text.shipped import shipped_charset

MALAYALAM = shipped_charset("malayalam")


def judged(*drawn_and_text: tuple[str, str], charset: Charset = bars.ABC) -> Evaluation:
    samples = [
        Sample(f"{number}.png", lambda drawn=drawn: bars.picture(drawn, charset), text)  # type: ignore[misc]
        for number, (drawn, text) in enumerate(drawn_and_text)
    ]
    return evaluate(Recognizer(bars.reader(charset)), samples)


def test_errors_come_by_their_counts_and_say_in_how_many_lines() -> None:
    # b for a three times in two lines, c for b once, and a put in once.
    result = judged(("bb", "aa"), ("cb", "ca"), ("c", "b"), ("ca", "c"), ("abc", "abc"))

    found = common_errors(result, Comparison(bars.ABC))

    assert [(e.confusion.reference, e.confusion.read, e.confusion.count, e.lines) for e in found] == [
        ("a", "b", 3, 2),
        ("", "a", 1, 1),
        ("b", "c", 1, 1),
    ]
    assert len(common_errors(result, Comparison(bars.ABC), 1)) == 1


def test_examples_are_the_lines_with_the_fewest_other_errors() -> None:
    result = judged(("bb", "aa"), ("cb", "ba"), ("abb", "aba"), ("b", "a"))

    [first] = common_errors(result, Comparison(bars.ABC), 1)

    # One error each, the shorter one first.
    assert [line.sample.name for line in first.examples] == ["3.png", "2.png"]


def test_malayalam_errors_are_of_whole_aksharas() -> None:
    # A sign is lost, which makes the whole akshara another.
    result = judged(("ക", "കു"), charset=Charset("few", ("", "ക", "ു")))

    [error] = common_errors(result, Comparison(MALAYALAM))

    assert (error.confusion.reference, error.confusion.read) == ("കു", "ക")


def test_case_that_does_not_count_is_no_error() -> None:
    result = judged(("ab", "AB"), ("ab", "cB"))

    found = common_errors(result, Comparison(bars.ABC, ignore_case=True))

    assert [(error.confusion.reference, error.confusion.read) for error in found] == [("c", "a")]


def test_the_worst_lines_have_the_most_errors() -> None:
    result = judged(("abc", "abc"), ("ab", "bb"), ("abc", "cba"), ("b", "c"))

    worst = worst_lines(result, Comparison(bars.ABC))

    assert [line.sample.name for line in worst] == ["2.png", "1.png", "3.png"]


def test_without_errors_there_are_none() -> None:
    result = judged(("abc", "abc"))

    assert common_errors(result, Comparison(bars.ABC)) == worst_lines(result, Comparison(bars.ABC)) == ()


def test_no_errors_cannot_be_asked_for() -> None:
    with pytest.raises(OptionError, match="`errors` is 0; expected 1 or more"):
        common_errors(judged(("a", "b")), Comparison(bars.ABC), 0)
