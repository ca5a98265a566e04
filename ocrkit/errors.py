"""Every error that ocrkit raises on purpose, and the wording they share."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "CharsetError",
    "CheckpointError",
    "ConfigError",
    "DataError",
    "DependencyError",
    "EmissionsError",
    "FontError",
    "ImageError",
    "LanguageModelError",
    "LexiconError",
    "MissingFileError",
    "ModelError",
    "OcrkitError",
    "OptionError",
    "PluginError",
    "UnencodableText",
    "UnknownNameError",
    "nearest",
    "unknown_name",
]


class OcrkitError(Exception):
    """The root: catch it to catch whatever ocrkit reports about its input."""


class UnknownNameError(OcrkitError, LookupError):
    """A name that nothing bears, or that two plugins bear."""


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


class DataError(OcrkitError, ValueError):
    """A data set that cannot be read, guessed or used."""


class ImageError(DataError):
    """An image that cannot be opened or decoded."""


class FontError(OcrkitError, RuntimeError):
    """No face, or no shaping library, that can draw the text."""


class MissingFileError(OcrkitError, FileNotFoundError):
    """A path that leads nowhere."""


class CheckpointError(OcrkitError, ValueError):
    """A model or state file that is not what it should be."""


class ModelError(OcrkitError, ValueError):
    """Model parts that do not fit together."""


class PluginError(OcrkitError, RuntimeError):
    """A plugin that fails its own contract."""


class DependencyError(OcrkitError, ImportError):
    """An optional distribution that is needed and not installed."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that ``name`` most likely meant, if any is near."""
    matches = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return matches[0] if matches else None


def unknown_name(kind: str, name: str, names: Iterable[str], *, way_out: str = "") -> str:
    """The message for a name that is none of ``names``: the nearest one, all of them, and ``way_out``."""
    known = sorted(names)
    guess = nearest(name, known)
    hint = f"; did you mean {guess!r}?" if guess else ";"
    listing = f" known: {', '.join(known)}" if known else " there are none"
    return f"no {kind} {name!r}{hint}{listing}" + (f"; {way_out}" if way_out else "")
