"""XML written piece by piece, well-formed whatever is put in.

Source: XML 1.0, fifth edition, productions 2 (Char), 10 (AttValue) and 14 (CharData).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Markup", "Names", "Value", "escaped"]

Value = str | int | float | None
"""What an attribute may be given; one that is None is left out."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ud800-\udfff\ue000-\ufffd\U00010000-\U0010ffff]")
_HALF = re.compile("[\ud800-\udfff]")
# Unescaped, white space in an attribute is read as a space, and CR LF as one line break.
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_SPECIAL = re.compile('[&<>"\r\n\t]')
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_.-]")


class Markup:
    """Elements, each on a line of its own, indented by its depth."""

    def __init__(self, *, declared: bool = True) -> None:
        self._parts = [_HEAD] if declared else []
        self._depth = 0

    @contextmanager
    def inside(self, name: str, attributes: Mapping[str, Value] | None = None) -> Iterator[None]:
        """Open an element, for what is added meanwhile."""
        self._add(f"<{name}{_spelt(attributes)}>")
        self._depth += 1
        yield
        self._depth -= 1
        self._add(f"</{name}>")

    def leaf(self, name: str, attributes: Mapping[str, Value] | None = None, text: str | None = None) -> None:
        """Add an element with nothing or a text in it."""
        opened = f"<{name}{_spelt(attributes)}"
        self._add(f"{opened}/>" if text is None else f"{opened}>{escaped(text)}</{name}>")

    def __str__(self) -> str:
        return "".join(self._parts)

    def _add(self, line: str) -> None:
        self._parts.append(f"{' ' * self._depth}{line}\n")


class Names:
    """Hands out names that are good as an element's ``ID``, each only once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, wanted: str) -> str:
        """The name that is wanted, or the nearest that is free."""
        name = _NOT_IN_NAME.sub("_", wanted)
        if not name[:1].isalpha() and not name.startswith("_"):
            name = f"_{name}"
        free, number = name, 1
        while free in self._taken:
            number += 1
            free = f"{name}_{number}"
        self._taken.add(free)
        return free


def escaped(text: str) -> str:
    r"""A text that can stand in an element or, between double quotes, in an attribute.

    What XML has no way to say is replaced: a control character by U+FFFD, half a character, as in the name of a file
    that is not UTF-8, by its escape ``\\udcXX``.
    """
    sayable = _NO_CHARACTER.sub("\ufffd", text)
    sayable = _HALF.sub(lambda match: f"\\u{ord(match[0]):04x}", sayable)
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], sayable)


def _spelt(attributes: Mapping[str, Value] | None) -> str:
    given = (attributes or {}).items()
    return "".join(f' {name}="{escaped(str(value))}"' for name, value in given if value is not None)
