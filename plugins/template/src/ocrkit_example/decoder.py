"""A decoder: from log-probabilities to labels, here by ocrkit's own beam search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.ctc import beam_search
from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit import Charset
    from ocrkit.ctc import Decoded
    from ocrkit.plugin.specs import DecoderOptions


@dataclass(frozen=True, slots=True)
class Tempered:
    """Beam search on log-probabilities divided by ``temperature``: above 1, second thoughts weigh more."""

    temperature: float
    beam_width: int
    n_best: int
    threads: int

    @classmethod
    def build(cls, charset: Charset, options: DecoderOptions) -> Tempered:
        """Take the options that this decoder honours; ocrkit has refused the others.

        Raises:
            OptionError: an option of its own that it does not have, or a temperature that is not above 0.
        """
        del charset  # this decoder treats all charsets alike
        extra = dict(options.extra)
        temperature = extra.pop("temperature", 1.0)
        if extra:
            raise OptionError(f"no option {min(extra)!r}; this decoder has the option 'temperature'")
        if not isinstance(temperature, int | float) or not temperature > 0:
            raise OptionError(f"temperature is {temperature!r}; expected a number above 0")
        beam_width = 16 if options.beam_width is None else options.beam_width
        return cls(float(temperature), beam_width, options.n_best, options.threads)

    def decode(self, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        """Decode (B, T, V) natural-log probabilities, of which ``lengths[b]`` frames count; label 0 is the blank."""
        scaled = log_probs if self.temperature == 1.0 else _tempered(log_probs, self.temperature)
        return beam_search(
            scaled, lengths, beam_width=self.beam_width, n_best=self.n_best, token_cut=0.0, threads=self.threads
        )


def _tempered(log_probs: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Divide by the temperature, and make each frame sum to one again."""
    scaled = log_probs / np.float32(temperature)
    return np.asarray(scaled - np.logaddexp.reduce(scaled, axis=2, keepdims=True), dtype=np.float32)
