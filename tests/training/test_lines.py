from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.data.image import Preprocessing
from ocrkit.data.loading import LineLoader
from ocrkit.data.records import BadImage, Sample
from ocrkit.errors import DataError, Origin, UnencodableText
from ocrkit.text.charset import Charset
from ocrkit.training.lines import Lines, check_share_of_bad, check_usable, encode_labels, prepare_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeLines = Callable[..., Lines]

ABC = Charset("abc", ("", *"abc"))


def sample(text: str | None, *, name: str = "x.png", origin: str = "") -> Sample:
    return Sample(name, lambda: Image.new("L", (40, 8), 255), text, origin)


@pytest.fixture
def lines_of(tmp_path: Path) -> MakeLines:
    """Prepare lines with these texts, in pictures of these widths, for a network that gives a frame for every 4 px."""

    def make(texts: list[str], widths: list[int], *, cache: int = 1 << 20, lengths_matter: bool = True) -> Lines:
        samples = []
        for number, (text, width) in enumerate(zip(texts, widths, strict=True)):
            path = tmp_path / f"{number}.png"
            if width:
                Image.new("L", (width, 8), number).save(path)
            else:
                path.write_text("no picture")
            samples.append(Sample(path.name, path, text))
        return prepare_lines(
            samples,
            [np.array(ABC.encode(text), dtype=np.int64) for text in texts],
            loader=LineLoader(Preprocessing(height=8)),
            frames=lambda width: width // 4,
            cache=cache,
            progress=lambda done, total: None,
            lengths_matter=lengths_matter,
        )

    return make


def test_labels_are_what_the_charset_spells() -> None:
    kept, labels, lacking = encode_labels([sample("ab"), sample("ca")], ABC, unencodable="error")

    assert [label.tolist() for label in labels] == [[1, 2], [3, 1]]
    assert len(kept) == 2
    assert not lacking


def test_what_cannot_be_spelled_is_an_error_that_names_all_of_it_with_counts() -> None:
    samples = [
        sample("ab"),
        sample("axx", origin=Origin("labels.tsv", 2)),
        sample("xഅ", origin=Origin("labels.tsv", 3)),
    ]

    with pytest.raises(UnencodableText) as caught:
        encode_labels(samples, ABC, unencodable="error")

    message = str(caught.value)
    assert message.startswith("charset 'abc' cannot spell 2 of 3 labels; it lacks 'x' (U+0078")
    assert "3x" in message
    assert "U+0D05" in message
    assert "first: labels.tsv:2: 'x'" in message
    assert "`data.unencodable='skip'`" in message


def test_what_cannot_be_spelled_can_be_left_out_and_counted() -> None:
    samples = [sample("ab", name="1"), sample("axx", name="2"), sample("c", name="3")]

    kept, labels, lacking = encode_labels(samples, ABC, unencodable="skip")

    assert [one.name for one in kept] == ["1", "3"]
    assert len(labels) == 2
    assert lacking == {"x": 2}


def test_labels_none_of_which_can_be_spelled_are_an_error_even_then() -> None:
    with pytest.raises(DataError, match=r"charset 'abc' can spell none of the 2 labels; first: .*'x'"):
        encode_labels([sample("x"), sample("y")], ABC, unencodable="skip")


def test_an_image_without_a_label_is_an_error() -> None:
    with pytest.raises(DataError, match=r"7.png has no label"):
        encode_labels([sample("a"), sample(None, name="7.png")], ABC, unencodable="skip")


def test_a_bad_image_is_named_and_left_out(lines_of: MakeLines) -> None:
    lines = lines_of(["a", "b", "c"], [8, 0, 12])

    assert [one.name for one in lines.samples] == ["0.png", "2.png"]
    assert lines.widths.tolist() == [8, 12]
    assert [label.tolist() for label in lines.labels] == [[1], [3]]
    assert [bad.name for bad in lines.bad] == ["1.png"]


@pytest.mark.parametrize(("text", "width"), [("ab", 8), ("aa", 12), ("abba", 20)])
def test_a_label_that_just_fits_is_kept(lines_of: MakeLines, text: str, width: int) -> None:
    assert not lines_of([text], [width]).bad


@pytest.mark.parametrize(("text", "width", "needed"), [("ab", 7, 2), ("aa", 11, 3), ("abba", 19, 5)])
def test_a_label_that_is_too_long_for_its_image_is_named_and_left_out(
    lines_of: MakeLines, text: str, width: int, needed: int
) -> None:
    lines = lines_of([text], [width])

    assert not len(lines)
    assert lines.bad[0].reason.startswith(f"its label needs {needed} frames and its image gives {needed - 1}")


def test_an_empty_label_is_named_and_left_out(lines_of: MakeLines) -> None:
    assert lines_of([""], [40]).bad == [BadImage("0.png", "its label is empty")]


def test_lines_that_only_judge_may_have_labels_of_any_length(lines_of: MakeLines) -> None:
    lines = lines_of(["abcabc", ""], [8, 8], lengths_matter=False)

    assert len(lines) == 2
    assert not lines.bad


@pytest.mark.parametrize("cache", [0, 100, 1 << 20], ids=["none", "some", "all"])
def test_images_are_the_same_whether_kept_or_loaded_again(lines_of: MakeLines, cache: int) -> None:
    lines = lines_of(["a"] * 5, [8, 9, 10, 11, 12], cache=cache)

    images = lines.fitted([3, 0, 4])

    assert [image.shape for image in images] == [(8, 11), (8, 8), (8, 12)]
    assert [int(image[0, 0]) for image in images] == [3, 0, 4]


def test_no_more_is_kept_than_there_is_room_for(lines_of: MakeLines) -> None:
    # 8 x 8 px are 64 bytes.
    lines = lines_of(["a"] * 3, [8, 8, 8], cache=130)

    assert [image is not None for image in lines.images] == [True, True, False]


def test_an_image_that_vanishes_during_training_is_named(lines_of: MakeLines, tmp_path: Path) -> None:
    lines = lines_of(["a"], [8], cache=0)
    (tmp_path / "0.png").unlink()

    with pytest.raises(DataError, match=r"0.png: was readable when the training began, and is not any more"):
        lines.fitted([0])


def test_few_bad_lines_are_borne(lines_of: MakeLines) -> None:
    lines = lines_of(["a"] * 4, [8, 0, 8, 8])

    check_share_of_bad(lines, max_bad=0.25)


def test_too_many_bad_lines_stop_training_by_name(lines_of: MakeLines) -> None:
    lines = lines_of(["a"] * 4, [8, 0, 8, 8])

    with pytest.raises(DataError, match=r"1 of 4 lines are bad, more than `data.max_bad=0.24` allows: 1.png: "):
        check_share_of_bad(lines, max_bad=0.24)


def test_the_bad_lines_of_a_small_set_are_a_share_of_all_lines(lines_of: MakeLines) -> None:
    training, validation = lines_of(["a"] * 8, [8] * 8), lines_of(["a"] * 2, [0, 8])

    check_share_of_bad(training, validation, max_bad=0.1)


def test_no_usable_line_stops_training_whatever_is_borne(lines_of: MakeLines) -> None:
    with pytest.raises(DataError, match=r"none of the 2 validation lines can be used: 0.png"):
        check_usable(lines_of(["a", "b"], [0, 0]), "validation")


def test_the_digest_tells_lines_apart_by_name_label_width_and_order(lines_of: MakeLines) -> None:
    lines = lines_of(["a", "b"], [8, 12])
    first, second = lines.samples

    others = [
        replace(lines, samples=[first, replace(second, name="another")]),
        replace(lines, labels=[np.array([1]), np.array([3])]),
        replace(lines, widths=np.array([8, 13])),
        replace(lines, samples=[second, first], labels=lines.labels[::-1], widths=lines.widths[::-1]),
    ]

    assert len({lines.digest(), *(other.digest() for other in others)}) == 5


def test_the_digest_of_the_same_lines_is_the_same(lines_of: MakeLines) -> None:
    assert lines_of(["a", "b"], [8, 8]).digest() == lines_of(["a", "b"], [8, 8]).digest()


def test_the_digest_sees_an_image_that_has_gone_bad(lines_of: MakeLines) -> None:
    assert lines_of(["a", "b"], [8, 8]).digest() != lines_of(["a", "b"], [8, 0]).digest()
