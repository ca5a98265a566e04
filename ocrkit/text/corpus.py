"""Running text and word lists, read as words with their counts."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.errors import DataError, MissingFileError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from io import BufferedReader
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["Corpus", "counted_line", "read_corpus", "read_texts"]

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLOCK = 1 << 22  # bytes, about: whole lines are read


@dataclass(frozen=True, slots=True)
class Corpus:
    """What stands in some texts.

    Attributes:
        words: what spaces, tabs and line ends part, spelled as there, and how often each occurs.
        spaces: how many U+0020 part them.
    """

    words: Counter[str]
    spaces: int


def read_corpus(paths: Sequence[Path], *, progress: Callable[[int, int], None] | None = None) -> Corpus:
    """Read texts in UTF-8, plain or gzipped whatever their names; memory grows with the distinct words only.

    A line ``text<TAB>count`` counts that many times.

    Args:
        paths: the files; a pipe that is open already, such as ``<(command)``, is read too.
        progress: told how many bytes of how many are read, compressed ones where they are compressed.

    Raises:
        MissingFileError: there is no such file.
        DataError: one cannot be read, is damaged or not UTF-8, or there is no word in all of them.
    """
    words: Counter[str] = Counter()
    spaces = 0
    for text in read_texts(paths, progress=progress):
        spaces += _count(text, words)
    if not words:
        raise DataError(f"no word in {', '.join(map(str, paths))}; give a text in UTF-8")
    return Corpus(words, spaces)


def read_texts(paths: Sequence[Path], *, progress: Callable[[int, int], None] | None = None) -> Iterator[str]:
    """Texts in UTF-8, plain or gzipped, a few megabytes of whole lines at a time; as ``read_corpus``.

    Raises:
        MissingFileError: there is no such file.
        DataError: one cannot be read, is damaged or not UTF-8.
    """
    done = 0
    total = sum(_size(path) for path in paths)
    for path in paths:
        try:
            with open_plain(path, stream=True) as file:
                for text in _texts(file, path):
                    yield text
                    if progress and file.seekable():
                        progress(done + min(file.tell(), total - done), total)
                done += file.tell() if file.seekable() else 0
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(f"a damaged gzip file: {error}; pack it again", path) from error
        except OSError as error:
            raise DataError(f"cannot be read: {error.strerror}; give a text file in UTF-8", path) from error


def counted_line(line: str) -> tuple[str, int] | None:
    """The text and the count of a line ``text<TAB>count``; None for any other."""
    text, _, count = line.rpartition("\t")
    return (text, int(count)) if text and count.strip().isdecimal() else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (FileNotFoundError, ValueError) as error:  # ValueError for what no name of a file can hold
        raise MissingFileError(f"no file {str(path)!r}; give a text file in UTF-8, plain or gzipped") from error
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}; give a text file in UTF-8", path) from error


def _texts(file: BufferedReader, path: Path) -> Iterator[str]:
    """Whole lines, many at once."""
    packed = file.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC)
    stream: BinaryIO = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]  # alike as far as used
    lines = 0
    while block := b"".join(stream.readlines(_BLOCK)):
        try:
            yield (block.removeprefix(_BYTE_ORDER_MARK) if not lines else block).decode()
        except UnicodeDecodeError as error:
            line = lines + block.count(b"\n", 0, error.start) + 1
            raise DataError("not UTF-8; save the text as UTF-8", path, line) from error
        lines += block.count(b"\n") or 1


def _count(text: str, words: Counter[str]) -> int:
    """Add the words of ``text``; return its spaces."""
    spaces = 0
    if "\t" in text:
        plain = []
        for line in text.split("\n"):
            counted = counted_line(line)
            if counted is None:
                plain.append(line)
                continue
            words_of_line, times = counted
            spaces += times * words_of_line.count(" ")
            for word in filter(None, words_of_line.replace("\t", " ").split(" ") if times else ()):
                words[word] += times
        text = "\n".join(plain)
    spaces += text.count(" ")
    words.update(filter(None, text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ").split(" ")))
    return spaces
