"""Word lists that were made for other tools: what is odd about their lines."""

from __future__ import annotations

import re

__all__ = ["hunspell_stems", "oddity"]

_LOOKED_AT = 1000  # lines
_LONGEST_COUNT = 12  # digits
_MOST = 0.9  # of the lines
_COUNTED = re.compile(r".*[^\W\d_].*?([ ,;:|])(\d+)")
_FLAGGED = re.compile(r"[^/\s]*[^\W\d_]/[A-Z0-9]+")
_ANY_FLAGS = re.compile(r"[^/\s]+/\S+")
_SEVERAL = re.compile(r"[\s,;]+")


def oddity(text: str) -> str:
    """What is odd about most of the lines, and the way out; empty where nothing is."""
    lines = [line.strip() for line in text.split("\n", _LOOKED_AT)[:_LOOKED_AT]]
    lines = [line for line in lines if line]
    counted = [(line, found[1]) for line in lines if (found := _COUNTED.fullmatch(line))]
    if counted and len(counted) >= _MOST * len(lines):
        example, mark = counted[0]
        return (
            f"its lines end in {'a space' if mark == ' ' else repr(mark)} and a number, as in {example!r}, which is "
            "read as part of the entry; a count is parted from its word by a tab"
        )
    flagged = [line for line in lines if _FLAGGED.fullmatch(line)]
    if flagged and len(flagged) >= _MOST * len(lines):
        return (
            f"its lines end in '/' and flags, as in {flagged[0]!r}, which are read as part of the entry; a hunspell "
            "dictionary, which has them, begins with the number of its lines"
        )
    if len(lines) == 1 and len(_SEVERAL.split(lines[0])) > 3:
        return "its one line holds several words, which are one entry; a lexicon has a line for each"
    return ""


def hunspell_stems(text: str) -> list[str] | None:
    """The stems of a hunspell dictionary, which begins with a count, with a line for each of its lines; else None.

    The count, and flags and whatever else follows a stem, leave nothing in their place.
    """
    first, _, rest = text.partition("\n")
    if not (first.strip().isdecimal() and rest and len(first) < _LONGEST_COUNT):
        return None
    lines = [line.strip() for line in rest.split("\n")]
    filled = [line for line in lines if line]
    words = sum(any(map(str.isalpha, line)) for line in filled)
    flagged = any(_ANY_FLAGS.match(line) for line in filled[:_LOOKED_AT])
    # The count is a hint to hunspell, and need not be right.
    is_count = len(filled) // 2 <= int(first) <= 2 * len(filled) if flagged else int(first) == len(filled)
    if not is_count or words < _MOST * len(filled) or (not flagged and "\t" in rest):
        return None
    return ["", *(_stem(line) for line in lines)]


def _stem(line: str) -> str:
    """A stem, in which a slash of its own has a backslash before it."""
    return re.split(r"(?<!\\)/|\s+\w\w:|\t", line, maxsplit=1)[0].replace("\\/", "/")
