"""How far a page's text is from the true one: in the order of reading, and with the order set aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrkit.text.metrics import comparable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ocrkit.evaluation.pages.comparison import LineComparison
    from ocrkit.layout.records import Line

__all__ = ["TextScores", "score_given", "score_texts"]


@dataclass(frozen=True, slots=True)
class TextScores:
    """Edits and sizes of pages' text; two of them add up.

    Attributes:
        characters: of the true text.
        edits: of characters, the fewest that turn the true text into the one read, both in the order of reading.
        line_characters: of the true lines, without what parts them.
        line_edits: likewise where each found line is set to the true line that it is, or that holds most of its ink:
            what is left of ``edits`` when the order of lines does not count.
        words: of the true text.
        word_edits: the fewest that turn the true words into those read, if their order does not count at all.
    """

    characters: int = 0
    edits: int = 0
    line_characters: int = 0
    line_edits: int = 0
    words: int = 0
    word_edits: int = 0

    def __add__(self, other: TextScores) -> TextScores:
        """Those of both sets of pages."""
        return TextScores(*(getattr(self, name) + getattr(other, name) for name in TextScores.__slots__))

    @property
    def cer(self) -> float:
        """Character error rate of the text in the order of reading."""
        return _rate(self.edits, self.characters)

    @property
    def line_cer(self) -> float:
        """Character error rate whatever the order of the lines."""
        return _rate(self.line_edits, self.line_characters)

    @property
    def bag_wer(self) -> float:
        """Word error rate whatever the order of the words."""
        return _rate(self.word_edits, self.words)

    def to_dict(self) -> dict[str, object]:
        """The size and the rates, as ``--json`` prints them."""
        return {"characters": self.characters, "cer": self.cer, "line_cer": self.line_cer, "bag_wer": self.bag_wer}


def score_texts(
    found: Sequence[Line],
    truth: Sequence[Line],
    compared: LineComparison | None = None,
    *,
    partial: bool = False,
    spelling: Callable[[str], str] = comparable,
) -> TextScores:
    """Compare what was read with what is there; lines without text count as empty.

    Args:
        found: in the order of reading.
        truth: in the order of reading.
        compared: where the lines of both are; None leaves ``line_cer`` out.
        partial: the truth does not list all lines, so that what was read in one that it does not list is passed over.
        spelling: what makes two texts equal, as ``Comparison`` does.
    """
    ours, theirs = [spelling(line.text or "") for line in found], [spelling(line.text or "") for line in truth]
    for place in compared.false if partial and compared is not None else ():
        ours[place] = ""
    reference, read = _joined(theirs), _joined(ours)
    missing, extra = Counter(reference.split()), Counter(read.split())
    return TextScores(
        characters=len(reference),
        edits=Levenshtein.distance(reference, read),
        line_characters=sum(map(len, theirs)),
        line_edits=0 if compared is None else _line_edits(ours, theirs, found, compared),
        words=len(reference.split()),
        word_edits=max((missing - extra).total(), (extra - missing).total()),
    )


def score_given(
    read: Sequence[Line], truth: Sequence[Line], *, spelling: Callable[[str], str] = comparable
) -> TextScores:
    """Compare what was read in the true lines themselves, one by one and in their order, with what is there."""
    pairs = [(spelling(one.text or ""), spelling(other.text or "")) for one, other in zip(read, truth, strict=True)]
    return replace(
        score_texts(read, truth, spelling=spelling),
        line_edits=sum(Levenshtein.distance(reference, text) for text, reference in pairs),
    )


def _line_edits(ours: Sequence[str], theirs: Sequence[str], found: Sequence[Line], compared: LineComparison) -> int:
    """The edits of each true line by the found ones that are in it, from left to right; those in none are added."""
    pieces: list[list[int]] = [[] for _ in theirs]
    edits = 0
    paired = {pair.found: pair.truth for pair in compared.pairs()}
    for place, text in enumerate(ours):
        shared = compared.shared[:, place]
        if place in paired:
            pieces[paired[place]].append(place)
        elif shared.size and shared.max() * 2 > compared.found[place]:
            pieces[int(np.argmax(shared))].append(place)
        else:
            edits += len(text)
    for reference, places in zip(theirs, pieces, strict=True):
        ordered = sorted(places, key=lambda place: _along(found[place]))
        edits += Levenshtein.distance(reference, _joined([ours[place] for place in ordered]))
    return edits


def _along(line: Line) -> int:
    """Where a line begins, from the page's left, or from its right where it is read from there."""
    across = [x for x, _ in line.outline]
    return min(across) if line.direction == "ltr" else -max(across)


def _joined(lines: Sequence[str]) -> str:
    return " ".join(filter(None, lines))


def _rate(part: int, whole: int) -> float:
    if whole:
        return part / whole
    return 1.0 if part else 0.0
