"""Frozen dataclasses from TOML tables and back: typed, with errors that name the key and the nearest one."""

from __future__ import annotations

import dataclasses
import os
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

import tomli_w

from ocrkit.errors import ConfigError, MissingFileError, OptionError, did_you_mean
from ocrkit.files import write_whole
from ocrkit.plain_files import read_plain

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Table", "from_table", "merge", "parse_set", "parse_toml", "read_toml", "to_table", "write_toml"]

Table = Mapping[str, object]
T = TypeVar("T", bound="DataclassInstance")

_DEEPEST = 100
_BOUND = 2**63  # TOML 1.0.0, "Integer": 64 bits, signed, are what must be read
_TOO_DEEP = f"not TOML that can be used: tables or lists are nested over {_DEEPEST} deep; expected a few levels"
_TOO_LARGE = "not TOML that can be used: a whole number has more than 64 bits; expected -2**63 to 2**63 - 1"


def read_toml(path: str | os.PathLike[str]) -> dict[str, object]:
    """The table in a TOML file.

    Raises:
        MissingFileError: there is no such file.
        ConfigError: it is not TOML; the message has the line and column.
    """
    try:
        text = read_plain(path).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise MissingFileError(f"no configuration file {os.fspath(path)!r}") from error
    except OSError as error:
        raise ConfigError(f"{os.fspath(path)}: cannot be read as a TOML file: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{os.fspath(path)}: cannot be read as a TOML file: {error}") from error
    try:
        return parse_toml(text)
    except ConfigError as error:
        raise ConfigError(f"{os.fspath(path)}: {error}") from error


def parse_toml(text: str) -> dict[str, object]:
    """The table that a text in TOML spells.

    Raises:
        ConfigError: it is not TOML, has a whole number of more than 64 bits, or nests too deeply.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not TOML: {error}") from error
    except RecursionError as error:
        raise ConfigError(_TOO_DEEP) from error
    except ValueError as error:  # Python's own limit of digits
        raise ConfigError(_TOO_LARGE) from error
    _check_values(table)
    return table


def write_toml(path: str | os.PathLike[str], table: Table) -> None:
    """Write a table as TOML, readable by ``read_toml``, in place of what was there, whole or not at all.

    Raises:
        ConfigError: the file cannot be written.
    """
    try:
        write_whole(path, tomli_w.dumps(dict(table)).encode())
    except OSError as error:
        raise ConfigError(f"{os.fspath(path)}: cannot be written: {error.strerror or error}") from error


def merge(*tables: Table) -> dict[str, object]:
    """The tables laid over one another, later ones on top, tables within tables merged alike."""
    merged: dict[str, object] = {}
    for table in tables:
        for key, value in table.items():
            below = merged.get(key)
            merged[key] = merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def parse_set(assignments: Iterable[str]) -> dict[str, object]:
    """The table that ``--set section.key=value`` arguments spell; a value that is not TOML is a string.

    Raises:
        ConfigError: an argument without ``=`` or without a key.
    """
    table: dict[str, object] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals or not all(part.strip() for part in key.split(".")):
            raise ConfigError(f"`set` {assignment!r} is not of the form section.key=value")
        value: object = _toml_value(text.strip())
        for part in reversed(key.split(".")):
            value = {part.strip(): value}
        table = merge(table, typing.cast("Table", value))
    return table


def from_table(cls: type[T], table: Table, *, where: str = "") -> T:
    """An instance of a dataclass from a table whose keys are its fields.

    Understands bool, int, float, str, ``X | None``, tuples, string-keyed mappings and dataclasses of these.

    Args:
        cls: the dataclass; what is left out takes its default.
        table: the table.
        where: what an error calls the table, such as ``config.toml: training``.

    Raises:
        ConfigError: an unknown key (the nearest is named), a missing one, or a value of the wrong type.
        ConfigError, OptionError: the dataclass refuses a value; ``where`` is put before what it says.
    """
    types_of = typing.get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    prefix = f"{where}: " if where else ""
    for key in table:
        if key not in fields:
            hint = did_you_mean(key, fields, then=f"known: {', '.join(fields)}")
            raise ConfigError(f"{prefix}no option {key!r}; {hint}")
    values = {key: _convert(types_of[key], value, f"{prefix}{key}") for key, value in table.items()}
    for name, field in fields.items():
        if name not in values and _has_no_default(field):
            raise ConfigError(f"{prefix}the option {name!r} is required")
    try:
        return cls(**values)
    except (ConfigError, OptionError) as error:
        raise type(error)(f"{prefix}{error}") from error


def to_table(value: DataclassInstance) -> dict[str, object]:
    """The table that ``from_table`` reads as an equal instance; fields that are None are left out."""
    fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value) if field.init)
    return {name: _plain(item) for name, item in fields if item is not None}


def _toml_value(text: str) -> object:
    try:
        return parse_toml(f"value = {text}")["value"]
    except ConfigError:
        return text


def _check_values(table: object) -> None:
    """Refuse what later code, and the messages of its errors, could not write out."""
    level = [table]
    for _ in range(_DEEPEST):
        for value in level:
            if isinstance(value, int) and not -_BOUND <= value < _BOUND:
                raise ConfigError(_TOO_LARGE)
        lists = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list))
        level = [value for items in lists for value in items]
        if not level:
            return
    raise ConfigError(_TOO_DEEP)


def _has_no_default(field: dataclasses.Field[object]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _convert(kind: object, value: object, where: str) -> object:
    """``value`` as ``kind``, or a ConfigError that says what ``where`` wants."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _convert_union(kind, value, where)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where} is {value!r}; expected a table")
        return from_table(kind, value, where=where)
    if origin is tuple:
        return _convert_tuple(typing.get_args(kind), value, where)
    if origin is not None and issubclass(origin, Mapping):
        return _convert_mapping(typing.get_args(kind)[1], value, where)
    return _convert_scalar(kind, value, where)


def _convert_union(kind: object, value: object, where: str) -> object:
    """``value`` as the first of the union's types that takes it; ``int | float`` keeps whole numbers whole."""
    choices = typing.get_args(kind)
    if value is None and type(None) in choices:
        return None
    failures: list[str] = []
    for choice in choices:
        if choice is type(None):
            continue
        try:
            return _convert(choice, value, where)
        except ConfigError as error:
            failures.append(str(error))
    said = f"{where} is {value!r}; expected "
    if all(failure.startswith(said) for failure in failures):
        raise ConfigError(said + " or ".join(failure.removeprefix(said) for failure in failures))
    raise ConfigError(" or ".join(failures))


def _convert_tuple(kinds: tuple[object, ...], value: object, where: str) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise ConfigError(f"{where} is {value!r}; expected a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise ConfigError(f"{where} has {len(value)} items; expected {len(kinds)}")
    return tuple(_convert(kind, item, f"{where}[{n}]") for n, (kind, item) in enumerate(zip(kinds, value, strict=True)))


def _convert_mapping(kind: object, value: object, where: str) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where} is {value!r}; expected a table")
    return {str(key): _convert(kind, item, f"{where}.{key}") for key, item in value.items()}


def _convert_scalar(kind: object, value: object, where: str) -> object:
    if kind is object:
        return value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    # bool is an int to Python, not to the author of a configuration.
    if isinstance(kind, type) and isinstance(value, kind) and isinstance(value, bool) == (kind is bool):
        return value
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}
    wanted = next((name for known, name in names.items() if known is kind), str(kind))
    raise ConfigError(f"{where} is {value!r}; expected {wanted}")


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return to_table(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
