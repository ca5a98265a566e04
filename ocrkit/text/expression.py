"""What ``--charset`` may say: a name, a file, ``from-data``, or several of them joined by ``+``."""

from __future__ import annotations

import os
from collections import Counter
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import CharsetError
from ocrkit.text.charset import Charset
from ocrkit.text.scripts.detection import scripts_of
from ocrkit.text.spelling import charsets_of_scripts, joined_rewrites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["FROM_DATA", "charset_of_expression", "parse_expression"]

FROM_DATA = "from-data"


def charset_of_expression(
    expression: str,
    lookup: Callable[[str], Charset],
    *,
    texts: Callable[[], Iterable[str]] | None = None,
    of_script: Callable[[str], Charset | None] = lambda _: None,
) -> Charset:
    """The charset that ``expression`` names, or the union of those that it joins, in its order.

    Args:
        expression: names, paths of charset files (ending in ``.toml``, or with a ``/``) and ``from-data``,
            joined by ``+``.
        lookup: finds a charset by name; also those that a file includes and that have no file beside it.
        texts: gives the training texts, each time it is asked; only for ``from-data``, whose labels are their
            characters, spelled as the rest of the union, and the charsets of their scripts, spell them.
        of_script: the charset that says how a script, by its ISO 15924 code, is spelled, if there is one.

    Raises:
        CharsetError: an empty or doubled part, ``from-data`` without texts, or parts that do not go together.
        MissingFileError: a path leads nowhere.
        UnknownNameError: as ``lookup`` raises it.
    """
    parts = parse_expression(expression)
    if FROM_DATA in parts and texts is None:
        raise CharsetError(
            f"charset {FROM_DATA!r} is made from training texts, and there are none here; name a charset"
        )
    named = {part: _one(part, lookup) for part in parts if part != FROM_DATA}
    if texts is not None and FROM_DATA in parts:
        # The rest's rewrites would make labels unreachable that stand in the texts as they are.
        rest = reduce(add, named.values()).normalize if named else str
        named[FROM_DATA] = _of_texts(lambda: map(rest, texts()), of_script)
    return reduce(add, (named[part] for part in parts))


def parse_expression(expression: str) -> list[str]:
    """The parts of ``expression``; a path of an existing file is one part, whatever is in it.

    Raises:
        CharsetError: a part is empty or stands twice.
    """
    if _is_path(expression) and os.path.isfile(expression):
        return [expression]
    parts = [part.strip() for part in expression.split("+")]
    if not all(parts):
        raise CharsetError(
            f"charset {expression!r} has an empty part; expected names joined by '+', as in 'malayalam+english'"
        )
    for part in parts:
        if parts.count(part) > 1:
            raise CharsetError(f"charset {expression!r} names {part!r} twice; once is enough")
    return parts


def _of_texts(texts: Callable[[], Iterable[str]], of_script: Callable[[str], Charset | None]) -> Charset:
    """The charset of some texts, spelled as those of their scripts spell them."""
    characters: Counter[str] = Counter()
    for text in texts():
        characters.update(text)
    known = charsets_of_scripts(characters, of_script)
    return Charset.from_texts(
        texts(),
        name=FROM_DATA,
        rewrites=joined_rewrites(known),
        script=next(iter(scripts_of(characters)), "Zyyy"),
        languages=known[0].languages if known else ("und",),
    )


def _is_path(part: str) -> bool:
    return part.endswith(".toml") or "/" in part or os.sep in part


def _one(part: str, lookup: Callable[[str], Charset]) -> Charset:
    return Charset.read(Path(part).expanduser(), resolve=lookup) if _is_path(part) else lookup(part)
