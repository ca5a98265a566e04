"""Long lines and large alphabets.

Traps: probabilities that underflow (CTCWordBeamSearch), a table of nodes by labels (fast-ctc-decode).
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from ngram_oracle import random_arpa

from ocrkit.ctc import BeamStream, Lexicon, NgramModel, beam_search, greedy, lexicon_search, text_search

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded

    Decode = Callable[..., Decoded]

LONG = 5000
WIDE = 20_000
WORD, SPACE = [1, 2, 2, 3], 4


def streamed(line: NDArray[np.float32], **options: object) -> Decoded:
    stream = BeamStream(line.shape[-1], **options)  # type: ignore[arg-type]
    for piece in np.array_split(line, 7):
        stream.push(piece)
    return stream.finish()


class Letters:
    """Labels 1 to 4 are letters of the model, the others are unknown to it."""

    def __init__(self, labels: int) -> None:
        self.symbols = ("", "a", "b", "c", "d", *(f"x{number}" for number in range(labels - 5)))[:labels]

    def normalize(self, text: str) -> str:
        return text


def model_of(labels: int) -> NgramModel:
    return NgramModel(random_arpa(3, ["a", "b", "c", "d"], 3).text().encode(), Letters(labels))


def readers(labels: int, entries: Sequence[Sequence[int]], separator: int) -> dict[str, Decode]:
    weighed = {"language_model": model_of(labels), "lm_weight": 0.01}
    lexicon = Lexicon(entries)
    return {
        "greedy": partial(greedy, rescore=True),
        "beam": partial(beam_search, beam_width=4),
        "beam without a cut": partial(beam_search, beam_width=4, token_cut=0),
        "beam with a model": partial(beam_search, beam_width=4, **weighed),
        "stream": partial(streamed, beam_width=4),
        "stream with a model": partial(streamed, beam_width=4, **weighed),
        "text": partial(text_search, beam_width=4, lexicon=lexicon, separators=[separator]),
        "text of any words": partial(
            text_search, beam_width=4, lexicon=lexicon, separators=[separator], out_of_lexicon=1.0
        ),
        "text with a model": partial(text_search, beam_width=4, lexicon=lexicon, separators=[separator], **weighed),
    }


def loss(line: NDArray[np.float32], labels: list[int]) -> float:
    return torch.nn.functional.ctc_loss(
        torch.from_numpy(line.astype(np.float64))[:, None],
        torch.tensor([labels]),
        [len(line)],
        [len(labels)],
        reduction="sum",
    ).item()


# "abbc abbc ...", a label each second frame.
WRITTEN = ([*WORD, SPACE] * (LONG // 10))[:-1]
LONG_READERS = readers(6, [WORD], SPACE)


@cache
def long_line(off: float) -> tuple[NDArray[np.float32], float]:
    """The line that says so, all other labels ``off`` nats, and ln p of what is written."""
    path = np.zeros(LONG, int)
    path[1 : 2 * len(WRITTEN) : 2] = WRITTEN
    line = np.full((LONG, 6), off, np.float32)
    line[np.arange(LONG), path] = 0.0
    return line, -loss(line, WRITTEN)


@pytest.mark.parametrize("off", [-4.0, -60.0, -1000.0])
@pytest.mark.parametrize("read", LONG_READERS.values(), ids=LONG_READERS)
def test_5000_frames_are_read_to_their_end(read: Decode, off: float) -> None:
    line, score = long_line(off)

    best = read(line)[0][0]

    assert best.labels.tolist() == WRITTEN
    assert best.frames.tolist() == list(range(1, 2 * len(WRITTEN), 2))
    assert best.acoustic_score == pytest.approx(score, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize("off", [-4.0, -60.0])
def test_5000_frames_are_one_long_entry_or_none(off: float) -> None:
    entry = [1, 2, 2, 3] * 300
    path = np.zeros(LONG, int)
    path[1 : 4 * len(entry) : 4] = entry
    line = np.full((LONG, 5), off, np.float32)
    line[np.arange(LONG), path] = 0.0
    others = [[*entry[:700], 4, *entry[700:]], entry[:-1], [4]]

    decoded = lexicon_search(line, lexicon=Lexicon([*others, entry]), n_best=4)

    assert decoded.proved.tolist() == [True]
    assert decoded[0][0].labels.tolist() == entry
    for one in decoded[0]:
        assert one.score == pytest.approx(-loss(line, one.labels.tolist()), rel=1e-6, abs=1e-4)


WIDE_WORD = [17, 19_998, 19_998, 3]
WIDE_READERS = readers(WIDE, [WIDE_WORD], WIDE - 1) | {
    "lexicon": partial(lexicon_search, lexicon=Lexicon([WIDE_WORD, [5], [17, 19_998], [17, 19_998, 4, 3]]))
}


@pytest.mark.parametrize("read", WIDE_READERS.values(), ids=WIDE_READERS)
def test_20000_labels_are_told_apart(read: Decode) -> None:
    line = np.random.default_rng(4).normal(size=(12, WIDE)).astype(np.float32) - 20
    line[np.arange(12), [0, 17, 17, 0, 19_998, 0, 19_998, 0, 0, 3, 0, 0]] = 0.0

    best = read(line)[0][0]

    assert best.labels.tolist() == WIDE_WORD
    assert best.acoustic_score == pytest.approx(-loss(line, WIDE_WORD), rel=1e-6, abs=1e-4)


MEMORY = """
import resource, sys
import numpy as np
from ocrkit.ctc import Lexicon, beam_search, lexicon_search, text_search
line = np.random.default_rng(1).normal(size=(80, 6000)).astype(np.float32) - 6
random = np.random.default_rng(2)
lexicon = Lexicon(random.integers(1, 5999, (20_000, 5)).tolist())  # some 80,000 nodes
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
beam_search(line, beam_width=100, token_cut=1e-6, threads=1)
text_search(line, lexicon=lexicon, separators=[5999], beam_width=100, threads=1)
lexicon_search(line, lexicon=lexicon, budget=5000, threads=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts ru_maxrss in KiB")
def test_no_memory_grows_with_nodes_times_labels() -> None:
    # 80,000 nodes by 6,000 labels would be 1.9 GB of 32-bit numbers.
    found = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)

    assert int(found.stdout) < 150 * 1024
