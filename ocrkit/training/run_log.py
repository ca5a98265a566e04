"""A run's ``log.jsonl``: one JSON object a line, each step and epoch at most once however often the run was broken."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ocrkit.errors import ConfigError
from ocrkit.files import add_line, write_whole

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["add_record", "read_log", "trim_log"]

# What must not be lost when the machine goes down: the state, which is flushed to the disk, counts on it.
_FLUSHED = ("start", "resume", "epoch", "end")


def add_record(log: Path, record: Mapping[str, object]) -> None:
    """Add one line to a log; a number that JSON does not have becomes null.

    Raises:
        ConfigError: the log cannot be written.
    """
    stored = {key: _storable(value) for key, value in record.items()}
    # A file's name may hold what UTF-8 does not.
    line = json.dumps(stored, ensure_ascii=False).encode("utf-8", "backslashreplace")
    try:
        add_line(log, line, flush=record.get("event") in _FLUSHED)
    except OSError as error:
        raise _unwritten(log, error) from error


def read_log(log: Path) -> list[dict[str, object]]:
    """The records of a log, without what is none; no record where there is no log."""
    try:
        lines = log.read_bytes().splitlines()
    except OSError:
        return []
    return [record for line in lines if (record := _record(line)) is not None]


def trim_log(log: Path, *, step: int, epoch: int) -> None:
    """Take out of a log what the run will do again, after ``step`` and in epochs from ``epoch`` on, and a cut line.

    Raises:
        ConfigError: the log cannot be written.
    """
    if not log.is_file():
        return
    try:
        text = log.read_bytes()
        lines = text.splitlines(keepends=True)
        kept = b"".join(line for line in lines if line.endswith(b"\n") and not _is_beyond(_record(line), step, epoch))
        if kept != text:
            write_whole(log, kept)
    except OSError as error:
        raise _unwritten(log, error) from error


def _is_beyond(record: Mapping[str, object] | None, step: int, epoch: int) -> bool:
    event, bound = ("", 0) if record is None else (record.get("event"), record.get("step"))
    if event == "epoch" and record is not None:
        bound, step = record.get("epoch"), epoch - 1
    return event in ("step", "epoch", "measured") and isinstance(bound, int) and bound > step


def _record(line: bytes) -> dict[str, object] | None:
    try:
        record = json.loads(line)
    except ValueError:  # a line that a kill has cut, or one that is not ours
        return None
    return record if isinstance(record, dict) else None


def _storable(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _storable(inner) for key, inner in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _unwritten(log: Path, error: OSError) -> ConfigError:
    return ConfigError(f"{log}: cannot be written: {error.strerror or error}")
