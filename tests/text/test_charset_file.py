from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrkit.errors import CharsetError, MissingFileError, UnknownNameError
from ocrkit.text.charset import Charset
from ocrkit.text.normalization import Rewrite

HEAD = 'name = "x"\nscript = "Latn"\nlanguages = ["en"]\n'
LETTERS = '[[group]]\nname = "letters"\ntext = "ab"\n'
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str | bytes, name: str = "x.toml") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_file


def test_a_whole_file_becomes_a_charset(write: Write) -> None:
    path = write(
        """
        name = "runes"
        script = "Runr"
        languages = ["non"]
        direction = "rtl"
        normalization = "NFD"
        [[group]]
        name = "letters"
        symbols = ["xy"]
        points = ["16A0-16A2", "16ee"]
        text = "ab"
        [[group]]
        text = "c"
        [[rewrite]]
        from = "q"
        to = "a"
        unless_after = ["0062-0063"]
        unless_before = ["0078"]
        """
    )

    assert Charset.read(path) == Charset(
        name="runes",
        symbols=("", "a", "b", "\u16a0", "\u16a1", "\u16a2", "\u16ee", "xy", "c"),
        script="Runr",
        languages=("non",),
        direction="rtl",
        normalization="NFD",
        rewrites=(Rewrite("q", "a", "bc", "x"),),
    )


def test_direction_and_normalization_have_defaults(write: Write) -> None:
    charset = Charset.read(write(HEAD + LETTERS))

    assert (charset.direction, charset.normalization) == ("ltr", "NFC")


def test_a_path_may_be_text_and_begin_with_a_byte_order_mark(write: Write) -> None:
    path = write(b"\xef\xbb\xbf" + (HEAD + LETTERS).encode())

    assert Charset.read(str(path)).symbols == ("", "a", "b")


def test_included_labels_follow_ours_each_once(write: Write) -> None:
    write('name = "y"\nscript = "Latn"\nlanguages = ["en"]\n[[group]]\ntext = "zbc"\n', "y.toml")

    charset = Charset.read(write(HEAD + 'includes = ["y"]\n' + LETTERS))

    assert charset.symbols == ("", "a", "b", "z", "c")


def test_includes_alone_make_a_charset(write: Write) -> None:
    charset = Charset.read(write(HEAD + 'includes = ["english-basic", "ascii-basic"]\n'))

    assert len(charset) == 1 + 52 + 37


def test_included_rewrites_follow_ours(write: Write) -> None:
    rule = '[[rewrite]]\nfrom = "{}"\nto = ""\n'
    write(HEAD.replace('"x"', '"y"') + LETTERS + rule.format("p") + rule.format("q"), "y.toml")

    charset = Charset.read(write(HEAD + 'includes = ["y"]\n' + rule.format("q")))

    assert charset.rewrites == (Rewrite("q", ""), Rewrite("p", ""))


def test_a_resolver_finds_what_has_no_file_beside_it(write: Write) -> None:
    elsewhere = {"far": Charset("far", ("", "f"))}

    charset = Charset.read(write(HEAD + 'includes = ["far"]\n'), resolve=elsewhere.__getitem__)

    assert charset.symbols == ("", "f")


def test_an_unknown_included_charset_offers_the_nearest(write: Write) -> None:
    with pytest.raises(UnknownNameError, match=r"x\.toml: in 'includes': no charset 'englsh'; did you mean 'english'"):
        Charset.read(write(HEAD + 'includes = ["englsh"]\n'))


def test_a_circle_of_includes_is_named(write: Write) -> None:
    write(HEAD + 'includes = ["x"]\n', "y.toml")

    with pytest.raises(CharsetError, match=r"includes itself, by way of .*x\.toml > .*y\.toml > .*x\.toml"):
        Charset.read(write(HEAD + 'includes = ["y"]\n'))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no charset file '.*nowhere\.toml'; 'ocrkit charsets list' shows"):
        Charset.read(tmp_path / "nowhere.toml")


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CharsetError, match=r"cannot be read: Is a directory"):
        Charset.read(tmp_path)


def test_bytes_that_are_not_utf_8_are_refused(write: Write) -> None:
    with pytest.raises(CharsetError, match=r"x\.toml: not UTF-8 at byte 3"):
        Charset.read(write(b"abc\xff"))


def test_what_is_not_toml_is_refused_with_its_line(write: Write) -> None:
    with pytest.raises(CharsetError, match=r"x\.toml: not TOML: .*line 2"):
        Charset.read(write('name = "x"\nscript Latn\n'))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + 'lanuages = ["en"]\n' + LETTERS, "unknown key 'lanuages' in the file; did you mean 'languages'"),
        (HEAD + "qqq = 1\n" + LETTERS, "unknown key 'qqq' in the file; known: name, script"),
        (HEAD + LETTERS + 'ponts = ["0061"]\n', r"unknown key 'ponts' in group 1 \('letters'\); did you mean 'points'"),
        (HEAD + LETTERS + '[[rewrite]]\nfrm = "a"\n', "unknown key 'frm' in rewrite 1; did you mean 'from'"),
        ('script = "Latn"\nlanguages = ["en"]\n' + LETTERS, "'name' is missing; name, script, languages are required"),
        (HEAD, r"no labels: give at least one \[\[group\]\]"),
        (HEAD + '[[group]]\nname = "none"\n', r"group 1 \('none'\) has no labels; give it 'text', 'points' or"),
        (HEAD.replace('"x"', '"a+b"') + LETTERS, r"name is 'a\+b'; expected letters, digits"),
        (HEAD.replace('"x"', '"from-data"') + LETTERS, "name is 'from-data'"),
        (HEAD.replace('"x"', "3") + LETTERS, "'name' is 3; expected text in quotes"),
        (HEAD.replace('["en"]', '"en"') + LETTERS, "'languages' is 'en'; expected a list of texts"),
        (HEAD + 'group = "ab"\n', r"'group' is not a list of tables; write \[\[group\]\] above each"),
        (HEAD + '[[group]]\npoints = ["16G0"]\n', "'points' of group 1 holds '16G0'; expected hexadecimal such as"),
        (HEAD + '[[group]]\npoints = ["16EA-16A0"]\n', "holds '16EA-16A0', which ends before it begins"),
        (HEAD + '[[group]]\npoints = ["110000"]\n', "holds '110000'; the last code point of Unicode is 10FFFF"),
        (HEAD + '[[group]]\npoints = ["D800"]\n', r"holds '\\ud800' \(U\+D800 surrogate\), and no text may"),
        (HEAD + LETTERS + '[[group]]\ntext = "cb"\n', r"symbol 'b' \(U\+0062\) is given twice"),
        (HEAD + '[[group]]\nsymbols = ["e\\u0301", "\\u00E9"]\n', "are one after normalisation; list only one"),
        (HEAD + '[[group]]\nsymbols = ["a", ""]\n', "a symbol is empty"),
        (HEAD + LETTERS + '[[rewrite]]\nfrom = "a"\n', "rewrite 1 has no 'to'; it needs 'from' and 'to'"),
        (HEAD + LETTERS + '[[rewrite]]\nfrom = "c"\nto = "cc"\n', "need not end: 'to' may bring back"),
        (HEAD + LETTERS + '[[rewrite]]\nfrom = "a"\nto = ""\n', r"'a' \(U\+0061\) can never be read, .*; leave it out"),
    ],
)
def test_a_faulty_file_is_refused_with_its_name_and_the_reason(write: Write, text: str, message: str) -> None:
    path = write(text)

    with pytest.raises(CharsetError, match=message) as caught:
        Charset.read(path)

    assert str(caught.value).startswith(f"{path}: ")


def test_files_that_include_each_other_twice_over_are_each_read_once(write: Write) -> None:
    write(HEAD + LETTERS, "i0.toml")
    for k in range(1, 41):  # read anew at each mention, i0 would be read 2**40 times
        write(f'{HEAD}includes = ["i{k - 1}", "i{k - 1}"]\n', f"i{k}.toml")
    top = write(f'{HEAD}includes = ["i40", "i39"]\n', "top.toml")

    assert Charset.read(top).symbols == ("", "a", "b")


def test_includes_that_go_very_deep_are_refused(write: Write) -> None:
    write(HEAD + LETTERS, "i0.toml")
    for k in range(1, 1501):
        write(f'{HEAD}includes = ["i{k - 1}"]\n', f"i{k}.toml")

    with pytest.raises(CharsetError, match=r"i1436.toml: stands 64 includes below .*i1500.toml; include less deeply"):
        Charset.read(write(f'{HEAD}includes = ["i1499"]\n', "i1500.toml"))


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.toml"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")

    with pytest.raises(CharsetError, match=rf"x.toml: cannot be read: it is a {kind}"):
        Charset.read(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 50_000, "nested over 100 deep"),
        ("a = " + "[" * 150 + "]" * 150, "nested over 100 deep"),
        ("a" + ".a" * 150 + " = 1", "nested over 100 deep"),
        (f"name = {'9' * 5000}", "a whole number has more than 64 bits"),
        (f"name = 0x{'f' * 20_000}", "a whole number has more than 64 bits"),
        (HEAD.replace('"x"', str(2**63 - 1)) + LETTERS, "'name' is 9223372036854775807; expected text"),
        (HEAD.replace('"x"', "inf") + LETTERS, "'name' is inf; expected text"),
        (HEAD + '[[group]]\npoints = ["10000-10FFFF"]', "over 200,000 code points with '10000-10FFFF'"),
        (HEAD + "[[group]]\npoints = " + str(["4E00-9FFF"] * 10), "over 200,000 code points with '4E00-9FFF'"),
        (HEAD + '[[group]]\npoints = ["D7FF-D800"]', r"holds '\\ud800' \(U\+D800 surrogate\)"),
        (HEAD + '[[group]]\ntext = "a\\u0000"', r"holds '\\x00' \(U\+0000 control character\)"),
        (HEAD + '[[group]]\ntext = "\\uD800"', "not TOML"),
        (HEAD + '[[group]]\ntext = "a\0"', "not TOML"),
        (HEAD.replace('"x"', '"a\\u0000b"') + LETTERS, r"name is 'a\\x00b'; expected letters"),
        (HEAD + 'includes = ["a\\u0000b"]', r"no charset 'a\\x00b'"),
        (HEAD + 'includes = ["../x"]', r"no charset '../x'"),
    ],
    ids=lambda value: value[:30],
)
def test_hostile_files_get_an_answer(write: Write, text: str, message: str) -> None:
    with pytest.raises((CharsetError, UnknownNameError), match=message):
        Charset.read(write(text))
