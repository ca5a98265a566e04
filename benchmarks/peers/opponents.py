"""The decoders that ocrkit's are measured beside. Each function prepares what it can before the clock runs.

What it returns reads the first `count` lines of a workload, by one thread.
"""

from __future__ import annotations

from importlib import import_module, metadata
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from peers.workloads import Workload

MODULES = {
    "fast-ctc-decode": "fast_ctc_decode",
    "flashlight-text": "flashlight.lib.text.decoder",
    "pyctcdecode": "pyctcdecode",
    "kenlm": "kenlm",
}
TOKENS = 10  # labels a frame that flashlight looks at
CUT = 1e-3  # probability below which fast-ctc-decode looks at no label
IMPOSSIBLE = -1e4  # nats; flashlight adds it up, so it is finite


def found() -> dict[str, str]:
    """Each peer's version, or why it cannot be used, in parentheses."""
    state = {}
    for name, module in MODULES.items():
        try:
            import_module(module)
            state[name] = metadata.version(name)
        except ModuleNotFoundError:
            state[name] = "(not installed)"
        except Exception as error:  # whatever a peer raises on import, it is out
            state[name] = f"({type(error).__name__}: {error})"
    return state


def numpy_loop(workload: Workload) -> Callable[[int], list[list[int]]]:
    """The arg-max of every frame by NumPy, and a loop that merges repeats and drops blanks."""

    def decode(count: int) -> list[list[int]]:
        read = []
        paths = workload.log_probs[:count].argmax(axis=-1).tolist()
        for path, length in zip(paths, workload.lengths[:count].tolist(), strict=True):
            line, before = [], 0
            for label in path[:length]:
                if label not in (0, before):
                    line.append(label)
                before = label
            read.append(line)
        return read

    return decode


def numpy_whole(workload: Workload) -> Callable[[int], list[list[int]]]:
    """The same without a loop over frames."""

    def decode(count: int) -> list[list[int]]:
        path = workload.log_probs[:count].argmax(axis=-1)
        kept = path != 0
        kept[:, 1:] &= path[:, 1:] != path[:, :-1]
        kept &= np.arange(path.shape[1]) < workload.lengths[:count, np.newaxis]
        labels, ends = path[kept].tolist(), kept.sum(axis=1).cumsum().tolist()
        return [labels[begin:end] for begin, end in zip([0, *ends[:-1]], ends, strict=True)]

    return decode


def fast_ctc_decode(workload: Workload, beam_width: int) -> Callable[[int], list[str]]:
    """Prefix beam search over probabilities, which are made before."""
    search = import_module("fast_ctc_decode").beam_search
    alphabet = ["-", *workload.symbols[1:]]
    lines = [np.exp(line) for line in workload.lines()]

    def decode(count: int) -> list[str]:
        return [search(line, alphabet, beam_size=beam_width, beam_cut_threshold=CUT)[0] for line in lines[:count]]

    return decode


def flashlight_beam(workload: Workload, beam_width: int) -> Callable[[int], list[str]]:
    """Search without a lexicon or a language model."""
    text: Any = import_module("flashlight.lib.text.decoder")
    options = text.LexiconFreeDecoderOptions(
        beam_size=beam_width,
        beam_size_token=TOKENS,
        beam_threshold=25.0,
        lm_weight=0.0,
        sil_score=0.0,
        log_add=True,
        criterion_type=text.CriterionType.CTC,
    )
    decoder = text.LexiconFreeDecoder(options, text.ZeroLM(), len(workload.symbols), 0, [])
    lines, symbols = workload.lines(), workload.symbols

    def decode(count: int) -> list[str]:
        read = []
        for line in lines[:count]:
            tokens = decoder.decode(line.ctypes.data, *line.shape)[0].tokens
            # The first and the last token stand for silence outside the line.
            read.append("".join(symbols[token] for token, _ in groupby(tokens[1:-1])))
        return read

    return decode


def flashlight_lexicon(
    workload: Workload, words: tuple[str, ...], beam_width: int, *, separator: int | None = None
) -> Callable[[int], list[str]]:
    """Search with a trie of words, smeared with maxima, and no language model.

    Each spelling ends with a separator: it is what keeps the last letter of a word that is a leaf from being lost
    when it lasts two frames, and words from running together. Without `separator`, a line is one word, and the
    separator is a label of its own that is likely in one more frame only, behind the line's last.
    """
    text: Any = import_module("flashlight.lib.text.decoder")
    label_count = len(workload.symbols) + (separator is None)
    end = len(workload.symbols) if separator is None else separator
    lines, frames, _ = workload.log_probs.shape
    emissions = np.full((lines, frames + 1, label_count), IMPOSSIBLE, np.float32)
    emissions[:, :frames, : len(workload.symbols)] = workload.log_probs
    rows = np.arange(lines)
    emissions[rows, workload.lengths] = IMPOSSIBLE
    emissions[rows, workload.lengths, end] = 0.0
    model = text.ZeroLM()
    start = model.start(False)
    trie = text.Trie(label_count, end)
    labels = {symbol: label for label, symbol in enumerate(workload.symbols)}
    for number, word in enumerate(words):
        trie.insert([*(labels[character] for character in word), end], number, model.score(start, number)[1])
    trie.smear(text.SmearingMode.MAX)
    options = text.LexiconDecoderOptions(
        beam_size=beam_width,
        beam_size_token=TOKENS,
        beam_threshold=25.0,
        lm_weight=0.0,
        word_score=0.0,
        unk_score=-np.inf,
        sil_score=0.0,
        log_add=True,
        criterion_type=text.CriterionType.CTC,
    )
    decoder = text.LexiconDecoder(options, trie, model, end, 0, -1, [], False)
    lengths = (workload.lengths + 1).tolist()

    def decode(count: int) -> list[str]:
        read = []
        for line, length in zip(emissions[:count], lengths[:count], strict=True):
            found = decoder.decode(line.ctypes.data, length, label_count)
            read.append(" ".join(words[number] for number in found[0].words if number >= 0) if found else "")
        return read

    return decode


def pyctcdecode_text(
    workload: Workload, words: tuple[str, ...], beam_width: int, *, model: Path | None, weight: float, bonus: float
) -> Callable[[int], list[str]]:
    """Search for words with spaces between them, with or without a language model by KenLM."""
    build = import_module("pyctcdecode").build_ctcdecoder
    path = None if model is None else str(model)
    decoder = build(list(workload.symbols), path, list(words), alpha=weight, beta=bonus)
    lines = workload.lines()

    def decode(count: int) -> list[str]:
        return [decoder.decode(line, beam_width=beam_width) for line in lines[:count]]

    return decode
