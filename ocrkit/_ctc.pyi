"""The native decoders. They trust their caller with types; ocrkit.ctc checks and documents."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

# labels, frames, confidences, label_offsets, scores, acoustic_scores, entries, line_offsets, proved
_DecodedArrays: TypeAlias = tuple[
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.float32],
    NDArray[np.int64],
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.int32],
    NDArray[np.int64],
    NDArray[np.bool_],
]

def build_info() -> dict[str, str | int]: ...
def texts(
    labels: NDArray[np.int32],
    label_offsets: NDArray[np.int64],
    line_offsets: NDArray[np.int64],
    symbols: list[str],
) -> list[str]: ...
def greedy(
    log_probs: NDArray[np.float32] | NDArray[np.float16],
    lengths: NDArray[np.int64] | None,
    blank: int,
    rescore: bool,
    threads: int,
) -> _DecodedArrays: ...
