"""The service run: a socket, uvicorn, and an end in which what is being read is still read."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from ocrkit.errors import OcrkitError
from ocrkit_serve.app import build_app
from ocrkit_serve.protocol import protocol_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from ocrkit_serve.service import Service

__all__ = ["Server", "address_of", "bound"]

_LONGEST_HEAD = 16_384  # bytes of a request's line and headers
_BACKLOG = 256


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        OcrkitError: nothing can listen there.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise OcrkitError(f"`host` is {host!r}, which is no address of this machine: {_said(error)}") from error
    # Of the two that localhost may be, the one that programs try where they have the numbers written down.
    family, kind, protocol, _, place = min(found, key=lambda each: each[0] != socket.AF_INET)
    # With the protocol named, asyncio knows that it is TCP and switches Nagle's algorithm off: 40 ms an answer.
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise OcrkitError(
            f"nothing can listen at port {port} of {host!r}: {_said(error)}; take another with `port`, or 0 for any"
        ) from error
    return listening


def address_of(listening: socket.socket) -> str:
    """What a browser takes to go there."""
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = socket.gethostname()
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


class Server(uvicorn.Server):
    """Serves until it is told to end, by a signal or by ``stop``; then refuses more, and ends once all is read.

    A second signal ends it at once.

    Args:
        service: what is served.
        when_ready: called once the models are loaded.
    """

    def __init__(self, service: Service, *, when_ready: Callable[[], None] = lambda: None) -> None:
        super().__init__(
            uvicorn.Config(
                build_app(service),
                http=protocol_for(service.settings),
                ws="none",
                loop="asyncio",
                lifespan="off",  # the service begins and ends by the methods below
                log_config=None,
                log_level="warning",
                access_log=False,  # the application writes its own, without what is in queries
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=max(1, int(service.settings.header_seconds)),
                timeout_graceful_shutdown=int(service.settings.drain_seconds) + 1,
                h11_max_incomplete_event_size=_LONGEST_HEAD,
            )
        )
        self._service = service
        self._when_ready = when_ready
        self._told_ready = False
        self._drained: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Begin to end, from any thread."""
        self.should_exit = True

    def serve_on(self, listening: socket.socket) -> None:
        """Serve until it is over.

        Raises:
            OcrkitError: the models cannot be loaded.
        """
        self.run([listening])
        if self._service.failure is not None:
            raise self._service.failure

    async def on_tick(self, counter: int) -> bool:
        """Look, ten times a second, whether it is over."""
        if (self.should_exit or self._service.failure is not None) and self._drained is None:
            self._drained = asyncio.create_task(self._service.end())
        if self._service.phase == "ready" and not self._told_ready:
            self._told_ready = True
            self._when_ready()
        await super().on_tick(counter)
        if self.force_exit:
            self._service.hurry()
        if self._drained is None or not self._drained.done():
            return False
        self._drained.result()
        return True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to load the models, and to listen."""
        self._service.begin()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Begin to end by a signal, or end at once by a second."""
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals while the block runs; the base would raise them again when all is done."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _said(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
