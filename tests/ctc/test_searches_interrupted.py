"""Ctrl-C ends searches, whatever they are and however many threads they use, and only those."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

from ocrkit.ctc import beam_search
from ocrkit.ctc.interruption import interrupt_thread

START = """
import os, signal, sys, threading, time
import numpy as np
from ocrkit.ctc import BeamStream, Lexicon, beam_search, greedy, lexicon_search, text_search

random = np.random.default_rng(1)

def lines(count, frames, labels):
    values = random.normal(size=(1, frames, labels)).astype(np.float32)
    values -= np.log(np.exp(values).sum(axis=-1, keepdims=True))
    return np.broadcast_to(values, (count, frames, labels))

def interrupt():
    time.sleep(0.4)
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)

sent = []
lexicon = Lexicon(random.integers(1, 29, (50_000, 6)).tolist())
"""
END = """
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have told background jobs to ignore it
threading.Thread(target=interrupt).start()
try:
    search()
except KeyboardInterrupt:
    print(time.monotonic() - sent[0])
else:
    print("ended by itself")
"""
SEARCHES = {
    "many lines": ("lines(10**6, 40, 30)", "beam_search(given, beam_width=100, token_cut=0, threads={threads})"),
    "one long line": ("lines(1, 10**6, 30)", "beam_search(given, beam_width=100, token_cut=0, threads={threads})"),
    "lexicon": ("lines(10**6, 20, 30)", "lexicon_search(given, lexicon=lexicon, n_best=50, threads={threads})"),
    "text": (
        "lines(10**6, 40, 30)",
        "text_search(given, lexicon=lexicon, separators=[29], token_cut=0, threads={threads})",
    ),
    "greedy": ("lines(10**7, 200, 30)", "greedy(given, rescore=True, threads={threads})"),
    "a stream": ("lines(1, 10**6, 30)", "BeamStream(30, beam_width=100, token_cut=0).push(given[0])"),
}


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("given", "search"), SEARCHES.values(), ids=SEARCHES)
def test_ctrl_c_ends_a_search_at_once(given: str, search: str, threads: int) -> None:
    program = f"{START}\ngiven = {given}\nsearch = lambda: {search.format(threads=threads)}\n{END}"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=100)

    assert float(done.stdout) < 2  # some 0.05 s; a machine may be busy, and the whole takes minutes


def test_a_handler_that_does_not_raise_leaves_the_search_alone() -> None:
    program = f"""{START}
seen = []
signal.signal(signal.SIGINT, lambda *_: seen.append(time.monotonic()))
threading.Thread(target=interrupt).start()
while not seen or len(decoded) < 200:
    decoded = beam_search(lines(200, 200, 30), beam_width=50, token_cut=0, threads=2)
print(len(decoded), len(seen))
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=100)

    assert done.stdout.split() == ["200", "1"]


def test_a_search_in_another_thread_ends_when_it_is_told_to() -> None:
    log_probs = np.full((1, 300_000, 30), -3, np.float32)
    raised: list[type[BaseException]] = []

    def search() -> None:
        try:
            beam_search(log_probs, beam_width=200, token_cut=0)
        except BaseException as error:
            raised.append(type(error))

    thread = threading.Thread(target=search)
    thread.start()
    while thread.is_alive():
        interrupt_thread(thread.ident or 0)
        thread.join(0.01)

    assert raised == [KeyboardInterrupt]
    assert not interrupt_thread(thread.ident or 0)
