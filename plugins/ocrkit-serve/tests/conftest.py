from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest
from fake_work import FakeWork
from ocrkit_serve.server import Server, address_of, bound
from ocrkit_serve.service import Service
from ocrkit_serve.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ocrkit_serve.collecting import Collection


@dataclass
class Running:
    """A service that listens at a free port of this machine."""

    address: str
    port: int
    work: FakeWork
    service: Service
    server: Server
    thread: threading.Thread

    def client(self, **options: object) -> httpx.Client:
        # The machine's proxy, which the environment may name, is none for this machine itself.
        return httpx.Client(base_url=self.address, trust_env=False, timeout=60, **options)


@contextmanager
def running(
    settings: Settings | None = None,
    work: FakeWork | None = None,
    *,
    holds_start: bool = False,
    collection: Collection | None = None,
) -> Iterator[Running]:
    settings = settings or Settings()
    work = work or FakeWork()
    work.holds_start = holds_start
    ready = threading.Event()
    service = Service(work, settings, collection)
    listening = bound("127.0.0.1", 0)
    server = Server(service, when_ready=ready.set)
    thread = threading.Thread(target=server.serve_on, args=[listening])
    thread.start()
    try:
        if not work.holds_start:
            assert ready.wait(60)
        yield Running(address_of(listening), listening.getsockname()[1], work, service, server, thread)
    finally:
        work.go()
        server.stop()
        thread.join(60)
        listening.close()
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def shared() -> Iterator[Running]:
    """One service for all tests that leave it as it is."""
    with running() as found:
        yield found


@pytest.fixture
def client(shared: Running) -> Iterator[httpx.Client]:
    with shared.client() as found:
        yield found


@pytest.fixture(scope="session")
def serving() -> Callable[..., object]:
    """Runs a service of other settings: a context manager."""
    return running
