"""Generators of NumPy's, made and asked at a tenth of the cost: a drawn line takes ten of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.random.bit_generator import ISeedSequence

from ocrkit._drawing import seed_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["between", "generator", "one_of"]

T = TypeVar("T")


class _Words(ISeedSequence):
    """The words that a PCG64 begins with, known already."""

    def __init__(self, words: NDArray[np.uint64]) -> None:
        self._words = words

    def generate_state(self, n_words: int, dtype: object = np.uint32) -> NDArray[np.uint64]:
        """The words: PCG64 asks for four of 64 bits."""
        del n_words, dtype
        return self._words


def generator(*seed: int) -> np.random.Generator:
    """What ``np.random.Generator(np.random.PCG64(seed))`` draws, of numbers from 0 to 2^64 - 1.

    It cannot spawn others, as NumPy's own can.
    """
    words = _Words(seed_words(list(seed)))
    # NumPy documents that it takes any seed sequence, and its types know of its own alone.
    return np.random.Generator(np.random.PCG64(words))  # type: ignore[arg-type]


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """What ``rng.uniform(low, high)`` draws."""
    return low + (high - low) * rng.random()


def one_of(rng: np.random.Generator, options: Sequence[T]) -> T:
    """What ``rng.choice(options)`` draws."""
    return options[int(rng.integers(len(options)))]
