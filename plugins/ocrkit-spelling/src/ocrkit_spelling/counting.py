"""Words of texts, with how often each occurs."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.text.corpus import read_corpus
from ocrkit_spelling.line_words import words_of
from ocrkit_spelling.word_list import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

__all__ = ["count_words"]


def count_words(
    texts: Sequence[Path],
    *,
    least: int = 3,
    known: Sequence[Path] = (),
    charset: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """The folded words of texts and how often each occurs, the commonest first, equally common ones in order.

    Args:
        texts: in UTF-8, plain or gzipped; a line ``text<TAB>count`` counts that many times.
        least: what occurs less often is left out, since among rare words are many misprints.
        known: lists with a word a line, whose words stay in, counted once more than they occur.
        charset: whose spelling the words are brought to; None for NFC.
        progress: told how many bytes of how many are read.

    Raises:
        OptionError: ``least`` is below 1.
        MissingFileError: there is no such file.
        DataError: one cannot be read, is damaged or not UTF-8.
    """
    if least < 1:
        raise OptionError(f"`least` is {least}; expected 1 or more")
    normalize = resolve_charset(charset).normalize if charset else _nfc
    counts = _counted(read_corpus(texts, progress=progress).words, normalize)
    listed = _counted(read_corpus(known).words, normalize).keys() if known else ()
    kept = {word: count for word, count in counts.items() if count >= least}
    kept.update((word, counts[word] + 1) for word in listed)
    return dict(sorted(kept.items(), key=lambda pair: (-pair[1], pair[0])))


def _counted(pieces: Counter[str], normalize: Callable[[str], str]) -> Counter[str]:
    """The words of what spaces part, a call to normalise them all."""
    counts: Counter[str] = Counter()
    spelled = fold(normalize("\n".join(pieces))).split("\n")
    for piece, count in zip(spelled, pieces.values(), strict=True):
        for word in words_of(piece):
            counts[word] += count
    return counts


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
