"""``GET /openapi.json``: the service described for programs."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["openapi"]


async def openapi(_: Request) -> Response:
    """The description, as it lies in the distribution."""
    return Response(_description(), media_type="application/json")


@cache
def _description() -> bytes:
    return (files("ocrkit_serve") / "openapi.json").read_bytes()
