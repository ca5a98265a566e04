"""``POST /v1/kept``: corrected lines kept for training."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from ocrkit.errors import DataError, ImageError
from ocrkit.layout.outputs.json import FORMAT, VERSION
from ocrkit.layout.reading.json import json_pages
from ocrkit_serve.asking import query_of
from ocrkit_serve.collecting import CollectionBusy, CollectionFull, UnusableText, checked_texts
from ocrkit_serve.problems import Problem
from ocrkit_serve.receiving import received_json
from ocrkit_serve.service import service_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from ocrkit.layout.records import Page
    from ocrkit.layout.scan import ReadPage
    from ocrkit_serve.collecting import Collection
    from ocrkit_serve.work import Job

__all__ = ["keep"]

_EXPECTED = "send the job, its pages as corrected, and the ids of the lines that were checked"
_MOST_BYTES = 4_000_000  # of a body, which is parsed in this process: some 20 pages with all their letters
_PATIENCE = "10"  # seconds after which to try again


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be kept.

    Attributes:
        job: the job that read the pages.
        pages: as they were corrected.
        checked: the ids of lines that somebody has looked at, by the numbers of pages.
    """

    job: str
    pages: tuple[Page, ...]
    checked: Mapping[int, frozenset[str]]


async def keep(request: Request) -> Response:
    """Keep lines of a job's pages, with the texts that whoever looked at them says they have."""
    service = service_of(request)
    collection = service.collection
    if collection is None:
        raise Problem(404, "this service keeps nothing", "have it started with --collect and a folder")
    query_of(request, ())
    way_out = "keep fewer pages at a time"
    with await received_json(request, service, most=_MOST_BYTES, way_out=way_out) as body:
        asked = await asyncio.to_thread(_asked, body)
    given = await asyncio.to_thread(_given, asked, service.job(asked.job))
    try:
        return JSONResponse(await service.keeping(_kept, collection, given))
    except UnusableText as error:
        raise Problem(422, str(error), "correct the line, or leave it out") from error
    except ImageError as error:
        raise Problem(410, f"the picture is gone: {error.reason}", "send the file again") from error
    except CollectionBusy as error:
        raise Problem(503, str(error), headers={"Retry-After": _PATIENCE}) from error
    except CollectionFull as error:
        raise Problem(507, str(error), "tell whoever runs the service") from error


def _asked(body: IO[bytes]) -> _Asked:
    """What the body says.

    Raises:
        Problem: it is another thing.
    """
    try:
        values = json.load(body)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "the body is no JSON", _EXPECTED) from error
    if not isinstance(values, dict) or not isinstance(values.get("job"), str):
        raise Problem(400, "the body names no job", _EXPECTED)
    document = json.dumps({"format": FORMAT, "version": VERSION, "pages": values.get("pages")})
    try:
        pages = tuple(json_pages(Path("the body"), document))
    except DataError as error:
        raise Problem(400, f"the body: {error.reason}", _EXPECTED) from error
    return _Asked(values["job"], pages, _checked(values.get("checked")))


def _checked(values: Any) -> dict[int, frozenset[str]]:
    if not isinstance(values, dict):
        raise Problem(400, "the body does not say which lines were checked", _EXPECTED)
    checked = {}
    for number, ids in values.items():
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise Problem(400, f"'checked' has {number[:20]!r}; expected the numbers of pages", _EXPECTED)
        if not (isinstance(ids, list) and all(isinstance(name, str) for name in ids)):
            raise Problem(400, f"'checked' has no list of ids for page {number}", _EXPECTED)
        checked[int(number)] = frozenset(ids)
    return checked


def _given(asked: _Asked, job: Job) -> list[tuple[ReadPage, dict[str, str]]]:
    """Each page as it was read, with the texts of the lines that were checked.

    Raises:
        Problem: something is said of a page or a line that the job has not read, or not there.
    """
    pages = {page.number: page for page in asked.pages}
    given = []
    for number, ids in asked.checked.items():
        if number not in pages:
            raise Problem(400, f"lines of page {number} were checked, which is not among the pages", _EXPECTED)
        read = job.page(number)
        if read is None:
            raise Problem(409, f"page {number} of the job is not read", "wait until it is done")
        lines = {line.id: line for line in pages[number].lines}
        outlines = {line.id: line.outline for line in read.page.lines}
        for name in ids & lines.keys() & outlines.keys():
            if outlines[name] != lines[name].outline:  # another model or segmenter may have called another line so
                raise Problem(422, f"line {name[:40]!r} is elsewhere on the page that was read", "send the file again")
        texts = {name: lines[name].text or "" if name in lines else "" for name in ids}
        try:
            given.append((read, checked_texts(read.page, texts)))
        except UnusableText as error:
            raise Problem(422, str(error), "correct the line, or leave it out") from error
    return given


def _kept(collection: Collection, given: list[tuple[ReadPage, dict[str, str]]]) -> dict[str, Any]:
    """What the answer says, once all is on the disk."""
    told = [collection.keep(read.page, read.scan.image(), texts) for read, texts in given]
    return {
        "lines": sum(kept.lines for kept in told),
        "replaced": sum(kept.replaced for kept in told),
        "left_out": [
            {"page": read.page.number, "id": name, "reason": reason}
            for (read, _), kept in zip(given, told, strict=True)
            for name, reason in kept.left_out.items()
        ],
        "in_all": told[-1].in_all if told else None,
    }
