"""How much likelier a line is with other words in it, by what the network saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ocrkit.ctc import Decoded, temper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.plugin.corrector_specs import LineReading
    from ocrkit.text.charset import Charset

__all__ = ["frame_gains", "labelling_scores"]


def frame_gains(
    reading: LineReading,
    log_probs: NDArray[np.float32],
    charset: Charset,
    start: int,
    end: int,
    candidates: Sequence[str],
) -> NDArray[np.float32]:
    """(N,) nats by which the frames of a word are likelier with each candidate in its place.

    The probabilities are exact: those of all alignments of the word and its two neighbours to their frames, which end
    where the spaces around the neighbours are read. What lies beyond would change little, and take longer.

    Args:
        reading: the line.
        log_probs: (T, V) those of the line.
        charset: which spells every candidate.
        start: of the word in the text.
        end: past the word's last character.
        candidates: the words.
    """
    first, last = _surroundings(reading.text, start, end)
    frames = _frames(reading, charset, first, last)
    if frames is None:
        first, last, frames = 0, len(reading.text), slice(None)
    before, after = reading.text[first:start], reading.text[end:last]
    texts = [before + word + after for word in (reading.text[start:end], *candidates)]
    scores = labelling_scores(log_probs[frames], [charset.encode(text) for text in texts])
    if not np.isfinite(scores[0]):
        return np.full(len(candidates), -np.inf, np.float32)
    gains: NDArray[np.float32] = scores[1:] - scores[0]
    return gains


def labelling_scores(log_probs: NDArray[np.float32], labellings: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """(N,) ln of the CTC probability of each labelling of (T, V) frames, over all its alignments."""
    ends = np.cumsum([0, *map(len, labellings)], dtype=np.int64)
    count, total = len(labellings), int(ends[-1])
    given = Decoded(
        labels=np.fromiter((label for labels in labellings for label in labels), np.int32, total),
        frames=np.zeros(total, np.int32),
        confidences=np.zeros(total, np.float32),
        label_offsets=ends,
        scores=np.zeros(count, np.float32),
        acoustic_scores=np.zeros(count, np.float32),
        entries=np.full(count, -1, np.int32),
        line_offsets=np.array([0, count], np.int64),
        proved=np.zeros(1, np.bool_),
    )
    return temper(given, np.ascontiguousarray(log_probs), temperature=1.0, threads=1).acoustic_scores


def _surroundings(text: str, start: int, end: int) -> tuple[int, int]:
    """From the space before the word before to the space after the word after, both included."""
    before = text.rfind(" ", 0, max(0, text.rfind(" ", 0, start)))
    next_word = text.find(" ", end)
    after = text.find(" ", next_word + 1) if next_word >= 0 else -1
    return max(0, before), after + 1 if after >= 0 else len(text)


def _frames(reading: LineReading, charset: Charset, first: int, last: int) -> slice | None:
    """The frames of a part of the text, which spaces or the line's ends bound; None where nobody says which."""
    if charset.reorders or not reading.frames or len(reading.frames) != len(reading.characters):
        return None
    begins = np.cumsum([0, *(len(character.text) for character in reading.characters)])
    if int(begins[-1]) != len(reading.text):
        return None
    left, right = np.searchsorted(begins, (first, last)).tolist()
    if int(begins[left]) != first or int(begins[right]) != last:
        return None
    return slice(
        0 if first == 0 else reading.frames[left],
        None if last == len(reading.text) else reading.frames[right - 1] + 1,
    )
