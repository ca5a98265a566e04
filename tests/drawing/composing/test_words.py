from __future__ import annotations

import collections
import gzip
import os
import re
import statistics
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.composing.word_files import TextFile, WordFile
from ocrkit.drawing.composing.words import Composer
from ocrkit.errors import DataError, MissingFileError
from ocrkit.text.charset import Charset
from ocrkit.text.shipped import shipped_charset
from ocrkit.text.weighted import Weighted

if TYPE_CHECKING:
    from pathlib import Path

VIRAMA = "\u0d4d"
# An orthographic syllable as Unicode's chapter 12.9 describes it, written apart from the composer's own tables.
_CONSONANT = "[\u0d15-\u0d3a]"
_ONSET = f"(?:[\u0d05-\u0d14\u0d60\u0d61]|\u0d4e?{_CONSONANT}(?:(?:{VIRAMA}\u200c?|[\u0d3b\u0d3c]){_CONSONANT})*)"
_NUCLEUS = f"(?:[\u0d3e-\u0d4c\u0d57\u0d62\u0d63]|\u0d41?{VIRAMA}|[\u0d3b\u0d3c])?"
_SYLLABLE = f"{_ONSET}{_NUCLEUS}[\u0d02\u0d03\u0d54-\u0d56\u0d7a-\u0d7f]?\u0d3d?"
MALAYALAM_WORD = re.compile(f"(?:{_SYLLABLE})+")


def _rng(seed: int = 5) -> np.random.Generator:
    return np.random.default_rng(seed)


def _lines(name: str, count: int, words: int = 1) -> list[str]:
    charset, rng = shipped_charset(name), _rng()
    composer = Composer(charset)
    return [composer.line(rng, words) for _ in range(count)]


def _letters_of(lines: list[str]) -> list[str]:
    letters = "[\u0d02-\u0d63\u0d7a-\u0d7f\u200c]+"
    # A case ending at a number, as in 1995-ൽ, is no word.
    return [word for line in lines for word in re.findall(letters, re.sub(f"[0-9൦-൯]-{letters}", "", line))]


def test_composed_malayalam_obeys_the_scripts_syllables() -> None:
    words = _letters_of(_lines("malayalam", 3000))

    assert [word for word in words if not MALAYALAM_WORD.fullmatch(word)] == []


def test_composed_malayalam_words_are_as_long_as_real_ones() -> None:
    # 7.96 code points is the mean over the words of the Malayalam Wikipedia, each as often as it occurs.
    words = _letters_of(_lines("malayalam", 3000))

    assert statistics.mean(map(len, words)) == pytest.approx(7.96, abs=0.5)


def test_most_composed_malayalam_words_have_two_to_six_syllables() -> None:
    words = _letters_of(_lines("malayalam", 2000))

    counts = [len(re.findall(_SYLLABLE, word)) for word in words]

    assert sum(2 <= count <= 6 for count in counts) / len(counts) > 0.85


@pytest.mark.parametrize("name", ["malayalam", "malayalam-basic", "english", "english-basic", "ascii", "ascii-basic"])
def test_every_label_appears_now_and_then(name: str) -> None:
    charset = shipped_charset(name)
    seen = set("".join(_lines(name, 6000, 3 if charset.has_space else 1)))

    assert {symbol for symbol in charset.symbols[1:] if symbol not in seen} == set()


@pytest.mark.parametrize("name", ["malayalam", "malayalam-basic", "english", "english-basic", "ascii", "ascii-basic"])
def test_what_is_composed_can_be_encoded_and_is_normalised(name: str) -> None:
    charset = shipped_charset(name)

    texts = _lines(name, 300)

    assert all(charset.decode(charset.encode(text)) == text for text in texts)


def test_a_line_has_as_many_words_as_asked_and_now_and_then_a_mark_apart() -> None:
    lines = [line.split(" ") for line in _lines("english", 300, 4)]

    assert min(map(len, lines)) == 4
    assert sum(len(line) == 4 for line in lines) > 0.9 * len(lines)


def test_a_union_has_words_of_both_scripts_and_more_of_the_first() -> None:
    charset, rng = shipped_charset("malayalam") + shipped_charset("english"), _rng()
    composer = Composer(charset)

    text = " ".join(composer.line(rng, 4) for _ in range(300))

    malayalam, latin = len(re.findall("[ക-ഹ]", text)), len(re.findall("[a-zA-Z]", text))
    assert 0 < latin < malayalam / 3


def test_a_charset_of_unknown_order_gets_every_order() -> None:
    charset = Charset.from_texts(["2b8cn", "6f3xw"])
    composer, rng = Composer(charset), _rng()

    texts = [composer.line(rng, 1) for _ in range(400)]

    counts = collections.Counter("".join(texts))
    assert set(counts) == set("2b8cn6f3xw")
    assert max(counts.values()) < 1.5 * min(counts.values())


def test_marks_of_an_unknown_script_never_begin_a_word() -> None:
    tamil = Charset("tamil", ("", *"கஙசஞடணதநபமயரலவ", *"ாிீுூ்"), script="Taml")
    composer, rng = Composer(tamil), _rng()

    texts = [composer.line(rng, 1) for _ in range(300)]

    assert not any(text[0] in "ாிீுூ்" for text in texts)
    assert any(mark in text for text in texts for mark in "ாிீுூ்")


def test_a_label_of_several_code_points_appears_whole() -> None:
    charset = Charset("conjuncts", ("", "ക്ഷ", *shipped_charset("malayalam-basic").symbols[1:]), script="Mlym")
    composer, rng = Composer(charset), _rng()

    labels = {label for _ in range(300) for label in charset.encode(composer.line(rng, 1))}

    assert 1 in labels


def test_labels_that_no_face_draws_are_left_out() -> None:
    composer, rng = Composer(shipped_charset("malayalam"), without=["ഌ", "ക", "0"]), _rng()

    text = "".join(composer.line(rng, 3) for _ in range(500))

    assert not set(text) & set("ഌക0")


def test_a_charset_of_nothing_visible_is_refused() -> None:
    with pytest.raises(DataError, match="no label to compose"):
        Composer(Charset("blank", ("", " ")))


def test_words_are_drawn_as_often_as_their_counts_say(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("അമ്മ\t3\nഅച്ഛൻ\t1\n", encoding="utf-8")
    words, rng = WordFile(path, shipped_charset("malayalam")), _rng()

    drawn = collections.Counter(words.line(rng, 1) for _ in range(4000))

    # 3000 expected, with a deviation of sqrt(4000 * 3/4 * 1/4) = 27.
    assert drawn["അമ്മ"] == pytest.approx(3000, abs=110)


def test_words_that_the_charset_cannot_spell_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("cat\nകാക്ക\n\ndog\nനായ\t5\n", encoding="utf-8")

    words = WordFile(path, shipped_charset("english"))

    assert words.skipped == 2
    assert {words.line(_rng(k), 1) for k in range(30)} == {"cat", "dog"}


def test_a_zipped_list_reads_like_a_plain_one(tmp_path: Path) -> None:
    path = tmp_path / "words.txt.gz"
    path.write_bytes(gzip.compress(b"cat\n"))

    assert WordFile(path, shipped_charset("english")).line(_rng(), 3) == "cat cat cat"


def test_old_spellings_of_a_list_are_drawn_as_the_charset_spells_them(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("അവന\u0d4d\u200d\n", encoding="utf-8")

    assert WordFile(path, shipped_charset("malayalam")).line(_rng(), 1) == "അവൻ"


def test_pieces_of_a_text_are_successive_words_of_one_line(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("one two three four\nfive six\n", encoding="utf-8")
    text = TextFile(path, shipped_charset("english"))

    pieces = {text.line(_rng(k), 2) for k in range(100)}

    assert pieces == {"one two", "two three", "three four", "five six"}


def test_a_piece_ends_where_a_word_cannot_be_spelled(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("one two മല three\n", encoding="utf-8")
    text = TextFile(path, shipped_charset("english"))

    assert {text.line(_rng(k), 3) for k in range(50)} == {"one two", "three"}
    assert text.skipped == 1


@pytest.mark.parametrize("kind", [WordFile, TextFile])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no .* in it"),
        ("മല\n".encode(), "can spell none of its 1 words"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"\x1f\x8bbroken", "cannot be read"),
    ],
)
def test_a_file_of_no_use_is_refused(
    tmp_path: Path, kind: type[WordFile | TextFile], content: bytes, message: str
) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(content)

    with pytest.raises(DataError, match=message):
        kind(path, shipped_charset("english"))


@pytest.mark.parametrize("count", ["many", "-1", "inf", "nan"])
def test_a_count_that_is_none_is_named_with_its_line(tmp_path: Path, count: str) -> None:
    path = tmp_path / "words.tsv"
    path.write_text(f"cat\t1\ndog\t{count}\n", encoding="utf-8")

    with pytest.raises(DataError, match=r"words\.tsv:2: count"):
        WordFile(path, shipped_charset("english"))


def test_a_list_of_zero_counts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("cat\t0\n", encoding="utf-8")

    with pytest.raises(DataError, match="count 0"):
        WordFile(path, shipped_charset("english"))


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"gone\.txt"):
        WordFile(tmp_path / "gone.txt", shipped_charset("english"))


def test_items_are_drawn_by_weight() -> None:
    items, rng = Weighted([("a", 1.0), ("b", 0.0), ("c", 3.0)]), _rng()

    drawn = collections.Counter(items.draw(rng) for _ in range(4000))

    assert set(drawn) == {"a", "c"}
    assert drawn["c"] == pytest.approx(3000, abs=110)


def test_labels_of_several_code_points_leave_room_for_the_rare_ones_of_one() -> None:
    basic = shipped_charset("malayalam").symbols[1:]
    aksharas = [onset + sign for onset in "കഖഗഘചജടഡണതദധനപഫബഭമയരറലളഴവശഷസഹ" for sign in "ാിീുൂെേൈൊോ"]
    charset, rng = Charset("aksharas", ("", *basic, *aksharas), script="Mlym"), _rng()
    composer = Composer(charset)

    text = " ".join(composer.line(rng, 1) for _ in range(6000))

    assert not {archaic for archaic in "ൠൡൣഺ഻഼ൔൕൖഽൎ" if archaic not in text}
    assert re.search("[ാിീുൂെേൈൊോ][ാിീുൂെേൈൊോ]", text) is None


@pytest.mark.parametrize(
    "shape",
    [
        r"[എബിസിഡിഇജികെഎൽഎംഎൻപിആർഎസ്ടി.]+\.\S*\.",  # initials
        r"ഡോ\.",
        r"\d{4}-(?:ൽ|ന്|ലെ|വരെ)",  # a case ending at a year
        r"[“‘(][^”’)]+ [^”’)]+[”’)]",  # quotes and brackets about several words
        r"^\d{1,2}\. ",  # the number of an item
        r" [,.?!;:](?: |$)",  # a mark parted from its word, as in old print
        r"\.\.\.",
        r"\d\.\d\d?/-|\d\d/-",  # an amount
        r"\d\d?/\d/(?:\d{4})",  # a date
    ],
)
def test_lines_have_what_print_has_beside_words(shape: str) -> None:
    lines = _lines("malayalam", 4000, 5)

    assert 2 <= sum(re.search(shape, line) is not None for line in lines) < 1200


def test_brackets_and_quotes_about_words_come_in_pairs() -> None:
    lines = [line for line in _lines("malayalam", 2000, 4) if line.count("(") == 1 == line.count(")")]

    assert lines
    assert sum(line.index("(") < line.index(")") for line in lines) > 0.9 * len(lines)


@pytest.mark.parametrize("kind", [WordFile, TextFile])
def test_a_pipe_holds_no_words(tmp_path: Path, kind: type[WordFile] | type[TextFile]) -> None:
    os.mkfifo(tmp_path / "words.txt")

    with pytest.raises(
        DataError, match=r"words.txt: cannot be read: it is a pipe; write what comes out of it to a file"
    ):
        kind(tmp_path / "words.txt", shipped_charset("english"))
