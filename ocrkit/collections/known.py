"""What records tell of a task: that it was read before, or that it failed and is left."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.errors import DataError
from ocrkit.plugin.engine_specs import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.collections.records import Record, Records
    from ocrkit.collections.terms import ReadTerms
    from ocrkit.plugin.engine_specs import PageTask

__all__ = ["at_a_glance", "left_alone", "seen_before"]


def at_a_glance(job: ReadTerms, records: Records, task: PageTask) -> Outcome | None:
    """What became of a task before, as far as its file's size and time tell; None where it is to be looked at.

    Raises:
        DataError: it would be written over a file of another format.
    """
    record = records.done(task.stem)
    if record is not None:
        _refuse_to_replace_another_format(job, record)
        same = (record.place, record.size, record.modified) == (task.place, task.size, task.modified)
        if same and not _again(job, record) and records.are_whole(record, job.keys_of(task)):
            return _was_read(task, record)
    return left_alone(job, records, task)


def seen_before(
    job: ReadTerms, records: Records, task: PageTask, keys: Mapping[str, str], content: str
) -> Outcome | None:
    """That a page with this content was read before, which is noted for the next glance; None where it was not."""
    record = records.done(task.stem)
    if record is None or record.content != content or _again(job, record) or not records.are_whole(record, keys):
        return None
    told = replace(record, place=task.place, size=task.size, modified=task.modified)
    if told != record:
        records.add(told)
    return _was_read(task, record)


def left_alone(job: ReadTerms, records: Records, task: PageTask) -> Outcome | None:
    """That a task failed before and is not tried again.

    One that had its process die is tried when that is asked for, or when the page or the options are others; any other
    in each run, so that a page which could not be opened for a moment is read by the next one.
    """
    known = records.failure(task.stem)
    if known is None:
        return None
    failure, when = known
    same = (failure.size, failure.modified, failure.key) == (task.size, task.modified, job.key_of(task))
    tried_now = when >= job.since > 0
    if same and (tried_now or (failure.died and not job.again)):
        return Outcome(task, "failed", failure.reason, died=failure.died)
    return None


def _refuse_to_replace_another_format(job: ReadTerms, record: Record) -> None:
    """``DataError`` where formats share an ending, as ALTO and PAGE do, and the earlier one's file would be lost."""
    others = {name: written.format for name, written in record.files.items() if written.format not in job.keys}
    if not others:  # as for nearly all of a million pages
        return
    ending = re.compile(rf"(-\d{{4,}})?({'|'.join(map(re.escape, job.suffixes()))})")
    for name, other in others.items():
        path = job.output / name
        if ending.fullmatch(name.removeprefix(record.stem)) and path.exists():
            both = " and ".join(map(repr, (other, *job.keys)))
            raise DataError(
                f"this is of format {other!r}, from an earlier run, and would be replaced; name another "
                f"folder, or formats {both} together, whose files then have their formats in their names",
                path,
            )


def _again(job: ReadTerms, record: Record) -> bool:
    return job.again and bool(record.bad)


def _was_read(task: PageTask, record: Record) -> Outcome:
    files = tuple(record.files)
    return Outcome(task, "was_read", pages=record.pages, files=files, bad=record.bad)
