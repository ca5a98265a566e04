"""Who may ask: the address a request names, the page it comes from, and the token it bears.

A browser sends requests to this machine for any page that it shows. A page of another site cannot read the answers
(no CORS), cannot send what changes something (``Origin``), and cannot pose as this one by letting its own name point
here (``Host``, against DNS rebinding).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from ocrkit_serve.problems import Problem, problem_answer
from ocrkit_serve.settings import is_address, is_everywhere
from ocrkit_serve.tokens import bears_token

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ocrkit_serve.settings import Settings

__all__ = ["OWN_HEADER", "Guard"]

OWN_HEADER = ("x-requested-with", "ocrkit")
"""What the page sends. A page of another site cannot, unless it is allowed to, since a browser asks first."""

_LONGEST_HEAD = 16_384  # bytes; the server below bounds only what comes in pieces
_HARMLESS = {"GET", "HEAD", "OPTIONS"}
_PROBES = {"/healthz", "/readyz"}  # asked by machines under whatever address they have; they tell nothing
_OPEN = {"/", "/openapi.json", "/favicon.ico", *_PROBES}


class Guard:
    """Lets through to ``app`` what may pass, and answers the rest."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._hosts = settings.hosts
        self._any_address = is_everywhere(settings.host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        allowed = self._allowed_origin(headers)
        if allowed is not None:
            send = _sharing(send, allowed)
        problem = self._problem(scope, headers, allowed)
        if problem is not None:
            await problem_answer(problem)(scope, receive, send)
        elif allowed is not None and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight()(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _problem(self, scope: Scope, headers: Headers, allowed: str | None) -> Problem | None:
        path, method = scope["path"], scope["method"]
        if sum(len(name) + len(value) for name, value in headers.raw) + len(scope["query_string"]) > _LONGEST_HEAD:
            return Problem(431, f"the request's head has more than {_LONGEST_HEAD} bytes", "send options in a form")
        if path not in _PROBES and not self._knows(headers.getlist("host")):
            return Problem(
                421,
                f"this service is not known as {headers.get('host', '')[:100]!r}",
                "start it with --allow-host and that name",
            )
        if method not in _HARMLESS and allowed is None and not _of_this_site(headers):
            return Problem(403, "a page of another site may not do this", "start the service with --allow-origin")
        preflight = method == "OPTIONS" and allowed is not None
        if self._settings.token is None or preflight or path in _OPEN or path.startswith("/page/"):
            return None
        if bears_token(headers.get("authorization"), self._settings.token):
            return None
        way_out = "send the header Authorization: Bearer with the token"
        return Problem(401, "this service asks for a token", way_out, {"WWW-Authenticate": "Bearer"})

    def _knows(self, given: list[str]) -> bool:
        """Whether a request names this service; with two names it is made to mislead."""
        if len(given) != 1:
            return False
        name = _name(given[0])
        return name is not None and (name in self._hosts or (self._any_address and is_address(name)))

    def _allowed_origin(self, headers: Headers) -> str | None:
        """The origin that a page of others comes from, if it is one that may."""
        origin = headers.get("origin")
        given = self._settings.allow_origins
        return origin if origin is not None and ("*" in given or origin.lower() in given) else None


def _of_this_site(headers: Headers) -> bool:
    """Whether no page of another site sent it: a command, or our own page."""
    if headers.get(OWN_HEADER[0], "").lower() == OWN_HEADER[1]:
        return True
    origin = headers.get("origin")
    if origin is not None:
        # The scheme is not compared, since a proxy may speak TLS for us.
        return origin.lower().partition("://")[2] == headers.get("host", "").lower() != ""
    return headers.get("sec-fetch-site", "none") in ("none", "same-origin")


def _name(host: str) -> str | None:
    """The name of ``Host``, in small letters, without port and brackets; None where it is no host."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    return parts.hostname if parts.netloc == host and parts.username is None else None


def _sharing(send: Send, origin: str) -> Send:
    """Tells the browser that pages of that origin may read the answer."""

    async def sharing(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "Location, Retry-After, Content-Disposition"
            headers.add_vary_header("Origin")
        await send(message)

    return sharing


def _preflight() -> Response:
    headers = {
        "Access-Control-Allow-Methods": "GET, POST, DELETE",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Prefer, X-Requested-With",
        "Access-Control-Max-Age": "600",
    }
    return Response(status_code=204, headers=headers)
