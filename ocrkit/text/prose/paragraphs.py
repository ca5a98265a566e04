"""Clean paragraphs, one a line, out of plain text, fortune(6)'s sayings and dictd(8)'s dictionary."""

from __future__ import annotations

import gzip
import re
import unicodedata
import zlib
from typing import TYPE_CHECKING

from ocrkit.errors import DataError, MissingFileError
from ocrkit.plain_files import read_plain
from ocrkit.text.prose.dictionary import DICTIONARY_BEGINS, dictionary_paragraphs, is_dictionary
from ocrkit.text.prose.sayings import are_sayings, saying_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["read_paragraphs"]

_GZIP_MAGIC = b"\x1f\x8b"
_FEWEST_WORDS = 3
_LEAST_LETTERS = 0.7  # of the characters that are no space: below, it is a table, a program or a picture of signs


def read_paragraphs(paths: Sequence[Path]) -> Iterator[str]:
    """Each paragraph once, in the files' order, its spaces single.

    A file is a dictionary of dictd(8), sayings of fortune(6), or plain text with blank lines between its paragraphs:
    its content tells which. A folder stands for the sayings in it.

    Args:
        paths: files in UTF-8, plain or gzipped (``.dict.dz`` is gzip), and folders.

    Raises:
        MissingFileError: there is no such file.
        DataError: one cannot be read, or is damaged or not UTF-8.
    """
    told: set[str] = set()
    for path in paths:
        for paragraph in _clean(_paragraphs(path)):
            if paragraph not in told:
                told.add(paragraph)
                yield paragraph


def _paragraphs(path: Path) -> Iterator[str]:
    if path.is_dir():
        for file in sorted(path.iterdir()):
            # Beside each file of sayings lie its index, and its name in another encoding as a link.
            if file.is_file() and not file.is_symlink() and file.suffix != ".dat":
                text = _read(file)
                if are_sayings(text):
                    yield from saying_paragraphs(text)
        return
    text = _read(path)
    if is_dictionary(text):
        yield from dictionary_paragraphs(text)
    elif are_sayings(text):
        yield from saying_paragraphs(text)
    else:
        yield from re.split(r"\n\s*\n", text)


def _read(path: Path) -> str:
    try:
        data = read_plain(path)
        plain = gzip.decompress(data) if data.startswith(_GZIP_MAGIC) else data
        # The dictionary has some bytes that are no UTF-8; it leaves out what they stand in.
        return plain.decode("utf-8-sig", "replace" if plain.lstrip().startswith(DICTIONARY_BEGINS) else "strict")
    except FileNotFoundError as error:
        raise MissingFileError(
            f"no file or folder {str(path)!r}; give a text file in UTF-8, plain or gzipped"
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8: {error.reason} at byte {error.start}; save it as UTF-8", path) from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"cannot be read: {getattr(error, 'strerror', None) or error}", path) from error


def _clean(paragraphs: Iterable[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        words = unicodedata.normalize("NFC", paragraph).split()
        text = " ".join(words)
        letters = sum(map(str.isalpha, text))
        # isprintable: some bytes of another encoding are control characters in this one.
        if len(words) >= _FEWEST_WORDS and letters >= _LEAST_LETTERS * sum(map(len, words)) and text.isprintable():
            yield text
