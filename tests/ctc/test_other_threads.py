"""Python's other threads run while native code works, where others hold the lock (flashlight, CTCWordBeamSearch)."""

from __future__ import annotations

import os
import sys
import threading
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from ngram_oracle import random_arpa
from oracle import below_zero

from ocrkit.ctc import BeamStream, Lexicon, NgramModel, beam_search, greedy, lexicon_search, text_search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LABELS = 200
# Flat frames, on which every search has much to do; greedy has the same to do on any.
LINE = np.full((200, LABELS), -np.log(LABELS), np.float32)
ENTRIES = [list(entry) for entry in product(range(1, 30), repeat=2)]
LEXICON = Lexicon(ENTRIES)
ARPA = random_arpa(1, [f"u{number}" for number in range(30)], 3).text().encode()


class Symbols:
    """Labels whose texts are the model's units."""

    symbols = ("", *(f"u{number}" for number in range(1, LABELS)))

    def normalize(self, text: str) -> str:
        return text


MODEL = NgramModel(ARPA, Symbols())


def push(**options: object) -> None:
    BeamStream(LABELS, **options).push(LINE)  # type: ignore[arg-type]


CALLS: dict[str, Callable[[], object]] = {
    "greedy": partial(greedy, np.tile(LINE, (40, 1, 1)), threads=1),
    "beam": partial(beam_search, LINE, token_cut=0, threads=1),
    "beam with a model": partial(beam_search, LINE, token_cut=0, language_model=MODEL, threads=1),
    "stream": partial(push, token_cut=0),
    "stream with a model": partial(push, token_cut=0, language_model=MODEL),
    "lexicon": partial(lexicon_search, LINE, lexicon=LEXICON, n_best=100, threads=1),
    "text": partial(text_search, LINE, lexicon=LEXICON, separators=[199], token_cut=0, threads=1),
    "reading a lexicon": partial(Lexicon.from_lines, "\n".join("u1" * 20 for _ in range(20_000)), Symbols()),
    "reading a model": partial(NgramModel, ARPA, Symbols()),
}


@pytest.fixture
def no_turns() -> Iterator[None]:
    """Threads change places only where one of them gives up the interpreter's lock."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(interval)


def other_runs_during(call: Callable[[], object], *, calls: int) -> bool:
    """Whether another thread, ready when the calls begin, gets to run before the last of them returns."""
    go, ran = threading.Lock(), threading.Event()
    go.acquire()

    def other() -> None:
        with go:
            ran.set()

    thread = threading.Thread(target=other)
    thread.start()
    go.release()
    for _ in range(calls):  # the system may take a while to wake it
        call()
        if ran.is_set():
            break
    found = ran.is_set()
    thread.join()
    return found


@pytest.mark.usefixtures("no_turns")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_other_threads_run_meanwhile(call: Callable[[], object]) -> None:
    assert other_runs_during(call, calls=2000)


@pytest.mark.usefixtures("no_turns")
def test_no_thread_runs_while_python_keeps_the_lock() -> None:
    # That the test above can fail.
    assert not other_runs_during(lambda: sum(range(10_000)), calls=50)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_decodes_after_its_parent_did() -> None:
    batch = below_zero(np.random.default_rng(1).normal(size=(64, 20, 6)).astype(np.float32))
    before = beam_search(batch, threads=4)

    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(beam_search(batch, threads=4).scores, before.scores) else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_threads_of_python_share_a_lexicon_a_model_and_a_stream() -> None:
    line = below_zero(np.random.default_rng(2).normal(size=(30, LABELS)).astype(np.float32) * 4)
    options = {"language_model": MODEL, "lm_bonus": 0.5}
    stream = BeamStream(LABELS, **options)  # type: ignore[arg-type]
    texts: list[list[float]] = []

    def work() -> None:
        for _ in range(10):
            stream.push(line[:1])
            decoded = text_search(line, lexicon=LEXICON, separators=[199], threads=2, **options)  # type: ignore[arg-type]
            texts.append(decoded.scores.tolist())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    whole = beam_search(np.repeat(line[:1], 40, axis=0), **options)  # type: ignore[arg-type]
    np.testing.assert_array_equal(stream.finish().scores, whole.scores)
    assert all(text == texts[0] for text in texts)
