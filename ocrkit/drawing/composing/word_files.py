"""Texts from files of the user's: weighted words, or running text cut into pieces."""

from __future__ import annotations

import gzip
import io
import unicodedata
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ocrkit.errors import DataError, MissingFileError
from ocrkit.plain_files import open_plain
from ocrkit.text.weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np

    from ocrkit.text.charset import Charset

__all__ = ["TextFile", "WordFile"]


class WordFile:
    """Lines of words drawn from a list, each as often as its count says.

    Attributes:
        skipped: words of the file that the charset cannot spell, which are left out.
    """

    def __init__(self, paths: Path | Sequence[Path], charset: Charset, *, within: Charset | None = None) -> None:
        """Read a word a line, or ``word<TAB>count``; plain or gzip.

        Words are kept that ``charset`` spells, and ``within`` too.

        Raises:
            MissingFileError: there is no such file.
            DataError: it is not UTF-8, a count is no number, or no word of it can be spelled.
        """
        self.skipped = 0
        weights: dict[str, float] = {}
        for where, line in _lines(paths):
            word, _, count = line.partition("\t")
            word = charset.normalize(word.strip())
            if not word:
                continue
            if _fits(word, charset, within):
                weights[word] = weights.get(word, 0.0) + _weight(count.strip(), where)
            else:
                self.skipped += 1
        if not weights:
            raise DataError(_nothing(paths, "word", self.skipped, within or charset))
        self._words = Weighted(weights.items())
        if not len(self._words):
            raise DataError(f"{_listed(paths)}: every word has the count 0; expected counts above 0")

    def line(self, rng: np.random.Generator, count: int) -> str:
        """``count`` words, each drawn for itself, parted by spaces."""
        return " ".join(self._words.draw(rng) for _ in range(count))


class TextFile:
    """Pieces of a text's lines.

    Attributes:
        skipped: words of the file that the charset cannot spell; pieces end where one stood.
    """

    def __init__(self, paths: Path | Sequence[Path], charset: Charset, *, within: Charset | None = None) -> None:
        """Read running text; plain or gzip.

        Words are kept that ``charset`` spells, and ``within`` too.

        Raises:
            MissingFileError: there is no such file.
            DataError: it is not UTF-8, or no word of it can be spelled.
        """
        self.skipped = 0
        self._runs: list[str] = []  # words parted by spaces: a text of millions of words as strings of them is small
        lengths: list[int] = []
        fits: dict[str, bool] = {}
        for _, line in _lines(paths):
            run: list[str] = []
            for word in charset.normalize(line).split():
                if word not in fits:
                    fits[word] = _fits(word, charset, within)
                if fits[word]:
                    run.append(word)
                    continue
                self.skipped += 1
                self._keep(run, lengths)
                run = []
            self._keep(run, lengths)
        if not self._runs:
            raise DataError(_nothing(paths, "text", self.skipped, within or charset))
        # A run is drawn as often as it has words, so that each word of the text is as likely.
        self._drawn = Weighted(enumerate(lengths))

    def line(self, rng: np.random.Generator, count: int) -> str:
        """``count`` successive words of one line of the text, or as many as it has."""
        run = self._runs[self._drawn.draw(rng)].split(" ")
        start = int(rng.integers(max(1, len(run) - count + 1)))
        return " ".join(run[start : start + count])

    def _keep(self, run: list[str], lengths: list[int]) -> None:
        if run:
            self._runs.append(" ".join(run))
            lengths.append(len(run))


def _lines(paths: Path | Sequence[Path]) -> Iterator[tuple[str, str]]:
    """The lines of the files, each with where it stands."""
    for path in paths if isinstance(paths, Sequence) else (paths,):
        for number, line in _lines_of(path):
            yield f"{path}:{number}", line


def _lines_of(path: Path) -> Iterator[tuple[int, str]]:
    try:
        # A file, since it is read again where drawing goes on or is done in other processes; a pipe is empty by then.
        with open_plain(path) as opened:
            packed = opened.peek(2).startswith(b"\x1f\x8b")
            bytes_of = gzip.GzipFile(fileobj=opened) if packed else opened
            with io.TextIOWrapper(bytes_of, encoding="utf-8-sig") as text:
                yield from enumerate(text, start=1)
    except FileNotFoundError as error:
        raise MissingFileError(f"no file {str(path)!r}; expected a text file in UTF-8, plain or .gz") from error
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8: {error.reason} at byte {error.start}; save it as UTF-8", path) from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"cannot be read: {getattr(error, 'strerror', None) or error}", path) from error


def _fits(word: str, charset: Charset, within: Charset | None) -> bool:
    # A vowel sign without its letter, as text broken inside a word leaves it, is drawn on a dotted circle.
    if not charset.spells(word) or unicodedata.category(word[0])[0] == "M" or any(map(_is_control, word)):
        return False
    return within is None or within.spells(word)


def _weight(count: str, where: str) -> float:
    if not count:
        return 1.0
    try:
        weight = float(count)
    except ValueError as error:
        raise DataError(f"count {count!r} is no number; expected word<TAB>count", where) from error
    if not 0 <= weight < float("inf"):
        raise DataError(f"count {count!r} is out of range; expected 0 or more", where)
    return weight


def _nothing(paths: Path | Sequence[Path], what: str, skipped: int, charset: Charset) -> str:
    path = _listed(paths)
    if not skipped:
        return f"{path}: no {what} in it; expected {'one a line' if what == 'word' else 'running text'}"
    return f"{path}: charset {charset.name!r} can spell none of its {skipped} words; choose a charset of its script"


def _listed(paths: Path | Sequence[Path]) -> str:
    return ", ".join(map(str, paths)) if isinstance(paths, Sequence) else str(paths)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs")
