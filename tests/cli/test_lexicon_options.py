"""What ``--lexicon`` and ``--prior-weight`` take, and what they say of files that are wrong."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest

from ocrkit import Charset
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


@pytest.fixture
def decode_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_ocrkit: RunOcrkit) -> Decode:
    """Decode saved log-probabilities in which "7/2" is a little likelier than "1/2"; dates.txt holds 1/2 and 2/1."""
    monkeypatch.chdir(tmp_path)
    Path("c.toml").write_text(
        'name = "c"\nscript = "Latn"\nlanguages = ["und"]\n[[group]]\nname = "g"\ntext = "aA127/ "\n'
    )
    charset = Charset.read("c.toml")
    log_probs = bars.log_probs(["7/2"], charset, frames=6)
    one, seven = charset.encode("17")
    log_probs[0, 0, [seven, one]] = np.log([0.5, 0.42])
    np.save("p.npy", log_probs)
    Path("dates.txt").write_text("1/2\n2/1\n")
    return lambda *options: run_ocrkit("decode", "-c", "c.toml", "p.npy", *options)


def test_a_lexicon_of_dates_is_one_of_dates(decode_date: Decode) -> None:
    ran = decode_date("--lexicon", "dates.txt")

    assert (ran.code, ran.out) == (0, "p.npy#0\t1/2\n")
    assert ran.err == (
        "note: 2 of the lexicon's 2 entries, such as '1/2', consist of separators alone as they are by default, so "
        "these are none here: 1 2 /; --separators names others, and --decoder lexicon takes a line to be one entry\n"
    )


@pytest.mark.parametrize("options", [("--separators", " "), ("--decoder", "lexicon")])
def test_the_ways_out_that_are_named_lead_out(decode_date: Decode, options: tuple[str, str]) -> None:
    ran = decode_date("--lexicon", "dates.txt", *options)

    assert (ran.code, ran.out, ran.err) == (0, "p.npy#0\t1/2\n", "")


def test_lines_that_no_entry_fits_are_rejected_and_counted(decode_date: Decode) -> None:
    np.save("p.npy", bars.log_probs(["aa", "A", "1"], Charset.read("c.toml"), frames=6))
    Path("words.txt").write_text("AAA\n")

    ran = decode_date("--lexicon", "words.txt", "--to", "jsonl")

    assert [json.loads(line)["rejected"] for line in ran.out.splitlines()] == [True, True, False]
    assert ran.err == (
        "2 of 3 lines rejected: no entry of the lexicon fits what they show; all of its entries are in upper case\n"
    )
