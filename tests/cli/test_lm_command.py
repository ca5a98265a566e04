"""``ocrkit lm``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from command import RunOcrkit

SMALL = "the cat sat on the mat\nthe dog sat on the log\na cat and a dog sat\nthe cat saw the dog\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text(SMALL)


def test_a_model_is_built_and_named(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("lm", "build", "text.txt", "-o", "m.arpa", "--order", "3")

    assert (ran.code, ran.out) == (0, "m.arpa\n")
    assert ran.err.startswith("82 units in 4 lines: 17 1-grams, ")
    assert Path("m.arpa").read_text().startswith("\\data\\\nngram 1=17\nngram 2=")


def test_what_is_built_is_what_decode_takes(run_ocrkit: RunOcrkit) -> None:
    # The frames say "hat" or "cat", alike; the text knows the one of them.
    Path("abc.toml").write_text(
        'name = "abc"\nscript = "Latn"\nlanguages = ["en"]\n[[group]]\nname = "g"\ntext = "hcat "\n'
    )
    log_probs = np.full((1, 3, 6), np.log(0.01), np.float32)
    log_probs[0, range(3), [1, 3, 4]] = np.log(0.5)
    log_probs[0, 0, 2] = np.log(0.49)
    np.save("p.npy", log_probs)
    run_ocrkit("lm", "build", "text.txt", "-o", "m.arpa.gz", "-c", "abc.toml", "--order", "4")

    assert run_ocrkit("decode", "-c", "abc.toml", "p.npy").out == "p.npy#0\that\n"
    assert run_ocrkit("decode", "-c", "abc.toml", "p.npy", "--lm", "m.arpa.gz").out == "p.npy#0\tcat\n"


def test_every_option_reaches_the_model(run_ocrkit: RunOcrkit) -> None:
    Path("words.txt").write_text("the\t9\ncat\ndog\n")

    ran = run_ocrkit(
        "lm", "build", "text.txt", "-o", "m.arpa", "--unit", "word", "--order", "3", "--vocabulary", "words.txt",
        "--line-words", "2-3", "--prune", "0,1", "-c", "english",
    )  # fmt: skip

    arpa = Path("m.arpa").read_text()
    assert ran.code == 0
    assert "ngram 1=6\n" in arpa
    assert "\tthe cat\t" in arpa  # twice
    assert "\tthe cat </s>" not in arpa  # once
    assert "\tthe <unk>\t" not in arpa  # twice, and cut apart both times


def test_what_could_not_be_done_as_asked_is_told(run_ocrkit: RunOcrkit) -> None:
    Path("text.txt").write_text("ab\n")

    ran = run_ocrkit("lm", "build", "text.txt", "-o", "m.arpa", "--order", "9")

    assert ran.code == 0
    assert "note: the order is 4 instead of 9: no line is longer\n" in ran.err
    assert (
        "note: the discounts of 4-grams are 0.5, 1, 1.5, not estimated: none has the count 2; "
        "the text is too small, or odd\n" in ran.err
    )


def test_bits_and_perplexity_of_a_text(run_ocrkit: RunOcrkit) -> None:
    # One unit in one line: <unk>, </s> and a are 1 in 3 before any discount, as a comes once and so does the end.
    Path("text.txt").write_text("a\n")
    run_ocrkit("lm", "build", "text.txt", "-o", "m.arpa", "--order", "1")

    found = json.loads(run_ocrkit("lm", "score", "m.arpa", "text.txt", "--json").out)
    shown = run_ocrkit("lm", "score", "m.arpa", "text.txt").out

    # (1 - 1/2) / 2 of its own, and a third of the half that is freed: 5/12.
    assert found == {
        "lines": 1,
        "units": 1,
        "unknown": 0,
        "log_prob": pytest.approx(2 * np.log(5 / 12), rel=1e-5),
        "bits": pytest.approx(np.log2(12 / 5), rel=1e-5),
        "perplexity": pytest.approx(12 / 5, rel=1e-5),
    }
    assert shown == (
        "lines       1\nunits       1, 0 of them unknown\nbits        1.2630 a unit, ends of lines counted\n"
        "perplexity  2.4000\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--unit", "akshara"), "--unit is 'akshara'; expected character or word; aksharas are characters where"),
        (("--prune", "0;1"), "--prune is '0;1'; expected counts with commas between them, such as 0,0,1"),
        (("--prune", "1"), "--prune is 1; the first is that of single units, which all stay"),
        (("--order", "0"), "--order is 0; expected 1 to 20"),
        (("--line-words", "x"), "--line-words 'x' is no range; expected one such as 1-8, or a number"),
        (("--line-words", "4-2"), "--line-words is 4-2; expected a range such as 1-8"),
        (("--charset", "malyalam"), "no charset 'malyalam'; did you mean 'malayalam'?"),
        (("--vocabulary", "text.txt"), "a --vocabulary is one of words; give it with --unit word, and characters a"),
        (("-o", "gone/m.arpa"), "--output gone/m.arpa: there is no folder 'gone'; make it, or name another"),
    ],
)
def test_bad_options_are_named(run_ocrkit: RunOcrkit, options: tuple[str, ...], message: str) -> None:
    ran = run_ocrkit("lm", "build", "text.txt", "-o", "m.arpa", *options)

    assert ran.code == 1
    assert message in ran.err
    assert os.listdir() == ["text.txt"]


def test_a_model_that_is_none_is_named(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("lm", "score", "text.txt", "text.txt")

    assert ran.code == 1
    assert "text.txt" in ran.err
