"""What a command calls the fields that the library's messages name."""

from __future__ import annotations

import ast
import re
import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["in_flags", "learn_flags"]

# The library writes `n_best`, `decoder='beam'` or `training.lrate=0.001`; or it begins with a bare name: "n_best is 0".
_FIELD = re.compile(r"`([a-z_.]+)(?:=([^`]+))?`")
_SUBJECT = re.compile(r"([a-z_]+)(?= is )")
# Where the command line has another word for a field.
_RENAMED = {"evaluation": "evaluation_data", "folder": "output", "unit": "lm_unit"}

_flags: dict[str, str] = {}


def learn_flags(command: Any) -> None:
    """Remember the options of a command, and of those within it, and no others, as what messages should speak of."""
    _flags.clear()
    for parameter in _parameters(command):
        flag = next((name for name in parameter.opts if name.startswith("--")), None)
        if flag is not None:
            # A parameter ends in an underscore where Python has a word of its field's name.
            _flags[parameter.name.rstrip("_")] = flag


def in_flags(message: str) -> str:
    """A message of the library with the running command's flags for the fields that have one: ``--decoder beam``."""
    subject = _SUBJECT.match(message)
    if subject and subject[1] in _flags:
        message = _flags[subject[1]] + message[subject.end() :]
    return _FIELD.sub(lambda match: _flag(match[1], match[2]) or match[0], message)


def _flag(field: str, value: str | None) -> str | None:
    """The flag of a field, with its value; None where the command has none."""
    last = field.rpartition(".")[2]
    flag = _flags.get(last) or _flags.get(_RENAMED.get(last, last))
    if flag is None:
        setting = field if value is None else f"{field}={value}"
        return f"--set {setting}" if "." in field and "set" in _flags else None
    return flag if value is None or value == "True" else f"{flag} {_argument(value)}"


def _argument(value: str) -> str:
    """A value as a shell takes it."""
    try:
        return shlex.quote(str(ast.literal_eval(value)))
    except (ValueError, SyntaxError):
        return value


def _parameters(command: Any) -> Iterator[Any]:
    yield from command.params
    for inner in getattr(command, "commands", {}).values():
        yield from _parameters(inner)
