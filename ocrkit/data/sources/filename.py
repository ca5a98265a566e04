"""File names as labels: ``226md.png`` shows ``226md``; or a part of them, by a pattern."""

from __future__ import annotations

import logging
import os
import re
from array import array
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.data.sources.bad_rows import BadRows, RowFault
from ocrkit.data.sources.images import image_names_below
from ocrkit.data.sources.packed import FolderSamples, PackedNames
from ocrkit.errors import ConfigError, DataError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocrkit.data.sources.bad_rows import Report

__all__ = ["open_filename"]

_WHOLE = "{text}"
_PART = re.compile(r"\{([a-z]*)\}")
_PARTS = {"text": "(?P<text>.+)", "": ".+?", "number": "[0-9]+"}
# What generators put beside the text, and the pattern that leaves it out.
_COUNTERS = {"{text}_{number}": "end in _ and a number", "{number}_{text}": "begin with a number and _"}
_log = logging.getLogger("ocrkit")


def open_filename(location: Path, pattern: str = "", *, report: Report | None = None) -> FolderSamples:
    """List a folder's images, and those below it, each with its name up to the last dot, or a part of it, as its text.

    Args:
        location: the folder.
        pattern: which part, as ``{text}_{}``: ``{}`` stands for anything, as little as will do, ``{number}`` for
            digits, ``{text}`` for the text, as much as there is; several with ``|`` between, of which the first that
            fits counts. Empty for the whole name.
        report: told of each name that does not fit, whose image is then left out.

    Raises:
        MissingFileError: there is no such folder.
        ConfigError: the pattern has no ``{text}``, or two, or other parts.
        DataError: it is no folder, or has no images; or, without ``report``, a name does not fit the pattern.
    """
    _compiled(pattern or _WHOLE)
    if not os.path.exists(location):
        raise MissingFileError(f"no folder {str(location)!r}")
    if not os.path.isdir(location):
        raise DataError("not a folder; format 'filename' expects a folder of images named by their text", location)
    names = PackedNames(image_names_below(location))
    if not names:
        raise DataError("no image in this folder, nor below it; expected images named by their text", location)
    if not pattern:
        _note_counters(location, names)
        return FolderSamples.of(location, names, partial(_sample, _WHOLE))
    good = array("I", _fitting(location, names, pattern, BadRows(report)))
    return FolderSamples(location, names, partial(_sample, pattern), numbers=good)


def _fitting(location: Path, names: PackedNames, pattern: str, bad_rows: BadRows) -> Iterator[int]:
    """The indices of the names that fit."""
    for index in range(len(names)):
        if _text_in(names[index], pattern) is not None:
            yield index
            continue
        reason = f"the name does not fit the pattern {pattern!r}; correct that, or add another with | between"
        bad_rows.add(location / names[index], 0, RowFault("no-match", reason))


def _note_counters(location: Path, names: PackedNames) -> None:
    """Say so where all names have the same kind of number, which is no part of the text most likely."""
    for pattern, alike in _COUNTERS.items():
        if len(names) > 1 and all(_text_in(names[index], pattern) is not None for index in range(len(names))):
            _log.warning(
                "%s: the names of all %d images %s, which is learned with them; if it is no part of the text, leave it "
                "out with pattern '%s'",
                location,
                len(names),
                alike,
                pattern,
            )


def _sample(pattern: str, folder: Path, name: str) -> Sample:
    image = folder / name
    return Sample(name=str(image), image=image, text=_text_in(name, pattern))


def _text_in(name: str, pattern: str) -> str | None:
    stem = os.path.splitext(os.path.basename(name))[0]
    match = next(filter(None, (each.fullmatch(stem) for each in _compiled(pattern))), None)
    return match["text"] if match else None


@lru_cache(maxsize=16)
def _compiled(pattern: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(_compiled_one, pattern.split("|")))


def _compiled_one(pattern: str) -> re.Pattern[str]:
    pieces = _PART.split(pattern)  # what is literal, and between those the names of the parts
    if pieces[1::2].count("text") != 1 or not set(pieces[1::2]) <= set(_PARTS):
        raise ConfigError(
            f"pattern is {pattern!r}; expected {{text}} once, and {{}} or {{number}} for what is no text, "
            "as '{text}_{}'"
        )
    literals = [re.escape(piece) for piece in pieces[::2]]
    parts = [_PARTS[name] for name in pieces[1::2]]
    return re.compile("".join(a + b for a, b in zip(literals, [*parts, ""], strict=True)), re.DOTALL)
