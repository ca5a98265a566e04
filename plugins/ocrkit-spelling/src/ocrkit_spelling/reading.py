"""Files of words: plain lists, lists with counts, and hunspell dictionaries with the forms that their flags make."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

from ocrkit.errors import LexiconError, MissingFileError
from ocrkit.plain_files import read_plain
from ocrkit_spelling.affixes import Affixes
from ocrkit_spelling.word_list import WordList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ocrkit.text.charset import Charset

__all__ = ["read_words"]

_GZIP_MAGIC = b"\x1f\x8b"


def read_words(paths: Sequence[Path], charset: Charset) -> WordList:
    """The words of some files together, as a charset spells them.

    A file has a word a line, or ``word<TAB>count``; it may be gzipped. One that ends in ``.dic`` is a hunspell
    dictionary, whose ``.aff`` beside it says which forms its words have. A word without a count occurs once.

    Raises:
        MissingFileError: there is no such file.
        LexiconError: it is no text in its encoding, a count is no number, or there is no word in all of them.
    """
    words: list[str] = []
    counts: list[int] = []
    counted = False
    for path in paths:
        found, often = _dictionary(path) if path.suffix == ".dic" else _plain(path)
        words += found
        counts += often or [1] * len(found)
        counted = counted or often is not None
    if not any(words):
        raise LexiconError(f"no word in {', '.join(map(str, paths))}; expected one word a line")
    spelled = charset.normalize("\n".join(words)).split("\n")
    return WordList.of(spelled, counts if counted else None)


def _plain(path: Path) -> tuple[list[str], list[int] | None]:
    content = _content(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path}: not UTF-8 at byte {error.start}; save the list as UTF-8") from error
    lines = text.replace("\r\n", "\n").split("\n")
    if "\t" not in text:
        return [line.strip() for line in lines], None
    rows = [line.rpartition("\t") for line in lines if line]
    words = [word.strip() for word, _, _ in rows]
    try:
        return words, [int(count) for _, _, count in rows]
    except ValueError:
        number, line = next((n, line) for n, line in enumerate(lines, 1) if line and not _has_count(line))
        raise LexiconError(
            f"{path}:{number}: {line!r} has no count; expected word<TAB>count in every line or in none"
        ) from None


def _has_count(line: str) -> bool:
    word, tab, count = line.rpartition("\t")
    return bool(word and tab and count.strip().isdecimal())


def _dictionary(path: Path) -> tuple[list[str], None]:
    """The words of a hunspell dictionary, with their forms where its affixes lie beside it."""
    beside = path.with_suffix(".aff")
    affixes = Affixes.parse(_content(beside) if beside.exists() else b"SET UTF-8\n")
    try:
        lines = _content(path).decode(affixes.encoding).split("\n")
    except (UnicodeDecodeError, LookupError) as error:
        raise LexiconError(f"{path}: not in {affixes.encoding}, as {beside.name} says: {error}") from error
    return affixes.forms(lines[1:] if lines[0].strip().isdecimal() else lines), None


def _content(path: Path) -> bytes:
    try:
        content = read_plain(path, stream=True)
        return gzip.decompress(content) if content.startswith(_GZIP_MAGIC) else content
    except FileNotFoundError as error:
        raise MissingFileError(f"no word list {str(path)!r}; expected a text file with one word a line") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise LexiconError(f"{path}: a damaged gzip file: {error}") from error
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read: {error.strerror}") from error
