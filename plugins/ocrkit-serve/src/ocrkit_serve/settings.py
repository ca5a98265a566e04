"""What the service is told when it starts."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit_serve.work.records import Limits

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Settings", "checked_host", "checked_origin", "is_address", "is_everywhere", "is_loopback"]

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?")
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Settings:
    """How the service is reached, and what it takes.

    Attributes:
        host: the name or address that it listens on.
        port: 0 for any that is free.
        limits: what a request may cost.
        token: what requests to ``/v1`` and ``/metrics`` bear; None lets everyone in.
        allow_hosts: names, besides its own, that browsers may know it by.
        allow_origins: where pages of others may use it from, as ``https://archive.example``; ``*`` for anywhere.
        collect: the folder that corrected lines are kept in; None keeps none.
        connections: how many may be open at a time.
        header_seconds: how long a request's head may take.
        body_seconds: how long a body may take beyond what ``body_rate`` needs.
        body_rate: bytes a second that a body must come at.
        send_seconds: how long whoever asked may take no part of an answer.
        render_bytes: of the JSON that is to be written in another format.
        drain_seconds: how long what is being read may go on once the service is to end.
        linger_seconds: for whoever waits for a job, to ask for what was read meanwhile.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    limits: Limits = field(default_factory=Limits)
    token: str | None = None
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    collect: Path | None = None
    connections: int = 200
    header_seconds: float = 10.0
    body_seconds: float = 20.0
    body_rate: float = 10_000.0
    send_seconds: float = 60.0
    render_bytes: int = 16_000_000
    drain_seconds: float = 60.0
    linger_seconds: float = 3.0

    @property
    def hosts(self) -> frozenset[str]:
        """Names and addresses, in small letters and without ports, that a request's ``Host`` may give."""
        own = {self.host} if not is_everywhere(self.host) else {socket.gethostname()}
        return frozenset(
            name.lower().strip("[]") for name in {"127.0.0.1", "localhost", "::1", *own, *self.allow_hosts}
        )


def checked_host(name: str) -> str:
    """A name or an address that a request may give as its ``Host``, in small letters.

    Raises:
        OptionError: it is no such name.
    """
    bare = name.strip().lower().removeprefix("[").removesuffix("]")
    if not is_address(bare) and not _NAME.fullmatch(bare):
        raise OptionError(f"`allow_host` is {name!r}; expected a name without scheme and port, as ocr.example")
    return bare


def checked_origin(origin: str, *, with_token: bool) -> str:
    """The origin of a site whose pages may use the service, in small letters, or ``*`` for all.

    Raises:
        OptionError: it is no origin, or all sites would use a service that asks for no token.
    """
    if origin == "*" and not with_token:
        raise OptionError("`allow_origin` is '*', which lets any site use this service; give `token_file` too")
    bare = origin.strip().lower().removesuffix("/")
    if origin != "*" and not _ORIGIN.fullmatch(bare):
        raise OptionError(f"`allow_origin` is {origin!r}; expected a scheme and a name, as https://archive.example")
    return bare


def is_address(host: str) -> bool:
    """Whether it is an IP address, and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_everywhere(host: str) -> bool:
    """Whether it stands for all addresses of the machine."""
    return is_address(host) and ipaddress.ip_address(host).is_unspecified


def is_loopback(host: str) -> bool:
    """Whether it is reached from this machine only."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)
