"""Bodies of requests, brought to files of our own: never whole in memory, and not at whatever pace the sender likes."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from starlette.datastructures import Headers, UploadFile

from ocrkit_serve.problems import Problem, problem_answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ocrkit_serve.service import Service
    from ocrkit_serve.settings import Settings

__all__ = ["ENVELOPE", "Pace", "Upload", "leaving", "received", "received_json"]

ENVELOPE = 1_000_000  # bytes that a form may hold besides its file
_FIELDS = 16
_LONGEST_NAME = 200  # characters of a file's name that are kept, to be shown
_MOST_PARTS = 2_000_000  # of JSON, of which each takes some 100 bytes of memory, however few its letters are
_CHUNK = 1 << 20
_JOINERS = "\u200c\u200d"  # which belong to Malayalam, though they cannot be seen


@dataclass(slots=True)
class Upload:
    """A file that was sent.

    Attributes:
        path: where it lies, under a name of our own; who takes it over sets ``kept``.
        name: what the sender calls it, to be shown and never to be opened.
        fields: the form's other fields.
        kept: whether the file stays when the request is answered.
    """

    path: Path
    name: str
    fields: dict[str, str] = field(default_factory=dict)
    kept: bool = False


@asynccontextmanager
async def received(request: Request, service: Service) -> AsyncIterator[Upload]:
    """The file of a request, from a form's field ``file`` or as the body itself; it is removed at the block's end.

    Raises:
        Problem: there is none, it is too large, the form is broken, or too much is being received.
    """
    most = service.settings.limits.max_upload
    number, place = tempfile.mkstemp(dir=service.folder)
    upload = Upload(Path(place), "")
    try:
        with os.fdopen(number, "wb") as file, service.receiving():
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind == "multipart/form-data":
                upload.name, upload.fields = await _from_form(request, file.fileno())
            else:
                upload.name = request.query_params.get("name", "")
                async for chunk in request.stream():
                    file.write(chunk)
        size = upload.path.stat().st_size
        if size > most:
            raise Problem(413, f"the file has {size} bytes; this service takes {most}")
        if size == 0:
            raise Problem(400, "the body is empty; expected an image or a PDF", "curl takes --data-binary @FILE")
        upload.name = _shown(upload.name)
        yield upload
    finally:
        if not upload.kept:
            upload.path.unlink(missing_ok=True)


async def received_json(
    request: Request, service: Service, *, most: int | None = None, way_out: str | None = None
) -> IO[bytes]:
    """A body of JSON, not parsed yet, as an open file without a name, of no more parts than memory should hold.

    Args:
        request: whose body it is.
        service: in whose folder it lies.
        most: bytes; None for as many as pages to be written may have.
        way_out: what to do where it has more; None for what is told of all that is too large.

    Raises:
        Problem: it is larger, or too much is being received.
    """
    most = service.settings.render_bytes if most is None else most
    size = parts = 0
    file = tempfile.TemporaryFile(dir=service.folder)  # noqa: SIM115 - it is the caller's
    try:
        with service.receiving():
            async for chunk in request.stream():
                file.write(chunk)
                size += len(chunk)
                parts += chunk.count(b"[") + chunk.count(b"{")
                if size > most:
                    raise Problem(413, f"the body is larger than the {most} bytes that are taken here", way_out)
                if parts > _MOST_PARTS:
                    raise Problem(413, f"the body has more than {_MOST_PARTS} lists and objects", "send fewer pages")
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


@asynccontextmanager
async def leaving(request: Request) -> AsyncIterator[asyncio.Event]:
    """An event that is set once whoever asked has left; the body has been received."""
    left = asyncio.Event()

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        left.set()

    watching = asyncio.create_task(watch())
    try:
        yield left
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


class Pace:
    """Lets bodies through to ``app`` that are small enough, for as long as they come fast enough."""

    def __init__(self, app: ASGIApp, settings: Settings, most: int) -> None:
        self._app = app
        self._settings = settings
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "0")
        # The server has seen to it that it is a number.
        if told.isdigit() and int(told) > self._most:
            problem = Problem(413, f"the body has {told[:20]} bytes; this service takes {self._most}")
            await problem_answer(problem)(scope, receive, send)
            return
        await self._app(scope, _unhurried(receive, self._settings), send)


def _unhurried(receive: Receive, settings: Settings) -> Receive:
    """``receive``, which raises a ``Problem`` where a body does not come fast enough."""
    begun = time.monotonic()
    so_far = 0
    ended = False

    async def receiving() -> Message:
        nonlocal so_far, ended
        if ended:
            return await receive()
        left = begun + settings.body_seconds + so_far / settings.body_rate - time.monotonic()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, left))
        except TimeoutError:
            reason = f"the body came at less than {settings.body_rate:.0f} bytes a second"
            raise Problem(408, reason, "try again over a faster line", {"Connection": "close"}) from None
        so_far += len(message.get("body", b""))
        ended = not message.get("more_body", False)
        return message

    return receiving


async def _from_form(request: Request, number: int) -> tuple[str, dict[str, str]]:
    """The name of a form's file, which goes to an open file of ours, and the other fields."""
    async with request.form(max_files=1, max_fields=_FIELDS, max_part_size=ENVELOPE) as form:
        given = form.get("file")
        if not isinstance(given, UploadFile):
            raise Problem(400, "the form has no file in a field 'file'", "curl takes -F file=@FILE")
        with os.fdopen(number, "wb", closefd=False) as file:
            await asyncio.to_thread(shutil.copyfileobj, given.file, file, _CHUNK)
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return given.filename or "", fields


def _shown(name: str) -> str:
    """A file's name without folders and without what cannot be seen, or a word for it."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(character for character in last if character.isprintable() or character in _JOINERS).strip()
    return seen[:_LONGEST_NAME] or "upload"
