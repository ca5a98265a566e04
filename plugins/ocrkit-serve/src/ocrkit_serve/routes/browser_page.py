"""The page for the browser: ``/`` and what it loads from ``/page/``."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from starlette.requests import Request

__all__ = ["favicon", "index", "part"]

# What the page is made of. Nothing else that may lie in the folder is sent.
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


async def index(request: Request) -> Response:
    """The page itself."""
    return _sent(request, "index.html")


async def part(request: Request) -> Response:
    """A part of the page."""
    return _sent(request, request.path_params["path"])


async def favicon(request: Request) -> Response:
    """The icon that browsers ask for without being told of it."""
    return _sent(request, "icon.svg")


def _sent(request: Request, name: str) -> Response:
    found = _parts().get(name)
    if found is None:
        raise HTTPException(404)
    data = found.read_bytes()
    headers = {"ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"', "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=_KINDS["." + found.name.rpartition(".")[2]], headers=headers)


@cache
def _parts() -> dict[str, Traversable]:
    """The parts by what follows ``/page/``: known beforehand, so that no name in a request is ever a path."""
    return dict(_below(files("ocrkit_serve") / "page", ""))


def _below(folder: Traversable, before: str) -> list[tuple[str, Traversable]]:
    if not folder.is_dir():
        return []
    found = []
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir():
            found += _below(each, f"{before}{each.name}/")
        elif "." + each.name.rpartition(".")[2] in _KINDS:
            found.append((before + each.name, each))
    return found
