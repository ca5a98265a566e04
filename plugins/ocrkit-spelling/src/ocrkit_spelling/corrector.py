"""The corrector: unknown words of low confidence, and the known ones that are likelier to stand there."""

from __future__ import annotations

import heapq
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from ocrkit.ctc import NgramModel
from ocrkit.data.changes import Change
from ocrkit.text.akshara import split_aksharas
from ocrkit_spelling.acoustics import frame_gains
from ocrkit_spelling.confusions import Confusions
from ocrkit_spelling.finding import find_lists
from ocrkit_spelling.forms import FORMS
from ocrkit_spelling.line_words import words_to_mend
from ocrkit_spelling.prior import FrequencyPrior, ModelPrior
from ocrkit_spelling.reading import read_words
from ocrkit_spelling.word_list import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ocrkit.plugin.corrector_specs import LineReading
    from ocrkit.text.charset import Charset
    from ocrkit_spelling.line_words import LineWord
    from ocrkit_spelling.options import SpellingOptions
    from ocrkit_spelling.prior import Prior
    from ocrkit_spelling.word_list import WordList

__all__ = ["SpellingCorrector", "make_corrector"]

_LOG = logging.getLogger("ocrkit")
_TRIED = 64  # candidates of a word that are scored by its frames
_OFFERED = 5  # proposals for a word
_MARGIN_OF_OFFERS = -6.0  # nats, below the margin of changes


@dataclass(frozen=True, slots=True)
class SpellingCorrector:
    """Mends words by a list, and by what the network saw where that is at hand.

    Attributes:
        charset: what spells the lines.
        words: the known words.
        options: what was asked for.
        prior: how likely words are before anything is seen of them.
        confusions: what a difference costs where only text is left.
        forms: what tells that an unlisted word is a form of a listed one.
    """

    charset: Charset
    words: WordList
    options: SpellingOptions
    prior: Prior
    confusions: Confusions
    forms: tuple[Callable[[str, WordList], bool], ...] = ()

    def correct(self, reading: LineReading) -> list[Change]:
        """The words of a line that are likelier to be others by more than the margin, each with the likeliest."""
        changes = []
        for word, confidences in self._doubtful(reading):
            best = max(self._scored(reading, word, confidences), default=None)
            if best is not None and best[0] > self.options.margin:
                changes.append(Change(word.start, word.end, word.text, best[1], best[0]))
        return changes

    def propose(self, reading: LineReading) -> list[Change]:
        """For each such word the likeliest others, also those that stay below the margin."""
        least = self.options.margin + _MARGIN_OF_OFFERS
        offers = []
        for word, confidences in self._doubtful(reading):
            for gain, text in heapq.nlargest(_OFFERED, self._scored(reading, word, confidences)):
                if gain > least:
                    offers.append(Change(word.start, word.end, word.text, text, gain))
        return offers

    def is_known(self, word: str) -> bool:
        """Whether a folded word is in the list, or a form of one that is."""
        return word in self.words or any(is_form(word, self.words) for is_form in self.forms)

    def _doubtful(self, reading: LineReading) -> Iterator[tuple[LineWord, list[float]]]:
        """The words that may be misread, and how sure each of their characters is, as far as that is known."""
        sure = [character.confidence for character in reading.characters for _ in character.text]
        if len(sure) != len(reading.text):
            sure = []
        for word in words_to_mend(reading.text, ends_page_line=reading.ends_page_line, names=self.options.names):
            confidences = sure[word.start : word.end]
            if min(confidences, default=0.0) < self.options.below and not self.is_known(fold(word.text)):
                yield word, confidences

    def _scored(self, reading: LineReading, word: LineWord, confidences: list[float]) -> list[tuple[float, str]]:
        """What may stand in a word's place, and by how many nats it is likelier."""
        spelled = [
            (spelled, parts)
            for parts in self._candidates(fold(word.text))
            if self.charset.spells(spelled := _in_case_of(word.text, " ".join(parts)))
        ]
        prior = self.prior.gains(reading.text, word.start, word.end, [parts for _, parts in spelled])
        ranked = heapq.nlargest(_TRIED, zip(prior, (text for text, _ in spelled), strict=True))
        texts = [text for _, text in ranked]
        seen: Sequence[float]
        if not ranked:
            return []
        if reading.log_probs is not None:
            seen = frame_gains(reading, reading.log_probs, self.charset, word.start, word.end, texts).tolist()
        else:
            seen = [-self.confusions.cost(word.text, text, confidences) for text in texts]
        return [(likelier + gain, text) for (likelier, text), gain in zip(ranked, seen, strict=True)]

    def _candidates(self, word: str) -> Iterator[tuple[str, ...]]:
        edits = self.options.edits
        aksharas = split_aksharas(word)
        near = self.words.near(word, edits)
        if len(aksharas) == len(word):
            yield from ((other,) for other in near)
        else:
            yield from ((other,) for other in near if Levenshtein.distance(aksharas, split_aksharas(other)) <= edits)
        if word != word.upper():
            yield from self._run_together(word)

    def _run_together(self, word: str) -> Iterator[tuple[str, str]]:
        """Two listed words between which the space was not read; scripts without capitals have compounds instead."""
        for place in range(1, len(word)):
            first, second = word[:place], word[place:]
            if all(len(part) > 1 and part in self.words for part in (first, second)):
                yield first, second


def _in_case_of(word: str, other: str) -> str:
    """A folded word with the capitals and the apostrophe of another."""
    if "\u2019" in word:
        other = other.replace("'", "\u2019")
    if word.isupper() and len(word) > 1:
        return other.upper()
    return other[0].upper() + other[1:] if word[0].isupper() else other


def make_corrector(charset: Charset, options: SpellingOptions) -> SpellingCorrector:
    """The corrector for a charset: its words and models are read here.

    Raises:
        OptionError: a value is out of range, or there is no word list of the charset's languages.
        OcrkitError: a file is not there, or is no word list or model.
    """
    options.check()
    paths = [Path(name) for name in options.words.split(",") if name] or find_lists(charset.languages)
    words = read_words(paths, charset)
    if not options.words:
        _LOG.warning("words of %s, %d in all", ", ".join(map(str, paths)), len(words))
    languages = {language.split("-")[0] for language in charset.languages}
    prior: Prior = FrequencyPrior(words)
    if options.lm:
        prior = ModelPrior.of(NgramModel.read(options.lm, charset), options.lm_weight)
    return SpellingCorrector(
        charset,
        words,
        options,
        prior,
        Confusions.read(Path(options.confusions)) if options.confusions else Confusions(),
        tuple(is_form for language, is_form in FORMS.items() if language in languages),
    )
