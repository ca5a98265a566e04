from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import CharsetError, MissingFileError, UnknownNameError
from ocrkit.text.charset import Charset
from ocrkit.text.expression import charset_of_expression
from ocrkit.text.normalization import Rewrite

if TYPE_CHECKING:
    from pathlib import Path

AB = Charset("ab", ("", "a", "b"), rewrites=(Rewrite("x", ""),))
BC = Charset("bc", ("", "b", "c"))
FILE = 'name = "mine"\nscript = "Latn"\nlanguages = ["en"]\n[[group]]\ntext = "m"\n'


def lookup(name: str) -> Charset:
    known = {"ab": AB, "bc": BC, "someone:bc": BC}
    if name not in known:
        raise UnknownNameError(f"no charset {name!r}")
    return known[name]


def test_a_name_alone_is_that_charset() -> None:
    assert charset_of_expression("ab", lookup) is AB


def test_names_joined_by_plus_are_a_union() -> None:
    assert charset_of_expression("bc + ab", lookup) == BC + AB


def test_a_distribution_may_stand_before_a_name() -> None:
    assert charset_of_expression("someone:bc", lookup) is BC


def test_a_file_goes_wherever_a_name_does(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(FILE)

    assert charset_of_expression(f"ab+{path}", lookup).symbols == ("", "a", "b", "m")


def test_a_file_with_a_plus_in_its_name_is_one_part(tmp_path: Path) -> None:
    path = tmp_path / "a+b.toml"
    path.write_text(FILE)

    assert charset_of_expression(str(path), lookup).name == "mine"


def test_a_file_may_include_what_the_lookup_knows(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(FILE.replace("[[group]]", 'includes = ["bc"]\n[[group]]'))

    assert charset_of_expression(str(path), lookup).symbols == ("", "m", "b", "c")


def test_a_missing_file_is_not_taken_for_a_name() -> None:
    with pytest.raises(MissingFileError, match=r"no charset file 'nowhere\.toml'"):
        charset_of_expression("nowhere.toml", lookup)


def test_an_unknown_name_is_the_lookups_affair() -> None:
    with pytest.raises(UnknownNameError, match="no charset 'zz'"):
        charset_of_expression("ab+zz", lookup)


def test_from_data_is_made_of_the_texts() -> None:
    assert charset_of_expression("from-data", lookup, texts=lambda: ["ba", "c"]).symbols == ("", "a", "b", "c")


def test_from_data_in_a_union_is_spelled_as_the_rest() -> None:
    union = charset_of_expression("from-data+ab", lookup, texts=lambda: ["xcb"])

    assert union.name == "from-data+ab"
    assert union.symbols == ("", "b", "c", "a")


def test_from_data_takes_the_rewrites_of_the_scripts_in_the_texts() -> None:
    latin = Charset("latin", ("", "a"), script="Latn", languages=("en",), rewrites=(Rewrite("x", "ks"),))
    hebrew = Charset("hebrew", ("", "\u05d0"), script="Hebr", rewrites=(Rewrite("\u05d1", ""),))
    known = {"Latn": latin, "Hebr": hebrew}

    charset = charset_of_expression("from-data", lookup, texts=lambda: ["ax", "b"], of_script=known.get)
    mixed = charset_of_expression(
        "from-data", lookup, texts=lambda: ["x", "\u05d0\u05d1\u05d0\u05d0"], of_script=known.get
    )
    in_passing = charset_of_expression("from-data", lookup, texts=lambda: ["\u05d0" * 200 + "x"], of_script=known.get)

    assert charset.symbols == ("", "a", "b", "k", "s")
    assert (charset.script, charset.languages, charset.rewrites) == ("Latn", ("en",), latin.rewrites)
    assert mixed.symbols == ("", "k", "s", "\u05d0")
    assert (mixed.script, mixed.direction) == ("Hebr", "rtl")
    assert in_passing.rewrites == hebrew.rewrites


def test_from_data_of_scripts_whose_rewrites_do_not_go_together_takes_those_of_the_first() -> None:
    greek = Charset("greek", ("", "\u03b1"), script="Grek", rewrites=(Rewrite("x", "y"),))
    latin = Charset("latin", ("", "x"), script="Latn", rewrites=(Rewrite("y", "x"),))
    known = {"Grek": greek, "Latn": latin}

    charset = charset_of_expression("from-data", lookup, texts=lambda: ["\u03b1\u03b1x"], of_script=known.get)

    assert charset.rewrites == greek.rewrites


def test_of_joiners_the_first_script_decides() -> None:
    drop = Rewrite("\u200c", "", "\u0bcd")
    greek = Charset("greek", ("", "\u03b1"), script="Grek", rewrites=(Rewrite("\u200c", "", "\u03b1"),))
    latin = Charset("latin", ("", "x"), script="Latn", rewrites=(drop, Rewrite("y", "x")))
    known = {"Grek": greek, "Latn": latin}

    charset = charset_of_expression("from-data", lookup, texts=lambda: ["\u03b1\u200c\u03b1y"], of_script=known.get)

    assert charset.rewrites == (*greek.rewrites, Rewrite("y", "x"))
    assert charset.symbols == ("", "x", "\u03b1", "\u200c")


def test_texts_are_read_only_for_from_data() -> None:
    def texts() -> list[str]:
        raise AssertionError("the texts were read")

    assert charset_of_expression("ab", lookup, texts=texts) is AB


def test_from_data_without_texts_is_refused() -> None:
    with pytest.raises(CharsetError, match="'from-data' is made from training texts, and there are none here"):
        charset_of_expression("from-data", lookup)


@pytest.mark.parametrize("expression", ["", "ab+", "+ab", "ab++bc", " "])
def test_an_empty_part_is_refused(expression: str) -> None:
    with pytest.raises(CharsetError, match="has an empty part; expected names joined by"):
        charset_of_expression(expression, lookup)


def test_a_part_given_twice_is_refused() -> None:
    with pytest.raises(CharsetError, match=r"charset 'ab\+bc\+ab' names 'ab' twice"):
        charset_of_expression("ab+bc+ab", lookup)
