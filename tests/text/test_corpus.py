from __future__ import annotations

import gzip
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import DataError, MissingFileError
from ocrkit.text import corpus as module
from ocrkit.text.corpus import read_corpus

if TYPE_CHECKING:
    from collections.abc import Callable


def written(folder: Path, content: str | bytes, name: str = "text.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_words_are_what_spaces_and_line_ends_part(tmp_path: Path) -> None:
    corpus = read_corpus([written(tmp_path, "ab c ab\r\n\nc  d\n")])

    assert corpus.words == Counter({"ab": 2, "c": 2, "d": 1})
    assert corpus.spaces == 4


def test_a_count_after_a_tab_counts_the_text_so_often(tmp_path: Path) -> None:
    corpus = read_corpus([written(tmp_path, "ab\t7\nc d\t2\ne\tf\ng\t0\n")])

    assert corpus.words == Counter({"ab": 7, "c": 2, "d": 2, "e": 1, "f": 1})
    assert corpus.spaces == 2


def test_several_files_add_up_packed_or_not(tmp_path: Path) -> None:
    plain, packed = written(tmp_path, "ab"), written(tmp_path, gzip.compress(b"ab c"), "packed.txt")

    assert read_corpus([plain, packed]).words == Counter({"ab": 2, "c": 1})


def test_a_byte_order_mark_is_no_part_of_a_word(tmp_path: Path) -> None:
    assert read_corpus([written(tmp_path, b"\xef\xbb\xbfab ab")]).words == Counter({"ab": 2})


def test_a_long_text_is_read_in_pieces_with_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", 8)
    paths = [written(tmp_path, "abc de\n" * 5), written(tmp_path, "f\n" * 10, "more.txt")]
    told: list[tuple[int, int]] = []

    corpus = read_corpus(paths, progress=lambda done, total: told.append((done, total)))

    assert corpus.words == Counter({"abc": 5, "de": 5, "f": 10})
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (55, 55)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no file '.*gone\.txt'; give a text file"):
        read_corpus([tmp_path / "gone.txt"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ab\ncd\n\xff\n", r"text\.txt:3: not UTF-8"),
        (gzip.compress(b"ab" * 500)[:-12], r"text\.txt: a damaged gzip file"),
        (b" \n\t\n", r"no word in .*text\.txt"),
    ],
    ids=["encoding", "gzip", "empty"],
)
def test_a_file_that_is_no_text_is_an_error(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_corpus([written(tmp_path, content)])


def test_a_folder_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read_corpus([tmp_path])


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_pipe_that_is_open_is_read_as_a_file_is(pack: Callable[[bytes], bytes]) -> None:
    reading, writing = os.pipe()
    os.write(writing, pack(b"ab c"))
    os.close(writing)
    seen: list[tuple[int, int]] = []

    corpus = read_corpus([Path(f"/dev/fd/{reading}")], progress=lambda done, total: seen.append((done, total)))

    os.close(reading)
    assert (corpus.words, corpus.spaces, seen) == (Counter({"ab": 1, "c": 1}), 1, [])


def test_a_pipe_into_which_nobody_writes_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(DataError, match="pipe: cannot be read: it is a pipe with a name"):
        read_corpus([tmp_path / "pipe"])
