"""Pages that somebody sent, written in a format by a process of their own: they may be made to harm."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from typing import IO, TYPE_CHECKING, Any

from ocrkit_serve.problems import Problem
from ocrkit_serve.work.environment import environment_of_process
from ocrkit_serve.work.kinds import PILLOW_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocrkit_serve.formats import Format
    from ocrkit_serve.service import Service

__all__ = ["Rendered", "rendered"]

_SECONDS = 60  # of computing
_PATIENCE = 4  # times as long as that, on a machine that is busy
_FILE_BYTES = 1_000_000_000
_ENVIRONMENT = ("OCRKIT_PLUGINS", "SOURCE_DATE_EPOCH")  # which formats there are, and the date in them
_KILLED = (-signal.SIGXCPU, -signal.SIGKILL)


class Rendered:
    """A file that was written.

    Attributes:
        file: open, at its end.
        count: the pages in it.
        name: what the first is called.
    """

    def __init__(self, file: IO[bytes], count: int, name: str) -> None:
        self.file = file
        self.count = count
        self.name = name


async def rendered(
    service: Service, to: Format, body: IO[bytes], document: Path | None, left: asyncio.Event
) -> Rendered:
    """Pages in a format.

    Args:
        service: whose limits hold, and whose folder the file lies in.
        to: the format.
        body: the pages, as JSON.
        document: what they are pages of, for formats that hold pictures; None where there is none.
        left: set where nobody waits any more.

    Raises:
        Problem: they cannot be written, or nobody waits any more.
    """
    async with service.writing(left):
        file = tempfile.TemporaryFile(dir=service.folder)  # noqa: SIM115 - it goes on with the answer
        try:
            with _opened(document) as number:
                said = await _told(service, to, body, file, number, left)
            return Rendered(file, int(said["count"]), str(said["name"]))
        except BaseException:
            file.close()
            raise


async def _told(
    service: Service, to: Format, body: IO[bytes], file: IO[bytes], document: int | None, left: asyncio.Event
) -> dict[str, Any]:
    limits = service.settings.limits
    options = {
        "to": to.name,
        "formats": PILLOW_FORMATS,
        "upload": document,
        "most_pages": limits.max_pages,
        "most_pixels": limits.max_pixels,
        "memory": limits.open_memory,
        "file_bytes": _FILE_BYTES,
        "seconds": _SECONDS,
    }
    body.seek(0)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-W", "ignore", "-m", "ocrkit_serve.rendering_process", json.dumps(options)),
        stdin=body.fileno(),
        stdout=file.fileno(),
        stderr=asyncio.subprocess.PIPE,
        pass_fds=[] if document is None else [document],
        env=environment_of_process(*_ENVIRONMENT),
        start_new_session=True,  # so that Ctrl-C ends the service, which lets what was begun come to its end
    )
    ended = asyncio.ensure_future(process.communicate())
    gone = asyncio.ensure_future(left.wait())
    try:
        await asyncio.wait({ended, gone}, timeout=_PATIENCE * _SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            process.kill()
        _, errors = await ended
    finally:
        gone.cancel()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    return _outcome(errors, process.returncode)


def _outcome(errors: bytes, code: int | None) -> dict[str, Any]:
    lines = errors.splitlines()
    if code == 0 and lines:
        said: dict[str, Any] = json.loads(lines[-1])
        if "refused" in said:
            raise Problem(*said["refused"])
        return said
    if code in _KILLED:
        raise Problem(422, f"writing the pages takes more than {_SECONDS} seconds", "send fewer at a time")
    raise Problem(422, "the pages cannot be written: what writes them fails over them", "send fewer at a time")


@contextlib.contextmanager
def _opened(path: Path | None) -> Iterator[int | None]:
    """A file's number; None where there is none."""
    if path is None:
        yield None
        return
    try:
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise Problem(410, "the document of the job is kept no longer", "send the file again") from error
    try:
        yield number
    finally:
        os.close(number)
