"""What is right, found the slow way, and how far answers are from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray


def distance(read: Sequence[object], written: Sequence[object]) -> int:
    """The edits between two sequences.

    Source: Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances".
    """
    if not written:
        return len(read)
    places: dict[object, int] = {}
    for number, item in enumerate(written):
        places[item] = places.get(item, 0) | 1 << number
    every, last = (1 << len(written)) - 1, 1 << (len(written) - 1)
    up, down, edits = every, 0, len(written)
    for item in read:
        match = places.get(item, 0)
        diagonal = (((match & up) + up) ^ up) | match | down
        right, left = down | (every & ~(diagonal | up)), up & diagonal
        edits += bool(right & last) - bool(left & last)
        right = (right << 1 | 1) & every
        left = left << 1 & every
        up, down = left | (every & ~(diagonal | right)), right & diagonal
    return edits


def character_errors(read: Sequence[str], written: Sequence[str]) -> int:
    """The edits of all lines."""
    return sum(distance(one, other) for one, other in zip(read, written, strict=True))


def word_error_rate(read: Sequence[str], written: Sequence[str]) -> float:
    """The edits of all lines' words, over the words written; 0 to 1 and more."""
    edits = sum(distance(one.split(), other.split()) for one, other in zip(read, written, strict=True))
    return edits / sum(len(text.split()) for text in written)


def share_equal(read: Sequence[object], others: Sequence[object]) -> float:
    """The share of lines that two decoders read alike, 0 to 1."""
    return float(np.mean([one == other for one, other in zip(read, others, strict=True)]))


def is_made_of(text: str, entries: AbstractSet[str], separators: AbstractSet[str]) -> bool:
    """Whether text is entries and separators, with a separator between two entries; entries may hold some, too."""
    longest = max(map(len, entries))
    reached = {0}
    for begin in range(len(text)):
        if begin not in reached:
            continue
        if text[begin] in separators:
            reached.add(begin + 1)
        for end in range(begin + 1, min(len(text), begin + longest) + 1):
            if text[begin:end] in entries and (end == len(text) or text[end] in separators):
                reached.add(min(end + 1, len(text)))
    return len(text) in reached


def best_of_all(log_probs: NDArray[np.float32], words: Sequence[Sequence[int]]) -> float:
    """The largest of the CTC log-probabilities of all `words` in one line's (T, V), label 0 being the blank.

    The forward recurrence of every word side by side, in linear double precision: what underflows is more than 700
    nats from certain, and so not the largest where a word fits at all.
    """
    probs = np.exp(log_probs.astype(np.float64))
    longest = max(map(len, words))
    states = np.zeros((2 * longest + 1, len(words)), np.int64)  # blank, label, blank, …
    for number, word in enumerate(words):
        states[1 : 2 * len(word) : 2, number] = word
    may_skip = np.zeros(states.shape, bool)  # from one label to the next, unless they are equal
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    mass = np.zeros(states.shape)
    mass[:2] = probs[0][states[:2]]
    for frame in probs[1:]:
        arriving = mass.copy()
        arriving[1:] += mass[:-1]
        arriving[2:] += np.where(may_skip[2:], mass[:-2], 0.0)
        mass = arriving * frame[states]
    ends = 2 * np.array([len(word) for word in words])
    numbers = np.arange(len(words))
    return float(np.log((mass[ends, numbers] + mass[ends - 1, numbers]).max()))
