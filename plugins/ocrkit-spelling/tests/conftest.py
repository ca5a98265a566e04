"""Lines as a network might have seen them, made of what a test says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.data.records import CharacterSpan
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.corrector_specs import LineReading

if TYPE_CHECKING:
    from ocrkit import Charset

Seen = Callable[..., LineReading]


@pytest.fixture(scope="session")
def english() -> Charset:
    return resolve_charset("english")


@pytest.fixture
def seen(english: Charset) -> Seen:
    """``seen("tbe cat", {1: ("h", 0.4)})``: read as spelled, but for the second letter, which may be h by 0.4.

    Each character takes one frame, with a frame of blank before and after it.
    """

    def make(
        text: str, doubts: Mapping[int, tuple[str, float]] | None = None, charset: Charset = english
    ) -> LineReading:
        rows = np.full((2 * len(text) + 1, len(charset)), 1e-6, dtype=np.float32)
        rows[::2, 0] = 1.0
        characters = []
        for place, letter in enumerate(text):
            other, share = (doubts or {}).get(place, ("", 0.0))
            rows[2 * place + 1, charset.symbols.index(letter)] = 1 - share
            if other:
                rows[2 * place + 1, charset.symbols.index(other)] = share
            characters.append(CharacterSpan(letter, 10 * place, 10 * place + 10, 1 - share))
        log_probs = np.log(rows / rows.sum(axis=1, keepdims=True))
        frames = tuple(range(1, 2 * len(text), 2))
        return LineReading(text, tuple(characters), frames, log_probs)

    return make
