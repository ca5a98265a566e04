"""``ocrkit charsets from-text``."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest

from ocrkit.model import Model
from ocrkit.plugin.registry import load_registry
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from command import RunOcrkit

MALAYALAM = load_registry("none").charset("malayalam")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("അക്ഷരം അക്ഷരം\nക്ഷണം (x)\n", "utf-8")


def test_a_malayalam_text_gives_aksharas_upon_malayalam(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("charsets", "from-text", "text.txt", "--max", "2", "-o", "mine.toml")

    charset = Charset.read(Path("mine.toml"))
    assert (ran.code, ran.out) == (0, "")
    assert (charset.name, charset.script, charset.languages) == ("mine", "Mlym", ("ml",))
    assert charset.symbols == ("", "x", "ക്ഷ", *MALAYALAM.symbols[1:])
    assert ran.err.splitlines()[0] == "mine.toml: 130 labels: 1 aksharas, 1 characters, 127 of malayalam, and the blank"
    assert "characters  100.00% have a label" in ran.err


def test_what_it_writes_spells_the_text(run_ocrkit: RunOcrkit) -> None:
    run_ocrkit("charsets", "from-text", "text.txt", "-o", "mine.toml")

    assert run_ocrkit("charsets", "check", "mine.toml", "text.txt").code == 0


def test_several_texts_packed_or_not_make_one_charset(run_ocrkit: RunOcrkit) -> None:
    Path("more.gz").write_bytes(gzip.compress(b"hello\t3\n"))

    run_ocrkit("charsets", "from-text", "text.txt", "more.gz", "-o", "a.toml", "--base", "none", "--unit", "codepoint")

    assert Charset.read(Path("a.toml")).symbols == ("", *sorted(set(" അക്ഷരംണ(x)hello")))


def test_base_only_adds_no_character(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("charsets", "from-text", "text.txt", "-o", "a.toml", "--base-only")

    assert set(Charset.read(Path("a.toml")).symbols) - set(MALAYALAM.symbols) == {"ക്ഷ", "രം", "ണം"}
    assert "without a label: 1 characters, 1 distinct: 'x' (U+0078 LATIN SMALL LETTER X) 1x" in ran.err


def test_name_script_and_base_can_be_said(run_ocrkit: RunOcrkit) -> None:
    options = ("--name", "mine", "--script", "Zyyy", "--base", "english+ascii", "--min-count", "9")
    run_ocrkit("charsets", "from-text", "text.txt", "-o", "a.toml", *options)

    charset = Charset.read(Path("a.toml"))
    union = load_registry("none").charset("english") + load_registry("none").charset("ascii")
    assert (charset.name, charset.script) == ("mine", "Zyyy")
    assert charset.symbols == union.symbols


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-o", "a.txt"), "-o a.txt is no charset file's name; expected one that ends in .toml"),
        (("-o", "a.toml", "--unit", "aksara"), "--unit is 'aksara'; did you mean 'akshara'?"),
        (("-o", "a.toml", "--name", "a b"), "--name is 'a b'; expected letters"),
        (("-o", "a.toml", "--script", "mal"), "--script is 'mal'; expected an ISO 15924 code"),
        (("-o", "a.toml", "--base", "malyalam"), "no charset 'malyalam'; did you mean 'malayalam'?"),
        (("-o", "malayalam.toml"), "-o malayalam.toml would include charset 'malayalam', and be taken for it"),
        (("-o", "a.toml", "--base", "none", "--base-only"), "--base-only needs a base, and there is none"),
        (("-o", "no/a.toml"), "-o no/a.toml cannot be written: No such file or directory"),
    ],
)
def test_bad_options_are_named(run_ocrkit: RunOcrkit, options: tuple[str, ...], message: str) -> None:
    ran = run_ocrkit("charsets", "from-text", "text.txt", *options)

    assert ran.code == 1
    assert f"error: {message}" in ran.err
    assert not list(Path().glob("*.toml"))


def test_a_model_is_trained_with_it(run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("lines"), {f"{number}.png": "abcab" for number in range(4)})
    Path("lines/labels.tsv").write_text("".join(f"{number}.png\tഅക്ഷരം\n" for number in range(4)), "utf-8")
    Path("tiny.toml").write_text(bars.TINY, "utf-8")
    run_ocrkit("charsets", "from-text", "text.txt", "-o", "mine.toml", "--base-only")

    ran = run_ocrkit("train", "lines", "-e", "lines", "-c", "mine.toml", "--config", "tiny.toml", "-o", "run")

    assert ran.code == 0
    assert Model.load("run/model.safetensors").charset == Charset.read(Path("mine.toml"))


def test_what_has_no_ink_is_named_and_no_label(run_ocrkit: RunOcrkit) -> None:
    Path("odd.txt").write_text("അവൻ\xa0അവന്\u200d \ufeffക\xadഖ\u200e ക\u200c\t2\n", "utf-8")

    ran = run_ocrkit("charsets", "from-text", "odd.txt", "-o", "odd.toml", "--unit", "codepoint")

    added = Charset.read(Path("odd.toml")).symbols
    assert added == MALAYALAM.symbols
    assert ran.err.splitlines()[-1].startswith(
        "read as a space: '\\xa0' (U+00A0 NO-BREAK SPACE) 2x; dropped, as nothing is seen of them: "
    )
    assert "'\\u200e' (U+200E LEFT-TO-RIGHT MARK) 2x" in ran.err


def test_a_space_of_another_kind_parts_words(run_ocrkit: RunOcrkit) -> None:
    Path("odd.txt").write_text("ab\u2009cd\n", "utf-8")

    run_ocrkit("charsets", "from-text", "odd.txt", "-o", "odd.toml")

    assert Charset.read(Path("odd.toml")).symbols == ("", " ", "a", "b", "c", "d")


def test_other_scripts_of_the_text_are_spelled_as_their_charsets_say(run_ocrkit: RunOcrkit) -> None:
    Path("mixed.txt").write_text("the word അവൻ is written അവന്\u200d too, and തമിഴ്\u200cനാട് so\u200c\n", "utf-8")

    run_ocrkit("charsets", "from-text", "mixed.txt", "-o", "mixed.toml")

    charset = Charset.read(Path("mixed.toml"))
    assert charset.script == "Latn"
    assert charset.rewrites == MALAYALAM.rewrites
    assert charset.encode("അവൻ") == charset.encode("അവന്\u200d")
    assert not set(charset.symbols) & {"\u200d", "ക"}
