"""Lines of words: text search beside the peers, without and with a language model."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from peers import agreement, opponents
from peers.measuring import Pace, Result, beside, measure_alone
from peers.symbols import Symbols
from peers.timing import race
from peers.words import write_bigrams

import ocrkit.ctc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from peers.workloads import Workload

WEIGHT = 0.5
BONUS = 1.5  # nats a word; pyctcdecode's default


def contests(workload: Workload) -> Iterator[tuple[str, str, Callable[[Pace], Result]]]:
    """Decoder, peer and measurement of each contest; none where this ocrkit has no text search."""
    if not hasattr(ocrkit.ctc, "text_search"):
        return
    yield "text", "flashlight-text, beam 25", partial(_text, workload, "flashlight-text", _flashlight, False)
    if hasattr(ocrkit.ctc, "NgramModel"):
        bigrams = partial(_text, workload, "pyctcdecode, KenLM", _pyctcdecode, True)
        yield "text, word bigrams", "pyctcdecode, beam 100, KenLM", bigrams
    yield "text, 2 threads", "1 thread", partial(_threads, workload)


def _flashlight(workload: Workload, model: Path | None) -> Callable[[int], list[str]]:
    assert workload.text is not None
    assert model is None
    words, space = workload.text.words, workload.symbols.index(" ")
    return opponents.flashlight_lexicon(workload, words, 25, separator=space)


def _pyctcdecode(workload: Workload, model: Path | None) -> Callable[[int], list[str]]:
    assert workload.text is not None
    return opponents.pyctcdecode_text(workload, workload.text.words, 100, model=model, weight=WEIGHT, bonus=BONUS)


def _text(
    workload: Workload,
    peer: str,
    prepare: Callable[[Workload, Path | None], Callable[[int], list[str]]],
    with_model: bool,
    pace: Pace,
) -> Result:
    assert workload.text is not None
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "bigrams.arpa" if with_model else None
        if model is not None:
            write_bigrams(model, workload.text.sentences)
        lines, decode = beside(peer, partial(prepare, model=model), workload, pace)
        search = _search(lines, model)
    decoded = search(lines.log_probs, lines.lengths)
    read = decoded.texts(lines.symbols)
    _assert_words(read, lines)
    answers = f"WER {agreement.word_error_rate(read, lines.texts):.1%}"
    ours = partial(search, lines.log_probs, lines.lengths)
    if decode is None:
        return measure_alone(ours, lines, pace, answers)
    answers += f", peer {agreement.word_error_rate(decode(len(lines)), lines.texts):.1%}"
    timed = race(ours, lambda: decode(len(lines)), rounds=pace.rounds, seconds=pace.seconds)
    return Result.of(timed, len(lines), answers)


def _search(lines: Workload, model: Path | None) -> Callable[..., ocrkit.ctc.Decoded]:
    """Text search by one thread, over the workload's words, with the model where there is one."""
    assert lines.text is not None
    symbols = Symbols(lines.symbols)
    lexicon = ocrkit.ctc.Lexicon.from_words(lines.text.words, symbols)
    search = partial(
        ocrkit.ctc.text_search,
        lexicon=lexicon,
        separators=symbols.separators(),
        threads=1,
    )
    if model is None:
        return search
    bigrams = ocrkit.ctc.NgramModel.read(model, symbols, unit="word")
    return partial(search, language_model=bigrams, lm_weight=WEIGHT, lm_bonus=BONUS)


def _assert_words(read: list[str], lines: Workload) -> None:
    """Every stretch between separators is an entry."""
    assert lines.text is not None
    entries, separators = set(lines.text.words), set(Symbols(lines.symbols).separators())
    marks = {symbol for label, symbol in enumerate(lines.symbols) if label in separators}
    for text in read:
        assert agreement.is_made_of(text, entries, marks), f"{text!r} is not made of entries"


def _threads(workload: Workload, pace: Pace) -> Result:
    search = _search(workload, None)
    one = partial(search, workload.log_probs, workload.lengths, threads=1)
    two = partial(search, workload.log_probs, workload.lengths, threads=2)
    assert np.array_equal(one().labels, two().labels), "labels depend on the number of threads"
    timed = race(two, one, rounds=pace.rounds, seconds=pace.seconds)
    return Result.of(timed, len(workload), "equal")
