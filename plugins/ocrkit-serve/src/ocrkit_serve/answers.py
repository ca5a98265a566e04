"""Pages as the body of an answer."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from ocrkit.errors import OcrkitError
from ocrkit_serve.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.layout.scan import ReadPage
    from ocrkit_serve.formats import Format
    from ocrkit_serve.service import Service

__all__ = ["written"]


async def written(
    service: Service, to: Format, pages: Sequence[ReadPage], name: str, *, theirs: bool = False
) -> Response:
    """Pages in a format, by way of a file, since they may be more than memory should hold.

    Args:
        service: whose folder the file lies in.
        to: the format.
        pages: one or more.
        name: of the file that they were read in, to be suggested for saving.
        theirs: whether the pages are what somebody sent, so that whatever they do to a format is no fault of ours.

    Raises:
        Problem: the format cannot hold them.
    """
    number, place = tempfile.mkstemp(dir=service.folder)
    os.close(number)
    path = Path(place)
    try:
        await asyncio.to_thread(to.write, pages, path)
    except OcrkitError as error:
        path.unlink(missing_ok=True)
        raise Problem(422, f"format {to.name!r} cannot be written: {error}"[:500], "take another format") from error
    except Exception as error:
        path.unlink(missing_ok=True)
        if not theirs:
            raise
        reason = f"the pages cannot be written in format {to.name!r} ({type(error).__name__})"
        raise Problem(422, reason, "see that regions, lines and words have outlines on the page") from error
    headers = {"Content-Disposition": to.disposition(name, len(pages))}
    return FileResponse(
        path,
        headers=headers,
        media_type=to.media_type_of(len(pages)),
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
