"""What stands for all that a reading hangs on: where any of it is another, a page is read again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit import __version__
from ocrkit.collections.places import fetch, is_url
from ocrkit.plain_files import open_plain
from ocrkit.plugin.offers import PAGE_RENDERER
from ocrkit.plugin.registry import default_registry

if TYPE_CHECKING:
    from ocrkit.pages.writing import PageFormat
    from ocrkit.plugin.registry import Registry

__all__ = ["content_of", "format_keys", "key_of"]

_PIECE = 1 << 20
_FORM = 1  # raised when what is written of the same page changes within a version of ocrkit


def key_of(settings: Mapping[str, object]) -> str:
    """A key of settings: a file's name counts for what is in the file.

    Args:
        settings: by name; strings that name files, paths, numbers, and tables and lists of them.
    """
    plain = json.dumps([_FORM, __version__, _plain(settings)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def format_keys(common: str, formats: Sequence[PageFormat], *, registry: Registry | None = None) -> dict[str, str]:
    """The key of each format's files, by its name, of the key of all that they share; another version has another.

    Raises:
        UnknownNameError: the registry, or the default one for None, lacks a format.
    """
    registry = registry or default_registry()
    keys = {}
    for each in formats:
        name = each.spec.name
        settings = {"common": common, "format": name, "options": each.options}
        keys[name] = key_of({**settings, "plugin": str(registry.offer(PAGE_RENDERER, name).origin)})
    return keys


def content_of(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file, which is not taken anew while its size and time stay; of what is at a URL, too.

    Raises:
        OSError: it cannot be read, or is a pipe or a device, which is not waited for.
        ImageError: it is at a URL, and cannot be fetched.
    """
    if is_url(path):
        return hashlib.sha256(fetch(str(path)).data).hexdigest()
    status = os.stat(path)
    return _content(os.fspath(path), status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _content(path: str, _size: int, _modified: int) -> str:
    digest = hashlib.sha256()
    with open_plain(path) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _plain(value: object) -> object:
    """The value as JSON can say it, files by what is in them."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, Set):
        return sorted((_plain(each) for each in value), key=str)
    if isinstance(value, str) and not (os.sep in value or "." in value):
        return value  # the name of something, which a file may be called like
    if isinstance(value, str | os.PathLike):
        return _text_or_file(os.fspath(value))
    if isinstance(value, Sequence):
        return [_plain(each) for each in value]
    return value if isinstance(value, int | float | bool | None) else repr(value)


def _text_or_file(value: str) -> object:
    try:
        return {"file": content_of(value)} if Path(value).is_file() else value
    except (OSError, ValueError):  # none that can be read, or no file's name
        return value
