"""Bytes sent to a server as they are, and all that comes back."""

from __future__ import annotations

import socket

import httpx


def exchanged(port: int, *pieces: bytes, close_after: bool = True) -> bytes:
    """What the server says to these bytes until it closes the connection, or has answered once."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        for piece in pieces:
            connection.sendall(piece)
        data = b""
        try:
            while part := connection.recv(65536):
                data += part
                if not close_after and b"\r\n\r\n" in data:
                    break
        except ConnectionResetError:
            pass  # as a connection ends that is broken off
    return data


def parsed(data: bytes) -> httpx.Response:
    """An answer."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = [tuple(line.split(": ", 1)) for line in lines[1:]]
    return httpx.Response(int(lines[0].split()[1]), headers=headers, content=body)
