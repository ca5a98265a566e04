"""The order in which a line's characters stand on paper: the Unicode Bidirectional Algorithm, UAX #9.

The algorithm itself is python-bidi's, which wraps the Rust crate ``unicode-bidi``. It gives the reordered text alone,
so where each character went is asked by stand-ins: characters of the same classes, ten of each, that are a place's
decimal digits.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from bidi import get_display
from bidi.mirror import MIRRORED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Direction", "bidi_class", "may_run_leftward", "mirror_of", "visual_places"]

Direction = Literal["ltr", "rtl"]

# Of each class ten characters that the algorithm treats alike. Paragraphs end, and embeddings are marked, by what no
# line of a picture shows: those characters count as spaces and as what is invisible.
_STAND_INS = {
    "L": "abcdefghij",
    "R": "אבגדהוזחטי",
    "AL": "ابتثجحخدذر",
    "EN": "0123456789",
    "AN": "٠١٢٣٤٥٦٧٨٩",
    "ES": "+-⁺⁻₊₋−﬩﹢﹣",
    "ET": "#$%¢£¤¥°±€",
    "CS": ",./:،⁄﹐﹒﹕，",
    "NSM": "\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309",
    "WS": "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009",
    "ON": '!"&*;=?@^_',
    "BN": "\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u0001",
}
_OTHERS = {"": "L", "B": "WS", "S": "WS"}
_OPENING, _CLOSING = "([{༺⁅⁽₍❨❪❬", ")]}༻⁆⁾₎❩❫❭"
_MARKER = "\u00ad"  # of class BN: it goes where the character before it goes, and so tells which way that one runs
# What ends a line for the algorithm, set behind it: without, rule L1 would part spaces at the end from their markers.
_ENDS = {"ltr": ("a", "L"), "rtl": ("א", "R")}
# The blocks that hold all characters of the classes R, AL and AN, of Unicode 14.0 to 16.0.
_LEFTWARD_BLOCKS = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_MOST_BRACKETS = 63  # that UAX #9 keeps open, rule BD16


@lru_cache(maxsize=65536)
def bidi_class(character: str) -> str:
    """The class of a character, as UAX #9 names it: ``L``, ``R``, ``AL``, ``EN`` and so on."""
    found = unicodedata.bidirectional(character)
    found = _OTHERS.get(found, found)
    return found if found in _STAND_INS else "BN"


def may_run_leftward(text: str) -> bool:
    """Whether ``text`` may hold characters of the classes R, AL or AN; most texts hold none, and this tells at once."""
    return not text.isascii() and _LEFTWARD_BLOCKS.search(text) is not None


def mirror_of(character: str) -> str:
    """What a character looks like in a run from right to left: ``)`` for ``(``, for most characters themselves."""
    return str(MIRRORED.get(character, character))


def visual_places(characters: Sequence[str], base: Direction) -> list[tuple[int, bool]]:
    """The places of ``characters`` from left to right, and whether each stands in a run from right to left.

    Args:
        characters: one line, in the order in which it is read; of a letter with its marks, the letter alone.
        base: which way the line runs as a whole.
    """
    asked = _asked(characters)
    count = len(asked)
    found = [0] * count
    leftward = [False] * count
    pools = [""] * count
    end, base_dir = _ENDS[base]
    for scale in _scales(count):
        standing = "".join(pool[key // scale % 10] + _MARKER for pool, key in asked)
        shown = get_display(standing + end, base_dir=base_dir)
        shown = shown[1:] if base == "rtl" else shown[:-1]
        for place in range(count):
            first, second = shown[2 * place : 2 * place + 2]
            leftward[place] = first == _MARKER
            pools[place], digit = _READ[second if leftward[place] else first]
            found[place] += scale * digit
    logical = {pool_and_key: place for place, pool_and_key in enumerate(asked)}
    return [(logical[pool, key], left) for pool, key, left in zip(pools, found, leftward, strict=True)]


def _scales(count: int) -> Iterator[int]:
    """1, 10, 100, for as many decimal digits as the numbers below ``count`` have."""
    scale = 1
    while scale < max(2, count):
        yield scale
        scale *= 10


def _asked(characters: Sequence[str]) -> list[tuple[str, int]]:
    """For each character what stands in for it, and the number by which that is known again.

    It is the character's place; of a bracket that is closed, both have the opening one's, since brackets pair by kind.
    """
    asked = [(_STAND_INS[bidi_class(character)], place) for place, character in enumerate(characters)]
    for opening, closing in _pairs(characters):
        asked[opening], asked[closing] = (_OPENING, opening), (_CLOSING, opening)
    return asked


def _pairs(characters: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of the brackets that pair, by rule BD16."""
    opened: list[tuple[str, int]] = []
    for place, character in enumerate(characters):
        closer = _closer(character)
        if closer is None:
            continue
        if closer:
            if len(opened) == _MOST_BRACKETS:
                return
            opened.append((closer, place))
            continue
        kind = unicodedata.normalize("NFC", character)
        for depth in range(len(opened) - 1, -1, -1):
            if opened[depth][0] == kind:
                yield opened[depth][1], place
                del opened[depth:]
                break


@lru_cache(maxsize=65536)
def _closer(character: str) -> str | None:
    """What closes an opening bracket, nothing for a closing one, and None for what is no bracket."""
    if character not in MIRRORED or unicodedata.bidirectional(character) != "ON":
        return None
    category = unicodedata.category(character)
    if category == "Ps":
        return unicodedata.normalize("NFC", MIRRORED[character])
    return "" if category == "Pe" else None


_READ = {
    character: (pool, digit)
    for pool in (*_STAND_INS.values(), _OPENING, _CLOSING)
    for digit, character in enumerate(pool)
}
