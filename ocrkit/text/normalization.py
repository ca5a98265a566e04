"""Spelling a text in one way only: a Unicode normal form, then a charset's rewrites, until nothing changes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ocrkit.errors import CharsetError
from ocrkit.text.naming import spelled_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["NORMAL_FORMS", "NormalForm", "Rewrite", "check_rewrites", "compile_normalizer"]

NormalForm = Literal["NFC", "NFD", "NFKC", "NFKD"]
NORMAL_FORMS: tuple[NormalForm, ...] = ("NFC", "NFD", "NFKC", "NFKD")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Replace ``source`` by ``target`` wherever it stands, unless a neighbour forbids it.

    Attributes:
        source: the text that goes; at least one character, none of them a control character.
        target: the text that comes; empty to drop ``source``.
        unless_after: characters; where one of them stands right before ``source``, it stays.
        unless_before: characters; where one of them stands right after ``source``, it stays.
    """

    source: str
    target: str
    unless_after: str = ""
    unless_before: str = ""

    @property
    def conditional(self) -> bool:
        """Whether some neighbour keeps ``source`` as it is."""
        return bool(self.unless_after or self.unless_before)

    def compile(self) -> Callable[[str], str]:
        """The function that applies this rewrite once, from left to right."""
        source, target = self.source, self.target
        if not self.conditional:
            return lambda text: text.replace(source, target)
        behind = f"(?<![{re.escape(self.unless_after)}])" if self.unless_after else ""
        ahead = f"(?![{re.escape(self.unless_before)}])" if self.unless_before else ""
        pattern = re.compile(behind + re.escape(source) + ahead)
        return lambda text: pattern.sub(lambda _: target, text) if source in text else text


def compile_normalizer(form: NormalForm, rewrites: Iterable[Rewrite]) -> Callable[[str], str]:
    """The function that brings a text to its one spelling; applying it twice is applying it once.

    It ends because every rewrite that ``check_rewrites`` lets pass lowers a measure that normal forms keep.
    Line ends stay, and no rewrite reaches across one, so many lines can be normalised as one text.
    """
    steps = [rewrite.compile() for rewrite in rewrites]

    def normalize(text: str) -> str:
        while True:
            before = text
            text = unicodedata.normalize(form, text)
            for step in steps:
                text = step(text)
            if text == before:
                return text

    return normalize


def check_rewrites(form: NormalForm, rewrites: Sequence[Rewrite]) -> None:
    """Refuse rewrites with which normalisation could go on for ever.

    Each must lower the number of characters that some rewrite looks for or, where that stays equal, the length,
    both counted after full decomposition, which is what a normal form keeps.

    Raises:
        CharsetError: a rewrite is empty, holds a control character, changes nothing, or need not end.
    """
    decomposition: NormalForm = "NFKD" if form in ("NFKC", "NFKD") else "NFD"

    def decomposed(text: str) -> str:
        return unicodedata.normalize(decomposition, text)

    sought = {character for rewrite in rewrites for character in decomposed(rewrite.source)}

    def measure(text: str) -> tuple[int, int]:
        parts = decomposed(text)
        return sum(part in sought for part in parts), len(parts)

    for rewrite in rewrites:
        named = f"rewrite of {spelled_out(rewrite.source)} to {spelled_out(rewrite.target)}"
        if not rewrite.source:
            raise CharsetError(f"{named} has nothing to look for; 'from' needs at least one character")
        for character in rewrite.source + rewrite.target + rewrite.unless_after + rewrite.unless_before:
            if unicodedata.category(character) in ("Cc", "Cs"):
                raise CharsetError(f"{named} names the control {spelled_out(character)}; controls stay as they are")
        if measure(rewrite.target) >= measure(rewrite.source):
            raise CharsetError(
                f"{named} need not end: 'to' must hold fewer of the characters that any rewrite looks for, "
                f"or as many in a shorter text; rewrite straight to the last spelling"
            )
