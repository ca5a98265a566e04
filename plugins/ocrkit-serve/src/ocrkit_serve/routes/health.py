"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever watches over the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from ocrkit_serve.counts import Metric, exposition
from ocrkit_serve.service import PHASES, service_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from ocrkit_serve.counts import Labels
    from ocrkit_serve.service import Service

__all__ = ["healthz", "metrics", "readyz"]


async def healthz(_: Request) -> Response:
    """Say that the service is alive."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Say whether pages would be read."""
    phase = service_of(request).phase
    if phase == "ready":
        return JSONResponse({"status": phase})
    return JSONResponse({"status": phase}, 503, {"Retry-After": "2"})


async def metrics(request: Request) -> Response:
    """Tell the counts, as Prometheus collects them."""
    text = exposition(_all(service_of(request)))
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _all(service: Service) -> Iterator[Metric]:
    phases: dict[Labels, float] = {(("phase", phase),): float(phase == service.phase) for phase in PHASES}
    yield Metric("ocrkit_phase", "gauge", "1 for where the service stands.", phases)
    yield from service.counts.metrics()
    for name, kind, help_text, values in service.work.metrics():
        yield Metric(name, kind, help_text, dict(values))
