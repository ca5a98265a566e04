"""The native decoders. They trust their caller with types; ocrkit.ctc checks and documents."""

import builtins
from collections.abc import Sequence
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

# bfloat16 comes as int16, bit by bit.
_Emissions: TypeAlias = NDArray[np.float32] | NDArray[np.float16] | NDArray[np.int16]

def build_info() -> dict[str, str | int]: ...
def interrupt_thread(thread: int) -> bool: ...
def temper(
    log_probs: _Emissions,
    lengths: NDArray[np.int64] | None,
    blank: int,
    temperature: float,
    threads: int,
    labels: NDArray[np.int32],
    frames: NDArray[np.int32],
    label_offsets: NDArray[np.int64],
    line_offsets: NDArray[np.int64],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
def texts(
    labels: NDArray[np.int32],
    label_offsets: NDArray[np.int64],
    line_offsets: NDArray[np.int64],
    symbols: list[str],
) -> list[str]: ...
def greedy(
    log_probs: _Emissions,
    lengths: NDArray[np.int64] | None,
    blank: int,
    rescore: bool,
    threads: int,
) -> _DecodedArrays: ...

class Lexicon(metaclass=type):  # noqa: UP050 - pybind11 gives its classes a metaclass, and stubtest asks for one
    def __init__(
        self, labels: NDArray[np.int32], offsets: NDArray[np.int64], counts: NDArray[np.float64] | None
    ) -> None: ...
    def __len__(self) -> int: ...
    def labels(self, entry: int) -> NDArray[np.int32]: ...
    def priors(self) -> NDArray[np.float32] | None: ...
    def nodes(self) -> int: ...
    def bytes(self) -> int: ...
    def save(self, path: builtins.bytes, symbols: builtins.bytes) -> None: ...
    @staticmethod
    def open(path: builtins.bytes, verify: bool) -> tuple[Lexicon, builtins.bytes]: ...
    @staticmethod
    def from_words(
        text: str, symbols: list[str], expected: int, counts: NDArray[np.float64] | None
    ) -> tuple[Lexicon | None, NDArray[np.int64], NDArray[np.int64], int]: ...

def lexicon_search(
    log_probs: _Emissions,
    lengths: NDArray[np.int64] | None,
    lexicon: Lexicon,
    blank: int,
    n_best: int,
    prior_weight: float,
    budget: int,
    reject_below: float,
    threads: int,
) -> _DecodedArrays: ...
def beam_search(
    log_probs: _Emissions,
    lengths: NDArray[np.int64] | None,
    blank: int,
    beam_width: int,
    n_best: int,
    token_cut: float,
    threads: int,
) -> _DecodedArrays: ...
def text_search(
    log_probs: _Emissions,
    lengths: NDArray[np.int64] | None,
    lexicon: Lexicon,
    separators: NDArray[np.int32],
    blank: int,
    beam_width: int,
    n_best: int,
    token_cut: float,
    out_of_lexicon: float,
    prior_weight: float,
    threads: int,
    model: TextModel | None,
) -> _DecodedArrays: ...
def beam_search_with_model(
    log_probs: _Emissions,
    lengths: NDArray[np.int64] | None,
    blank: int,
    beam_width: int,
    n_best: int,
    token_cut: float,
    threads: int,
    model: TextModel,
) -> _DecodedArrays: ...

class NgramModel(metaclass=type):  # noqa: UP050 - as for Lexicon
    def __init__(self, arpa: builtins.bytes) -> None: ...
    def units(self) -> list[str]: ...
    def order(self) -> int: ...
    def size(self) -> int: ...
    def log_prob(self, units: Sequence[int]) -> float: ...

class WordUnits(metaclass=type):  # noqa: UP050 - as for Lexicon
    def __init__(self, model: NgramModel, lexicon: Lexicon, text: str, symbols: list[str]) -> None: ...

class TextModel(metaclass=type):  # noqa: UP050 - as for Lexicon
    def __init__(
        self,
        ngrams: NgramModel,
        words: WordUnits | None,
        label_units: NDArray[np.int32],
        label_offsets: NDArray[np.int64],
        weight: float,
        bonus: float,
    ) -> None: ...

class BeamStream(metaclass=type):  # noqa: UP050 - pybind11 gives its classes a metaclass, and stubtest asks for one
    def __init__(
        self, labels: int, blank: int, beam_width: int, n_best: int, token_cut: float, model: TextModel | None
    ) -> None: ...
    def push(self, log_probs: _Emissions, blank: int) -> None: ...
    def frames(self) -> int: ...
    def decoded(self, n_best: int) -> _DecodedArrays: ...
