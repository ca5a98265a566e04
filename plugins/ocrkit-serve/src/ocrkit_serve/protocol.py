"""The server's side of a connection, with what uvicorn leaves out: patience that ends, and a number that is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ocrkit_serve.edge import HEADERS
from ocrkit_serve.problems import Problem, problem_answer

if TYPE_CHECKING:
    import asyncio

    from ocrkit_serve.settings import Settings

__all__ = ["protocol_for"]


def protocol_for(settings: Settings) -> type[H11Protocol]:
    """The protocol that keeps the limits of the settings."""

    class Bounded(_Bounded):
        """That protocol."""

        limits = settings

    return Bounded


class _Bounded(H11Protocol):
    """Closes connections whose requests do not come, whose answers are not taken, and those that are too many."""

    limits: Settings

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._coming: asyncio.TimerHandle | None = None
        self._going: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the base has it
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            transport.write(_whole(Problem(503, "too many are connected", headers={"Retry-After": "5"})))
            transport.close()
            return
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._coming is None and (self.cycle is None or self.cycle.response_complete):
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._going is None:
            self._going = self.loop.call_later(self.limits.send_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        if self._going is not None:
            self._going.cancel()
            self._going = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, in the shape of all refusals."""
        self.transport.write(_whole(Problem(400, f"this is no request: {msg}", "speak HTTP/1.1")))
        self.transport.close()

    def _wait_for_head(self) -> None:
        self._coming = self.loop.call_later(self.limits.header_seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._coming is not None:
            self._coming.cancel()
            self._coming = None


def _whole(problem: Problem) -> bytes:
    """An answer, byte by byte, to a connection that is closed after it."""
    answer = problem_answer(problem)
    for name, value in {**HEADERS, "Cache-Control": "no-store", "Connection": "close"}.items():
        answer.headers[name] = value
    lines = [f"HTTP/1.1 {problem.status} ".encode()]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + bytes(answer.body)
