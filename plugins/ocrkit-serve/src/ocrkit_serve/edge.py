"""The outermost layer: headers on every answer, one line of log a request, and no traceback out."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from ocrkit_serve.problems import failure, problem_answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ocrkit_serve.counts import Counts

__all__ = ["HEADERS", "Edge"]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PROBES = {"/healthz", "/readyz", "/metrics"}
_QUIET = {*_PROBES, "/page/{path:path}", "/v1/jobs/{id}"}  # asked again and again

_requests = logging.getLogger("ocrkit_serve.requests")
_faults = logging.getLogger("ocrkit_serve.faults")


class Edge:
    """Stands around ``app``, and counts what goes through."""

    def __init__(self, app: ASGIApp, counts: Counts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.monotonic()
        status, whole = 0, False

        async def sending(message: Message) -> None:
            nonlocal status, whole
            if message["type"] == "http.response.start":
                status = message["status"]
                _dress(MutableHeaders(scope=message))
            else:
                whole = not message.get("more_body", False)
            await send(message)

        try:
            with self._counts.under_way():
                await self._app(scope, receive, sending)
        except Exception:
            # Whoever asked learns that it failed; why, only who runs the service.
            _faults.exception("a request to %s failed", _route(scope))
            if status and not whole:
                raise  # all that is left is to break the answer off
            if not status:
                await problem_answer(failure())(scope, receive, sending)
        finally:
            self._note(scope, status, time.monotonic() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self._counts.answered(route, scope["method"], status, seconds)
        if (status >= 400 and route not in _PROBES) or route not in _QUIET:
            client = scope["client"][0] if scope.get("client") else "-"
            _requests.info("%s %s %s %s %.3f s", client, _method(scope), route, status or "left", seconds)


def _dress(headers: MutableHeaders) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")


def _route(scope: Scope) -> str:
    """The pattern that a request's path fits: paths themselves hold names of jobs, which are secrets."""
    route = scope.get("route")
    return getattr(route, "path", "-")


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method.isalpha() and len(method) <= 10 else "-"
