"""Whether a face draws a text as its script is written: every glyph there, every conjunct joined."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.drawing.rendering.fonts import Face, load_font, read_cover
from ocrkit.drawing.rendering.frames import draws_in_frames
from ocrkit.drawing.rendering.masks import PROBE_SIZE, probe
from ocrkit.drawing.rendering.signs import has_other_signs
from ocrkit.text.scripts.malayalam_letters import (
    BEFORE_OR_BELOW,
    CONSONANTS,
    DOT_REPH,
    JOINED_SIGNS,
    VIRAMA,
    needs_joining,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["can_draw", "refusal"]

# ZWNJ, ZWJ, soft hyphen and the direction marks: shaping obeys them and draws nothing.
_INVISIBLE = frozenset("\u200c\u200d\u00ad\u200e\u200f\u2060")
_MOST_CONJUNCTS = 1 << 16  # kept of each face
_STRAY_MARK = re.compile("(?:^|-)I*M")  # in the kinds of a text
# With the signs that some faces join to some conjuncts, and then let those fall apart.
_CONJUNCT = re.compile(f"([{CONSONANTS}](?:{VIRAMA}[{CONSONANTS}])+)([{JOINED_SIGNS}]?)")


def can_draw(face: Face, text: str) -> bool:
    """Whether ``face`` draws all of ``text``, with no missing glyph and no conjunct fallen apart."""
    known = _known(face)
    if known.characters.issuperset(text) and known.conjuncts.issuperset(_CONJUNCT.findall(text)):
        return not _stray_mark(text)
    return not refusal(face, text)


def refusal(face: Face, text: str) -> str:
    """Why ``face`` must not draw ``text``, or the empty string when it may."""
    known = _known(face)
    cover = read_cover(face)
    for character in text:
        if ord(character) not in cover and character not in _INVISIBLE:
            return f"no glyph for {_describe(character)}"
    if draws_in_frames(face):
        return "it draws each letter in a frame, as on keys"
    if has_other_signs(face):
        return "it has other signs where Latin letters belong"
    unknown = set(text) - known.characters
    for character in unknown:
        if not character.isspace() and character not in _INVISIBLE and not _leaves_ink(face, character):
            return f"an empty glyph for {_describe(character)}"
    if stray := _stray_mark(text):
        return f"{_describe(stray)} has no letter to stand on, and would be drawn on a dotted circle"
    if DOT_REPH in unknown and _reph_stands_aside(face):
        return f"{_describe(DOT_REPH)} stands behind its letter, not above it"
    known.characters |= unknown
    for conjunct, sign in _CONJUNCT.findall(text):
        if apart := _falls_apart(face, conjunct, sign):
            return f"the conjunct {apart!r} falls apart" + (
                f" in {conjunct + sign!r}" if apart != conjunct + sign else ""
            )
        known.remember(conjunct, sign)
    return ""


class _Known:
    """What a face was found to draw: characters, and conjuncts with the sign that they were judged with."""

    def __init__(self) -> None:
        self.characters: set[str] = set()
        self.conjuncts: set[tuple[str, str]] = set()

    def remember(self, conjunct: str, sign: str) -> None:
        # Print has some thousand; a file of chance may have any number.
        if len(self.conjuncts) >= _MOST_CONJUNCTS:
            self.conjuncts.clear()
        self.conjuncts.add((conjunct, sign))


@lru_cache(maxsize=4096)
def _known(face: Face) -> _Known:  # noqa: ARG001 - one for each
    return _Known()


def _describe(character: str) -> str:
    return f"{character!r} (U+{ord(character):04X})"


class _Kinds(dict[str, str]):
    """For each character one that tells its kind: a letter (L), a mark (M), an invisible one (I), or another (-)."""

    def __missing__(self, character: str) -> str:
        category = unicodedata.category(character)[0]
        kind = "I" if character in _INVISIBLE else category if category in "LM" else "-"
        self[character] = kind
        return kind


_kinds = _Kinds()


def _stray_mark(text: str) -> str:
    """The first mark without a letter or another mark before it, or nothing."""
    found = _STRAY_MARK.search("".join(map(_kinds.__getitem__, text)))
    return text[found.end() - 1] if found else ""


@lru_cache(maxsize=65536)
def _leaves_ink(face: Face, character: str) -> bool:
    return bool(probe(face, character)[0].size)


@lru_cache(maxsize=1024)
def _reph_stands_aside(face: Face) -> bool:
    """Whether the dot reph reaches beyond the letter that it belongs above, as where a face anchors it to none."""
    (alone, left, _), (dotted, left_dotted, _) = probe(face, "ക"), probe(face, f"{DOT_REPH}ക")
    return bool(left_dotted + dotted.shape[1] > left + alone.shape[1] + PROBE_SIZE / 8)


@lru_cache(maxsize=65536)
def _falls_apart(face: Face, conjunct: str, sign: str) -> str:
    """The last pair of neighbours in ``conjunct`` that ``face`` draws as no print does, or nothing.

    Each is judged with all that stands before it, and with what is joined to it behind: a face may join ച്ച, yet join
    യ്ച in യ്ച്ച and leave the last ച behind a virama.
    """
    if len(conjunct) > 3 and _is_afloat(face, f"ക{VIRAMA}", "ര"):
        # In longer conjuncts the first shaper's tables put viramas last of all.
        return conjunct
    end = len(conjunct)
    for k in range(end - 1, 0, -2):
        pair = conjunct[k - 2 : k + 1]
        if k == 2 and not needs_joining(pair[0], pair[-1]) and pair[-1] not in BEFORE_OR_BELOW:
            # Joined or not, it is drawn as some print has it.
            break
        if _is_apart(face, conjunct[:k], conjunct[k:end] + sign):
            if needs_joining(pair[0], pair[-1]):
                return pair
            end, sign = k - 1, ""
        elif pair[-1] in BEFORE_OR_BELOW and _is_afloat(face, conjunct[:k], conjunct[k]):
            return pair
    return ""


def _is_apart(face: Face, before: str, after: str) -> bool:
    """Whether what stands before a joint, virama and all, keeps the virama when what stands after is added."""
    text = before + after
    whole, virama = _align(face, text, before)
    # What follows may reach under the visible virama, so more ink there proves nothing; less does.
    return bool((whole >= virama).all()) or _is_sum(face, text, (before, after))


def _is_afloat(face: Face, before: str, after: str) -> bool:
    """Whether the sign that ``after`` becomes stands behind its base.

    That of ra belongs before the base or around it, that of la below it. Faces with tables for the first Indic shaper
    alone put both after.
    """
    whole, base = _align(face, before + after, before[:-1])
    return np.array_equal(whole, base)


def _is_sum(face: Face, whole: str, parts: tuple[str, str]) -> bool:
    """Whether ``whole`` has the ink and the width of its parts side by side, but for kerning."""
    font = load_font(face, PROBE_SIZE)
    widths = [font.getlength(text) for text in (whole, *parts)]
    if abs(widths[0] - sum(widths[1:])) >= 0.05 * widths[0]:
        return False
    inks = [float(probe(face, text)[0].sum(dtype=np.int64)) for text in (whole, *parts)]
    return abs(inks[0] - sum(inks[1:])) < 0.002 * inks[0]


def _align(face: Face, whole: str, start: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The ink of both texts, (H, W) each, in the columns that ``start`` takes, but for its last.

    That may hold the first columns of what follows.
    """
    drawn = [probe(face, whole), probe(face, start)]
    left, top = min(x for _, x, _ in drawn), min(y for _, _, y in drawn)
    right = drawn[1][1] + drawn[1][0].shape[1] - 1 - left
    height = max(y - top + mask.shape[0] for mask, _, y in drawn)
    width = max(x - left + mask.shape[1] for mask, x, _ in drawn)
    ink = np.zeros((2, height, width), dtype=np.uint8)
    for layer, (mask, x, y) in zip(ink, drawn, strict=True):
        layer[y - top : y - top + mask.shape[0], x - left : x - left + mask.shape[1]] = mask
    return ink[0, :, :right], ink[1, :, :right]
