"""Saved lexicons: the same when they are opened, shared, and refused with a reason when something is wrong."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ocrkit.ctc import Lexicon, lexicon_search
from ocrkit.errors import LexiconError, MissingFileError

HEADER = 96  # bytes


class Symbols:
    """A symbol table of single characters."""

    def __init__(self, letters: str) -> None:
        self.symbols = ("", *letters)

    def normalize(self, text: str) -> str:
        return text


LETTERS = Symbols("abcdefghijklmnopqrstuvwxyz")


def log_probs(labels: int = 27) -> np.ndarray:
    logits = np.random.default_rng(3).normal(size=(20, 12, labels)).astype(np.float32) * 3
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "words.lexicon"


@pytest.fixture
def saved(path: Path) -> Path:
    words = ["cat", "cats", "dog", "a", "zebra", "dogma"]
    Lexicon.from_words(words, LETTERS, counts=range(1, 7)).save(path)
    return path


@pytest.mark.parametrize("verify", [False, True])
def test_an_opened_lexicon_is_the_one_that_was_saved(path: Path, verify: bool) -> None:
    rng = np.random.default_rng(1)
    sequences = [rng.integers(1, 27, rng.integers(1, 6)).tolist() for _ in range(500)]
    lexicon = Lexicon(sequences, counts=rng.integers(1, 99, 500))
    lexicon.save(path)

    opened = Lexicon.open(path, verify=verify)

    assert repr(opened) == repr(lexicon)
    assert opened.priors is not None
    np.testing.assert_array_equal(opened.priors, lexicon.priors)
    for entry in range(len(lexicon)):
        np.testing.assert_array_equal(opened.labels(entry), lexicon.labels(entry))
    wanted = lexicon_search(log_probs(), lexicon=lexicon, prior_weight=0.5, n_best=3)
    found = lexicon_search(log_probs(), lexicon=opened, prior_weight=0.5, n_best=3)
    np.testing.assert_array_equal(found.entries, wanted.entries)
    np.testing.assert_array_equal(found.scores, wanted.scores)


def test_an_opened_lexicon_outlives_its_file_and_another_saved_over_it(saved: Path) -> None:
    opened = Lexicon.open(saved)
    Lexicon([[9]]).save(saved)
    assert len(Lexicon.open(saved)) == 1
    saved.unlink()

    assert opened.labels(5).tolist() == [4, 15, 7, 13, 1]  # dogma


def test_an_opened_lexicon_can_be_saved_again(saved: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    Lexicon.open(saved).save(again)

    assert again.read_bytes() == saved.read_bytes()


def test_a_file_is_one_even_when_the_same_lexicon_was_built_twice(saved: Path, path: Path) -> None:
    before = saved.read_bytes()
    words = ["cat", "cats", "dog", "a", "zebra", "dogma"]
    Lexicon.from_words(words, LETTERS, counts=range(1, 7)).save(path)

    assert path.read_bytes() == before


def test_the_charset_is_known_by_its_symbols(saved: Path) -> None:
    assert len(Lexicon.open(saved, charset=Symbols("abcdefghijklmnopqrstuvwxyz"))) == 6


def test_another_charset_is_refused(saved: Path) -> None:
    with pytest.raises(LexiconError, match=r"words\.lexicon: it was made for another charset; make it again"):
        Lexicon.open(saved, charset=Symbols("zyxwvutsrqponmlkjihgfedcba"))


def test_labels_without_a_charset_fit_none(path: Path) -> None:
    Lexicon([[1, 2]]).save(path)

    with pytest.raises(LexiconError, match="it was made of labels, without a charset"):
        Lexicon.open(path, charset=LETTERS)


@pytest.mark.parametrize("size", [0, 7, HEADER - 1, HEADER, 200, -1])
def test_a_file_cut_short_is_refused(saved: Path, size: int) -> None:
    saved.write_bytes(saved.read_bytes()[:size])

    with pytest.raises(LexiconError, match=r"words\.lexicon: it has \d+ bytes.* cut short"):
        Lexicon.open(saved)


def test_a_header_that_was_altered_is_refused(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[50] ^= 1
    saved.write_bytes(content)

    with pytest.raises(LexiconError, match="its header was altered: the checksum does not fit; save it again"):
        Lexicon.open(saved)


def test_any_altered_byte_is_refused_when_verifying(saved: Path) -> None:
    whole = saved.read_bytes()
    for position in range(HEADER, len(whole), 7):
        content = bytearray(whole)
        content[position] ^= 0x10
        saved.write_bytes(content)

        with pytest.raises(LexiconError, match="it was altered: the checksum does not fit"):
            Lexicon.open(saved, verify=True)


def test_a_broken_trie_is_refused_without_verifying(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    nodes = int.from_bytes(content[24:32], sys.byteorder)
    first_child = -(-(128 + 4 * nodes) // 64) * 64
    content[first_child : first_child + 4] = (0).to_bytes(4, sys.byteorder)  # the root its own child
    saved.write_bytes(content)

    with pytest.raises(LexiconError, match="its trie is broken: child offsets do not ascend"):
        Lexicon.open(saved)


def test_a_text_file_is_no_saved_lexicon(path: Path) -> None:
    path.write_text("cat\ndog\n" * 20)

    with pytest.raises(LexiconError, match="it is no saved lexicon"):
        Lexicon.open(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no lexicon '.*nowhere'; Lexicon\.save writes one"):
        Lexicon.open(tmp_path / "nowhere")


def test_a_folder_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be read: Is a directory"):
        Lexicon.open(tmp_path)


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be written: No such file or directory"):
        Lexicon([[1]]).save(tmp_path / "nowhere" / "x")


def test_nothing_is_left_of_a_save_that_fails(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()

    with pytest.raises(LexiconError, match="cannot be written"):
        Lexicon([[1]]).save(folder)
    assert os.listdir(tmp_path) == ["taken"]


def test_a_saved_file_has_the_rights_of_any_other(saved: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.touch()

    assert stat.S_IMODE(saved.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_processes_share_an_opened_lexicon(path: Path) -> None:
    rng = np.random.default_rng(2)
    Lexicon([rng.integers(1, 200, 8).tolist() for _ in range(40_000)]).save(path)
    # What a process has for itself alone must not grow by the file's size when it opens and searches it.
    script = (
        "import re, sys\n"
        "from ocrkit.ctc import Lexicon\n"
        "lexicon = Lexicon.open(sys.argv[1])\n"
        "parts = re.split(r'\\n(?=[0-9a-f]+-[0-9a-f]+ )', open('/proc/self/smaps').read())\n"
        "mapped = [part for part in parts if sys.argv[1] in part]\n"
        "print(sum(int(kb) for part in mapped for kb in re.findall(r'Private_Dirty: *(\\d+)', part)), len(mapped))\n"
    )
    if not Path("/proc/self/smaps").exists():
        pytest.skip("the system does not say what memory is shared")

    found = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)

    assert found.stdout.split() == ["0", "1"]
