"""Answers that say no: one shape for all of them, as JSON."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.exceptions import HTTPException
    from starlette.responses import JSONResponse

    from ocrkit_serve.work.records import Refused

__all__ = ["Problem", "failure", "of_http", "of_refusal", "problem_answer", "problem_record"]

_WAYS_OUT = {
    400: "the answer to GET /openapi.json says what is expected",
    404: "GET /openapi.json lists what there is",
    405: "GET /openapi.json lists what there is",
    413: "send less at a time, or have the service started with higher limits",
    415: "send an image (PNG, JPEG, TIFF, WEBP, BMP, GIF, PNM) or a PDF",
    422: "see whether another program opens the file, and save it anew there",
    503: "try again later",
    504: "send fewer or smaller pages, or use async=true",
}


class Problem(Exception):  # noqa: N818 - no error, but an answer
    """A request that is answered by a refusal.

    Attributes:
        status: of the HTTP answer.
        reason: what was wrong, and what would be right.
        way_out: what to do.
        headers: further ones of the answer.
    """

    def __init__(
        self, status: int, reason: str, way_out: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason
        self.way_out = way_out if way_out is not None else _WAYS_OUT.get(status, "")
        self.headers = headers or {}


def problem_record(problem: Problem) -> dict[str, object]:
    """What is wrong, as JSON's own types."""
    return {"status": problem.status, "reason": problem.reason, "way_out": problem.way_out}


def problem_answer(problem: Problem) -> JSONResponse:
    """The answer."""
    from starlette.responses import JSONResponse  # which processes that answer nobody do without

    return JSONResponse({"error": problem_record(problem)}, problem.status, problem.headers)


def failure() -> Problem:
    """What whoever asked learns of a fault of ours: that there is one."""
    return Problem(500, "the service has failed at this", "tell whoever runs it; its log says more")


def of_refusal(refused: Refused) -> Problem:
    """What the reading said, as an answer: its way out stands behind a semicolon, or behind what was expected."""
    headers = {} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}
    reason, mark, way_out = refused.reason.rpartition("; ")
    if way_out.startswith("expected"):
        expected, mark, way_out = way_out.rpartition(": ")
        reason = f"{reason}; {expected}"
    if mark:
        return Problem(refused.status, reason, way_out, headers)
    # Of a file, what it was found to be stands behind a colon: general advice would only repeat it.
    return Problem(refused.status, refused.reason, "" if ":" in refused.reason else None, headers)


def of_http(error: HTTPException) -> Problem:
    """What the framework refuses, in the same shape."""
    said = {
        404: "there is nothing at this address",
        405: "this address does not take that method",
        413: "more was sent than this service takes",
    }
    reason = said.get(error.status_code, error.detail or HTTPStatus(error.status_code).phrase)
    return Problem(error.status_code, reason, headers=dict(error.headers or {}))
