"""What ``--lm`` says of a model that does not fit the charset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from command import RunOcrkit

HEAD = "\\data\\\nngram 1=3\n\\1-grams:\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saved log-probabilities of "a b" in a charset of a, b and the space."""
    monkeypatch.chdir(tmp_path)
    Path("ab.toml").write_text(
        'name = "ab"\nscript = "Latn"\nlanguages = ["und"]\n[[group]]\nname = "g"\ntext = "ab "\n'
    )
    log_probs = np.full((1, 5, 4), np.log(0.01), np.float32)
    log_probs[0, range(5), [1, 0, 3, 0, 2]] = np.log(0.97)
    np.save("p.npy", log_probs)
    Path("barred.arpa").write_text(HEAD + "-0.5\ta\n-0.5\tb\n-0.5\t|\n\\end\\\n")
    Path("bare.arpa").write_text(HEAD + "-0.5\ta\n-0.5\tb\n-0.5\t</s>\n\\end\\\n")
    Path("words.arpa").write_text(HEAD + "-0.5\tab\n-0.5\tba\n-0.5\t</s>\n\\end\\\n")


def test_a_bar_is_read_as_the_space(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-c", "ab.toml", "p.npy", "--lm", "barred.arpa")

    assert (ran.code, ran.out, ran.err) == (0, "p.npy#0\ta b\n", "")


def test_a_model_without_a_space_is_told_on_stderr(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-c", "ab.toml", "p.npy", "--lm", "bare.arpa")

    assert ran.code == 0
    assert ran.err.startswith(
        "note: language model bare.arpa has no unit for 1 of 3 labels, so they are unknown to it: the"
    )


def test_a_model_of_words_is_refused_with_the_way_out(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-c", "ab.toml", "p.npy", "--lm", "words.arpa")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith("a model of words, it seems, which wants --lm-unit word and a --lexicon\n")
