"""``POST /v1/pages`` and ``POST /v1/lines``: a file read at once where it is one page, else as a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from starlette.responses import JSONResponse, Response

from ocrkit_serve.answers import written
from ocrkit_serve.asking import READING, query_of, reading_asked
from ocrkit_serve.receiving import leaving, received
from ocrkit_serve.routes.jobs import described
from ocrkit_serve.service import service_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from ocrkit_serve.asking import Query
    from ocrkit_serve.formats import Format
    from ocrkit_serve.receiving import Upload
    from ocrkit_serve.service import Service
    from ocrkit_serve.work import Opened
    from ocrkit_serve.work.records import Asked

__all__ = ["read_lines", "read_pages"]


async def read_pages(request: Request) -> Response:
    """Read whole pages."""
    return await _read(request, "page")


async def read_lines(request: Request) -> Response:
    """Read pictures of one line each."""
    return await _read(request, "line")


async def _read(request: Request, kind: Literal["page", "line"]) -> Response:
    service = service_of(request)
    service.check_ready()
    # What can be refused without the file is, before it is sent.
    query = query_of(request, READING)
    to = service.formats.choose(query.one("to"), request.headers.get("accept"))
    service.check_correctors(reading_asked(query, kind))
    async with received(request, service) as upload:
        if upload.fields:
            query = query_of(request, READING, upload.fields)
            to = service.formats.choose(query.one("to"), request.headers.get("accept"))
        asked = reading_asked(query, kind)
        service.check_correctors(asked)
        if _later(request, query):
            return _begun(service, upload, asked)
        opened = await service.work.open(upload.path, upload.name)
        try:
            if opened.pages == 1:
                return await _now(request, service, upload, opened, asked, to)
        finally:
            opened.close()
        return _begun(service, upload, asked)


async def _now(
    request: Request, service: Service, upload: Upload, opened: Opened, asked: Asked, to: Format
) -> Response:
    async with leaving(request) as left:
        read = await service.work.read(opened, 1, asked, cancelled=left)
        return await written(service, to, [read], count=1, name=upload.name, left=left)


def _begun(service: Service, upload: Upload, asked: Asked) -> Response:
    job = service.submit(upload.path, upload.name, asked)
    upload.kept = True
    record = described(job)
    return JSONResponse(record, 202, {"Location": record["links"]["self"]})


def _later(request: Request, query: Query) -> bool:
    """Whether the file is to be read as a job, however many pages it has."""
    preferred = [part.strip().lower() for part in request.headers.get("prefer", "").split(",")]
    return query.claim("async") or "respond-async" in preferred
