"""How likely words are before anything is seen of them: by their frequencies, or by an n-gram model of characters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ocrkit_spelling.word_list import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.ctc import NgramModel
    from ocrkit_spelling.word_list import WordList

__all__ = ["FrequencyPrior", "ModelPrior", "Prior"]

# What an unlisted word costs that is right. Past ten letters it is mostly made of parts that are words or endings.
_UNKNOWN = 6.2  # nats: one running word in five hundred
_UNKNOWN_LETTER = 2.0  # nats
_LETTERS = 10
_SPACES = ("<space>", "<SPACE>", "<sp>", "\u2581", "|")


class Prior(Protocol):
    """The role of what says how much likelier a line is with other words in the place of one."""

    def gains(self, text: str, start: int, end: int, candidates: Sequence[tuple[str, ...]]) -> list[float]:
        """Nats by which each candidate, of one listed word or several, is likelier than what stands at start:end."""
        ...


@dataclass(frozen=True, slots=True)
class FrequencyPrior:
    """The share of a word among the running words of the list's texts; of an unknown one a guess by its length."""

    words: WordList

    def gains(self, text: str, start: int, end: int, candidates: Sequence[tuple[str, ...]]) -> list[float]:
        """As the role says; the words around have no part in it."""
        read = self.log_prob(fold(text[start:end]))
        return [sum(map(self.log_prob, parts)) - read for parts in candidates]

    def log_prob(self, word: str) -> float:
        """Ln of the probability of a folded word."""
        if count := self.words.count(word):
            return math.log(count / self.words.total)
        return -_UNKNOWN - _UNKNOWN_LETTER * min(len(word), _LETTERS)


@dataclass(frozen=True, slots=True)
class ModelPrior:
    """What an n-gram model of characters says of the whole line, with one text or the other in it.

    Attributes:
        model: of characters.
        weight: the factor of its log-probabilities.
        space: its unit for the space.
    """

    model: NgramModel
    weight: float
    space: str

    @classmethod
    def of(cls, model: NgramModel, weight: float) -> ModelPrior:
        """The prior of a model, with the unit that it has for the space."""
        return cls(model, weight, next((unit for unit in _SPACES if unit in model), " "))

    def gains(self, text: str, start: int, end: int, candidates: Sequence[tuple[str, ...]]) -> list[float]:
        """As the role says."""
        before, after = text[:start], text[end:]
        read = self._log_prob(text)
        return [self.weight * (self._log_prob(f"{before}{' '.join(parts)}{after}") - read) for parts in candidates]

    def _log_prob(self, text: str) -> float:
        return self.model.log_prob(self.space if character == " " else character for character in text)
