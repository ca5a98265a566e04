from __future__ import annotations

import threading
import time

import pytest
from ocrkit_serve.server import Server, bound
from ocrkit_serve.service import Service
from ocrkit_serve.settings import Settings
from test_receiving import until

from ocrkit.errors import OcrkitError


def test_it_is_ready_once_the_models_are_loaded(serving) -> None:
    with serving(holds_start=True) as found, found.client() as client:
        assert client.get("/healthz").status_code == 200
        assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (503, {"status": "loading"})
        assert client.post("/v1/pages", content=b"any").headers["retry-after"] == "2"

        found.work.go()
        until(lambda: client.get("/readyz").status_code == 200)

        assert client.post("/v1/pages", content=b"any").status_code == 200


def test_what_was_begun_is_read_to_its_end_and_more_is_refused(serving) -> None:
    answers = []
    with serving(Settings(linger_seconds=1.0)) as found, found.client() as client:
        asking = threading.Thread(target=lambda: answers.append(client.post("/v1/pages", content=b"wait")))
        asking.start()
        with found.client() as other:
            until(lambda: found.work.waiting)
            job = other.post("/v1/pages?async=1", content=b"wait").headers["location"]
            found.server.stop()
            until(lambda: other.get("/readyz").json() == {"status": "ending"})

            refused = other.post("/v1/pages", content=b"any")
            found.work.go()
            asking.join(60)
            until(lambda: other.get(job).json()["state"] == "done")
            result = other.get(f"{job}/result?to=text")
        found.thread.join(60)

    assert (refused.status_code, refused.json()["error"]["reason"]) == (503, "the service is about to end")
    assert [answer.status_code for answer in answers] == [200]
    assert "page 1" in result.text
    assert found.work.drained
    assert not found.thread.is_alive()


def test_it_ends_at_once_where_it_is_told_twice(serving) -> None:
    with serving() as found, found.client() as client:
        client.post("/v1/pages?async=1", content=b"wait")
        begun = time.monotonic()
        found.server.handle_exit(2, None)
        found.server.handle_exit(2, None)
        found.thread.join(60)

        assert not found.thread.is_alive()
        assert time.monotonic() - begun < 30
        assert found.work.drained


def test_what_cannot_be_loaded_ends_it_with_the_reason() -> None:
    from fake_work import FakeWork

    class Broken(FakeWork):
        async def start(self) -> None:
            raise OcrkitError("no model 'x'")

    with bound("127.0.0.1", 0) as listening:
        server = Server(Service(Broken(), Settings()))

        with pytest.raises(OcrkitError, match="no model 'x'"):
            server.serve_on(listening)


def test_a_port_that_is_taken_is_told_with_the_way_out() -> None:
    with (
        bound("127.0.0.1", 0) as listening,
        pytest.raises(OcrkitError, match=r"in use; take another with `port`, or 0 for any"),
    ):
        bound("127.0.0.1", listening.getsockname()[1])


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "a" * 300, "\x00"])
def test_a_host_that_is_not_of_this_machine_is_told(host: str) -> None:
    with pytest.raises(OcrkitError, match=r"`host` is|nothing can listen"):
        bound(host, 0)
