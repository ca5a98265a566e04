"""Evaluation against labels, with a model that reads what is drawn, so that labels decide the errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bars
import pytest
import torch

from ocrkit.ctc import Lexicon
from ocrkit.data.records import Sample
from ocrkit.errors import DataError
from ocrkit.evaluation import Evaluation, evaluate
from ocrkit.evaluation.labelled import labelled_samples
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def line(drawn: str, label: str | None, name: str = "line") -> Sample:
    return Sample(name, lambda: bars.picture(drawn), text=label)


def judge(*samples: Sample, **options: object) -> Evaluation:
    return evaluate(Recognizer(bars.reader()), samples, **options)  # type: ignore[arg-type]


def test_right_readings_have_no_errors() -> None:
    result = judge(line("abc", "abc"), line("c", "c"))

    assert (result.count, result.cer, result.wer, result.exact) == (2, 0.0, 0.0, 1.0)


def test_rates_are_edits_for_each_character_word_and_line() -> None:
    # One of 4 characters replaced, one of 2 words and of 2 lines wrong.
    result = judge(line("abc", "abb"), line("c", "c"))

    assert (result.cer, result.wer, result.exact) == (0.25, 0.5, 0.5)


def test_confusions_say_what_stood_there_and_what_was_read() -> None:
    result = judge(line("abc", "abb"), line("c", "b"), line("ab", "a"))

    told = [(c.reference, c.read, c.count) for c in result.confusions]
    assert told == [("b", "c", 2), ("", "b", 1)]


def test_characters_that_the_charset_lacks_count_as_errors_and_are_reported() -> None:
    # x and y stand where nothing of the charset can: 2 edits in 5 characters.
    result = judge(line("ab", "axb"), line("a", "ay"))

    assert result.cer == pytest.approx(2 / 5)
    assert result.unencodable == 2
    assert dict(result.lacking) == {"x": 1, "y": 1}


def test_case_counts_unless_it_is_ignored() -> None:
    assert judge(line("ab", "AB")).cer == 1.0
    assert judge(line("ab", "AB"), ignore_case=True).cer == 0.0


def test_runs_of_spaces_are_one_and_ends_are_none() -> None:
    samples = [Sample("s", lambda: bars.picture("a b", bars.AB_AND_SPACE), text="  a   b ")]

    result = evaluate(Recognizer(bars.reader(bars.AB_AND_SPACE)), samples)

    assert result.exact == 1.0


def test_an_unreadable_image_is_skipped_and_counted_and_evaluation_goes_on(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no image")

    result = judge(line("a", "a"), Sample("text.png", tmp_path / "text.png", text="a"), line("b", "b"))

    assert (result.count, result.skipped, result.exact) == (2, 1, 1.0)
    assert [bad.name for bad in result.bad] == ["text.png"]


def test_without_any_readable_image_there_is_nothing_to_measure(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none of the 1 images can be opened; first: gone\.png: no such file"):
        judge(Sample("gone.png", tmp_path / "gone.png", text="a"))


def test_no_samples_are_an_error() -> None:
    with pytest.raises(DataError, match="there are no lines to evaluate"):
        judge()


def test_a_line_without_a_label_is_an_error() -> None:
    with pytest.raises(DataError, match="unlabelled has no label to compare with; evaluation needs labelled data"):
        judge(line("a", "a"), line("a", None, name="unlabelled"))


def test_progress_counts_every_line_the_skipped_included(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    judge(
        line("a", "a"),
        Sample("gone", tmp_path / "gone.png", text="a"),
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(1, 2), (2, 2)]


def test_the_dictionary_has_the_documented_keys_and_plain_values() -> None:
    told = judge(line("abc", "abx")).to_dict()

    assert told["count"] == 1
    assert told["cer"] == pytest.approx(1 / 3)
    assert told["unencodable_characters"] == {"x": 1}
    assert told["akshara_cer"] == pytest.approx(1 / 3)
    assert told["confusions"] == told["akshara_confusions"] == [{"reference": "x", "read": "c", "count": 1}]
    assert {"skipped", "unencodable", "wer", "exact", "rejected", "seconds", "bad"} <= told.keys()


def test_a_line_without_a_reading_is_counted_and_all_of_its_text_is_missing() -> None:
    # One letter's two frames cannot spell the three of the only entry. Of four characters, one is missing.
    options = DecoderOptions(lexicon=Lexicon.from_words(["abc"], bars.ABC))
    reader = Recognizer(bars.reader(), decoder="lexicon", options=options)

    result = evaluate(reader, [line("a", "a"), line("abc", "abc")])

    assert (result.count, result.rejected, result.skipped) == (2, 1, 0)
    assert (result.cer, result.exact) == (0.25, 0.5)
    assert result.to_dict()["rejected"] == 1
    assert [judged.prediction.rejected for judged in result.lines] == [True, False]


def test_each_of_several_locations_is_of_the_format_that_is_named(tmp_path: Path) -> None:
    bars.picture("ab").save(tmp_path / "ab.png")

    lines = labelled_samples([tmp_path, tmp_path], format="filename")

    assert [one.text for one in lines] == ["ab", "ab"]
