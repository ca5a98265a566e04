"""Lines read from their right end: frames turned about for a search, and what it found turned back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.ctc.decoded import Decoded

__all__ = ["ReorderingTable", "reads_leftward", "reordering", "turn_frames", "turn_hypotheses"]

_Frames = TypeVar("_Frames", bound="NDArray[Any]")


@runtime_checkable
class ReorderingTable(Protocol):
    """A symbol table that may give labels from left to right where text runs otherwise; ``ocrkit.Charset`` is one."""

    @property
    def symbols(self) -> Sequence[str]:
        """The text of each label, by its number; the blank's is empty."""
        ...

    @property
    def reorders(self) -> bool:
        """Whether it does."""
        ...

    @property
    def direction(self) -> str:
        """``rtl`` where lines run from right to left."""
        ...

    @property
    def leftward_symbols(self) -> Sequence[str]:
        """The text of each label in a run from right to left."""
        ...

    def encode(self, text: str) -> list[int]:
        """The labels of a text that the table can spell."""
        ...

    def encode_lines(self, text: str) -> list[list[int]]:
        """The labels of each line of a text, all of which the table can spell."""
        ...


def reordering(charset: object) -> ReorderingTable | None:
    """The charset, if its labels stand in another order than its texts."""
    return charset if isinstance(charset, ReorderingTable) and charset.reorders else None


def reads_leftward(charset: object) -> bool:
    """Whether the labels of a line are read from its right end."""
    table = reordering(charset)
    return table is not None and table.direction == "rtl"


def turn_frames(log_probs: _Frames, lengths: NDArray[np.int64] | None) -> _Frames:
    """(B, T, V) with the frames that count, (B,), the last first; the rest is as it may be."""
    if lengths is None:
        return cast("_Frames", log_probs[:, ::-1])
    turned: _Frames = cast("_Frames", np.zeros_like(log_probs))
    for line, length in enumerate(lengths.tolist()):
        turned[line, :length] = log_probs[line, :length][::-1]
    return turned


def turn_hypotheses(decoded: Decoded, lengths: NDArray[np.int64] | None, frames: int) -> Decoded:
    """What was found in turned frames, T in all, as it stands from left to right."""
    starts, ends = decoded.label_offsets[:-1], decoded.label_offsets[1:]
    labels_each = ends - starts
    order = np.repeat(starts + ends - 1, labels_each) - np.arange(len(decoded.labels))
    counts = np.full(len(decoded), frames, np.int64) if lengths is None else lengths
    last = np.repeat(np.repeat(counts, np.diff(decoded.line_offsets)), labels_each) - 1
    return replace(
        decoded,
        labels=decoded.labels[order],
        frames=(last - decoded.frames[order]).astype(np.int32),
        confidences=decoded.confidences[order],
    )
