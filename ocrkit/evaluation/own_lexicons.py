"""Reading each image with a list of words of its own, as scene-text recognisers are measured.

Source: Shi, Bai and Yao 2015, "An End-to-End Trainable Neural Network for Image-based Sequence Recognition",
arXiv:1507.05717, section 2.3.3 (lexicon-based transcription).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrkit.ctc import Lexicon, greedy, lexicon_search
from ocrkit.data.lexicon_lists import LexiconLists, chosen_lists
from ocrkit.data.records import BadImage, Prediction
from ocrkit.errors import DataError
from ocrkit.recognition.confidence import temperature_of, with_temperature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ocrkit.ctc import Hypothesis
    from ocrkit.data.lexicon_lists import GivenLists
    from ocrkit.data.records import Sample
    from ocrkit.recognition import Recognizer
    from ocrkit.text.calibration import Calibration
    from ocrkit.text.folding import FoldedAlphabet

__all__ = ["ListedReading", "OwnLexicons", "OwnLists", "Share"]


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
        holds_truth: whether the list holds the line's text.
        unspellable: words of the list that the charset cannot spell.
    """

    prediction: Prediction
    greedy: str
    nearest: str
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


class _Reader:
    def __init__(
        self, alphabet: FoldedAlphabet, compared: Callable[[str], str], calibration: Calibration | None
    ) -> None:
        self._alphabet = alphabet
        self._compared = compared
        self._calibration = calibration
        self._known: dict[str, tuple[str, tuple[int, ...] | None]] = {}

    def read(self, sample: Sample, words: Sequence[str], log_probs: NDArray[np.float32]) -> ListedReading:
        frames = np.array([len(log_probs)], np.int64)
        [plain] = self._alphabet.charset.texts(greedy(log_probs, frames, threads=1))
        folded = self._alphabet.fold(log_probs)
        spelled = {word: self._spelled(word) for word in words}
        entries: dict[tuple[int, ...], str] = {}
        for word, (_, labels) in spelled.items():
            if labels:
                entries.setdefault(labels, word)
        unspellable = sum(bool(compared) and labels is None for compared, labels in spelled.values())
        truth = self._compared(sample.text or "")
        return ListedReading(
            prediction=_prediction(sample.name, self._best(entries, folded, frames)),
            greedy=plain,
            nearest=self._nearest(self._compared(plain), spelled, folded, frames),
            holds_truth=any(compared == truth for compared, _ in spelled.values()),
            unspellable=unspellable,
        )

    def _nearest(
        self,
        plain: str,
        spelled: Mapping[str, tuple[str, tuple[int, ...] | None]],
        folded: NDArray[np.float32],
        frames: NDArray[np.int64],
    ) -> str:
        distances = {word: Levenshtein.distance(plain, compared) for word, (compared, _) in spelled.items() if compared}
        if not distances:
            return ""
        fewest = min(distances.values())
        tied = [word for word, distance in distances.items() if distance == fewest]
        entries = {labels: word for word in reversed(tied) if (labels := spelled[word][1])}
        best = self._best(entries, folded, frames) if len(entries) > 1 else None
        return best[0] if best else next(iter(entries.values()), tied[0])

    def _best(
        self, entries: Mapping[tuple[int, ...], str], folded: NDArray[np.float32], frames: NDArray[np.int64]
    ) -> tuple[str, Hypothesis] | None:
        """The likeliest entry, or None where none is possible."""
        if not entries:
            return None
        found = lexicon_search(folded, frames, lexicon=Lexicon(list(entries)), threads=1)
        found = with_temperature(found, folded[np.newaxis], frames, temperature_of(self._calibration), threads=1)
        if not found[0]:
            return None
        return list(entries.values())[found[0][0].entry], found[0][0]

    def _spelled(self, word: str) -> tuple[str, tuple[int, ...] | None]:
        """A word as it is compared, and its folded labels."""
        if word not in self._known:
            compared = self._compared(word)
            self._known[word] = compared, self._alphabet.labels(word, compared) if compared else None
        return self._known[word]


def _prediction(name: str, best: tuple[str, Hypothesis] | None) -> Prediction:
    if best is None:
        return Prediction(name, "", -math.inf, 0.0, rejected=True)
    text, hypothesis = best
    return Prediction(name, text, hypothesis.score, math.exp(min(0.0, hypothesis.acoustic_score)))
