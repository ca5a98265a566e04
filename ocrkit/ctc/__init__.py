"""CTC decoding of anyone's log-probabilities: NumPy in, flat arrays out, no torch.

Tensor letters: B lines, T frames, V labels; H hypotheses with L labels in all.
"""

from __future__ import annotations

from ocrkit.ctc.beam_decoder import beam_search
from ocrkit.ctc.beam_stream import BeamStream
from ocrkit.ctc.build import build_info
from ocrkit.ctc.collapsing import collapse
from ocrkit.ctc.decoded import Decoded, Hypothesis
from ocrkit.ctc.greedy_decoder import greedy
from ocrkit.ctc.lexicon import Lexicon, lexicon_search
from ocrkit.ctc.ngram import NgramModel
from ocrkit.ctc.symbols import SymbolTable
from ocrkit.ctc.tempering import temper
from ocrkit.ctc.text_search import text_search

__all__ = [
    "BeamStream",
    "Decoded",
    "Hypothesis",
    "Lexicon",
    "NgramModel",
    "SymbolTable",
    "beam_search",
    "build_info",
    "collapse",
    "greedy",
    "lexicon_search",
    "temper",
    "text_search",
]
