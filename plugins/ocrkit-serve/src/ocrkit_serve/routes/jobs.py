"""``/v1/jobs``: documents that are read while whoever sent them asks how far it is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from ocrkit.errors import OcrkitError
from ocrkit_serve.answers import written
from ocrkit_serve.asking import number_of, query_of
from ocrkit_serve.problems import Problem, of_refusal, problem_record
from ocrkit_serve.service import service_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from ocrkit.layout.scan import ReadPage
    from ocrkit_serve.work import Job

__all__ = ["described", "job_cancel", "job_page", "job_picture", "job_result", "job_state"]

_LONGEST = (1, 2000, 10_000)  # px of a picture's longer side: least, usual, most


def described(job: Job) -> dict[str, Any]:
    """A job as JSON's own types."""
    own = f"/v1/jobs/{job.id}"
    until = None if job.kept_until is None else datetime.fromtimestamp(job.kept_until, UTC).isoformat("T", "seconds")
    return {
        "id": job.id,
        "state": job.state,
        "name": job.name,
        "pages": job.pages,
        "done": job.done,
        "error": None if job.refused is None else problem_record(of_refusal(job.refused)),
        "kept_until": until,
        "links": {
            "self": own,
            "result": f"{own}/result",
            "page": f"{own}/pages/{{number}}",
            "picture": f"{own}/pages/{{number}}/picture",
        },
    }


async def job_state(request: Request) -> Response:
    """How far a job is."""
    query_of(request, ())
    return JSONResponse(described(service_of(request).job(request.path_params["id"])))


async def job_cancel(request: Request) -> Response:
    """End a job, and forget what it has read."""
    query_of(request, ())
    service = service_of(request)
    service.work.cancel(service.job(request.path_params["id"]).id)
    return Response(status_code=204)


async def job_result(request: Request) -> Response:
    """All pages of a job that has come to its end."""
    service = service_of(request)
    to = service.formats.choose(query_of(request, ("to",)).one("to"), request.headers.get("accept"))
    job = service.job(request.path_params["id"])
    _check_alive(job)
    if job.state != "done":
        raise Problem(409, f"the job is not done: {job.done} of {job.pages or '?'} pages are", "ask again later")
    count = job.pages or 0
    return await written(service, to, _pages(job, count), count=count, name=job.name)


async def job_page(request: Request) -> Response:
    """A page of a job, as soon as it is read."""
    service = service_of(request)
    to = service.formats.choose(query_of(request, ("to",)).one("to"), request.headers.get("accept"))
    job = service.job(request.path_params["id"])
    number = _page_number(request, job)
    read = await asyncio.to_thread(job.page, number)
    if read is None:
        _check_alive(job)
        raise Problem(409, f"page {number} is not read yet", "ask again later")
    return await written(service, to, [read], count=1, name=job.name if job.pages == 1 else f"{job.name}-{number}")


async def job_picture(request: Request) -> Response:
    """A page's picture, as a JPEG that any browser shows."""
    service = service_of(request)
    query = query_of(request, ("longest",))
    longest = _longest(query.one("longest"))
    job = service.job(request.path_params["id"])
    number = _page_number(request, job)
    _check_alive(job)
    if job.opened is None:
        raise Problem(409, "the file is not opened yet", "ask again later")
    picture = await service.work.picture(job.opened, number, longest=longest)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"})


def _pages(job: Job, count: int) -> Iterator[ReadPage]:
    for number in range(1, count + 1):
        read = job.page(number)
        if read is None:
            raise OcrkitError(f"page {number} is kept no longer")
        yield read


def _check_alive(job: Job) -> None:
    if job.refused is not None:
        told = of_refusal(job.refused)
        raise Problem(422, told.reason, told.way_out)
    if job.state == "cancelled":
        raise Problem(410, "the job was cancelled", "send the file again")


def _page_number(request: Request, job: Job) -> int:
    number = number_of(request)
    if job.pages is not None and number > job.pages:
        raise Problem(404, f"no page {number}; the file has {job.pages}")
    return number


def _longest(text: str | None) -> int:
    least, usual, most = _LONGEST
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise Problem(400, f"'longest' is {text[:20]!r}; expected pixels, from {least} to {most}")
    return int(text)
