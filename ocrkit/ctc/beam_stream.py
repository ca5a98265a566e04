"""Prefix beam search of one line whose frames come bit by bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ocrkit._ctc as _ctc
from ocrkit.ctc.decoded import Decoded, Hypothesis
from ocrkit.ctc.emissions import as_emissions
from ocrkit.ctc.ngram import bound_model
from ocrkit.ctc.options import as_count, as_label, as_number
from ocrkit.errors import EmissionsError, OptionError

if TYPE_CHECKING:
    from ocrkit.ctc.emissions import Emissions
    from ocrkit.ctc.ngram import NgramModel

__all__ = ["BeamStream"]


class BeamStream:
    """A line that grows: what it answers is what ``beam_search`` answers for all frames so far, however they were cut.

    The frames are kept, T x V float32, since exact scores need all of them; with a language model, normalised too.

    >>> stream = BeamStream(3)
    >>> stream.push(np.log(np.array([[0.1, 0.8, 0.1]], np.float32)))
    >>> stream.best.labels.tolist()
    [1]
    """

    __slots__ = ("_blank", "_finished", "_n_best", "_stream")

    def __init__(
        self,
        labels: int,
        *,
        blank: int = 0,
        beam_width: int = 16,
        n_best: int = 1,
        token_cut: float = 1e-3,
        language_model: NgramModel | None = None,
        lm_weight: float = 0.5,
        lm_bonus: float = 0.0,
    ) -> None:
        """Start a line without frames; the options are those of ``beam_search``.

        Args:
            labels: V, how many labels a frame has, the blank counted.
            blank: the label that stands for no label.
            beam_width: labellings kept after each frame, at least 1.
            n_best: hypotheses that ``finish`` returns, at least 1.
            token_cut: 0 to 1; see ``beam_search``.
            language_model: an n-gram model of characters, of the charset whose labels these are; see ``beam_search``.
            lm_weight: 0 or more.
            lm_bonus: nats.

        Raises:
            OptionError: an option is out of range, or the language model is one of words, of another charset, or of
                one whose lines run from right to left.
        """
        self._blank = as_label("blank", blank)
        self._n_best = as_count("n_best", n_best, least=1)
        self._finished = False
        if getattr(language_model, "reads_leftward", False):
            raise OptionError(
                "the language model reads a line from its right end, and a stream begins at the left; "
                "give the whole line to beam_search"
            )
        self._stream = _ctc.BeamStream(
            as_count("labels", labels, least=1),
            self._blank,
            as_count("beam_width", beam_width, least=1),
            self._n_best,
            as_number("token_cut", token_cut, least=0.0, most=1.0),
            bound_model(language_model, None, lm_weight, lm_bonus),
        )

    def __len__(self) -> int:
        """How many frames there are."""
        return self._stream.frames()

    def push(self, frames: Emissions) -> None:
        """Go on by (t, V) frames: natural logs, as ``beam_search`` takes them, of which nothing is kept in place.

        Raises:
            EmissionsError: a shape or dtype is wrong, or a frame holds NaN, +inf, or -inf throughout; then no frame
                of these was taken. The error counts frames from 0 within ``frames``.
            OptionError: the stream is finished.
        """
        if self._finished:
            raise OptionError("the stream is finished; start another BeamStream for the next line")
        array, _ = as_emissions(frames, None)
        if array.shape[0] != 1:
            raise EmissionsError(f"frames has shape {array.shape}; expected (frames, labels), of one line")
        self._stream.push(array, self._blank)

    @property
    def best(self) -> Hypothesis:
        """The best labelling of the frames so far, as if the line ended here; before the first frame, the empty one."""
        return Decoded(*self._stream.decoded(1))[0][0]

    def finish(self) -> Decoded:
        """End the line: its hypotheses, as ``beam_search`` gives them for the whole. It may be called again."""
        self._finished = True
        return Decoded(*self._stream.decoded(self._n_best))
