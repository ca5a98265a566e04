"""How far readings are from their references: errors by character, akshara and word, and what was taken for what."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from ocrkit.text.akshara import akshara_splitter
from ocrkit.text.scripts import SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ocrkit.text.charset import Charset
    from ocrkit.text.scripts import Script

__all__ = [
    "Confusion",
    "ErrorCounts",
    "akshara_edits",
    "comparable",
    "count_errors",
    "edited_parts",
    "is_plain_word",
    "wilson_interval",
]

_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]")
_NORMAL_975 = 1.959963984540054  # what a standard normal variable is below with a probability of 0.975


@dataclass(frozen=True, slots=True)
class Confusion:
    """A character or akshara of the reference, what was read in its place, and how often.

    ``read`` is empty where it was left out, ``reference`` where one was put in.
    """

    reference: str
    read: str
    count: int


@dataclass(frozen=True, slots=True)
class ErrorCounts:
    """Edits and sizes summed over lines, of which every rate is a quotient; two of them add up.

    Rates are fractions of 1, summed before they are divided (micro-averaged), so a long line weighs more than a short
    one, and all but ``exact`` may exceed 1. Where the references hold nothing at all, a rate is 0.0 if nothing was
    read either, and else 1.0; without lines every rate is 0.0.

    Attributes:
        lines: how many lines were compared.
        exact_lines: how many of them were read without a fault.
        characters: code points of the references.
        character_edits: insertions, deletions and replacements of code points, the fewest that turn each reference
            into what was read.
        words: words of the references, parted by spaces.
        word_edits: likewise with whole words.
        confusions: how often each (reference, read) pair of characters was among the edits; ``""`` for nothing.
        aksharas: those of the references, as ``split_aksharas`` cuts them.
        akshara_edits: likewise with whole aksharas.
        akshara_confusions: likewise with pairs of aksharas.
    """

    lines: int = 0
    exact_lines: int = 0
    characters: int = 0
    character_edits: int = 0
    words: int = 0
    word_edits: int = 0
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    aksharas: int = 0
    akshara_edits: int = 0
    akshara_confusions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __add__(self, other: ErrorCounts) -> ErrorCounts:
        """The counts of both sets of lines."""
        return ErrorCounts(
            lines=self.lines + other.lines,
            exact_lines=self.exact_lines + other.exact_lines,
            characters=self.characters + other.characters,
            character_edits=self.character_edits + other.character_edits,
            words=self.words + other.words,
            word_edits=self.word_edits + other.word_edits,
            confusions=self.confusions + other.confusions,
            aksharas=self.aksharas + other.aksharas,
            akshara_edits=self.akshara_edits + other.akshara_edits,
            akshara_confusions=self.akshara_confusions + other.akshara_confusions,
        )

    @property
    def cer(self) -> float:
        """Character edits for each character of the references."""
        return _rate(self.character_edits, self.characters)

    @property
    def akshara_cer(self) -> float:
        """Akshara edits for each akshara of the references: a conjunct with its signs is right or wrong as a whole."""
        return _rate(self.akshara_edits, self.aksharas)

    @property
    def wer(self) -> float:
        """Word edits for each word of the references."""
        return _rate(self.word_edits, self.words)

    @property
    def exact(self) -> float:
        """The share of lines that were read without a fault."""
        return _rate(self.exact_lines, self.lines)

    @property
    def exact_interval(self) -> tuple[float, float]:
        """Where the share of lines without a fault lies for lines of this kind, by a confidence of 95 %."""
        return wilson_interval(self.exact_lines, self.lines)

    def commonest(self, limit: int = 20) -> tuple[Confusion, ...]:
        """The ``limit`` commonest confusions of characters, commonest first; equal ones in code point order."""
        return _commonest(self.confusions, limit)

    def commonest_aksharas(self, limit: int = 20) -> tuple[Confusion, ...]:
        """The ``limit`` commonest confusions of aksharas, in the same order."""
        return _commonest(self.akshara_confusions, limit)


def comparable(
    text: str, charset: Charset | None = None, *, ignore_case: bool = False, alphanumeric: bool = False
) -> str:
    """The spelling in which two texts are compared: normalised, runs of white space as one space, ends stripped.

    Args:
        text: a reference or a reading.
        charset: whose normal form and rewrites apply first; characters that it lacks stay, and count as errors.
        ignore_case: fold the case, as ``str.casefold`` does.
        alphanumeric: keep 0-9, A-Z and a-z alone, after the case is folded; spaces go too.

    NFC comes last, so that charsets of different normal forms give the same.
    """
    if charset is not None:
        text = charset.normalize(text)
    if ignore_case:
        # Folding can undo NFC, and composing can give a capital back to the fold: Unicode 3.13, D145.
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return _NOT_ALPHANUMERIC.sub("", text) if alphanumeric else text


def is_plain_word(text: str) -> bool:
    """Whether a text is three characters or more of 0-9, A-Z and a-z, and has no others.

    Source: Wang, Babenko and Belongie 2011, "End-to-End Scene Text Recognition", which leaves the other words of
    ICDAR 2003 out; Shi, Bai and Yao 2015 (arXiv:1507.05717, section 3.1) follow it.
    """
    return len(text) >= 3 and not _NOT_ALPHANUMERIC.search(text)


def count_errors(
    pairs: Iterable[tuple[str, str]],
    charset: Charset | None = None,
    *,
    ignore_case: bool = False,
    alphanumeric: bool = False,
    scripts: Iterable[Script] = SCRIPTS,
) -> ErrorCounts:
    """Compare each (reference, read) pair, both made ``comparable`` first; ``scripts`` say what an akshara is.

    Source: Levenshtein 1966; of several shortest edits, one is taken, always the same.
    """
    lines = exact_lines = characters = words = word_edits = aksharas = 0
    confusions: Counter[tuple[str, str]] = Counter()
    akshara_confusions: Counter[tuple[str, str]] = Counter()
    split = akshara_splitter(scripts)
    for pair in pairs:
        reference, read = (
            comparable(text, charset, ignore_case=ignore_case, alphanumeric=alphanumeric) for text in pair
        )
        reference_words, reference_aksharas = reference.split(), split(reference)
        lines += 1
        characters += len(reference)
        words += len(reference_words)
        aksharas += len(reference_aksharas)
        if reference == read:
            exact_lines += 1
            continue
        confusions.update(_edits(reference, read))
        akshara_confusions.update(_edits(reference_aksharas, split(read)))
        word_edits += Levenshtein.distance(reference_words, read.split())
    return ErrorCounts(
        lines=lines,
        exact_lines=exact_lines,
        characters=characters,
        character_edits=confusions.total(),
        words=words,
        word_edits=word_edits,
        confusions=confusions,
        aksharas=aksharas,
        akshara_edits=akshara_confusions.total(),
        akshara_confusions=akshara_confusions,
    )


def wilson_interval(hits: int, trials: int) -> tuple[float, float]:
    """The bounds, by a confidence of 95 %, of the share of which ``hits`` in ``trials`` is a sample; 0 to 1 of none.

    Source: Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference".
    """
    if not trials:
        return 0.0, 1.0
    share, spread = hits / trials, _NORMAL_975**2 / trials
    centre = share + spread / 2
    half = (spread * (share * (1 - share) + spread / 4)) ** 0.5
    return max(0.0, (centre - half) / (1 + spread)), min(1.0, (centre + half) / (1 + spread))


def akshara_edits(reference: str, read: str, scripts: Iterable[Script] = SCRIPTS) -> list[tuple[str, str]]:
    """The fewest edits of aksharas that turn one ``comparable`` text into another: (what stood there, what came)."""
    if reference == read:
        return []
    split = akshara_splitter(scripts)
    return _edits(split(reference), split(read))


def edited_parts(
    reference: str, read: str, scripts: Iterable[Script] = SCRIPTS
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Which characters of two ``comparable`` texts those edits concern: of the reference, and of what was read.

    Each part is an akshara, from its first character to before its end.
    """
    split = akshara_splitter(scripts)
    references, reads = split(reference), split(read)
    ours, theirs = _places(references), _places(reads)
    edits = Levenshtein.editops(references, reads)
    return (
        [ours[edit.src_pos] for edit in edits if edit.tag != "insert"],
        [theirs[edit.dest_pos] for edit in edits if edit.tag != "delete"],
    )


def _places(parts: Sequence[str]) -> list[tuple[int, int]]:
    ends = list(accumulate(map(len, parts)))
    return list(zip([0, *ends[:-1]], ends, strict=True)) if ends else []


def _edits(reference: Sequence[str], read: Sequence[str]) -> list[tuple[str, str]]:
    """The edits that turn ``reference`` into ``read``, each as what stood there and what came."""
    edits = []
    for edit in Levenshtein.editops(reference, read):
        source = "" if edit.tag == "insert" else reference[edit.src_pos]
        target = "" if edit.tag == "delete" else read[edit.dest_pos]
        edits.append((source, target))
    return edits


def _commonest(confusions: Counter[tuple[str, str]], limit: int) -> tuple[Confusion, ...]:
    ranked = sorted(confusions.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Confusion(reference, read, count) for (reference, read), count in ranked[:limit])


def _rate(part: int, whole: int) -> float:
    if whole:
        return part / whole
    return 1.0 if part else 0.0
