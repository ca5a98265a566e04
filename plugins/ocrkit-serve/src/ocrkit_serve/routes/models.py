"""``GET /v1/models``: what may be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from ocrkit_serve.asking import query_of
from ocrkit_serve.service import service_of
from ocrkit_serve.work.records import MOST_ALTERNATIVES

if TYPE_CHECKING:
    from starlette.requests import Request

    from ocrkit_serve.formats import Format

__all__ = ["models"]


async def models(request: Request) -> Response:
    """Models, correctors and formats by their names, and the limits."""
    query_of(request, ())
    service = service_of(request)
    limits = service.settings.limits
    content = {
        "models": list(service.work.models),
        "correctors": service.correctors,
        "outputs": [_output(service.formats.choose(name, None)) for name in service.formats.names],
        "limits": {
            "max_upload": limits.max_upload,
            "max_pixels": limits.max_pixels,
            "max_pages": limits.max_pages,
            "deadline": limits.deadline,
            "keep": limits.keep,
            "alternatives": MOST_ALTERNATIVES,
        },
        "collects": service.collection is not None,
    }
    return JSONResponse(content)


def _output(to: Format) -> dict[str, str]:
    spec = to.chosen.spec
    return {"name": to.name, "summary": spec.summary, "media_type": to.media_type, "suffix": spec.suffix}
