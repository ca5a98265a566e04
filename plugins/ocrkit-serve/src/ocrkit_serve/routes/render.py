"""``POST /v1/render``: pages in our JSON, as a reader corrected them, in any other format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit_serve.answers import sent
from ocrkit_serve.asking import query_of
from ocrkit_serve.problems import Problem
from ocrkit_serve.receiving import leaving, received_json
from ocrkit_serve.rendering import rendered
from ocrkit_serve.service import service_of

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from ocrkit_serve.work import Job

__all__ = ["render"]

_ILLUSTRATED = {"pdf", "overlay"}  # which hold the pages' pictures
_PLAIN = {"json", "text", "markdown", "hocr", "tsv", "alto", "page"}  # which hold none; of plugins' own nobody knows


async def render(request: Request) -> Response:
    """Write the pages of the body in the format that is asked for."""
    service = service_of(request)
    query = query_of(request, ("to", "job", "name"))
    to = service.formats.choose(query.one("to"), request.headers.get("accept"))
    named = query.one("job")
    job = None if named is None else service.job(named)
    if job is None and to.name in _ILLUSTRATED:
        raise Problem(400, f"format {to.name!r} holds the pictures of pages", "name the job that read them: job=ID")
    with await received_json(request, service) as body:
        async with leaving(request) as left:
            document = None if job is None or to.name in _PLAIN else _document(job)
            written = await rendered(service, to, body, document, left)
    name = query.one("name") or (job.name if job else written.name)
    return sent(written.file, to, count=written.count, name=name)


def _document(job: Job) -> Path:
    """Where the document of a job lies.

    Raises:
        Problem: it is not known yet whether it can be opened.
    """
    if job.opened is None:
        raise Problem(409, "the document of the job is not opened yet", "leave out 'job', or ask again later")
    return job.opened.file
