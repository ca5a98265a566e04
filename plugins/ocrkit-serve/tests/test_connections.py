from __future__ import annotations

import socket
import time

import pytest
from ocrkit_serve.settings import Settings
from raw_http import exchanged, parsed

FEW = 4
HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def impatient(serving):
    with serving(Settings(header_seconds=1.0, connections=FEW)) as found:
        yield found


@pytest.mark.parametrize("begun", [b"", HEAD + b"X: 1\r\n"])
def test_a_request_whose_head_does_not_come_is_given_up(impatient, begun: bytes) -> None:
    start = time.monotonic()

    assert exchanged(impatient.port, begun) == b""
    assert time.monotonic() - start < 15


def test_a_second_request_of_a_connection_is_waited_for_no_longer(impatient) -> None:
    data = exchanged(impatient.port, HEAD + b"\r\n", b"GET /he")

    assert data.count(b"HTTP/1.1 200") == 1


def test_a_connection_that_asks_again_in_time_is_kept(impatient) -> None:
    with impatient.client() as client:
        first = client.get("/healthz")
        time.sleep(0.1)
        second = client.get("/healthz")

    assert (first.status_code, second.status_code) == (200, 200)


def test_too_many_connections_are_told_so(impatient) -> None:
    held = [socket.create_connection(("127.0.0.1", impatient.port)) for _ in range(FEW)]
    try:
        answer = parsed(exchanged(impatient.port, HEAD + b"\r\n"))
    finally:
        for each in held:
            each.close()

    assert answer.status_code == 503
    assert answer.json()["error"]["reason"] == "too many are connected"


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /v1/pages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nanyx",
        b"POST /v1/pages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/pages HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/pages HTTP/1.1\r\nHost: localhost\r\nContent-Length : 3\r\n\r\nany",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n X: folded\r\nY\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 70_000 + b"\r\nConnection: close\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET http://evil.example/ HTTP/1.1\r\n\r\n",
    ],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_request_is_refused_in_the_shape_of_all_refusals(shared, request_bytes: bytes) -> None:
    answer = parsed(exchanged(shared.port, request_bytes))

    assert answer.status_code in (400, 431)
    assert answer.json()["error"]["status"] == answer.status_code


@pytest.mark.parametrize(
    "path", [b"/%00", b"/page/%2e%2e/app.py", b"/page/..%2fapp.py", b"/page//etc/passwd", b"/%ff", b"*"]
)
def test_odd_paths_lead_nowhere(shared, path: bytes) -> None:
    answer = parsed(
        exchanged(shared.port, b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    )

    assert answer.status_code in (400, 404)


def test_an_upgrade_to_websockets_is_not_made(client) -> None:
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}

    assert client.get("/healthz", headers=headers).status_code == 200
