"""The service as an application: its addresses, and the layers that every request passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from ocrkit_serve.edge import Edge
from ocrkit_serve.guard import Guard
from ocrkit_serve.problems import Problem, failure, of_http, of_refusal, problem_answer
from ocrkit_serve.receiving import ENVELOPE, Pace
from ocrkit_serve.routes import browser_page, description, health, jobs, kept, models, reading, render
from ocrkit_serve.work.records import Refused

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from ocrkit_serve.service import Service

__all__ = ["ROUTES", "build_app"]

_LEFT = 499  # what nginx calls a request whose sender is gone

ROUTES = (
    Route("/", browser_page.index),
    Route("/favicon.ico", browser_page.favicon),
    Route("/page/{path:path}", browser_page.part),
    Route("/healthz", health.healthz),
    Route("/readyz", health.readyz),
    Route("/metrics", health.metrics),
    Route("/openapi.json", description.openapi),
    Route("/v1/models", models.models),
    Route("/v1/pages", reading.read_pages, methods=["POST"]),
    Route("/v1/lines", reading.read_lines, methods=["POST"]),
    Route("/v1/jobs/{id}", jobs.job_state),
    Route("/v1/jobs/{id}", jobs.job_cancel, methods=["DELETE"]),
    Route("/v1/jobs/{id}/result", jobs.job_result),
    Route("/v1/jobs/{id}/pages/{number}", jobs.job_page),
    Route("/v1/jobs/{id}/pages/{number}/picture", jobs.job_picture),
    Route("/v1/render", render.render, methods=["POST"]),
    Route("/v1/kept", kept.keep, methods=["POST"]),
)


def build_app(service: Service) -> ASGIApp:
    """The service as an ASGI application; who runs it calls the service's ``begin`` and ``end``."""
    application = Starlette(
        routes=ROUTES,
        exception_handlers={
            HTTPException: _refused_by_framework,
            Problem: _refused,
            Refused: _refused_by_work,
            ClientDisconnect: _left,
            Exception: _failed,
        },
    )
    application.state.service = service
    settings = service.settings
    most = max(settings.limits.max_upload, settings.render_bytes) + ENVELOPE
    limited = Pace(RequestBodyLimitMiddleware(application, most), settings, most)
    return Edge(Guard(limited, settings), service.counts)


async def _refused(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return problem_answer(problem)


async def _refused_by_work(_: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return problem_answer(of_refusal(refused))


async def _refused_by_framework(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem_answer(of_http(error))


async def _left(_: Request, __: Exception) -> Response:
    # Nobody hears it; the counts and the log do.
    return Response(status_code=_LEFT)


async def _failed(_: Request, __: Exception) -> Response:
    # The framework raises it again once this is sent, for the edge to log.
    return problem_answer(failure())
