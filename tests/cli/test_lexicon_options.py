"""What ``--lexicon`` and ``--prior-weight`` take, and what they say of files that are wrong."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest

from ocrkit.ctc import Lexicon

if TYPE_CHECKING:
    from collections.abc import Callable

    from command import Ran, RunOcrkit

    Decode = Callable[..., Ran]


@pytest.fixture
def decode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_ocrkit: RunOcrkit) -> Decode:
    """Decode saved log-probabilities in which "cb" is only a little likelier than "ca"; words.txt holds both."""
    monkeypatch.chdir(tmp_path)
    Path("abc.toml").write_text(
        'name = "abc"\nscript = "Latn"\nlanguages = ["und"]\n[[group]]\nname = "g"\ntext = "abc"\n'
    )
    log_probs = bars.log_probs(["cb"], frames=4)
    log_probs[0, 2, [1, 2]] = np.log([0.45, 0.49])  # of a and of b
    np.save("p.npy", log_probs)
    Path("words.txt").write_text("cb\nca\n")
    Path("counted.txt").write_text("cb\t1\nca\t99\n")
    return lambda *options: run_ocrkit("decode", "-c", "abc.toml", "p.npy", *options)


def test_a_saved_lexicon_is_opened(decode: Decode) -> None:
    Lexicon.from_words(["ca", "a"], bars.ABC).save("words.lexicon")

    assert decode("--lexicon", "words.lexicon").out == "p.npy#0\tca\n"


@pytest.mark.parametrize("form", ["text", "gzip", "saved"])
def test_counts_weigh_in_whatever_holds_them(decode: Decode, form: str) -> None:
    Path("gzip").write_bytes(gzip.compress(Path("counted.txt").read_bytes()))
    Path("text").write_bytes(Path("counted.txt").read_bytes())
    Lexicon.from_words(["cb", "ca"], bars.ABC, counts=[1, 99]).save("saved")

    assert decode("--lexicon", form).out == "p.npy#0\tcb\n"
    assert decode("--lexicon", form, "--prior-weight", "1").out == "p.npy#0\tca\n"


def test_a_saved_lexicon_of_another_charset_is_refused(decode: Decode) -> None:
    Lexicon.from_words(["ba"], bars.AB_AND_SPACE).save("words.lexicon")

    ran = decode("--lexicon", "words.lexicon")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: words.lexicon: it was made for another charset; make it again from its words, with this one\n"
    )


def test_a_saved_lexicon_that_was_cut_short_is_refused(decode: Decode) -> None:
    Lexicon.from_words(["ca", "a"], bars.ABC).save("words.lexicon")
    Path("words.lexicon").write_bytes(Path("words.lexicon").read_bytes()[:150])

    ran = decode("--lexicon", "words.lexicon")

    assert ran.code == 1
    assert "error: words.lexicon: it has 150 bytes" in ran.err
    assert "cut short" in ran.err


def test_a_saved_lexicon_whose_header_was_altered_is_refused(decode: Decode) -> None:
    Lexicon.from_words(["ca", "a"], bars.ABC).save("words.lexicon")
    content = bytearray(Path("words.lexicon").read_bytes())
    content[40] ^= 1
    Path("words.lexicon").write_bytes(content)

    ran = decode("--lexicon", "words.lexicon")

    assert ran.err.startswith("error: words.lexicon: its header was altered")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (
            ("--lexicon", "words.txt", "--prior-weight", "1"),
            "has no counts for --prior-weight to weigh; give it lines of",
        ),
        (("--lexicon", "counted.txt", "--prior-weight", "-1"), "--prior-weight is -1.0; it lies in 0..1e+30"),
        (
            ("--prior-weight", "1"),
            "decoder 'beam' cannot honour --prior-weight; use --decoder lexicon or --decoder text with a --lexicon",
        ),
        (
            ("--decoder", "lexicon", "--prior-weight", "1"),
            "decoder 'lexicon' needs a lexicon; give it a word list with --lexicon",
        ),
    ],
)
def test_priors_that_cannot_be_weighed_are_refused(decode: Decode, options: tuple[str, ...], complaint: str) -> None:
    ran = decode(*options)

    assert (ran.code, ran.out) == (1, "")
    assert complaint in ran.err
