"""Word lists that were made for other tools: what is odd about their lines."""

from __future__ import annotations

import re

__all__ = ["hunspell_stems", "oddity"]

_LOOKED_AT = 50_000  # characters; a list of another tool is one from its beginning
_LONGEST = 100  # characters of a line that is compared with a pattern
_LONGEST_COUNT = 12  # characters
_MOST = 0.9  # of the lines
_COUNT_LAST = re.compile(r".*[^\W\d_].*([ ,;:|])[\d.]+")
_COUNT_FIRST = re.compile(r"\d+([ ,;:|]).*[^\W\d_].*")
_FLAGGED = re.compile(r"[^/\s]*[^\W\d_]/[A-Z0-9]+")
_ANY_FLAGS = re.compile(r"[^/\s]+/\S+")
_SEVERAL = re.compile(r"[\s,;]+")


def oddity(text: str) -> str:
    """What is odd about most of the lines, and the way out; empty where nothing is."""
    lines = [stripped for line in text[:_LOOKED_AT].split("\n") if (stripped := line.strip())]
    for pattern, place in ((_COUNT_LAST, "end in"), (_COUNT_FIRST, "begin with")):
        if found := _common(pattern, lines):
            mark = "a space" if found[1] == " " else repr(found[1])
            return (
                f"its lines {place} a number, and {mark} parts it from the word, as in {found[0]!r}, which is all read "
                "as the entry; a count stands after its word, parted from it by a tab"
            )
    if found := _common(_FLAGGED, lines):
        return (
            f"its lines end in '/' and flags, as in {found[0]!r}, which are read as part of the entry; a hunspell "
            "dictionary, which has them, begins with the number of its lines"
        )
    if len(lines) == 1 and len(_SEVERAL.split(lines[0])) > 3:
        return "its one line holds several words, which are one entry; a lexicon has a line for each"
    return ""


def _common(pattern: re.Pattern[str], lines: list[str]) -> re.Match[str] | None:
    """The first match of a pattern that most lines have; a header may be without."""
    found = [match for line in lines if len(line) <= _LONGEST and (match := pattern.fullmatch(line))]
    return found[0] if found and len(found) >= min(_MOST * len(lines), max(2, len(lines) - 1)) else None


def hunspell_stems(text: str) -> list[str] | None:
    """The stems of a hunspell dictionary, which begins with a count, with a line for each of its lines; else None.

    The count, and flags and whatever else follows a stem, leave nothing in their place.
    """
    end = text.find("\n", 0, _LONGEST_COUNT)
    first, rest = text[:end], text[end + 1 :]
    if end < 0 or not first.strip().isdecimal():
        return None
    lines = [line.strip() for line in rest.split("\n")]
    filled = [line for line in lines if line]
    words = sum(any(map(str.isalpha, line)) for line in filled)
    flagged = any(_ANY_FLAGS.match(line) for line in filled)
    # The count is a hint to hunspell, and need not be right.
    is_count = len(filled) // 2 <= int(first) <= 2 * len(filled) if flagged else int(first) == len(filled)
    if not is_count or words < _MOST * len(filled) or (not flagged and "\t" in rest):
        return None
    return ["", *(_stem(line) for line in lines)]


def _stem(line: str) -> str:
    """A stem, in which a slash of its own has a backslash before it."""
    return re.split(r"(?<!\\)/|\s+\w\w:|\t", line, maxsplit=1)[0].replace("\\/", "/")
