from __future__ import annotations

import json

import pytest

from ocrkit.errors import CharsetError
from ocrkit.text.charset import Charset
from ocrkit.text.normalization import Rewrite
from ocrkit.text.shipped import SHIPPED_CHARSETS, shipped_charset

FULL = Charset("x", ("", "a", "ab"), "Latn", ("en", "de"), "rtl", "NFD", (Rewrite("b", "", "a", "c"),))


def test_the_record_holds_every_field() -> None:
    assert FULL.to_dict() == {
        "name": "x",
        "script": "Latn",
        "languages": ["en", "de"],
        "direction": "rtl",
        "order": "visual",
        "normalization": "NFD",
        "rewrites": [{"from": "b", "to": "", "unless_after": "a", "unless_before": "c"}],
        "symbols": ["a", "ab"],
    }


@pytest.mark.parametrize("name", SHIPPED_CHARSETS)
def test_a_charset_comes_back_from_json(name: str) -> None:
    charset = shipped_charset(name)

    assert Charset.from_dict(json.loads(json.dumps(charset.to_dict()))) == charset


def changed(**changes: object) -> dict[str, object]:
    return {**FULL.to_dict(), **changes}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (changed(symbls=[]), "the charset's record has an unknown key 'symbls'; did you mean 'symbols'"),
        (changed(zzz=1), "unknown key 'zzz'; known: name, script"),
        ({"name": "x"}, "the charset's record has no 'script'"),
        (changed(name=3), "3 in 'name'; expected text"),
        (changed(symbols="ab"), "'ab' for 'symbols'; expected a list"),
        (changed(symbols=["a", None]), "None in 'symbols'; expected text"),
        (changed(symbols=["a", "a"]), "given twice"),
        (changed(normalization="NFX"), "normalization is 'NFX'"),
        (changed(rewrites=["x"]), "has a rewrite 'x'; expected a table"),
        (changed(rewrites=[{"from": "b"}]), "the rewrite's record has no 'to'"),
    ],
)
def test_a_record_that_is_none_says_why(record: dict[str, object], message: str) -> None:
    with pytest.raises(CharsetError, match=message):
        Charset.from_dict(record)


def test_what_is_no_table_at_all_is_refused() -> None:
    with pytest.raises(CharsetError, match="a charset's record is a list"):
        Charset.from_dict([])  # type: ignore[arg-type]  # as a damaged model file may hold
