"""``ocrkit serve``: pages read in the browser and by HTTP."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit_serve.collecting import Collection
    from ocrkit_serve.settings import Settings

__all__ = ["app"]

app = typer.Typer(help="Read pages in the browser and by HTTP.")

Models = Annotated[
    list[str] | None,
    typer.Option("-m", "--model", metavar="MODEL", help="A file, a run's folder or an installed model; repeatable."),
]
Host = Annotated[str, typer.Option("--host", metavar="NAME", help="The name or address to listen on.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="The port; 0 for any that is free.")]
MaxUpload = Annotated[str, typer.Option("--max-upload", metavar="SIZE", help="The largest file that is taken.")]
MaxPixels = Annotated[str, typer.Option("--max-pixels", metavar="N", help="The most pixels a page may have.")]
MaxPages = Annotated[int, typer.Option("--max-pages", min=1, metavar="N", help="The most pages a file may have.")]
Queue = Annotated[int, typer.Option("--queue", min=1, metavar="N", help="Requests and jobs that may wait; else 503.")]
Deadline = Annotated[str, typer.Option("--deadline", metavar="TIME", help="Until when a page is to be read; else 504.")]
Keep = Annotated[str, typer.Option("--keep", metavar="TIME", help="How long the results of jobs are kept.")]
TokenFile = Annotated[
    Path | None, typer.Option("--token-file", metavar="FILE", help="Holds the token that requests must bear.")
]
Collect = Annotated[
    Path | None, typer.Option("--collect", metavar="DIR", help="Where corrected lines are kept for training.")
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="Another name that the service is known by; repeatable."),
]
AllowOrigin = Annotated[
    list[str] | None,
    typer.Option("--allow-origin", metavar="URL", help="A site whose pages may use the service; repeatable."),
]
Correct = Annotated[
    list[str] | None,
    typer.Option("--correct", metavar="NAME", help="A corrector that may be asked for; else all; repeatable."),
]
Segmenter = Annotated[
    str | None,
    typer.Option("-s", "--segmenter", metavar="NAME", help="What finds the lines; else the best that is installed."),
]
Device = Annotated[str, typer.Option("-d", "--device", metavar="NAME", help="What computes: auto, cpu, cuda, cuda:1.")]
Threads = Annotated[int, typer.Option("--threads", min=0, metavar="N", help="Threads that read; 0 for all cores.")]


@app.command()
def serve(
    model: Models = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    max_upload: MaxUpload = "32MB",
    max_pixels: MaxPixels = "100M",
    max_pages: MaxPages = 200,
    queue: Queue = 16,
    deadline: Deadline = "2m",
    keep: Keep = "15m",
    token_file: TokenFile = None,
    collect: Collect = None,
    allow_host: AllowHost = None,
    allow_origin: AllowOrigin = None,
    correct: Correct = None,
    segmenter: Segmenter = None,
    device: Device = "auto",
    threads: Threads = 0,
) -> None:
    """Read pages in the browser and by HTTP.

    The address is printed on stdout; open it in a browser, or send pages to /v1/pages. Requests are logged on stderr,
    without what is in them. SIGTERM and Ctrl-C end the service once what was begun is read; a second time, at once.
    """
    from ocrkit.cli.notes import say
    from ocrkit_serve.server import Server, address_of, bound
    from ocrkit_serve.service import Service
    from ocrkit_serve.settings import Settings, checked_host, checked_origin, is_loopback
    from ocrkit_serve.sizes import parse_bytes, parse_count, parse_seconds
    from ocrkit_serve.tokens import read_token
    from ocrkit_serve.work import Limits, Work

    limits = Limits(
        max_upload=parse_bytes(max_upload, "max_upload"),
        max_pixels=parse_count(max_pixels, "max_pixels"),
        max_pages=max_pages,
        queue=queue,
        deadline=parse_seconds(deadline, "deadline"),
        keep=parse_seconds(keep, "keep"),
    )
    token = None if token_file is None else read_token(token_file)
    settings = Settings(
        host=host,
        port=port,
        limits=limits,
        token=token,
        allow_hosts=tuple(map(checked_host, allow_host or ())),
        allow_origins=tuple(checked_origin(origin, with_token=token is not None) for origin in allow_origin or ()),
        collect=collect,
    )
    _check_names(model or [None], segmenter)
    listening = bound(host, port)
    with listening:
        if settings.token is None and not is_loopback(host):
            say(f"note: whoever reaches {host!r} may use this service; `token_file` asks for a token")
        work = Work(
            model or [None], limits=limits, device=device, threads=threads, segmenter=segmenter, correctors=correct
        )
        service = Service(work, settings, _collection(settings))
        _log_on_stderr()
        print(f"ocrkit serves at {address_of(listening)}", flush=True)
        Server(service, when_ready=lambda: say("the models are loaded")).serve_on(listening)


def _check_names(models: Sequence[str | None], segmenter: str | None) -> None:
    """See that they are there, before an address is told."""
    from ocrkit.model_files import find_model
    from ocrkit.plugin.registry import default_registry

    for name in models:
        find_model(name)
    if segmenter is not None:
        default_registry().segmenter(segmenter)


def _collection(settings: Settings) -> Collection | None:
    if settings.collect is None:
        return None
    from ocrkit_serve.collecting import Collection

    return Collection(settings.collect)


def _log_on_stderr() -> None:
    """One line a request, and what fails, on stderr."""
    logger = logging.getLogger("ocrkit_serve")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
