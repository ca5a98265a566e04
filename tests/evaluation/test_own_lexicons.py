"""Lines read with lists of their own, by a model that reads what is drawn."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import bars
import pytest

from ocrkit.data.records import Sample
from ocrkit.errors import DataError, OptionError
from ocrkit.evaluation import Evaluation, evaluate
from ocrkit.recognition import Recognizer
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ocrkit.evaluation.own_lexicons import OwnLexicons

CASES = Charset("cases", ("", "a", "b", "A", "B", "!"))


def line(drawn: str, label: str, name: str = "1.png", charset: Charset = bars.ABC, **lists: Sequence[str]) -> Sample:
    return Sample(name, lambda: bars.picture(drawn, charset), text=label, lexicons=lists)


def judge(
    samples: Sequence[Sample], lexicons: str | Mapping[str, Sequence[str]], charset: Charset = bars.ABC, **options: bool
) -> tuple[Evaluation, OwnLexicons]:
    result = evaluate(Recognizer(bars.reader(charset)), samples, lexicons=lexicons, **options)
    assert result.lexicons is not None
    return result, result.lexicons


def texts(result: Evaluation) -> list[str]:
    return [line.prediction.text for line in result.lines]


def test_each_line_is_read_as_an_entry_of_its_own_list() -> None:
    lists = {"1.png": ["cb", "aa"], "2.png": ["cc", "aa"]}

    result, own = judge([line("ab", "aa"), line("cb", "cc", "2.png")], lists)

    # Each is one step of ink off in one frame, and the other entry two or more.
    assert texts(result) == ["aa", "cc"]
    assert (own.fewest, own.most, own.lacking_truth, own.unused) == (2, 2, 0, 0)


def test_the_likeliest_entry_may_have_more_edits_than_the_nearest() -> None:
    # Letters are 1/3 of ink apart, and a frame costs 100 nats times the square of how far off it is: bc is off by one
    # step in two frames, 22 nats, and cb by two steps in one, 44 nats.
    result, own = judge([line("ab", "bc")], {"1.png": ["cb", "bc"]})

    assert texts(result) == ["bc"]
    assert (result.exact, own.nearest.exact, own.greedy.exact) == (1.0, 0.0, 0.0)
    assert own.nearest.cer == 1.0  # cb for bc


def test_of_entries_equally_near_the_likelier_counts() -> None:
    # Both are one edit from ab; b is one step of ink from a, and c two.
    _, own = judge([line("ab", "bb")], {"1.png": ["cb", "bb"]})

    assert own.nearest.exact == 1.0


def test_within_three_edits_the_likeliest_counts_and_else_the_reading_stays() -> None:
    # bc is likelier than cb, as above, and two edits from ab. Of the other line no entry is within three edits.
    result, own = judge(
        [line("ab", "bc"), line("aaaa", "aaaa", "2.png")], {"1.png": ["cb", "bc"], "2.png": ["bbbb", "cccc"]}
    )

    assert (own.within_three.exact, own.nearest.exact, own.greedy.exact) == (1.0, 0.0, 0.5)
    assert texts(result) == ["bc", "bbbb"]


def test_all_lines_may_have_one_list(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("aa\ncc\n")

    result, own = judge([line("ab", "aa"), line("cb", "cc", "2.png")], str(tmp_path / "words.txt"))

    assert (texts(result), own.fewest, own.lacking_truth) == (["aa", "cc"], 2, 0)


def test_lists_of_the_data_are_named() -> None:
    sample = line("ab", "ab", small=["ab"], medium=["ab", "cc", "bb"])

    result, own = judge([sample], "medium")

    assert (own.source, own.most, result.exact) == ("medium", 3, 1.0)


def test_a_file_of_lists_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lists.jsonl"
    path.write_text(json.dumps({"name": "1.png", "lexicon": ["ab", "ca"], "origin": "self-made"}))

    _, own = judge([line("ab", "ab")], str(path))

    assert (own.source, own.origin) == (str(path), "self-made")


def test_a_line_without_a_list_is_an_error() -> None:
    samples = [line("ab", "ab"), line("ab", "ab", "test/2.png"), line("ab", "ab", "test/3.png")]

    with pytest.raises(
        DataError,
        match=r"2 of 3 lines have no list, the first being test/2\.png; a list's name is compared with the end of a "
        r"path, and the first is 1\.png",
    ):
        judge(samples, {"1.png": ["ab"]})
    with pytest.raises(DataError, match=r"1 of 2 lines have no list, the first being 2\.png; give each line one"):
        judge([line("ab", "ab", lexicon=["ab"]), line("ab", "ab", "2.png")], "lexicon")


def test_a_list_without_the_truth_is_counted_and_read() -> None:
    result, own = judge([line("ab", "ab"), line("ca", "ca", "2.png")], {"1.png": ["bb", "cc"], "2.png": ["ca"]})

    assert (own.lacking_truth, result.exact) == (1, 0.5)


def test_a_list_in_one_case_finds_words_of_the_other() -> None:
    # A and b were drawn; both of the list are one and one.
    result, own = judge([line("Ab", "aB", charset=CASES)], {"1.png": ["ab", "bb"]}, CASES, ignore_case=True)

    assert (result.exact, own.lacking_truth, texts(result)) == (1.0, 0, ["ab"])


def test_with_case_a_list_in_the_other_case_lacks_the_truth() -> None:
    result, own = judge([line("Ab", "Ab", charset=CASES)], {"1.png": ["ab", "bb"]}, CASES)

    assert (result.exact, own.lacking_truth) == (0.0, 1)


def test_marks_do_not_count_where_only_letters_and_digits_do() -> None:
    result, own = judge([line("a!b!", "a!b", charset=CASES)], {"1.png": ["ab", "bb", "!"]}, CASES, alphanumeric=True)

    assert (result.exact, own.greedy.exact, own.unspellable) == (1.0, 1.0, 0)


def test_words_that_the_charset_cannot_spell_are_passed_over_and_counted() -> None:
    result, own = judge([line("ab", "ab")], {"1.png": ["ab", "xy", "az"]})

    assert (result.exact, own.unspellable) == (1.0, 2)


def test_a_line_too_short_for_every_entry_is_rejected() -> None:
    result, own = judge([line("a", "a"), line("abc", "abc", "2.png")], {"1.png": ["abcabc"], "2.png": ["abc"]})

    assert (result.rejected, result.exact) == (1, 0.5)
    assert own.nearest.exact == 0.5


def test_images_that_cannot_be_opened_are_skipped(tmp_path: Path) -> None:
    gone = Sample("2.png", tmp_path / "2.png", "a")

    result, _ = judge([line("ab", "ab"), gone], {"1.png": ["ab"], "2.png": ["a"]})

    assert (result.count, result.skipped) == (1, 1)


def test_lists_that_are_none_are_refused() -> None:
    with pytest.raises(OptionError, match="lexicons is 7; expected a file of lists, or lists by the names"):
        judge([line("ab", "ab")], 7)  # type: ignore[arg-type]


def test_plain_words_are_three_letters_or_digits_and_nothing_else() -> None:
    # As ICDAR 2003 is measured: of these, abc alone.
    samples = [line("abc", "abc"), line("ab", "ab"), line("abc", "ab-c"), line("abc", "äbc")]

    result = evaluate(Recognizer(bars.reader()), samples, plain_words=True)

    assert (result.count, result.left_out, result.exact) == (1, 3, 1.0)


def test_without_a_plain_word_there_is_nothing_to_measure() -> None:
    with pytest.raises(DataError, match="none of the 1 texts is a plain word, of three or more of 0-9, A-Z and a-z"):
        evaluate(Recognizer(bars.reader()), [line("ab", "ab")], plain_words=True)


def test_json_holds_every_rate_with_its_bounds() -> None:
    result, own = judge([line("ab", "ab")], {"1.png": ["ab", "cc"]})

    told = json.loads(json.dumps(result.to_dict()))

    # One of one: from 1 / (1 + z^2), z = 1.96, to 1.
    assert told["exact_interval"] == pytest.approx([0.20655, 1.0], abs=1e-4)
    assert told["lexicons"]["nearest"]["exact"] == own.nearest.exact
    assert told["lexicons"]["greedy"]["exact_interval"] == pytest.approx([0.20655, 1.0], abs=1e-4)
