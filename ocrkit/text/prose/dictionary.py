"""The Collaborative International Dictionary of English as dictd(8) has it: definitions and quotations."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DICTIONARY_BEGINS", "dictionary_paragraphs", "is_dictionary"]

DICTIONARY_BEGINS = b"00-database"
_FIRST_ENTRY = DICTIONARY_BEGINS.decode()
_LETTERS = {"ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ"}
_ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", ",": "\u0327"}
_ACCENTED = re.compile(r"\[(ae|AE|oe|OE|(['`^\"~,])([A-Za-z]))\]")
_SPOKEN = re.compile(r"\\[^\\\n]*(?:\n[^\\\n]*)?\\")
_REMARK = re.compile(r"(?<!\w)\[[^\[\]]*\](?!\w)")  # [1913 Webster], [Obs.], and where a word comes from
_SOURCE = re.compile(r"--\s?[A-Z(\d][^\n]{0,40}(?:\n {12,}[^\n]{0,40})?\s*\Z")  # --Shak. at the end of a quotation
_BRACES = str.maketrans("", "", "{}")


def is_dictionary(text: str) -> bool:
    """Whether a text is such a file."""
    return text.lstrip().startswith(_FIRST_ENTRY)


def dictionary_paragraphs(text: str) -> Iterator[str]:
    """The senses, notes and quotations of the entries, without pronunciation, origin, remarks and sources.

    What has signs that ASCII does not spell, which stand there as ``[=a]`` or ``?``, is left out.
    """
    for entry in re.split(r"\n(?=\S)", text):
        if entry.lstrip().startswith(_FIRST_ENTRY):
            continue
        _, _, body = _without_remarks(_SPOKEN.sub("", _ACCENTED.sub(_letter, entry))).partition("\n")
        for block in re.split(r"\n\s*\n", body):
            paragraph = _SOURCE.sub("", block).translate(_BRACES)
            if not re.search(r"[\[\]]|(?<!\w)\?|``|[<>\\|*\ufffd]", paragraph):
                yield paragraph


def _without_remarks(entry: str) -> str:
    """An entry without what stands in brackets, within others too."""
    while (shorter := _REMARK.sub("", entry)) != entry:
        entry = shorter
    return entry


def _letter(found: re.Match[str]) -> str:
    if (known := _LETTERS.get(found[1])) is not None:
        return known
    return unicodedata.normalize("NFC", found[3] + _ACCENTS[found[2]])
