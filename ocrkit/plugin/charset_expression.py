"""What ``--charset`` may say: a name, a file, or a union of those with ``+`` between."""

from __future__ import annotations

import os
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import CharsetError
from ocrkit.plugin.registry import Registry, default_registry
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["resolve_charset"]


def resolve_charset(expression: str, registry: Registry | None = None) -> Charset:
    """The charset that an expression such as ``malayalam+english`` or ``mine.toml`` describes.

    Args:
        expression: names, ``distribution:name``s and paths of charset files, with ``+`` between. A part is a path
            where it ends in ``.toml`` or has a path separator, and so is an expression that is an existing file.
        registry: where names are looked up, and those in a file's ``includes`` too.

    Raises:
        UnknownNameError: a name that no plugin gives, or that two do.
        MissingFileError: a path that leads nowhere.
        CharsetError: a file that is malformed, an empty part, or charsets that cannot be joined.
    """
    known = registry or default_registry()
    return reduce(add, (_resolve(part, known) for part in _parts(expression)))


def _parts(expression: str) -> Iterator[str]:
    if _is_path(expression) and Path(expression).is_file():
        yield expression
        return
    for part in expression.split("+"):
        if not part.strip():
            raise CharsetError(f"charset {expression!r} has an empty part; write names with '+' between, as in 'a+b'")
        yield part.strip()


def _resolve(part: str, registry: Registry) -> Charset:
    if _is_path(part):
        return Charset.read(Path(part).expanduser(), resolve=registry.charset)
    return registry.charset(part)


def _is_path(part: str) -> bool:
    return part.endswith(".toml") or os.sep in part
