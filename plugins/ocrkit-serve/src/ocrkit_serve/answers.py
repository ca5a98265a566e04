"""Pages as the body of an answer."""

from __future__ import annotations

import asyncio
import os
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

__all__ = ["sent", "written"]

_SMALL = 1_000_000  # bytes that are sent in one piece
_PIECE = 1 << 18


async def written(
    service: Service,
    to: Format,
    pages: Iterable[ReadPage],
    *,
    count: int,
    name: str,
    left: asyncio.Event | None = None,
) -> Response:
    """Pages in a format, by way of a file, since they may be more than memory should hold.

    Args:
        service: whose folder the file lies in.
        to: the format.
        pages: taken one by one, in a thread.
        count: how many they are.
        name: of the file that they were read in, to be suggested for saving.
        left: set where nobody waits any more.

    Raises:
        Problem: the format cannot hold them, or others' are being written until the deadline.
    """
    async with service.writing(left):
        # It has no name, so that it goes with the answer, however that ends.
        file = tempfile.TemporaryFile(dir=service.folder)  # noqa: SIM115
        try:
            await asyncio.to_thread(to.write, pages, count, file)
        except OcrkitError as error:
            file.close()
            reason = f"format {to.name!r} cannot be written: {error}"[:500]
            raise Problem(422, reason, "take another format") from error
        except BaseException:
            file.close()
            raise
    return sent(file, to, count=count, name=name)


def sent(file: IO[bytes], to: Format, *, count: int, name: str) -> Response:
    """A file as an answer, which closes it.

    Args:
        file: open for reading; it has no name.
        to: its format.
        count: the pages in it.
        name: of the file that they were read in.
    """
    size = file.seek(0, os.SEEK_END)
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
