"""Spelling a text in one way only: a normal form, nothing invisible, a charset's rewrites, until nothing changes."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Literal

from ocrkit.errors import CharsetError
from ocrkit.text.invisible import InvisibleCharacters
from ocrkit.text.naming import spelled_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["NORMAL_FORMS", "NormalForm", "Rewrite", "check_rewrites", "compile_normalizer", "unknown_invisible"]

NormalForm = Literal["NFC", "NFD", "NFKC", "NFKD"]
NORMAL_FORMS: tuple[NormalForm, ...] = ("NFC", "NFD", "NFKC", "NFKD")
# Each round mends every rewrite that is too heavy; two or three are usual.
_ROUNDS = 200


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


def compile_normalizer(
    form: NormalForm, rewrites: Sequence[Rewrite], symbols: Iterable[str] = ()
) -> Callable[[str], str]:
    """The function that brings a text to its one spelling; applying it twice is applying it once.

    Invisible characters that neither the rewrites nor ``symbols`` name become spaces, or go, before the rewrites.
    It ends because the rewrites that ``check_rewrites`` lets pass lower a measure that normal forms keep, and
    none of them makes or looks for an invisible character that is respelled.
    Line ends stay, and no rewrite reaches across one, so many lines can be normalised as one text.
    """
    steps = [unknown_invisible(form, rewrites, symbols).respell, *(rewrite.compile() for rewrite in rewrites)]

    def normalize(text: str) -> str:
        while True:
            before = text
            text = unicodedata.normalize(form, text)
            for step in steps:
                text = step(text)
            if text == before:
                return text

    return normalize


def unknown_invisible(form: NormalForm, rewrites: Iterable[Rewrite], symbols: Iterable[str]) -> InvisibleCharacters:
    """The invisible characters that normalisation respells: those that neither symbols nor rewrites name."""
    parts = ((rule.source, rule.target, rule.unless_after, rule.unless_before) for rule in rewrites)
    named = "".join(map("".join, parts))
    decomposed = unicodedata.normalize(_decomposition(form), named)
    return InvisibleCharacters(named + decomposed + "".join(symbols))


def check_rewrites(form: NormalForm, rewrites: Sequence[Rewrite]) -> None:
    """Refuse rewrites with which normalisation could go on for ever.

    They end where characters can be given weights, whole numbers from 0 on, with which every ``target`` is lighter than
    its ``source``, and the rewrites that only swap two characters, which weigh nothing, never swap them back. Both are
    judged after full decomposition, which is what a normal form keeps.

    Raises:
        CharsetError: a rewrite is empty, holds a control character, changes nothing, or need not end.

    Source: a linear order proves termination; weights as Rosenblatt's perceptron finds them, which is sure to find
    some where there are any, given rounds enough.
    """
    decomposition = _decomposition(form)
    lighter: list[tuple[Rewrite, Counter[str]]] = []
    swaps: list[tuple[Rewrite, str]] = []
    for rewrite in rewrites:
        _check_rewrite(rewrite)
        source, target = (unicodedata.normalize(decomposition, text) for text in (rewrite.source, rewrite.target))
        if _is_swap(source, target):
            swaps.append((rewrite, source))
        else:
            lighter.append((rewrite, _difference(source, target)))
    endless = _unweighable(lighter) or _swapped_back(swaps)
    if endless is not None:
        raise CharsetError(
            f"{_named(endless)} need not end: 'to' may bring back what a rewrite looks for; "
            f"rewrite straight to the last spelling"
        )


def _decomposition(form: NormalForm) -> NormalForm:
    """The normal form that decomposes as much as ``form`` does before it composes."""
    return "NFKD" if form in ("NFKC", "NFKD") else "NFD"


def _check_rewrite(rewrite: Rewrite) -> None:
    if not rewrite.source:
        raise CharsetError(f"{_named(rewrite)} has nothing to look for; 'from' needs at least one character")
    for character in rewrite.source + rewrite.target + rewrite.unless_after + rewrite.unless_before:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise CharsetError(
                f"{_named(rewrite)} names the control {spelled_out(character)}; controls stay as they are"
            )


def _named(rewrite: Rewrite) -> str:
    return f"rewrite of {spelled_out(rewrite.source)} to {spelled_out(rewrite.target)}"


def _is_swap(source: str, target: str) -> bool:
    """Whether two characters change places that a normal form never moves (combining class 0)."""
    return (
        len(source) == 2 and target == source[1] + source[0] != source and not any(map(unicodedata.combining, source))
    )


def _difference(source: str, target: str) -> Counter[str]:
    """How many more of each character ``source`` has than ``target``; below 0 for what comes."""
    difference = Counter(source)
    difference.subtract(target)
    return difference


def _unweighable(rewrites: Sequence[tuple[Rewrite, Counter[str]]]) -> Rewrite | None:
    """The first rewrite that no weights were found to make lighter, or None where all are."""
    goes = [character for _, difference in rewrites for character, more in difference.items() if more > 0]
    weights = dict.fromkeys(goes, 1)  # what only ever comes weighs nothing

    def lost(difference: Counter[str]) -> int:
        return sum(weights.get(character, 0) * more for character, more in difference.items())

    for _ in range(_ROUNDS):
        heavy = [(rewrite, difference) for rewrite, difference in rewrites if lost(difference) <= 0]
        if not heavy:
            return None
        for _, difference in heavy:
            for character in weights.keys() & difference.keys():
                weights[character] = max(0, weights[character] + difference[character])
    return heavy[0][0]


def _swapped_back(swaps: Sequence[tuple[Rewrite, str]]) -> Rewrite | None:
    """A swap that others undo, or None where some order of all characters has each swap sort its two."""
    before: dict[str, set[str]] = {}
    for _, source in swaps:
        before.setdefault(source[0], set()).add(source[1])
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        circle = error.args[1]
        return next(rewrite for rewrite, source in swaps if source[0] in circle and source[1] in circle)
    return None
