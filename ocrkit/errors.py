"""Every error that ocrkit raises on purpose, and the wording they share."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

__all__ = [
    "CharsetError",
    "CheckpointError",
    "ConfigError",
    "DataError",
    "DependencyError",
    "EmissionsError",
    "ExportError",
    "FileError",
    "FontError",
    "ImageError",
    "LanguageModelError",
    "LexiconError",
    "LostProcess",
    "MissingFileError",
    "ModelError",
    "OcrkitError",
    "OptionError",
    "Origin",
    "PluginError",
    "UnencodableText",
    "UnknownNameError",
    "did_you_mean",
    "unknown_name",
]

_MOST_LISTED = 40  # names; a machine with many fonts has hundreds


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something stands in the user's files.

    Attributes:
        path: the file; inside a container with its key or row too, as ``set.lmdb#label-000000007``.
        line: the line that it begins on, from 1; None where the format has no lines.
    """

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


class OcrkitError(Exception):
    """The root: catch it to catch whatever ocrkit reports about its input."""


class FileError(OcrkitError, ValueError):
    """A file that is not what it should be: its message begins with where, if that is known.

    Attributes:
        reason: what is wrong, what would be right, and the way out.
        origin: where that is, or None.
    """

    def __init__(self, reason: str, path: str | PathLike[str] | None = None, line: int | None = None) -> None:
        super().__init__(reason, path, line)  # all of them, so that it comes out of a worker process whole
        self.reason = reason
        self.origin = None if path is None else Origin(os.fspath(path), line)

    def __str__(self) -> str:
        return self.reason if self.origin is None else f"{self.origin}: {self.reason}"


class UnknownNameError(OcrkitError, LookupError):
    """A name that nothing has, or that two plugins have."""


class OptionError(OcrkitError, ValueError):
    """An option whose value is out of range, or that its receiver cannot honour."""


class ConfigError(OcrkitError, ValueError):
    """A configuration file, or a ``--set``, that says something impossible."""


class CharsetError(OcrkitError, ValueError):
    """A charset file that is malformed or contradicts itself."""


class UnencodableText(OcrkitError, ValueError):  # noqa: N818 - the name that the charset's contract gives it
    """Text with a character that a charset lacks; says where, and which."""


class LexiconError(OcrkitError, ValueError):
    """A lexicon that is empty, unreadable, or holds an impossible entry."""


class LanguageModelError(OcrkitError, ValueError):
    """A language model that cannot be read, or that does not fit what it is asked for."""


class EmissionsError(OcrkitError, ValueError):
    """Log-probabilities, or lengths, of the wrong shape, dtype or value."""


class DataError(FileError):
    """A data set that cannot be read, guessed or used."""


class WorkerLostError(DataError):
    """A worker process that had work in hand died."""


class ImageError(DataError):
    """An image that cannot be opened or decoded.

    Attributes:
        name: what the image is called; empty where only its pixels are known.
        reason: what is wrong with it.
        origin: where it is listed with its text, or None.
    """

    def __init__(self, reason: str, name: str = "", origin: Origin | None = None) -> None:
        super().__init__(reason)
        self.args = (reason, name, origin)
        self.name = name
        self.origin = origin

    def __str__(self) -> str:
        listed = "" if self.origin is None else f" (listed at {self.origin})"
        return (f"{self.name}: " if self.name else "") + self.reason + listed


class FontError(OcrkitError, RuntimeError):
    """No face, or no shaping library, that can draw the text."""


class MissingFileError(OcrkitError, FileNotFoundError):
    """A path that leads nowhere."""


class CheckpointError(FileError):
    """A model or state file that is not what it should be."""


class ModelError(OcrkitError, ValueError):
    """Model parts that do not fit together."""


class ExportError(OcrkitError, RuntimeError):
    """A network that cannot be exported, or whose export computes something else."""


class LostProcess(OcrkitError, ConnectionError):  # noqa: N818 - says what happened
    """One of the processes that work together has ended before its time."""


class PluginError(OcrkitError, RuntimeError):
    """A plugin that fails its own contract."""


class DependencyError(OcrkitError, ImportError):
    """An optional distribution that is needed and not installed."""


def did_you_mean(name: object, names: Iterable[str], *, then: str) -> str:
    """The end of a message about a name that ``names`` lacks: the nearest of them, if any is near, and ``then``."""
    matches = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5) if isinstance(name, str) else []
    return f"did you mean {matches[0]!r}? {then}" if matches else then


def unknown_name(kind: str, name: str, names: Iterable[str], *, way_out: str = "") -> str:
    """The message for a name that is none of ``names``: the nearest one, them, the first of many, and ``way_out``."""
    known = sorted(names)
    listing = f"known: {', '.join(known[:_MOST_LISTED])}" if known else "there are none"
    if len(known) > _MOST_LISTED:
        listing += f" and {len(known) - _MOST_LISTED} more"
    return f"no {kind} {name!r}; {did_you_mean(name, known, then=listing)}" + (f"; {way_out}" if way_out else "")
