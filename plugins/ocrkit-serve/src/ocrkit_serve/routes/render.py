"""``POST /v1/render``: pages in our JSON, as a reader corrected them, in any other format."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import DataError, ImageError
from ocrkit.layout.reading.json import json_pages
from ocrkit.layout.scan import ReadPage
from ocrkit_serve.answers import written
from ocrkit_serve.asking import query_of
from ocrkit_serve.problems import Problem
from ocrkit_serve.receiving import received_json
from ocrkit_serve.service import service_of

if TYPE_CHECKING:
    from PIL import Image
    from starlette.requests import Request
    from starlette.responses import Response

    from ocrkit.layout.records import Page
    from ocrkit.layout.scan import Scan
    from ocrkit_serve.work import Job

__all__ = ["render"]

_ILLUSTRATED = {"pdf", "overlay"}  # which hold the pages' pictures


async def render(request: Request) -> Response:
    """Write the pages of the body in the format that is asked for."""
    service = service_of(request)
    query = query_of(request, ("to", "job", "name"))
    to = service.formats.choose(query.one("to"), request.headers.get("accept"))
    named = query.one("job")
    job = None if named is None else service.job(named)
    if job is None and to.name in _ILLUSTRATED:
        raise Problem(400, f"format {to.name!r} holds the pictures of pages", "name the job that read them: job=ID")
    body = await received_json(request, service.settings.render_bytes)
    pages = await asyncio.to_thread(_pages, body, service.settings.limits.max_pages)
    reads = [ReadPage(page, _scan(page, job)) for page in pages]
    name = query.one("name") or (job.name if job else pages[0].image) or "page"
    return await written(service, to, reads, count=len(reads), name=name, theirs=True)


def _pages(body: bytes, most: int) -> list[Page]:
    expected = "send the JSON that /v1/pages answers with"
    try:
        text = body.decode("utf-8-sig")
        pages = []
        for page in json_pages(Path("the body"), text):
            pages.append(page)
            if len(pages) > most:
                raise Problem(413, f"the body has more than the {most} pages that are taken")
    except UnicodeDecodeError as error:
        raise Problem(400, f"the body is no UTF-8: {error.reason} at byte {error.start}", expected) from error
    except DataError as error:
        raise Problem(400, f"the body: {error.reason}", expected) from error
    except RecursionError as error:
        raise Problem(400, "the body is nested too deep", expected) from error
    if not pages:
        raise Problem(400, "the body has no pages", expected)
    return pages


def _scan(page: Page, job: Job | None) -> Scan:
    """The picture of a page: of the job's page of that number; one that refuses where there is no job."""
    read = None if job is None else job.page(page.number)
    if job is not None and read is None:
        raise Problem(409, f"page {page.number} of the job is not read", "leave out 'job', or wait until it is done")
    return _NoPicture(page) if read is None else read.scan


class _NoPicture:
    """The place of a picture that nobody has."""

    def __init__(self, page: Page) -> None:
        self.name = page.image
        self.path: Path | None = None
        self.number = page.number
        self.dpi = page.dpi

    def image(self) -> Image.Image:
        raise ImageError(f"there is no picture of {self.name!r}; name the job that read it")

    def jpeg(self) -> bytes | None:
        return None
