"""Reading line images with a model, and saved log-probabilities without one."""

from __future__ import annotations

from ocrkit.recognition.decoding import choose_decoder, make_decoder
from ocrkit.recognition.posteriors import decode_posteriors
from ocrkit.recognition.recognizer import Recognizer

__all__ = ["Recognizer", "choose_decoder", "decode_posteriors", "make_decoder"]
