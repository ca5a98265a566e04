"""Mixtures of drawn lines: parts of their own texts, faces and looks."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ocrkit.config import from_table, to_table
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions, open_synthetic
from ocrkit.errors import ConfigError, DataError, FontError, MissingFileError, OptionError, UnknownNameError
from ocrkit.plugin.datasets import open_samples
from ocrkit.plugin.specs import SourceOptions
from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.records import Sample
    from ocrkit.text.charset import Charset

ENGLISH = shipped_charset("english")
BOTH = shipped_charset("malayalam") + ENGLISH


def _lines(charset: Charset = ENGLISH, /, *, seed: int = 3, **table: object) -> Synthetic:
    options = from_table(SyntheticOptions, {"count": 200, "families": ["DejaVu Sans"], **table})
    return Synthetic(charset, options, seed=seed)


def _texts(samples: Sequence[Sample]) -> list[str]:
    return [sample.text or "" for sample in samples]


def _pixels(sample: Sample) -> bytes:
    assert not isinstance(sample.image, Path)
    return sample.image().tobytes()


@pytest.fixture
def animals(tmp_path: Path) -> str:
    (tmp_path / "animals.txt").write_text("cat\ndog\n", encoding="utf-8")
    return str(tmp_path / "animals.txt")


@pytest.fixture
def plants(tmp_path: Path) -> str:
    (tmp_path / "plants.txt").write_text("oak\nelm\n", encoding="utf-8")
    return str(tmp_path / "plants.txt")


def test_parts_are_drawn_as_often_as_their_shares_say(animals: str, plants: str) -> None:
    parts = {"animals": {"words": animals, "share": 3}, "plants": {"words": plants}}

    words = " ".join(_texts(_lines(count=1000, line_words=[1, 1], parts=parts))).split()

    assert set(words) == {"cat", "dog", "oak", "elm"}
    assert sum(word in ("cat", "dog") for word in words) == pytest.approx(750, abs=55)


def test_the_only_part_draws_what_its_options_draw_without_parts(animals: str) -> None:
    alone = _lines(words=animals)
    parted = _lines(parts={"animals": {"words": animals}})

    assert _texts(parted) == _texts(alone)
    assert [_pixels(parted[k]) for k in range(5)] == [_pixels(alone[k]) for k in range(5)]


def test_a_sample_of_a_mixture_does_not_depend_on_how_many_there_are(animals: str) -> None:
    parts = {"animals": {"words": animals}, "rest": {}}

    assert _texts(_lines(count=50, parts=parts)) == _texts(_lines(count=60, parts=parts)[:50])


def test_what_is_said_beside_the_parts_holds_in_each_unless_it_says_another(animals: str) -> None:
    lines = _lines(words=animals, line_words=[1, 1], parts={"one": {}, "three": {"line_words": [3, 3]}})

    assert {len(text.split()) for text in _texts(lines)} == {1, 3}


def test_a_part_with_a_text_takes_it_instead_of_the_words_beside_it(animals: str, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("all the birds\n", encoding="utf-8")

    lines = _lines(words=animals, parts={"running": {"text": str(tmp_path / "text.txt"), "line_words": [3, 3]}})

    assert set(_texts(lines)) == {"all the birds"}


def test_a_part_of_share_0_is_left_out_and_its_files_are_not_looked_for(animals: str) -> None:
    lines = _lines(parts={"animals": {"words": animals}, "gone": {"words": "gone.txt", "share": 0}})

    assert set(" ".join(_texts(lines)).split()) == {"cat", "dog"}


def test_each_part_has_families_of_its_own(animals: str, plants: str) -> None:
    parts = {
        "animals": {"words": animals, "families": ["DejaVu Sans"]},
        "plants": {"words": plants, "families": ["DejaVu Serif"]},
    }

    lines = _lines(parts=parts)

    assert lines.families == ("DejaVu Sans", "DejaVu Serif")
    assert {(sample.group, (sample.text or "")[:3] in ("cat", "dog")) for sample in lines} == {
        ("DejaVu Sans", True),
        ("DejaVu Serif", False),
    }


def test_a_part_composes_of_its_charset_alone() -> None:
    lines = _lines(BOTH, charset="english", line_words=[3, 3])

    assert all(ENGLISH.spells(text) for text in _texts(lines))
    assert any(text.isascii() for text in _texts(lines))


def test_a_part_keeps_only_the_words_of_its_charset(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("മല\ncat\n", encoding="utf-8")
    words = str(tmp_path / "words.txt")

    lines = _lines(BOTH, words=words, parts={"english": {"charset": "english"}})

    assert set(" ".join(_texts(lines)).split()) == {"cat"}
    assert lines.skipped == 1


def test_a_parts_charset_may_be_a_union_of_the_registrys() -> None:
    extra = {"charset": "english+ascii", "count": 20, "families": ["DejaVu Sans"]}

    samples = open_samples(None, format="synthetic", options=SourceOptions(charset=BOTH, extra=extra))

    assert all((ENGLISH + shipped_charset("ascii")).spells(text) for text in _texts(samples))


def test_an_unknown_charset_of_a_part_names_the_part_and_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"synthetic\.parts\.latin: no charset 'englsh'; did you mean 'english'"):
        open_samples(
            None,
            format="synthetic",
            options=SourceOptions(charset=BOTH, extra={"parts": {"latin": {"charset": "englsh"}, "rest": {}}}),
        )


def test_several_files_are_read_as_one(animals: str, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "more.txt.gz", "wt", encoding="utf-8") as file:
        file.write("oak\n")

    lines = _lines(words=[animals, str(tmp_path / "more.txt.gz")])

    assert set(" ".join(_texts(lines)).split()) == {"cat", "dog", "oak"}


@pytest.mark.parametrize(
    ("case", "expected"), [("upper", "THE DOG'S"), ("lower", "the dog's"), ("title", "The Dog's"), (None, "The dog's")]
)
def test_lines_are_set_in_a_case(case: str | None, expected: str, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("The dog's\n", encoding="utf-8")

    lines = _lines(text=str(tmp_path / "text.txt"), line_words=[2, 2], case={case: 1} if case else {})

    assert set(_texts(lines)) == {expected}


def test_a_case_is_the_share_of_the_lines(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("aB\n", encoding="utf-8")

    texts = _texts(_lines(count=1000, text=str(tmp_path / "text.txt"), case={"upper": 0.3, "lower": 0.2}))

    assert texts.count("AB") == pytest.approx(300, abs=60)
    assert texts.count("ab") == pytest.approx(200, abs=55)
    assert texts.count("aB") == pytest.approx(500, abs=65)


def test_a_line_whose_other_case_the_charset_cannot_spell_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("abc\n", encoding="utf-8")
    small = type(ENGLISH)("small", ("", *"abc"))

    lines = _lines(small, words=str(tmp_path / "words.txt"), case={"upper": 1})

    assert set(_texts(lines)) == {"abc"}


def test_a_missing_file_of_a_part_names_the_part() -> None:
    with pytest.raises(MissingFileError, match=r"synthetic\.parts\.news: no file 'gone\.txt'"):
        _lines(parts={"news": {"text": "gone.txt"}, "rest": {}})


def test_a_text_of_a_part_that_cannot_be_spelled_names_the_part(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("മല\n", encoding="utf-8")

    with pytest.raises(DataError, match=r"synthetic\.parts\.news: .*charset 'english' can spell none"):
        _lines(parts={"news": {"text": str(tmp_path / "text.txt")}, "rest": {}})


def test_an_unknown_family_of_a_part_names_the_part() -> None:
    with pytest.raises(FontError, match=r"synthetic\.parts\.news: no font family 'Manjary'"):
        _lines(parts={"news": {"families": ["Manjary"]}, "rest": {}})


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"news": {"degrad": 1}}, r"synthetic: parts\.news: no option 'degrad'; did you mean 'degrade'"),
        ({"news": {"count": 1}}, r"parts\.news: count says how many lines .* say it beside the parts"),
        ({"news": {"parts": {}}}, r"parts\.news: parts would be parts within a part"),
        ({"news": 3}, r"parts\.news is 3; expected a table"),
    ],
)
def test_a_wrong_table_of_a_part_is_named(parts: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        open_synthetic(None, SourceOptions(charset=ENGLISH, extra={"parts": parts}))


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"parts": {"news": {"degrade": 3}}}, r"parts\.news: degrade 3.* is out of range"),
        ({"parts": {"news": {"share": -1}}}, r"parts\.news: share -1.* expected 0 or more"),
        ({"parts": {"news": {"share": 0}, "old": {"share": 0}}}, "every part has the share 0: news, old"),
        ({"case": {"uper": 0.5}}, "case has 'uper'; did you mean 'upper'"),
        ({"case": {"upper": 1.5}}, r"case\.upper 1\.5 is out of range"),
        ({"case": {"upper": 0.6, "title": 0.6}}, "add up to 1.2; expected 1 at most"),
    ],
)
def test_a_value_of_a_part_out_of_range_is_named(extra: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        open_synthetic(None, SourceOptions(charset=ENGLISH, extra=extra))


def test_a_mixture_comes_back_from_its_table() -> None:
    options = from_table(SyntheticOptions, {"parts": {"a": {"share": 2, "line_words": [1, 2]}, "b": {}}})

    assert from_table(SyntheticOptions, to_table(options)) == options
