"""The decoders' result: flat arrays, read as a sequence of lines."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from ocrkit.ctc import Decoded, beam_search, build_info
from ocrkit.errors import OptionError


def two_and_none() -> Decoded:
    """A line with the hypotheses (1, 2) and (2,), and a line with none."""
    return Decoded(
        labels=np.array([1, 2, 2], np.int32),
        frames=np.array([0, 3, 1], np.int32),
        confidences=np.array([0.5, 0.75, 0.25], np.float32),
        label_offsets=np.array([0, 2, 3], np.int64),
        scores=np.array([-1.0, -2.0], np.float32),
        acoustic_scores=np.array([-1.5, -2.5], np.float32),
        entries=np.array([7, -1], np.int32),
        line_offsets=np.array([0, 2, 2], np.int64),
        proved=np.array([True, False]),
    )


def test_lines_are_lists_of_hypotheses_best_first() -> None:
    decoded = two_and_none()

    assert [len(line) for line in decoded] == [2, 0]
    best = decoded[0][0]
    assert (best.labels.tolist(), best.frames.tolist(), best.confidences.tolist()) == ([1, 2], [0, 3], [0.5, 0.75])
    assert (best.score, best.acoustic_score, best.entry) == (-1.0, -1.5, 7)


def test_lines_count_from_the_end_and_in_slices_too() -> None:
    decoded = two_and_none()

    assert decoded[-1] == []
    assert [len(line) for line in decoded[::-1]] == [0, 2]
    with pytest.raises(IndexError):
        decoded[2]


def test_texts_spell_each_lines_best_and_nothing_where_there_is_none() -> None:
    assert two_and_none().texts(["", "ക്ഷ", "b"]) == ["ക്ഷb", ""]


def test_texts_take_any_sequence_of_strings() -> None:
    assert two_and_none().texts("-ab") == ["ab", ""]


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        (["", "a"], r"label 2 has no symbol: there are 2, for labels 0\.\.1"),
        ([], "there are 0"),
        (["", "a", 5], "the symbol of label 2 is 5; expected a string"),
        (["", "a", "\ud800"], "half a surrogate pair"),
    ],
)
def test_symbols_that_do_not_cover_the_labels_are_refused(symbols: list[str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        two_and_none().texts(symbols)


def test_the_arrays_have_the_dtypes_and_sizes_that_are_promised() -> None:
    decoded = beam_search(np.zeros((2, 3, 4), np.float32), n_best=5)

    dtypes = {name: getattr(decoded, name).dtype.name for name in Decoded.__slots__}
    assert dtypes == {
        "labels": "int32",
        "frames": "int32",
        "confidences": "float32",
        "label_offsets": "int64",
        "scores": "float32",
        "acoustic_scores": "float32",
        "entries": "int32",
        "line_offsets": "int64",
        "proved": "bool",
    }
    assert decoded.line_offsets.tolist() == [0, 5, 10]
    assert len(decoded.labels) == len(decoded.frames) == len(decoded.confidences) == decoded.label_offsets[-1]
    assert decoded.entries.tolist() == [-1] * 10


def test_the_decoders_come_without_torch() -> None:
    program = "import sys, ocrkit.ctc; print(sorted({'torch', 'PIL', 'typer'} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_build_says_what_it_is() -> None:
    info = build_info()

    assert info["standard"] == 202002
    assert {"version", "build_type", "compiler", "threads"} <= info.keys()


@pytest.mark.parametrize("named", ["scalar", "avx2", "avx512"])
def test_the_environment_may_ask_for_an_instruction_set(named: str) -> None:
    program = "from ocrkit.ctc import build_info; print(build_info()['simd'])"

    done = with_instruction_set(named, program)

    assert done.stdout.strip() == named or "this machine runs scalar" in done.stderr


@pytest.mark.parametrize(
    "program",
    [
        "ocrkit.ctc.build_info()",
        "ocrkit.ctc.greedy(frames, threads=2)",
        "ocrkit.ctc.beam_search(frames)",
        "ocrkit.ctc.lexicon_search(frames, lexicon=ocrkit.ctc.Lexicon([[1]]))",
    ],
)
def test_an_instruction_set_that_there_is_not_is_refused_with_those_there_are(program: str) -> None:
    start = "import numpy as np, ocrkit.ctc; frames = np.log(np.full((2, 3, 4), 0.25, np.float32)); "

    done = with_instruction_set("sse9", start + program)

    assert done.returncode == 1
    assert "OptionError: the environment variable OCRKIT_SIMD is 'sse9'; this machine runs scalar" in done.stderr


def test_every_instruction_set_finds_the_same_entries() -> None:
    program = """
import numpy as np
from ocrkit.ctc import Lexicon, lexicon_search
random = np.random.default_rng(5)
entries = [random.integers(1, 30, size).tolist() for size in random.integers(1, 9, 3000)]
values = random.normal(scale=3, size=(40, 20, 30)).astype(np.float32)
log_probs = values - np.log(np.exp(values).sum(axis=-1, keepdims=True))
found = lexicon_search(log_probs, lexicon=Lexicon(entries), n_best=3)
print(found.entries.tolist(), found.proved.all(), found.scores.round(3).tolist())
"""
    answers = [with_instruction_set(named, program) for named in ("scalar", "avx2", "avx512")]

    known = {done.stdout for done in answers if done.returncode == 0}

    assert len(known) == 1


def with_instruction_set(named: str, program: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OCRKIT_SIMD": named}
    return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
