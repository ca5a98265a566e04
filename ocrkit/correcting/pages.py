"""Pages of which only the text is left, mended by a corrector, or with what it would offer."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from ocrkit.correcting.placing import pieces_of
from ocrkit.data.changes import changed_text
from ocrkit.data.records import CharacterSpan
from ocrkit.layout.originals import original_place
from ocrkit.layout.outputs.places import box_around
from ocrkit.layout.outputs.readings import is_spelt_by_words
from ocrkit.layout.records import Character, Word
from ocrkit.plugin.corrector_specs import LineReading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ocrkit.correcting.choosing import LineCorrector
    from ocrkit.data.changes import Change
    from ocrkit.layout.records import Line, Page, Points
    from ocrkit.text.charset import Charset

__all__ = ["correct_page", "propose_for_page"]

_WORD = re.compile(r"\S+")


def correct_page(page: Page, lines: LineCorrector) -> Page:
    """The page with the changes that a corrector makes in its lines.

    The corrector has no log-probabilities here: texts, and the confidences of words and characters where somebody said
    them. A line's original stays what was read first, its confidence that of what was read. The characters of a changed
    word share its room, with the least confidence of those that they replace.

    Raises:
        PluginError: the corrector's changes do not stand in a line as they say.
    """
    return _with_lines(page, lambda line: _corrected(line, lines))


def propose_for_page(page: Page, lines: LineCorrector) -> Page:
    """The page with ``proposals`` in its lines: what a corrector would offer to somebody who chooses.

    Raises:
        PluginError: the corrector's proposals do not stand in a line as they say.
    """
    return _with_lines(page, lambda line: replace(line, proposals=lines.proposals(_reading(line)) if line.text else ()))


def _with_lines(page: Page, of: Callable[[Line], Line]) -> Page:
    regions = (replace(region, lines=tuple(map(of, region.lines))) for region in page.regions)
    return replace(page, regions=tuple(regions))


def _corrected(line: Line, lines: LineCorrector) -> Line:
    if not line.text:
        return line
    changes = lines.changes(_reading(line))
    text = changed_text(line.text, changes).strip()
    if not changes or text == line.text:
        return line
    original = line.original or line.text
    return replace(
        line,
        text=text,
        original="" if original == text else original,
        words=_changed_words(line, changes, lines.charset) if is_spelt_by_words(line) else (),
        alternatives=tuple(other for other in line.alternatives if other.text != text),
        proposals=(),
    )


def _reading(line: Line) -> LineReading:
    """A line as a corrector takes it; without characters where nobody said how sure one of its words is."""
    text = line.text or ""
    if not is_spelt_by_words(line) or any(word.confidence is None and not word.characters for word in line.words):
        return LineReading(text)
    spans: list[CharacterSpan] = []
    for word in line.words:
        if spans:
            spans.append(CharacterSpan(" ", spans[-1].right, spans[-1].right, 1.0))
        spans += _spans(word)
    return LineReading(text, tuple(spans))


def _spans(word: Word) -> list[CharacterSpan]:
    """A word's characters; where it has none that spell it, each of its letters with its share of the confidence."""
    if word.characters and "".join(character.text for character in word.characters) == word.text:
        return [_span(character.text, character.outline, character.confidence) for character in word.characters]
    confidence = word.confidence if word.confidence is not None else _product(word)
    share = confidence ** (1 / len(word.text))
    return [_span(letter, word.outline, share) for letter in word.text]


def _product(word: Word) -> float:
    return math.prod(character.confidence for character in word.characters)


def _span(text: str, outline: Points, confidence: float) -> CharacterSpan:
    box = box_around(outline)
    return CharacterSpan(text, box.left, box.right + 1, confidence)


def _changed_words(line: Line, changes: Sequence[Change], charset: Charset) -> tuple[Word, ...]:
    """The words of the changed text: those that no change touches as they are."""
    before, after = line.text or "", changed_text(line.text or "", changes)
    places = [match.span() for match in _WORD.finditer(before)]

    def comes_of(match: re.Match[str]) -> list[int]:
        start, end = original_place(changes, *match.span())
        return [number for number, (left, right) in enumerate(places) if left < end and right > start]

    found: list[Word] = []
    for numbers, together in groupby(_WORD.finditer(after), key=comes_of):
        tokens, old = list(together), [line.words[number] for number in numbers]
        if len(old) == len(tokens) == 1 and old[0].text == tokens[0][0]:
            found += old
            continue
        first, last = (tokens[0].start(), tokens[-1].end()) if old else (0, len(after))
        for token in tokens:  # several where one word became two
            share = tuple((at - first) / max(1, last - first) for at in token.span())
            found.append(_made(token[0], line, old, (share[0], share[1]), charset))
    return tuple(found)


def _made(text: str, line: Line, old: Sequence[Word], share: tuple[float, float], charset: Charset) -> Word:
    """A word in its share of the room of those that it comes of, or of the line's where it comes of none."""
    whole = old[0].outline if len(old) == 1 else _box(tuple(point for word in old for point in word.outline))
    outline = _slice(whole if old else _box(line.outline), *share, leftward=line.direction == "rtl")
    said = [word.confidence for word in old if word.confidence is not None]
    letters = [character.confidence for word in old for character in word.characters]
    characters = tuple(_letters(text, outline, min(letters), line, charset)) if letters else ()
    read = " ".join(word.original or word.text for word in old)
    return Word(text, outline, min(said, default=None), characters, "" if read == text else read)


def _letters(text: str, outline: Points, confidence: float, line: Line, charset: Charset) -> Iterator[Character]:
    pieces = pieces_of(text, charset)
    for at, piece in enumerate(pieces):
        place = _slice(outline, at / len(pieces), (at + 1) / len(pieces), leftward=line.direction == "rtl")
        yield Character(piece, place, confidence)


def _slice(outline: Points, start: float, end: float, *, leftward: bool) -> Points:
    """The part of an area between two shares of its length, in the order of its text.

    Of four points the first two are the upper edge, from left to right as it is read upright; of others the box counts.
    """
    if (start, end) == (0, 1) or not outline:
        return outline
    corners = outline if len(outline) == 4 else _box(outline)
    if leftward:
        start, end = 1 - end, 1 - start
    upper_left, upper_right, lower_right, lower_left = corners
    return (
        _between(upper_left, upper_right, start),
        _between(upper_left, upper_right, end),
        _between(lower_left, lower_right, end),
        _between(lower_left, lower_right, start),
    )


def _between(one: tuple[int, int], other: tuple[int, int], share: float) -> tuple[int, int]:
    return round(one[0] + share * (other[0] - one[0])), round(one[1] + share * (other[1] - one[1]))


def _box(points: Points) -> Points:
    box = box_around(points)
    return (box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)
