"""Pages as the body of an answer."""

from __future__ import annotations

import asyncio
import tempfile
from typing import IO, TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

from ocrkit.errors import OcrkitError
from ocrkit_serve.problems import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from ocrkit.layout.scan import ReadPage
    from ocrkit_serve.formats import Format
    from ocrkit_serve.service import Service

__all__ = ["written"]

_SMALL = 1_000_000  # bytes that are sent in one piece
_PIECE = 1 << 18


async def written(
    service: Service, to: Format, pages: Iterable[ReadPage], *, count: int, name: str, theirs: bool = False
) -> Response:
    """Pages in a format, by way of a file, since they may be more than memory should hold.

    Args:
        service: whose folder the file lies in.
        to: the format.
        pages: taken one by one, in a thread.
        count: how many they are.
        name: of the file that they were read in, to be suggested for saving.
        theirs: whether the pages are what somebody sent, so that whatever they do to a format is no fault of ours.

    Raises:
        Problem: the format cannot hold them.
    """
    async with service.writing:
        # It has no name, so that it goes with the answer, however that ends.
        file = tempfile.TemporaryFile(dir=service.folder)  # noqa: SIM115
        try:
            await asyncio.to_thread(to.write, pages, count, file)
        except BaseException as error:
            file.close()
            raise _told(error, to, theirs=theirs) from error
    size = file.tell()
    file.seek(0)
    headers = {"Content-Disposition": to.disposition(name, count), "Content-Length": str(size)}
    kind = to.media_type_of(count)
    if size <= _SMALL:
        with file:
            return Response(file.read(), headers=headers, media_type=kind)
    return StreamingResponse(_pieces(file), headers=headers, media_type=kind)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def _told(error: BaseException, to: Format, *, theirs: bool) -> BaseException:
    """What whoever asked is told of a format that fails."""
    if isinstance(error, OcrkitError):
        return Problem(422, f"format {to.name!r} cannot be written: {error}"[:500], "take another format")
    if theirs and isinstance(error, Exception):
        reason = f"the pages cannot be written in format {to.name!r} ({type(error).__name__})"
        return Problem(422, reason, "see that regions, lines and words have outlines on the page")
    return error
