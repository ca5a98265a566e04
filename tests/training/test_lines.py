from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocrkit.data.records import BadImage, Sample
from ocrkit.data.sources.lazy import ChainedSamples
from ocrkit.errors import DataError, Origin, UnencodableText
from ocrkit.text.charset import Charset
from ocrkit.training import encoding
from ocrkit.training.encoding import EncodedLines, encode_labels
from ocrkit.training.labels import Labels
from ocrkit.training.lines import Lines, check_share_of_bad, check_some_usable

ABC = Charset("abc", ("", *"abc"))


def sample(text: str | None, *, name: str = "x.png", origin: Origin | None = None) -> Sample:
    return Sample(name, Path(name), text, origin)


def encoded(*samples: Sample, unencodable: str = "error") -> EncodedLines:
    return encode_labels(samples, ABC, unencodable=unencodable)


def lines_of(*texts: str, bad: tuple[int, ...] = (), what: str = "training") -> Lines:
    """Lines with these texts, for a network that gives a frame for every 4 px."""
    samples = [sample(text, name=f"{number}.png") for number, text in enumerate(texts)]
    labels = Labels.of(ABC.encode(text) for text in texts)
    found = {number: BadImage(f"{number}.png", "it is no picture") for number in bad}
    return Lines(what, samples, labels, frames=lambda width: width // 4, bad=found)


def test_labels_are_what_the_charset_spells() -> None:
    found = encoded(sample("ab"), sample("ca"))

    assert [label.tolist() for label in found.labels] == [[1, 2], [3, 1]]
    assert list(found.kept) == [0, 1]
    assert not found.lacking


def test_labels_of_some_lines_come_end_to_end() -> None:
    labels = Labels.of([[1, 2], [], [3], [4, 5, 6]])

    assert labels.of_lines(np.array([3, 1, 0])).tolist() == [4, 5, 6, 1, 2]
    assert labels.lengths(np.array([3, 1, 0])).tolist() == [3, 0, 2]


def test_what_cannot_be_spelled_is_an_error_that_names_all_of_it_with_counts() -> None:
    samples = [
        sample("ab"),
        sample("axx", origin=Origin("labels.tsv", 2)),
        sample("xഅ", origin=Origin("labels.tsv", 3)),
    ]

    with pytest.raises(UnencodableText) as caught:
        encoded(*samples)

    message = str(caught.value)
    assert message.startswith("charset 'abc' cannot spell 2 of 3 labels; it lacks 'x' (U+0078")
    assert "3x" in message
    assert "U+0D05" in message
    assert "first: labels.tsv:2: 'x'" in message
    assert "`data.unencodable='skip'`" in message


def test_what_cannot_be_spelled_can_be_left_out_and_counted() -> None:
    found = encoded(sample("ab"), sample("axx"), sample("c"), unencodable="skip")

    assert list(found.kept) == [0, 2]
    assert [label.tolist() for label in found.labels] == [[1, 2], [3]]
    assert found.lacking == {"x": 2}


def test_labels_none_of_which_can_be_spelled_are_an_error_even_then() -> None:
    with pytest.raises(DataError, match=r"charset 'abc' can spell none of the 2 labels; first: .*'x'"):
        encoded(sample("x"), sample("y"), unencodable="skip")


def test_an_image_without_a_label_is_an_error() -> None:
    with pytest.raises(DataError, match=r"7.png has no label"):
        encoded(sample("a"), sample(None, name="7.png"), unencodable="skip")


@pytest.mark.parametrize("workers", [0, 2])
def test_many_lazy_samples_are_encoded_alike_by_processes(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_WORTH_WORKERS", 1)
    texts = ["abc"[number % 3] * (number % 4) + "x" * (number == 150) for number in range(300)]
    samples = [sample(text, name=str(number)) for number, text in enumerate(texts)]
    told: list[tuple[int, int]] = []

    found = encode_labels(
        ChainedSamples.of([samples]),
        ABC,
        unencodable="skip",
        workers=workers,
        progress=lambda done, total: told.append((done, total)),
    )

    expected = encode_labels(samples, ABC, unencodable="skip")
    assert list(found.kept) == [number for number in range(300) if number != 150]
    assert [label.tolist() for label in found.labels] == [label.tolist() for label in expected.labels]
    assert (found.digest, found.lacking) == (expected.digest, {"x": 1})
    assert told[-1] == (300, 300)


@pytest.mark.parametrize(("text", "width"), [("ab", 8), ("aa", 12), ("abba", 20)])
def test_a_label_that_just_fits_is_no_problem(text: str, width: int) -> None:
    assert lines_of(text).problem(0, width) == ""


@pytest.mark.parametrize(("text", "width", "needed"), [("ab", 7, 2), ("aa", 11, 3), ("abba", 19, 5)])
def test_a_label_that_is_too_long_for_its_image_is_one(text: str, width: int, needed: int) -> None:
    problem = lines_of(text).problem(0, width)

    assert problem.startswith(f"its label needs {needed} frames and its image gives {needed - 1}")


def test_an_empty_label_is_one() -> None:
    assert lines_of("").problem(0, 40) == "its label is empty"


@pytest.mark.parametrize("text", ["", "abcabc"])
def test_lines_that_only_judge_may_have_labels_of_any_length(text: str) -> None:
    lines = lines_of(text)
    lines.frames = None

    assert lines.problem(0, 8) == ""


def test_few_bad_lines_are_borne() -> None:
    check_share_of_bad(lines_of("a", "b", "c", "a", bad=(1,)), max_bad=0.25)


def test_too_many_bad_lines_stop_training_by_name() -> None:
    with pytest.raises(DataError, match=r"1 of 4 lines are bad, more than `data.max_bad=0.24` allows: 1.png: "):
        check_share_of_bad(lines_of("a", "b", "c", "a", bad=(1,)), max_bad=0.24)


def test_the_bad_lines_of_a_small_set_are_a_share_of_all_lines() -> None:
    training, validation = lines_of(*"aaaaaaaa"), lines_of("a", "a", bad=(0,))

    check_share_of_bad(training, validation, max_bad=0.1)


def test_no_usable_line_stops_training_whatever_is_borne() -> None:
    with pytest.raises(DataError, match=r"none of the 2 validation lines can be used: 0.png"):
        check_some_usable(lines_of("a", "b", bad=(0, 1), what="validation"), 2)


def test_no_usable_line_among_the_first_stops_training_too() -> None:
    with pytest.raises(DataError, match=r"none of the first 2 of 3 training lines can be used: 0.png"):
        check_some_usable(lines_of("a", "b", "c", bad=(0, 1)), 2)


def test_the_digest_tells_lines_apart_by_name_label_and_order() -> None:
    first, second = sample("a", name="1"), sample("b", name="2")

    digests = [
        encoded(first, second).digest,
        encoded(first, sample("b", name="another")).digest,
        encoded(first, sample("c", name="2")).digest,
        encoded(second, first).digest,
        encoded(first).digest,
    ]

    assert len(set(digests)) == 5
    assert encoded(first, second).digest == digests[0]
