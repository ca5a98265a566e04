"""What was done before, a small file a page or document below the output, in folders that stay small."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ocrkit.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["FOLDER", "Failure", "Record", "Records", "Written", "name_of"]

FOLDER = ".ocrkit"
"""The folder below an output that holds what is known of it; where it is taken away, all is read anew."""

_DONE, _FAILED = "done", "failed"
# All else is text.
_KINDS = {"size": int, "modified": int, "pages": int, "died": bool, "files": dict, "bad": list}
_SHARD = 3  # hexadecimal digits: 4096 folders, so that a million records are 244 a folder


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the output.

    Attributes:
        format: what it is of.
        key: stands for all that the file hangs on but the page: model, options, format, version.
        size: its bytes.
    """

    format: str
    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Record:
    """A page, or document, that was read.

    Attributes:
        stem: what its files are called, below the output, without ending.
        place: the file that was read.
        size: of that file, in bytes.
        modified: when that file was last changed, in ns since 1970.
        content: SHA-256 of that file.
        files: what was written of it, by name below the output.
        pages: that were read.
        bad: pages of it that could not be opened, each with why.
    """

    stem: str
    place: str
    size: int
    modified: int
    content: str
    files: Mapping[str, Written]
    pages: int = 1
    bad: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A page, or document, that could not be read.

    Attributes:
        stem: as in ``Record``.
        name: what messages call it.
        place: as in ``Record``.
        size: as in ``Record``.
        modified: as in ``Record``.
        key: stands for what it was to be read with.
        reason: why it could not be read.
        died: whether it had processes die.
    """

    stem: str
    name: str
    place: str
    size: int
    modified: int
    key: str
    reason: str
    died: bool = False


def name_of(stem: str) -> str:
    """What stands for a stem in the names of records and claims, whatever characters it has."""
    return hashlib.sha256(stem.encode("utf-8", "surrogateescape")).hexdigest()[:32]


class Records:
    """The records of an output.

    Args:
        output: the folder that is written to.
    """

    def __init__(self, output: Path) -> None:
        self._folder = output / FOLDER
        self._output = output

    def done(self, stem: str) -> Record | None:
        """What was written of a page; None where nothing was, or nothing is known."""
        table = _read(self._path(_DONE, stem))
        try:
            files = {name: Written(**_typed(entry)) for name, entry in table["files"].items()}
            record = Record(**{**_typed(table), "files": files, "bad": tuple(map(str, table["bad"]))})
        except (TypeError, KeyError, AttributeError):  # a record of another version, damaged, or none
            return None
        return record if record.stem == stem else None

    def are_whole(self, record: Record, keys: Mapping[str, str]) -> bool:
        """Whether files of all formats were written with these keys, by format, and are there as they were."""
        known = [each for each in record.files.values() if keys.get(each.format) == each.key]
        return {each.format for each in known} == set(keys) and all(
            written.key == keys[written.format] and _size(self._output / name) == written.size
            for name, written in record.files.items()
            if written.format in keys
        )

    def add(self, record: Record) -> None:
        """Note that a page is read, which no failure of it outlasts.

        Raises:
            OSError: it cannot be written.
        """
        _write(self._path(_DONE, record.stem), asdict(record))
        self.forget_failure(record.stem)

    def failure(self, stem: str) -> tuple[Failure, float] | None:
        """Why a page could not be read, and when that was, by the clock of the file system."""
        path = self._path(_FAILED, stem)
        failure = _failure(path)
        if failure is None or failure.stem != stem:
            return None
        try:
            return failure, path.stat().st_mtime
        except OSError:
            return None

    def add_failure(self, failure: Failure) -> None:
        """Note that a page cannot be read.

        Raises:
            OSError: it cannot be written.
        """
        _write(self._path(_FAILED, failure.stem), asdict(failure))

    def forget_failure(self, stem: str) -> None:
        """Note that a page does not fail, or is tried again."""
        with contextlib.suppress(OSError):
            self._path(_FAILED, stem).unlink(missing_ok=True)

    def failures(self) -> Iterator[Failure]:
        """All that failed and was not read since."""
        with contextlib.suppress(OSError):
            for shard in sorted(os.listdir(self._folder / _FAILED)):
                folder = self._folder / _FAILED / shard
                for name in sorted(os.listdir(folder)):
                    failure = _failure(folder / name)
                    if failure is not None:
                        yield failure

    def noted_at(self, name: str) -> float:
        """When a page was noted to be read, by what ``name_of`` makes of its stem; 0 where it was not."""
        try:
            return self._named(_DONE, name).stat().st_mtime
        except OSError:
            return 0.0

    def _path(self, kind: str, stem: str) -> Path:
        return self._named(kind, name_of(stem))

    def _named(self, kind: str, name: str) -> Path:
        return self._folder / kind / name[:_SHARD] / f"{name[_SHARD:]}.json"


def _failure(path: Path) -> Failure | None:
    try:
        return Failure(**_typed(_read(path)))
    except TypeError:
        return None


def _read(path: Path) -> dict[str, Any]:
    try:
        table = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def _typed(table: dict[str, Any]) -> dict[str, Any]:
    """The same table; ``TypeError`` where a value of it is not of its kind."""
    for name, value in table.items():
        if not isinstance(value, _KINDS.get(name, str)):
            raise TypeError(f"{name} is {value!r}")
    return table


def _write(path: Path, table: Mapping[str, object]) -> None:
    data = json.dumps(table, separators=(",", ":")).encode()
    try:
        write_whole(path, data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except (OSError, ValueError):  # ValueError for what no file can be called
        return None
