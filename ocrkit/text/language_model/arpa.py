"""Writing back-off models as ARPA files."""

from __future__ import annotations

import gzip
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ocrkit.files import writing_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from ocrkit.text.language_model.kneser_ney import BackoffLevel

__all__ = ["write_arpa"]

_AT_ONCE = 1 << 16  # n-grams whose text is made at once


def write_arpa(
    path: Path,
    symbols: Sequence[str],
    levels: Sequence[BackoffLevel],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a model whole or not at all, gzipped where the name ends in ``.gz``.

    Args:
        path: the file.
        symbols: how each unit is spelled.
        levels: the n-grams of each order, from single units on.
        progress: told how many n-grams of how many are written.

    Raises:
        OSError: it cannot be written.
    """
    sizes = [int(level.kept.sum()) for level in levels]
    with _opened(path) as file:
        counts = "".join(f"ngram {order}={size}\n" for order, size in enumerate(sizes, 1))
        file.write(f"\\data\\\n{counts}".encode())
        done = 0
        below = [""]
        for order, level in enumerate(levels, 1):
            file.write(f"\n\\{order}-grams:\n".encode())
            highest = order == len(levels)
            spelled: list[str] = []
            for begin in range(0, len(level.kept), _AT_ONCE):
                part = slice(begin, begin + _AT_ONCE)
                ngrams = _spelled(level, part, below, symbols)
                spelled += [] if highest else ngrams
                written = _lines(level, part, ngrams, highest=highest)
                file.write("".join(written).encode())
                done += len(written)
                if progress:
                    progress(done, sum(sizes))
            below = spelled
        file.write(b"\n\\end\\\n")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with writing_whole(path) as file:
        if path.suffix != ".gz":
            yield file
            return
        # Without name and time, so that the same model is the same file.
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
            yield packed  # type: ignore[misc]  # a binary file as far as it is used


def _spelled(level: BackoffLevel, part: slice, below: Sequence[str], symbols: Sequence[str]) -> list[str]:
    """Some n-grams, each with a space before each unit."""
    contexts, units = level.ngrams.contexts[part].tolist(), level.ngrams.units[part].tolist()
    return [f"{below[context]} {symbols[unit]}" for context, unit in zip(contexts, units, strict=True)]


def _lines(level: BackoffLevel, part: slice, ngrams: Sequence[str], *, highest: bool) -> list[str]:
    """A line for each that is kept; floats have the digits that float32 tells apart."""
    kept, probs = level.kept[part].tolist(), level.log10_probs[part].tolist()
    if highest:
        return [f"{prob:.7g}\t{ngram[1:]}\n" for prob, ngram, keep in zip(probs, ngrams, kept, strict=True) if keep]
    backoffs = level.log10_backoffs[part].tolist()
    rows = zip(probs, ngrams, backoffs, kept, strict=True)
    return [f"{prob:.7g}\t{ngram[1:]}\t{backoff:.7g}\n" for prob, ngram, backoff, keep in rows if keep]
