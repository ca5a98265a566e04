"""The command ``ocrkit serve``: pages read by HTTP, and a page for the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit import CommandSpec, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

__version__ = "0.1.0"


@hookimpl
def ocrkit_commands() -> Iterator[CommandSpec]:
    """The one command, whose module is imported when it is invoked."""
    yield CommandSpec("serve", "Read pages in the browser and by HTTP.", _serve)


def _serve() -> typer.Typer:
    from ocrkit_serve.command import app

    return app
