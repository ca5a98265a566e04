"""``ocrkit data lexicons``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import bars

if TYPE_CHECKING:
    import pytest
    from command import RunOcrkit


def test_lists_are_made_and_read_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_ocrkit: RunOcrkit) -> None:
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    bars.write(Path("lines"), {"1.png": "ab", "2.png": "cab"})
    Path("words.txt").write_text("aa\nbb\ncc\nac\nca\nbc\ncb\n")

    made = run_ocrkit(
        "data", "lexicons", "lines", "-o", "l.jsonl", "--words", "words.txt", "--size", "3", "--size", "5"
    )
    read = run_ocrkit("evaluate", "lines", "-m", "m.safetensors", "--lexicons", "l.jsonl#lexicon_5", "--json")

    assert (made.code, made.out, made.err) == (0, "l.jsonl\n", "2 lists written, self-made\n")
    told = json.loads(read.out)
    assert told["exact"] == 1.0
    assert (told["lexicons"]["fewest"], told["lexicons"]["lacking_truth"]) == (5, 0)
    assert told["lexicons"]["origin"] == "self-made: the text and others out of words.txt, seed 0"


def test_a_file_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_ocrkit: RunOcrkit
) -> None:
    monkeypatch.chdir(tmp_path)
    bars.write(Path("lines"), {"1.png": "ab", "2.png": "cab"})

    ran = run_ocrkit("data", "lexicons", "lines", "-o", "nowhere/l.jsonl", "--size", "2")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "error: --output 'nowhere/l.jsonl' cannot be written: No such file or directory\n"
