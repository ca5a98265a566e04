"""Text files of rows, indexed by where each lies: sixteen bytes a row, whatever it holds."""

from __future__ import annotations

import csv
import os
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, NamedTuple

from ocrkit.data.sources.bad_rows import BadRows, RowFault
from ocrkit.errors import DataError, MissingFileError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.progress import Progress

__all__ = ["IndexedRows", "Layout", "Parse", "Records", "Row", "csv_records", "index_rows", "line_records"]

_EVERY = 1 << 16  # rows between two reports of progress


class Row(NamedTuple):
    """One labelled image: its name, its text, its group or nothing, and its own lists of words by their names."""

    name: str
    text: str
    group: str = ""
    lexicons: Mapping[str, Sequence[str]] = MappingProxyType({})


Parse = Callable[[str], Row | None]
"""A record's row, or None where it is to be passed over; raises ``RowFault``. Picklable."""
Records = Callable[[IO[bytes]], Iterator[tuple[int, int, bytes | RowFault]]]
"""A file's records: the byte and the line, from 1, that each begins at, and its bytes, or what is wrong with it."""


class Layout(NamedTuple):
    """How a file is cut into records and each of those parsed; the first ``header`` records hold no row."""

    records: Records
    parse: Parse
    header: int = 0


class Places(NamedTuple):
    """Where rows lie: the byte and the line, from 1, that each begins at, and the bytes that it takes."""

    starts: array[int]
    sizes: array[int]
    lines: array[int]

    @classmethod
    def none(cls) -> Places:
        """No row."""
        return cls(array("Q"), array("I"), array("I"))

    def add(self, start: int, size: int, line: int) -> None:
        """One more row."""
        self.starts.append(start)
        self.sizes.append(size)
        self.lines.append(line)

    def without(self, indices: set[int]) -> Places:
        """The rows but for some."""
        places = Places.none()
        for index, place in enumerate(zip(*self, strict=True)):
            if index not in indices:
                places.add(*place)
        return places


class IndexedRows:
    """The rows of a file, each read again when it is asked for; send it to other processes as you like.

    Args:
        path: the file.
        parse: makes a row of a record.
        places: where the rows lie.
        stamp: the file's size and time when it was indexed.
    """

    def __init__(self, path: Path, parse: Parse, places: Places, stamp: tuple[int, int]) -> None:
        self.path = path
        self._parse = parse
        self._places = places
        self._stamp = stamp
        self._descriptor = -1

    def __len__(self) -> int:
        return len(self._places.lines)

    def __reduce__(self) -> tuple[object, ...]:
        return IndexedRows, (self.path, self._parse, self._places, self._stamp)

    def __del__(self) -> None:
        if getattr(self, "_descriptor", -1) >= 0:
            self.close()

    def close(self) -> None:
        """Let go of the file until a row is asked for, which finds out then whether it has changed."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def line(self, index: int) -> int:
        """The line of the file that a row begins on, from 1."""
        return self._places.lines[index]

    def row(self, index: int) -> Row:
        """The row at an index from 0.

        Raises:
            DataError: the file has changed since it was indexed.
        """
        # Read, not mapped into memory: a mapped file that somebody shortens would kill the process.
        data = os.pread(self._opened(), self._places.sizes[index], self._places.starts[index])
        try:
            row = self._parse(_decoded(data))
        except (RowFault, UnicodeDecodeError):
            row = None
        if row is None:
            raise DataError(_CHANGED, self.path, self.line(index))
        return row

    def without(self, indices: set[int]) -> IndexedRows:
        """The rows but for some."""
        return IndexedRows(self.path, self._parse, self._places.without(indices), self._stamp)

    def _opened(self) -> int:
        if self._descriptor < 0:
            try:
                self._descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
            except OSError as error:
                raise DataError(f"{error.strerror or error}; it was there when it was listed", self.path) from error
            if _stamp(self._descriptor) != self._stamp:
                raise DataError(_CHANGED, self.path)
        return self._descriptor


_CHANGED = "the file has changed since it was listed; begin again, and leave it as it is meanwhile"


def index_rows(path: Path, layout: Layout, bad_rows: BadRows, progress: Progress | None = None) -> IndexedRows:
    """Read a file of rows once, checking each, and keep where they begin.

    Raises:
        MissingFileError: there is no such file.
        DataError: it cannot be read; or a row is malformed, gives an image another text than an earlier row, or is
            not UTF-8, each with ``file:line``, unless ``bad_rows`` reports those.
    """
    places = Places.none()
    names, rows = array("q"), array("q")  # hashes, by which an image that is listed with two texts is found
    try:
        with open_plain(path) as file:
            stamp = _stamp(file.fileno())
            for begin, line, record in _recorded(path, file, layout, stamp[0], progress):
                row = _row_of(path, line, record, layout.parse, bad_rows)
                if row is not None and not isinstance(record, RowFault):
                    places.add(begin, len(record), line)
                    names.append(hash(row.name))
                    rows.append(hash(row[:2]))
    except FileNotFoundError:
        raise MissingFileError(f"no file {str(path)!r}") from None
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error
    indexed = IndexedRows(path, layout.parse, places, stamp)
    return _without_contradictions(indexed, names, rows, bad_rows)


def line_records(file: IO[bytes]) -> Iterator[tuple[int, int, bytes | RowFault]]:
    """A file's lines, blank ones left out.

    Only a line feed parts lines: ``str.splitlines`` would also part at U+2028 and its kin, within a label.
    """
    begin = _after_mark(file)
    for number, line in enumerate(file, 1):
        if not line.isspace():
            yield begin, number, line
        begin += len(line)


def csv_records(file: IO[bytes], *, delimiter: str = ",") -> Iterator[tuple[int, int, bytes | RowFault]]:
    """The records of a CSV file, which a quoted field may spread over several lines; empty ones are left out."""
    read: list[bytes] = []
    begin, number = _after_mark(file), 1

    def lines() -> Iterator[str]:
        for line in file:
            # Old files end lines in a carriage return alone; csv wants each of those lines by itself.
            for piece in line.splitlines(keepends=True) if line.count(b"\r") > line.endswith(b"\r\n") else (line,):
                read.append(piece)
                yield piece.decode("latin-1")  # one character a byte: here only commas, quotes and line ends matter

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = number + max(len(read) - 1, 0)
            yield begin, line, RowFault("malformed", f"not CSV: {error}")
        else:
            if any(fields):
                yield begin, number, b"".join(read)
        begin += sum(map(len, read))
        number += len(read)
        read.clear()


def _after_mark(file: IO[bytes]) -> int:
    """Pass over a byte order mark; the place where the text begins."""
    begin = file.read(3)
    if begin == b"\xef\xbb\xbf":
        return 3
    file.seek(0)
    return 0


def _recorded(
    path: Path, file: IO[bytes], layout: Layout, size: int, progress: Progress | None
) -> Iterator[tuple[int, int, bytes | RowFault]]:
    """The records that hold rows, with progress in bytes."""
    if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError("the file is UTF-16; expected UTF-8, so save it as that", path)
    file.seek(0)
    for count, found in enumerate(layout.records(file)):
        if count >= layout.header:
            yield found
        if progress is not None and count % _EVERY == 0:
            progress(found[0], size)
    if progress is not None:
        progress(size, size)


def _row_of(path: Path, line: int, record: bytes | RowFault, parse: Parse, bad_rows: BadRows) -> Row | None:
    try:
        if isinstance(record, RowFault):
            raise record
        return parse(_decoded(record))
    except UnicodeDecodeError as error:
        data = error.object
        line += data.count(b"\n", 0, error.start)
        reason = f"byte 0x{data[error.start]:02x} is not UTF-8; expected UTF-8 text, so save it as that"
        bad_rows.add(path, line, RowFault("not-utf8", reason), cause=error)
    except RowFault as fault:
        bad_rows.add(path, line, fault, cause=fault.__cause__ if isinstance(fault.__cause__, Exception) else None)
    return None


def _decoded(record: bytes) -> str:
    return record.decode("utf-8").removesuffix("\n").removesuffix("\r")


def _without_contradictions(
    indexed: IndexedRows, names: array[int], rows: array[int], bad_rows: BadRows
) -> IndexedRows:
    """The rows without those that give an image another text than an earlier row does."""
    import numpy as np

    if not len(indexed):
        return indexed
    of_name, of_row = np.frombuffer(names, np.int64), np.frombuffer(rows, np.int64)
    order = np.argsort(of_name, kind="stable")
    same = of_name[order][1:] == of_name[order][:-1]
    suspects = order[1:][same & (of_row[order][1:] != of_row[order][:-1])]
    if not len(suspects):
        return indexed
    # Seldom: each name that any two rows with different texts may share, read again.
    doubtful = np.flatnonzero(np.isin(of_name, of_name[suspects]))
    earlier: dict[str, tuple[str, int]] = {}
    left_out = set()
    for index in doubtful.tolist():
        row = indexed.row(index)
        text, first = earlier.setdefault(row.name, (row.text, index))
        if text != row.text:
            line = indexed.line(first)
            reason = f"{row.name!r} is {row.text!r} here and {text!r} on line {line}; expected one text an image"
            bad_rows.add(indexed.path, indexed.line(index), RowFault("two-texts", reason, earlier=line))
            left_out.add(index)
    return indexed.without(left_out) if left_out else indexed


def _stamp(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_size, status.st_mtime_ns
