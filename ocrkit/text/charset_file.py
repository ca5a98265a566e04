"""Charset files: TOML, read with every key checked; ``docs/charsets.md`` describes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ocrkit.config import parse_toml
from ocrkit.errors import CharsetError, ConfigError, MissingFileError, did_you_mean
from ocrkit.plain_files import read_plain
from ocrkit.text.charset_fields import MOST_LABELS, CharsetFields
from ocrkit.text.normalization import NormalForm, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable

    from ocrkit.text.charset_fields import LabelOrder

__all__ = ["GROUP_KEYS", "KEYS", "REWRITE_KEYS", "CharsetFile", "check_name", "file_beside", "read_charset_file"]

_REQUIRED = ("name", "script", "languages")
KEYS = (*_REQUIRED, "direction", "order", "normalization", "includes", "group", "rewrite")
GROUP_KEYS = ("name", "text", "points", "symbols")
REWRITE_KEYS = ("from", "to", "unless_after", "unless_before")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RANGE = re.compile(r"([0-9A-Fa-f]{4,6})(?:-([0-9A-Fa-f]{4,6}))?")
_RESERVED = "from-data"


@dataclass(frozen=True, slots=True)
class CharsetFile:
    """What one file says.

    Attributes:
        fields: those of the charset, with the file's own symbols and rewrites, not checked against each other.
        includes: the names of charsets whose symbols and rewrites follow.
    """

    fields: CharsetFields
    includes: tuple[str, ...]


def read_charset_file(path: Path | Traversable) -> CharsetFile:
    """What the file at ``path`` says.

    Raises:
        MissingFileError: there is no such file.
        CharsetError: it is not TOML, has an unknown key or lacks one; the message begins with the path.
    """
    text = _contents(path)
    try:
        return _parse(text)
    except CharsetError as error:
        raise CharsetError(f"{path}: {error}") from error


def check_name(name: str) -> None:
    """Refuse what a file may not give as its name: raises ``CharsetError``."""
    if not _NAME.fullmatch(name) or name == _RESERVED:
        raise CharsetError(f"name is {name!r}; expected letters, digits, '-', '_' and '.', and not {_RESERVED!r}")


def file_beside(path: Path | Traversable, name: str) -> Path | Traversable | None:
    """The file of the charset ``name`` in the folder of ``path``, if there is one."""
    folder: Path | Traversable | None = getattr(path, "parent", None)  # a Traversable need not have one
    if folder is None or not _NAME.fullmatch(name):
        return None
    file = folder / f"{name}.toml"
    return file if file.is_file() else None


def _parse(text: str) -> CharsetFile:
    try:
        table = parse_toml(text)
    except ConfigError as error:
        raise CharsetError(str(error)) from error
    _check_keys(table, KEYS, "the file")
    for key in _REQUIRED:
        if key not in table:
            raise CharsetError(f"{key!r} is missing; {', '.join(_REQUIRED)} are required")
    if not table.get("group") and not table.get("includes"):
        raise CharsetError("no labels: give at least one [[group]], or charsets to take them from in 'includes'")
    name = _text(table["name"], "'name'")
    check_name(name)
    groups = enumerate(_tables(table, "group"), 1)
    fields = CharsetFields(
        name=name,
        symbols=("", *(symbol for number, group in groups for symbol in _group_symbols(group, number))),
        script=_text(table["script"], "'script'"),
        languages=tuple(_texts(table["languages"], "'languages'")),
        direction=_text(table.get("direction", "ltr"), "'direction'"),
        normalization=cast("NormalForm", _text(table.get("normalization", "NFC"), "'normalization'")),
        rewrites=tuple(_rewrite(rule, number) for number, rule in enumerate(_tables(table, "rewrite"), 1)),
        order=cast("LabelOrder", _text(table.get("order", "visual"), "'order'")),
    )
    return CharsetFile(fields, tuple(_texts(table.get("includes", []), "'includes'")))


def _contents(path: Path | Traversable) -> str:
    try:
        return (read_plain(path) if isinstance(path, Path) else path.read_bytes()).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise MissingFileError(
            f"no charset file {str(path)!r}; 'ocrkit charsets list' shows the charsets by name"
        ) from error
    except UnicodeDecodeError as error:
        raise CharsetError(f"{path}: not UTF-8 at byte {error.start}; a charset file is TOML in UTF-8") from error
    except OSError as error:
        raise CharsetError(f"{path}: cannot be read: {error.strerror}") from error


def _group_symbols(group: Mapping[str, object], number: int) -> Iterator[str]:
    """A group's symbols: those of ``text``, then ``points``, then ``symbols``."""
    where = f"group {number}" + (f" ({group['name']!r})" if "name" in group else "")
    _check_keys(group, GROUP_KEYS, where)
    if not any(group.get(key) for key in GROUP_KEYS[1:]):
        raise CharsetError(f"{where} has no labels; give it 'text', 'points' or 'symbols'")
    yield from _text(group.get("text", ""), f"'text' of {where}")
    yield from _points(group.get("points", []), f"'points' of {where}")
    yield from _texts(group.get("symbols", []), f"'symbols' of {where}")


def _rewrite(rule: Mapping[str, object], number: int) -> Rewrite:
    where = f"rewrite {number}"
    _check_keys(rule, REWRITE_KEYS, where)
    for key in ("from", "to"):
        if key not in rule:
            raise CharsetError(f"{where} has no {key!r}; it needs 'from' and 'to', which may be empty to drop a text")
    return Rewrite(
        source=_text(rule["from"], f"'from' of {where}"),
        target=_text(rule["to"], f"'to' of {where}"),
        unless_after="".join(_points(rule.get("unless_after", []), f"'unless_after' of {where}")),
        unless_before="".join(_points(rule.get("unless_before", []), f"'unless_before' of {where}")),
    )


def _points(value: object, where: str) -> Iterator[str]:
    """The characters of code points and inclusive ranges of them, such as ``16A0-16EA``."""
    given = 0
    for item in _texts(value, where):
        match = _RANGE.fullmatch(item)
        if match is None:
            raise CharsetError(f"{where} holds {item!r}; expected hexadecimal such as '16EE' or '16A0-16EA'")
        first, last = int(match[1], 16), int(match[2] or match[1], 16)
        if first > last:
            raise CharsetError(f"{where} holds {item!r}, which ends before it begins")
        if last > 0x10FFFF:
            raise CharsetError(f"{where} holds {item!r}; the last code point of Unicode is 10FFFF")
        given += last - first + 1
        if given > MOST_LABELS:
            raise CharsetError(
                f"{where} gives over {MOST_LABELS:,} code points with {item!r}; expected the letters of a script"
            )
        yield from map(chr, range(first, last + 1))


def _check_keys(table: Mapping[str, object], known: Sequence[str], where: str) -> None:
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known, then=f"known: {', '.join(known)}")
            raise CharsetError(f"unknown key {key!r} in {where}; {hint}")


def _tables(table: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise CharsetError(f"{key!r} is not a list of tables; write [[{key}]] above each")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise CharsetError(f"{where} is {value!r}; expected text in quotes")
    return value


def _texts(value: object, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise CharsetError(f'{where} is {value!r}; expected a list of texts such as ["a", "b"]')
    return value
