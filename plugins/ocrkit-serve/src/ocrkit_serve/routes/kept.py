"""``POST /v1/kept``: corrected lines kept for training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit_serve.problems import Problem
from ocrkit_serve.service import service_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["keep"]


async def keep(request: Request) -> Response:
    """Keep lines of a job's page, with the texts that the reader says they have."""
    service = service_of(request)
    if service.collection is None:
        raise Problem(404, "this service keeps nothing", "have it started with --collect and a folder")
    raise Problem(501, "lines are not kept yet")
