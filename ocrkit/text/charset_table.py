"""The charset as a model file holds it: JSON's own types, checked when they come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from ocrkit.errors import CharsetError, did_you_mean
from ocrkit.text.charset_fields import CharsetFields, LabelOrder
from ocrkit.text.normalization import NormalForm, Rewrite
from ocrkit.text.order import holds_leftward

__all__ = ["fields_of_record", "record_of_fields"]

_TEXTS = ("name", "script", "direction", "normalization")
_LISTS = ("languages", "symbols")
_REWRITE = ("from", "to", "unless_after", "unless_before")


def record_of_fields(fields: CharsetFields) -> dict[str, object]:
    """Every field; ``symbols`` begins with label 1, since the blank is always label 0.

    ``order`` is there only where letters run from right to left, as it means nothing elsewhere.
    """
    return {
        "name": fields["name"],
        "script": fields["script"],
        "languages": list(fields["languages"]),
        "direction": fields["direction"],
        **({"order": fields["order"]} if _runs_leftward(fields["direction"], fields["symbols"]) else {}),
        "normalization": fields["normalization"],
        "rewrites": [
            dict(zip(_REWRITE, (rule.source, rule.target, rule.unless_after, rule.unless_before), strict=True))
            for rule in fields["rewrites"]
        ],
        "symbols": list(fields["symbols"][1:]),
    }


def fields_of_record(record: Mapping[str, object]) -> CharsetFields:
    """The fields of such a record; raises ``CharsetError`` naming the key that is missing, unknown or ill-typed."""
    if not isinstance(record, Mapping):
        raise CharsetError(f"a charset's record is a {type(record).__name__}; expected a table of names and values")
    _check_keys(record, (*_TEXTS, *_LISTS, "rewrites"), "charset", optional=("order",))
    texts = {key: _text(record[key], key) for key in _TEXTS}
    lists = {key: tuple(_text(item, key) for item in _list(record[key], key)) for key in _LISTS}
    # Before labels were reordered no record said how they stand: as in the text.
    first = "logical" if _runs_leftward(texts["direction"], lists["symbols"]) else "visual"
    return CharsetFields(
        name=texts["name"],
        symbols=("", *lists["symbols"]),
        script=texts["script"],
        languages=lists["languages"],
        direction=texts["direction"],
        normalization=cast("NormalForm", texts["normalization"]),  # the constructor checks that it is one
        rewrites=tuple(_rewrite(rule) for rule in _list(record["rewrites"], "rewrites")),
        order=cast("LabelOrder", _text(record.get("order", first), "order")),
    )


def _rewrite(rule: object) -> Rewrite:
    if not isinstance(rule, Mapping):
        raise CharsetError(f"the charset's record has a rewrite {rule!r}; expected a table")
    _check_keys(rule, _REWRITE, "rewrite")
    source, target, unless_after, unless_before = (_text(rule[key], key) for key in _REWRITE)
    return Rewrite(source, target, unless_after, unless_before)


def _runs_leftward(direction: str, symbols: Sequence[str]) -> bool:
    return direction == "rtl" or holds_leftward("".join(symbols))


def _check_keys(
    record: Mapping[str, object], expected: tuple[str, ...], kind: str, *, optional: tuple[str, ...] = ()
) -> None:
    for key in record:
        if key not in expected + optional:
            hint = did_you_mean(key, expected, then=f"known: {', '.join(expected)}")
            raise CharsetError(f"the {kind}'s record has an unknown key {key!r}; {hint}")
    for key in expected:
        if key not in record:
            raise CharsetError(f"the {kind}'s record has no {key!r}; it may come from another version of ocrkit")


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise CharsetError(f"the charset's record has {value!r} in {key!r}; expected text")
    return value


def _list(value: object, key: str) -> list[object]:
    if not isinstance(value, list | tuple):
        raise CharsetError(f"the charset's record has {value!r} for {key!r}; expected a list")
    return list(value)
