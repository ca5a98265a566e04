"""Reading each image with a list of words of its own, as scene-text recognisers are measured.

Source: Shi, Bai and Yao 2015, "An End-to-End Trainable Neural Network for Image-based Sequence Recognition",
arXiv:1507.05717, section 2.3.3 (lexicon-based transcription).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ocrkit.ctc import Lexicon, greedy, lexicon_search
from ocrkit.ctc.tempering import with_temperature
from ocrkit.data.lexicon_lists import LexiconLists, chosen_lists
from ocrkit.data.records import BadImage, Prediction
from ocrkit.errors import DataError
from ocrkit.recognition.confidence import temperature_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ocrkit.ctc import Hypothesis
    from ocrkit.data.lexicon_lists import GivenLists
    from ocrkit.data.records import Sample
    from ocrkit.recognition import Recognizer
    from ocrkit.text.calibration import Calibration
    from ocrkit.text.folding import FoldedAlphabet

__all__ = ["ListedReading", "OwnLexicons", "OwnLists", "Share"]

_WITHIN = 3  # edits; what the paper takes for a list of 50,000 words


@dataclass(frozen=True, slots=True)
class Share:
    """Error rates of one way of reading: CER, the share of lines without an error, and its bounds by 95 %."""

    cer: float
    exact: float
    exact_interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class OwnLexicons:
    """What came of reading each line with its own list; the lists' likeliest entries are the evaluation's readings.

    Attributes:
        source: the file of the lists, or what the data calls them.
        origin: what the file says of how they were made; empty where nothing.
        fewest: words of the shortest list.
        most: words of the longest list.
        lacking_truth: lines whose list does not hold their text, and which no reading can get right.
        unspellable: words of the lists that the charset cannot spell, and that no search can find.
        unused: lists that are for no line.
        unused_name: what the first of them is called.
        greedy: rates of the readings without a list.
        nearest: rates of each list's nearest entry to that reading by edit distance, ties by CTC probability.
        within_three: rates of the entry of the highest CTC probability among those within three edits of that reading,
            which is kept where there is none.
    """

    source: str
    origin: str
    fewest: int
    most: int
    lacking_truth: int
    unspellable: int
    unused: int
    unused_name: str
    greedy: Share
    nearest: Share
    within_three: Share

    def to_dict(self) -> dict[str, object]:
        """What JSON says of it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ListedReading:
    """One line read with its list.

    Attributes:
        prediction: the entry of the highest CTC probability; rejected where none is possible.
        greedy: the reading without the list.
        nearest: the entry of the fewest edits from that, and of those the one of the highest probability.
        within_three: the entry of the highest probability within three edits of that; that itself where there is none.
        holds_truth: whether the list holds the line's text.
        unspellable: words of the list that the charset cannot spell.
    """

    prediction: Prediction
    greedy: str
    nearest: str
    within_three: str
    holds_truth: bool
    unspellable: int


class OwnLists:
    """The lists of samples, each found before anything is read.

    Args:
        given: what ``chosen_lists`` takes.
        samples: to be read.

    Raises:
        DataError: a sample has no list.
        OcrkitError: the lists cannot be read.
    """

    def __init__(self, given: GivenLists, samples: Sequence[Sample]) -> None:
        chosen = chosen_lists(given, samples)
        self._chosen = chosen
        self.source = chosen if isinstance(chosen, str) else chosen.source
        self.origin = "" if isinstance(chosen, str) else chosen.origin
        missing, first = 0, ""
        for sample in samples:
            if self._find(sample) is None:
                missing, first = missing + 1, first or sample.name
        if missing:
            raise DataError(self._complaint(missing, first, len(samples)))
        self.unused, self.unused_name = (
            (0, "") if isinstance(chosen, str) else chosen.unused(sample.name for sample in samples)
        )

    def words(self, sample: Sample) -> Sequence[str]:
        """The list of a sample."""
        return self._find(sample) or ()

    def _complaint(self, missing: int, first: str, total: int) -> str:
        where, way_out = "", "give each line one"
        if isinstance(self._chosen, LexiconLists):
            where = f" in {self.source}" if self.source else ""
            way_out = f"a list's name is compared with the end of a path, and the first is {self._chosen.example()}"
        return f"{missing} of {total} lines have no list{where}, the first being {first}; {way_out}"

    def _find(self, sample: Sample) -> Sequence[str] | None:
        if isinstance(self._chosen, str):
            return sample.lexicons.get(self._chosen)
        return self._chosen.find(sample)

    def read(
        self,
        recognizer: Recognizer,
        samples: Sequence[Sample],
        alphabet: FoldedAlphabet,
        compared: Callable[[str], str],
    ) -> Iterator[ListedReading | BadImage]:
        """Each sample read with its list, in their order, or why its image cannot be opened.

        Args:
            recognizer: whose network reads; its decoder is not used.
            samples: those that the lists were found for.
            alphabet: the labels as texts are compared.
            compared: how a text is compared.
        """
        reader = _Reader(alphabet, compared, recognizer.model.calibration)
        for sample, log_probs in zip(samples, recognizer.log_probs(samples), strict=True):
            if isinstance(log_probs, BadImage):
                yield log_probs
            else:
                yield reader.read(sample, self.words(sample), log_probs)


@dataclass(frozen=True, slots=True)
class _List:
    """A list made ready: its words as they are compared, and those that can be spelled as entries of a lexicon.

    Attributes:
        words: without those that are compared as nothing.
        compared: the same as they are compared.
        labels: the folded labels of each word, None where the charset cannot spell it.
        entries: by the labels of each entry, the first word that has those.
        lexicon: of the entries, in their order; None where there is none.
        known: all that is compared.
    """

    words: tuple[str, ...]
    compared: tuple[str, ...]
    labels: tuple[tuple[int, ...] | None, ...]
    entries: Mapping[tuple[int, ...], str]
    lexicon: Lexicon | None
    known: frozenset[str]

    @classmethod
    def of(cls, spelled: Mapping[str, tuple[str, tuple[int, ...] | None]]) -> _List:
        kept = {word: each for word, each in spelled.items() if each[0]}
        entries: dict[tuple[int, ...], str] = {}
        for word, (_, labels) in kept.items():
            if labels:
                entries.setdefault(labels, word)
        compared = tuple(text for text, _ in kept.values())
        return cls(
            words=tuple(kept),
            compared=compared,
            labels=tuple(labels for _, labels in kept.values()),
            entries=entries,
            lexicon=Lexicon(list(entries)) if entries else None,
            known=frozenset(compared),
        )


class _Reader:
    def __init__(
        self, alphabet: FoldedAlphabet, compared: Callable[[str], str], calibration: Calibration | None
    ) -> None:
        self._alphabet = alphabet
        self._compared = compared
        self._calibration = calibration
        self._spelled: dict[str, tuple[str, tuple[int, ...] | None]] = {}
        self._last: tuple[Sequence[str], _List] | None = None

    def read(self, sample: Sample, words: Sequence[str], log_probs: NDArray[np.float32]) -> ListedReading:
        frames = np.array([len(log_probs)], np.int64)
        [plain] = self._alphabet.charset.texts(greedy(log_probs, frames, threads=1))
        folded = self._alphabet.fold(log_probs)
        listed = self._made_ready(words)
        distances = process.cdist([self._compared(plain)], listed.compared, scorer=Levenshtein.distance)[0]
        nearest = np.flatnonzero(distances == distances.min()) if distances.size else ()
        return ListedReading(
            prediction=_prediction(sample.name, self._best(listed.entries, listed.lexicon, folded, frames)),
            greedy=plain,
            nearest=self._best_of(listed, nearest, folded, frames),
            within_three=self._best_of(listed, np.flatnonzero(distances <= _WITHIN), folded, frames) or plain,
            holds_truth=self._compared(sample.text or "") in listed.known,
            unspellable=listed.labels.count(None),
        )

    def _made_ready(self, words: Sequence[str]) -> _List:
        # All lines may have one long list.
        if self._last is None or self._last[0] is not words:
            self._last = words, _List.of({word: self._spell(word) for word in words})
        return self._last[1]

    def _best_of(
        self, listed: _List, places: Iterable[int], folded: NDArray[np.float32], frames: NDArray[np.int64]
    ) -> str:
        """The likeliest of some words; the first where none is possible, and nothing of none."""
        chosen = [int(place) for place in places]
        entries: dict[tuple[int, ...], str] = {}
        for place in chosen:
            if labels := listed.labels[place]:
                entries.setdefault(labels, listed.words[place])
        best = self._best(entries, Lexicon(list(entries)), folded, frames) if len(entries) > 1 else None
        if best:
            return best[0]
        return next(iter(entries.values()), listed.words[chosen[0]] if chosen else "")

    def _best(
        self,
        entries: Mapping[tuple[int, ...], str],
        lexicon: Lexicon | None,
        folded: NDArray[np.float32],
        frames: NDArray[np.int64],
    ) -> tuple[str, Hypothesis] | None:
        """The likeliest entry, or None where none is possible."""
        if lexicon is None:
            return None
        found = lexicon_search(folded, frames, lexicon=lexicon, threads=1)
        found = with_temperature(found, folded[np.newaxis], frames, temperature_of(self._calibration), threads=1)
        if not found[0]:
            return None
        best = found[0][0]
        return next(islice(entries.values(), best.entry, None)), best

    def _spell(self, word: str) -> tuple[str, tuple[int, ...] | None]:
        """A word as it is compared, and its folded labels."""
        if word not in self._spelled:
            compared = self._compared(word)
            self._spelled[word] = compared, self._alphabet.labels(word, compared) if compared else None
        return self._spelled[word]


def _prediction(name: str, best: tuple[str, Hypothesis] | None) -> Prediction:
    if best is None:
        return Prediction(name, "", -math.inf, 0.0, rejected=True)
    text, hypothesis = best
    return Prediction(name, text, hypothesis.score, math.exp(min(0.0, hypothesis.acoustic_score)))
