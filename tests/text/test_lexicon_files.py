from __future__ import annotations

import gzip
import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrkit.ctc import Lexicon
from ocrkit.errors import LexiconError, MissingFileError
from ocrkit.text.charset import Charset
from ocrkit.text.lexicon import is_saved_lexicon, read_lexicon
from ocrkit.text.normalization import Rewrite
from ocrkit.text.shipped import shipped_charset

ABC = Charset("abc", ("", "a", "b", "c", "\u00e9"))
MALAYALAM = shipped_charset("malayalam")
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes, name: str = "words.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def test_each_line_is_a_word_and_empty_lines_are_passed_over(write: Write) -> None:
    lexicon = read_lexicon(write("ab\n\n  \nc \r\nab"), ABC)

    assert lexicon.words == ("ab", "c", "ab")
    assert lexicon.counts is None
    assert lexicon.skipped == ()


def test_counts_follow_a_tab(write: Write) -> None:
    lexicon = read_lexicon(write("ab\t7\nc\t12\r\n"), ABC)

    assert (lexicon.words, lexicon.counts) == (("ab", "c"), (7, 12))


@pytest.mark.parametrize("name", ["words.txt.gz", "words"])
def test_a_gzipped_file_is_read_whatever_its_name(write: Write, name: str) -> None:
    assert read_lexicon(write(gzip.compress(b"ab\nc\n"), name), ABC).words == ("ab", "c")


def test_a_byte_order_mark_is_no_part_of_the_first_word(write: Write) -> None:
    assert read_lexicon(write(b"\xef\xbb\xbfab\n"), ABC).words == ("ab",)


def test_words_come_in_the_charsets_spelling(write: Write) -> None:
    lexicon = read_lexicon(write("അവന്\u200d\nതമിഴ്\u200cനാട്\nക\u0d46\u0d3e\n"), MALAYALAM)

    assert lexicon.words == ("അവൻ", "തമിഴ്\u200cനാട്", "കൊ")


def test_an_entry_may_hold_spaces_where_the_charset_does(write: Write) -> None:
    assert read_lexicon(write("ക ക\n"), MALAYALAM).words == ("ക ക",)


def test_a_line_separator_inside_a_word_does_not_part_it(write: Write) -> None:
    charset = Charset("s", ("", "a", "\u2028", "b"))

    assert read_lexicon(write("a\u2028b\n"), charset).words == ("a\u2028b",)


def test_words_that_the_charset_cannot_spell_are_counted_and_the_first_three_named(write: Write) -> None:
    path = write("ab\nxa\nby\nc\nz\nbw\n")

    with pytest.raises(LexiconError) as caught:
        read_lexicon(path, ABC)

    assert str(caught.value) == (
        f"{path}: charset 'abc' cannot spell 4 of 6 words: "
        "'xa' in line 2 for 'x' (U+0078 LATIN SMALL LETTER X), "
        "'by' in line 3 for 'y' (U+0079 LATIN SMALL LETTER Y), "
        "'z' in line 5 for 'z' (U+007A LATIN SMALL LETTER Z), and 1 more; "
        "`unencodable='skip'` leaves them out"
    )


def test_words_that_the_charset_cannot_spell_are_left_out_on_request(write: Write) -> None:
    lexicon = read_lexicon(write("ab\t1\nxa\t2\nc\t3\n"), ABC, unencodable="skip")

    assert (lexicon.words, lexicon.counts, lexicon.skipped) == (("ab", "c"), (1, 3), ("xa",))


def test_a_word_that_normalises_to_nothing_is_none(write: Write) -> None:
    charset = Charset("x", ("", "a"), rewrites=(Rewrite("b", ""),))

    with pytest.raises(LexiconError, match=r"'bb' in line 2 for want of any letter"):
        read_lexicon(write("a\nbb\n"), charset)


def test_longest_match_decides_what_is_spelled(write: Write) -> None:
    charset = Charset("x", ("", "ab", "c"))

    lexicon = read_lexicon(write("abc\nac\n"), charset, unencodable="skip")

    assert (lexicon.words, lexicon.skipped) == (("abc",), ("ac",))


def test_a_lexicon_of_which_nothing_is_left_is_refused(write: Write) -> None:
    with pytest.raises(LexiconError, match="charset 'abc' can spell none of the 2 words; is it the right one"):
        read_lexicon(write("xx\nyy\n"), ABC, unencodable="skip")


@pytest.mark.parametrize("content", ["", "\n\n", "  \n", b"\xef\xbb\xbf"])
def test_an_empty_lexicon_is_refused(write: Write, content: str | bytes) -> None:
    with pytest.raises(LexiconError, match=r"words\.txt: an empty lexicon; expected one word a line"):
        read_lexicon(write(content), ABC)


@pytest.mark.parametrize("count", ["", "0", "-1", "1.5", "many", "1\t2", "٣"])
def test_a_count_that_is_no_whole_number_is_refused_with_its_line(write: Write, count: str) -> None:
    with pytest.raises(LexiconError, match=r"words\.txt:2: the count is '.*'; expected a whole number above 0"):
        read_lexicon(write(f"ab\t1\nc\t{count}\n"), ABC)


def test_a_count_of_many_digits_is_refused_with_its_line(write: Write) -> None:
    with pytest.raises(LexiconError, match=r"words\.txt:2: the count has 5000 characters; expected at most 100 digits"):
        read_lexicon(write(f"ab\t{'9' * 100}\nc\t{'9' * 5000}\n"), ABC)


@pytest.mark.parametrize(("content", "line"), [("ab\t1\nc\n", 2), ("ab\nc\t1\n", 1)])
def test_counts_for_some_words_only_are_refused(write: Write, content: str, line: int) -> None:
    with pytest.raises(LexiconError, match=rf"words\.txt:{line}: '\w+' has no count, but line {3 - line} has one"):
        read_lexicon(write(content), ABC)


def test_a_count_without_a_word_is_refused(write: Write) -> None:
    with pytest.raises(LexiconError, match=r"words\.txt:1: a count without a word"):
        read_lexicon(write("\t5\n"), ABC)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no lexicon file '.*nowhere\.txt'"):
        read_lexicon(tmp_path / "nowhere.txt", ABC)


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be read: Is a directory"):
        read_lexicon(tmp_path, ABC)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ab\n\xff\xfe", "not UTF-8 at byte 3; a lexicon is text"),
        (b"ab\nc\0", r":2: holds a zero byte"),
        (gzip.compress(b"ab\n" * 99, mtime=0)[:-9], "a damaged gzip file"),
        (b"\x1f\x8bnonsense", "a damaged gzip file"),
    ],
)
def test_what_is_no_text_is_refused(write: Write, content: bytes, message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        read_lexicon(write(content), ABC)


def test_the_lexicon_built_has_each_spelling_once(write: Write) -> None:
    lexicon = read_lexicon(write("അവന്\u200d\t3\nഅവൻ\t1\nക\t4\n"), MALAYALAM).build()

    assert len(lexicon) == 2
    assert lexicon.priors is not None
    assert lexicon.priors.tolist() == pytest.approx([math.log(4 / 8), math.log(4 / 8)])


def test_a_lexicon_without_counts_has_no_priors(write: Write) -> None:
    lexicon = read_lexicon(write("ab\nc\n"), ABC).build()

    assert (len(lexicon), lexicon.has_priors) == (2, False)


def test_counts_of_a_gzipped_file_are_read(write: Write) -> None:
    lexicon = read_lexicon(write(gzip.compress(b"ab\t3\nc\t1\n"), "words.txt.gz"), ABC).build()

    assert lexicon.priors is not None
    assert lexicon.priors.tolist() == pytest.approx([math.log(3 / 4), math.log(1 / 4)])


def test_a_saved_lexicon_is_known_by_how_it_begins(write: Write, tmp_path: Path) -> None:
    saved = tmp_path / "words"
    Lexicon.from_words(["ab"], ABC).save(saved)

    assert is_saved_lexicon(saved)
    assert not is_saved_lexicon(write("ab\n"))
    assert not is_saved_lexicon(write(""))
    assert not is_saved_lexicon(tmp_path / "nowhere")
    assert not is_saved_lexicon(tmp_path)


@pytest.mark.parametrize(
    ("pack", "complaint"),
    [
        (bytes, "words.txt: a saved lexicon, no list of words; open it with Lexicon.open"),
        (gzip.compress, "words.txt: a gzipped saved lexicon, no list of words; unpack it, as with gunzip"),
    ],
)
def test_a_saved_lexicon_is_no_list_of_words(
    write: Write, tmp_path: Path, pack: Callable[[bytes], bytes], complaint: str
) -> None:
    Lexicon.from_words(["ab"], ABC).save(tmp_path / "saved")

    with pytest.raises(LexiconError, match=complaint):
        read_lexicon(write(pack((tmp_path / "saved").read_bytes())), ABC)


def test_a_pipe_that_is_open_holds_a_lexicon() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"ab\nc\n")
    os.close(writing)
    path = f"/dev/fd/{reading}"

    saved, lexicon = is_saved_lexicon(path), read_lexicon(path, ABC)  # the first must not take what the second reads

    os.close(reading)
    assert (saved, lexicon.words) == (False, ("ab", "c"))


def test_a_pipe_into_which_nobody_writes_is_no_lexicon(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(LexiconError, match="it is a pipe with a name; write a file, or give it as"):
        read_lexicon(tmp_path / "pipe", ABC)
    with pytest.raises(LexiconError, match="it is a pipe; write what comes out of it to a file"):
        Lexicon.open(tmp_path / "pipe")


def test_words_are_spelled_without_what_has_no_ink(write: Write) -> None:
    lexicon = read_lexicon(write("\u200eab\xa0\u200e\nc\u2060\t\n".replace("\t", "")), ABC)

    assert lexicon.words == ("ab", "c")


@pytest.mark.parametrize("count", ["", "\t3"])
def test_a_line_with_nothing_to_be_seen_is_passed_over(write: Write, count: str) -> None:
    lexicon = read_lexicon(write(f"ab{count}\n\u200e\ufeff{count}\nc{count}\n"), ABC)

    assert (lexicon.words, lexicon.skipped) == (("ab", "c"), ())


def test_a_line_far_longer_than_any_word_is_refused_with_its_number(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("ab\nba\n" + "a" * 3_000_000 + "\nab\n")

    with pytest.raises(
        LexiconError, match=r"words.txt:3: a line of over 1,048,576 bytes; a lexicon has one word a line"
    ):
        read_lexicon(tmp_path / "words.txt", Charset("ab", ("", "a", "b")))


def test_a_long_file_of_short_lines_is_read(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("ab\nba\n" * 400_000)

    assert len(read_lexicon(tmp_path / "words.txt", Charset("ab", ("", "a", "b"))).build()) == 2
