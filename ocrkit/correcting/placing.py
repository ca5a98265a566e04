"""Where the characters of a changed word stand: laid on the word's frames, or evenly where there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ocrkit.data.changes import changed_text
from ocrkit.data.records import CharacterSpan
from ocrkit.errors import UnencodableText

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.data.changes import Change
    from ocrkit.text.charset import Charset

__all__ = ["Part", "Placed", "Span", "parts_of", "pieces_of", "replaced_characters"]

Span: TypeAlias = Callable[[int], tuple[int, int]]
"""Gives the left and right edge of a frame in px of the image, half open."""


class Part(NamedTuple):
    """The characters ``first`` to before ``last`` of a line, and the text that stands in their place."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A line's characters, and what they were read from, where that is at hand.

    Attributes:
        characters: in the order of the text.
        frames: the frame of each.
        log_probs: (T, V) of the line's own frames.
        span: where a frame lies.
        temperature: by which probabilities are tempered.
    """

    characters: tuple[CharacterSpan, ...]
    frames: tuple[int, ...] = ()
    log_probs: NDArray[np.float32] | None = None
    span: Span | None = None
    temperature: float = 1.0


def replaced_characters(placed: Placed, changes: Sequence[Change], charset: Charset) -> tuple[CharacterSpan, ...]:
    """The characters of the changed text: those of changed parts anew, the others as they are.

    A character that is laid on frames has the probability that the network gives it there, as any other has; one that
    is placed evenly has the least confidence of those that it replaces.
    """
    kept, found = 0, list[CharacterSpan]()
    for part in parts_of([character.text for character in placed.characters], changes):
        found += placed.characters[kept : part.first]
        found += _on_frames(placed, part, charset) or _evenly(placed, part, charset)
        kept = part.last
    return (*found, *placed.characters[kept:])


def parts_of(characters: Sequence[str], changes: Sequence[Change]) -> Iterator[Part]:
    """The characters that changes concern, in order, each run of them with what stands there afterwards.

    A change within a character of several code points concerns all of it.
    """
    ends = list(accumulate(map(len, characters)))
    waiting: list[Change]
    text, waiting = "".join(characters), []
    first = last = 0
    for change in changes:
        begin = next((at for at, end in enumerate(ends) if end > change.start), len(ends))
        end = next((at for at, reached in enumerate(ends, 1) if reached >= change.end), len(ends))
        if change.start == change.end and _starts_at(ends, begin) == change.start:
            end = begin  # put in between two characters
        if waiting and begin >= last:
            yield _part(text, ends, first, last, waiting)
            waiting = []
        first, last = (first, max(last, end)) if waiting else (begin, max(begin, end))
        waiting.append(change)
    if waiting:
        yield _part(text, ends, first, last, waiting)


def pieces_of(text: str, charset: Charset) -> list[str]:
    """A text cut into the charset's symbols; into characters where it cannot be."""
    try:
        spelt = [symbol for _, symbol in charset.reading(charset.encode(text))]
    except UnencodableText:
        return list(text)
    return spelt if "".join(spelt) == text else list(text)


def _starts_at(ends: Sequence[int], at: int) -> int:
    return ends[at - 1] if at else 0


def _part(text: str, ends: Sequence[int], first: int, last: int, changes: Sequence[Change]) -> Part:
    start, after = _starts_at(ends, first), len(text) - _starts_at(ends, last)
    whole = changed_text(text, changes)
    return Part(first, last, whole[start : len(whole) - after])


def _on_frames(placed: Placed, part: Part, charset: Charset) -> list[CharacterSpan] | None:
    """The part laid on the frames between its neighbours; None where it cannot be."""
    if placed.log_probs is None or placed.span is None or not part.text:
        return None
    try:
        labels = charset.encode(part.text)
    except UnencodableText:
        return None
    reading = charset.reading(labels)
    if "".join(symbol for _, symbol in reading) != part.text:
        return None
    window = _window(placed, part, charset)
    laid = _laid(placed, window, labels)
    if laid is None:
        return None
    return [CharacterSpan(symbol, *placed.span(laid[0][at]), laid[1][at]) for at, symbol in reading]


class _Window(NamedTuple):
    """Frames ``begin`` to before ``end``, and the labels, if any, that are known to stand on the first and the last."""

    begin: int
    end: int
    left: tuple[int, ...]
    right: tuple[int, ...]


def _window(placed: Placed, part: Part, charset: Charset) -> _Window:
    """The frames of a part, with those on which its neighbours on paper stand."""
    assert placed.log_probs is not None
    own = placed.frames[part.first : part.last]
    beside = [at for at in range(len(placed.frames)) if not part.first <= at < part.last]
    if own:
        lows = [at for at in beside if placed.frames[at] < min(own)]
        highs = [at for at in beside if placed.frames[at] > max(own)]
    else:
        around = sorted((placed.frames[at], at) for at in (part.first - 1, part.first) if 0 <= at < len(placed.frames))
        leftward = len(around) == 2 and around[0][1] > around[1][1]
        before, after = ([part.first], [part.first - 1]) if leftward else ([part.first - 1], [part.first])
        lows, highs = ([at for at in side if 0 <= at < len(placed.frames)] for side in (before, after))
    low = max(lows, key=placed.frames.__getitem__, default=None)
    high = min(highs, key=placed.frames.__getitem__, default=None)
    begin, left = (0, ()) if low is None else _known(placed, low, charset, step=1)
    end, right = (len(placed.log_probs), ()) if high is None else _known(placed, high, charset, step=0)
    return _Window(begin, end, left, right)


def _known(placed: Placed, at: int, charset: Charset, *, step: int) -> tuple[int, tuple[int, ...]]:
    """The edge of a window at a neighbour, whose frame is within where its label is known."""
    frame, symbol = placed.frames[at], placed.characters[at].text
    if symbol in charset.symbols:
        return frame + 1 - step, (charset.symbols.index(symbol),)
    return frame + step, ()


def _laid(placed: Placed, window: _Window, labels: Sequence[int]) -> tuple[list[int], list[float]] | None:
    """The frame of each label in the best alignment, and its tempered probability there."""
    import numpy as np

    from ocrkit.ctc import Lexicon, lexicon_search, temper

    assert placed.log_probs is not None
    frames = placed.log_probs[np.newaxis, window.begin : window.end]
    entry = Lexicon([[*window.left, *labels, *window.right]])
    decoded = lexicon_search(frames, lexicon=entry, threads=1)
    if not decoded[0]:
        return None
    if placed.temperature != 1:
        decoded = temper(decoded, frames, temperature=placed.temperature, threads=1)
    found = decoded[0][0]
    own = slice(len(window.left), len(window.left) + len(labels))
    return [window.begin + frame for frame in found.frames[own].tolist()], found.confidences[own].tolist()


def _evenly(placed: Placed, part: Part, charset: Charset) -> list[CharacterSpan]:
    """The part's characters with equal shares of the room that its own had, or that is between its neighbours."""
    if not part.text:
        return []
    own = placed.characters[part.first : part.last]
    beside = placed.characters[max(0, part.first - 1) : part.first + 1]
    if own:
        left, right = min(span.left for span in own), max(span.right for span in own)
    else:
        left, right = sorted((beside[0].right, beside[-1].left)) if beside else (0, 0)
    pieces = pieces_of(part.text, charset)
    confidence = min((span.confidence for span in own or beside), default=0.0)
    edges = [left + round(at * (right - left) / len(pieces)) for at in range(len(pieces) + 1)]
    shares = list(pairwise(edges))
    if len(own) > 1 and own[0].left > own[-1].left:
        shares.reverse()
    return [CharacterSpan(piece, *share, confidence) for piece, share in zip(pieces, shares, strict=True)]
