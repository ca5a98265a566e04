"""Requests as bytes on a connection, so that they may be as wrong as anybody can make them."""

from __future__ import annotations

import http.client
import json
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Answer", "Place", "Sent", "form", "request", "send"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service listens, and the token that it asks for."""

    host: str
    port: int
    token: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes over a connection.

    Attributes:
        pieces: of bytes, one after the other.
        pause: seconds between two.
        leaves: whether the connection is closed without waiting for an answer.
    """

    pieces: tuple[bytes, ...]
    pause: float = 0.0
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; a status of 0 where the service closed the connection without a word."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0

    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def request(place: Place, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A request that is as it should be, but for what is given."""
    usual = {
        "Host": f"{place.host}:{place.port}",
        "Authorization": f"Bearer {place.token}",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {**usual, **(headers or {})}.items())]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body


def form(data: bytes, *, name: str = "a.png", field_name: str = "file", boundary: str = "Zz9") -> bytes:
    """The body of a form with one file."""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field_name}"; filename="{name}"\r\n\r\n'
    return head.encode("utf-8", "surrogateescape") + data + f"\r\n--{boundary}--\r\n".encode()


def send(place: Place, sent: Sent, *, patience: float = 150.0) -> Answer:
    """What the service answers.

    Raises:
        OSError: nobody listens there, or no answer comes in time.
    """
    begun = time.monotonic()
    with socket.create_connection((place.host, place.port), timeout=patience) as connection:
        try:
            for number, piece in enumerate(sent.pieces):
                if number and sent.pause:
                    time.sleep(sent.pause)
                connection.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has heard enough, and may have said so
        if sent.leaves:
            return Answer(-1)
        try:
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            body = answer.read()
        except (ConnectionError, http.client.BadStatusLine, http.client.IncompleteRead):
            return Answer(0, seconds=time.monotonic() - begun)
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, body, time.monotonic() - begun)
