"""The attribute ``custom`` of PAGE files, as Transkribus spells it: ``structure {type:note;}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["custom", "customs_of"]

_GROUP = re.compile(r"([\w-]+)\s*\{([^{}]*)\}")
_SPECIAL = re.compile(r"[{};:\\\s]")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def customs_of(attribute: str | None) -> dict[str, dict[str, str]]:
    """Its groups, each a table of values by name; empty where it says nothing that can be read."""
    return {
        name: {
            key.strip(): _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value.strip())
            for key, _, value in (part.partition(":") for part in inside.split(";"))
            if key.strip()
        }
        for name, inside in _GROUP.findall(attribute or "")
    }


def custom(groups: Mapping[str, Mapping[str, object]]) -> str:
    """The attribute that says so; empty groups are left out."""
    return " ".join(
        f"{name} {{{' '.join(f'{key}:{_SPECIAL.sub(_escape, str(value))};' for key, value in inside.items())}}}"
        for name, inside in groups.items()
        if inside
    )


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
