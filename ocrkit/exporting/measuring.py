"""Two ONNX graphs side by side on the same lines: what each reads, and how long it takes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ocrkit.ctc import greedy
from ocrkit.data.batching import pad_batch
from ocrkit.errors import ExportError
from ocrkit.evaluation.comparison import Comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.data.progress import Progress
    from ocrkit.exporting.lines import LabelledLine
    from ocrkit.text.charset import Charset

__all__ = ["Measured", "compare_readings", "line_inputs"]

_BATCH = 5  # lines that are read together too
_ROUNDING = 0.1  # of a probability: a value that rounds the other way moves it by a step of 8 bits


@dataclass(frozen=True, slots=True)
class Measured:
    """What two graphs make of the same lines, the first of each pair the one that was there before.

    Attributes:
        lines: that were read.
        cer: character error rates.
        exact: shares of lines without an error.
        gain: how often the second reads a line while the first does so once: the median over the lines.
    """

    lines: int
    cer: tuple[float, float]
    exact: tuple[float, float]
    gain: float

    unit: ClassVar = "lines"

    def to_dict(self) -> dict[str, object]:
        """What the record of a file says of it."""
        rates = {"cer": list(self.cer), "exact": list(self.exact)}
        return {"lines": self.lines, **rates, "gain": round(self.gain, 3)}


def line_inputs(lines: Sequence[NDArray[np.uint8]]) -> dict[str, NDArray[Any]]:
    """The inputs of a recogniser's graph for fitted (H, W) lines."""
    padded, widths = pad_batch(list(lines))
    return {"images": padded, "widths": widths.astype(np.int64)}


def compare_readings(
    before: Any, after: Any, lines: Sequence[LabelledLine], charset: Charset, *, progress: Progress | None = None
) -> Measured:
    """Read each line with both, one after the other, by one thread's own time.

    Args:
        before: an onnxruntime session of one thread.
        after: likewise; some lines are also read together with it, which must change nothing.
        lines: what is read.
        charset: what the labels stand for.
        progress: told of how many are read, of how many.

    Raises:
        ExportError: ``after`` gives a line other probabilities in a batch than alone.
    """
    texts: tuple[list[str], list[str]] = ([], [])
    ratios = []
    for done, line in enumerate(lines, 1):
        inputs = line_inputs([line.pixels])
        seconds = [0.0, 0.0]
        # Whichever comes second finds the inputs in the cache.
        for which in (0, 1) if done % 2 else (1, 0):
            begun = time.thread_time()
            log_probs, lengths = (before, after)[which].run(None, inputs)
            seconds[which] = time.thread_time() - begun
            texts[which].append(_read(log_probs, lengths, charset)[0])
        if min(seconds) > 0:
            ratios.append(seconds[0] / seconds[1])
        if progress is not None:
            progress(done, len(lines))
    _check_together(after, lines)
    comparison = Comparison(charset)
    first, second = (
        comparison.errors((line.text, text) for line, text in zip(lines, read, strict=True)) for read in texts
    )
    gain = float(np.median(ratios)) if ratios else 1.0
    return Measured(len(lines), (first.cer, second.cer), (first.exact, second.exact), gain)


def _read(log_probs: NDArray[np.float32], lengths: NDArray[np.int64], charset: Charset) -> list[str]:
    decoded = greedy(log_probs, lengths)
    return [charset.decode(hypotheses[0].labels.tolist()) for hypotheses in decoded]


def _check_together(session: Any, lines: Sequence[LabelledLine]) -> None:
    """A few lines of different widths give in one batch what they give alone, but for rounding."""
    chosen = [lines[place * len(lines) // _BATCH].pixels for place in range(min(_BATCH, len(lines)))]
    log_probs, lengths = session.run(None, line_inputs(chosen))
    for row, length, pixels in zip(log_probs, lengths, chosen, strict=True):
        [alone], [own] = session.run(None, line_inputs([pixels]))
        apart = np.abs(np.exp(row[:length]) - np.exp(alone[:own])).max(initial=0) if length == own else 1.0
        if not apart < _ROUNDING:
            raise ExportError(
                f"the int8 network gives a line of {pixels.shape[1]} px other probabilities in a batch than alone, by "
                f"{apart:.2g}; expected less than {_ROUNDING:g}, so export without `int8`"
            )
