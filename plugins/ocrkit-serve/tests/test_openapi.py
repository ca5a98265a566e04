"""openapi.json says what the service does: each address, each status, each option, and the shape of each answer."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest
from described import DOCUMENT, assert_valid, check_answer, operations, resolved
from fake_work import png
from jsonschema import Draft202012Validator
from ocrkit_serve.app import ROUTES
from ocrkit_serve.asking import READING
from ocrkit_serve.collecting import Collection
from ocrkit_serve.formats import MEDIA_TYPES, Formats
from ocrkit_serve.settings import Settings
from ocrkit_serve.work import Limits

from ocrkit.files import holding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = "0123456789abcdef"
OTHER_SITE = {"Origin": "https://evil.example"}
OTHER_NAME = {"Host": "evil.example"}


@dataclass
class World:
    """Services, and what can be asked of them."""

    client: httpx.Client
    guarded: httpx.Client
    loading: httpx.Client
    full: httpx.Client
    crowded: httpx.Client
    slow_port: int
    folder: Path

    def post(self, path: str, data: bytes = b"any", **options: object) -> httpx.Response:
        return self.client.post(path, content=data, **options)

    def job(self, data: bytes, state: str, client: httpx.Client | None = None) -> str:
        """The path of a job that has come to a state."""
        asked = client or self.client
        path: str = asked.post("/v1/pages?async=1", content=data).headers["location"]
        while asked.get(path).json()["state"] != state:
            pass
        return path

    def cancelled(self) -> str:
        path = self.job(b"wait", "reading")
        self.client.delete(path)
        return path

    def pages(self) -> bytes:
        return self.post("/v1/pages").content

    def keep(self, job: str, text: str = "fox", client: httpx.Client | None = None) -> httpx.Response:
        """The answer to a page kept with that text on its line."""
        page = json.loads(self.pages())["pages"][0]
        page["regions"][0]["lines"][0]["text"] = text
        body = {"job": job.rpartition("/")[2], "pages": [page], "checked": {"1": ["l1"]}}
        return (client or self.client).post("/v1/kept", json=body)

    def keep_while_another_does(self) -> httpx.Response:
        with holding(self.folder):
            return self.keep(self.job(b"any", "done"))


@pytest.fixture(scope="module")
def world(serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("kept")
    own, full = Collection(folder / "own", patience=0.05), Collection(folder / "full", most_bytes=1)
    with ExitStack() as stack:
        shared = stack.enter_context(serving(collection=own))
        guarded = stack.enter_context(serving(Settings(token=TOKEN)))
        loading = stack.enter_context(serving(Settings(), holds_start=True))
        filled = stack.enter_context(serving(Settings(), collection=full))
        crowded = stack.enter_context(serving(Settings(limits=Limits(deadline=0.05))))
        crowded.service._writing = asyncio.Semaphore(0)
        slow = stack.enter_context(serving(Settings(body_seconds=0.1), collection=own))
        clients = [stack.enter_context(each.client()) for each in (shared, guarded, loading, filled, crowded)]
        yield World(*clients, slow.port, folder / "own")


READ = ("/v1/pages", "/v1/lines")
RESULTS = {"/v1/jobs/{id}/result": "/result", "/v1/jobs/{id}/pages/{number}": "/pages/1"}
OF_JOBS = {**RESULTS, "/v1/jobs/{id}/pages/{number}/picture": "/pages/1/picture"}
PLAIN = ("/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/models")
OF_PAGE = {"/": "/", "/favicon.ico": "/favicon.ico", "/page/{path}": "/page/index.html"}


def cases() -> dict[tuple[str, str, int], Callable[[World], httpx.Response]]:
    """A request for each status of each operation that is documented."""
    found: dict[tuple[str, str, int], Callable[[World], httpx.Response]] = {}
    for path in READ:
        found |= {("POST", path, status): case for status, case in reading_cases(path).items()}
    for path, ending in OF_JOBS.items():
        found |= {("GET", path, status): case for status, case in job_cases(ending).items()}
    for path in RESULTS:
        found["GET", path, 406] = lambda w, e=RESULTS[path]: w.client.get(
            w.job(b"any", "done") + e, headers={"Accept": "audio/mpeg"}
        )
        found["GET", path, 504] = lambda w, e=RESULTS[path]: w.crowded.get(w.job(b"any", "done", w.crowded) + e)
    found |= {
        ("GET", "/v1/jobs/{id}", 200): lambda w: w.client.get(w.job(b"pages 2", "done")),
        ("GET", "/v1/jobs/{id}", 400): lambda w: w.client.get("/v1/jobs/none?to=json"),
        ("GET", "/v1/jobs/{id}", 404): lambda w: w.client.get("/v1/jobs/none"),
        ("GET", "/v1/jobs/{id}", 410): lambda w: w.client.get(w.cancelled()),
        ("DELETE", "/v1/jobs/{id}", 410): lambda w: w.client.delete(w.cancelled()),
        ("DELETE", "/v1/jobs/{id}", 204): lambda w: w.client.delete(w.job(b"wait", "reading")),
        ("DELETE", "/v1/jobs/{id}", 400): lambda w: w.client.delete("/v1/jobs/none?now=1"),
        ("DELETE", "/v1/jobs/{id}", 404): lambda w: w.client.delete("/v1/jobs/none"),
        ("GET", "/readyz", 503): lambda w: w.loading.get("/readyz"),
        ("GET", "/v1/models", 400): lambda w: w.client.get("/v1/models?to=json"),
        ("GET", "/page/{path}", 404): lambda w: w.client.get("/page/none.js"),
    }
    found |= {("GET", path, 200): lambda w, p=path: w.client.get(p) for path in PLAIN}
    found |= {("GET", path, 200): lambda w, p=own: w.client.get(p) for path, own in OF_PAGE.items()}
    found |= {("GET", path, 304): lambda w, p=own: again(w.client, p) for path, own in OF_PAGE.items()}
    found |= {("POST", "/v1/render", status): case for status, case in rendering_cases().items()}
    found |= {("POST", "/v1/kept", status): case for status, case in keeping_cases().items()}
    return found | refusals_of_anything()


def reading_cases(path: str) -> dict[int, Callable[[World], httpx.Response]]:
    said = {status: b"refuse %d" % status for status in (413, 415, 422, 503, 504)}
    return {
        200: lambda w: w.post(path),
        202: lambda w: w.post(path, b"pages 2"),
        400: lambda w: w.post(f"{path}?modle=x"),
        406: lambda w: w.post(path, headers={"Accept": "audio/mpeg"}),
        408: lambda w: trickled(w.slow_port, path),
        **{status: lambda w, data=data: w.post(path, data) for status, data in said.items()},
    }


def job_cases(ending: str) -> dict[int, Callable[[World], httpx.Response]]:
    return {
        200: lambda w: w.client.get(w.job(b"any", "done") + ending),
        400: lambda w: w.client.get(w.job(b"any", "done") + ending + "?longset=1"),
        404: lambda w: w.client.get("/v1/jobs/none" + ending),
        409: lambda w: w.client.get(w.job(b"hold", "waiting") + ending),
        410: lambda w: w.client.get(w.cancelled() + ending),
        422: lambda w: w.client.get(w.job(b"refuse 415", "failed") + ending),
    }


def rendering_cases() -> dict[int, Callable[[World], httpx.Response]]:
    return {
        200: lambda w: w.post("/v1/render?to=alto", w.pages()),
        400: lambda w: w.post("/v1/render", b"{"),
        404: lambda w: w.post("/v1/render?job=none", w.pages()),
        410: lambda w: w.post("/v1/render?job=" + w.cancelled().rpartition("/")[2], w.pages()),
        406: lambda w: w.post("/v1/render", w.pages(), headers={"Accept": "audio/mpeg"}),
        408: lambda w: trickled(w.slow_port, "/v1/render"),
        409: lambda w: w.post("/v1/render?to=pdf&job=" + w.job(b"hold", "waiting").rpartition("/")[2], w.pages()),
        413: lambda w: w.post("/v1/render", b" " * 17_000_000),
        422: lambda w: w.post("/v1/render?to=overlay&job=" + w.job(png(), "done").rpartition("/")[2], FLAT),
        504: lambda w: w.crowded.post("/v1/render", content=w.pages()),
    }


def keeping_cases() -> dict[int, Callable[[World], httpx.Response]]:
    return {
        200: lambda w: w.keep(w.job(b"any", "done")),
        400: lambda w: w.post("/v1/kept", b"{}"),
        404: lambda w: w.keep("none"),
        408: lambda w: trickled(w.slow_port, "/v1/kept"),
        409: lambda w: w.keep(w.job(b"hold", "waiting")),
        410: lambda w: w.keep(w.cancelled()),
        413: lambda w: w.post("/v1/kept", b" " * 17_000_000),
        422: lambda w: w.keep(w.job(b"any", "done"), text=""),
        503: lambda w: w.keep_while_another_does(),
        507: lambda w: w.keep(w.job(b"any", "done", w.full), client=w.full),
    }


def refusals_of_anything() -> dict[tuple[str, str, int], Callable[[World], httpx.Response]]:
    """What the guard says, whatever is asked."""
    found: dict[tuple[str, str, int], Callable[[World], httpx.Response]] = {}
    for method, path, operation in operations():
        own = re.sub(r"\{\w+\}", "1", path)
        for status, name, headers in ((401, "guarded", {}), (403, "client", OTHER_SITE), (421, "client", OTHER_NAME)):
            if str(status) in operation["responses"]:
                found[method, path, status] = lambda w, m=method, p=own, n=name, h=headers: getattr(w, n).request(
                    m, p, headers=h
                )
    return found


FLAT = (
    b'{"format": "ocrkit pages", "version": 1, "pages": [{"image": "a", "width": 9, "height": 9, "regions": '
    b'[{"id": "r", "outline": []}]}]}'
)


def again(client: httpx.Client, path: str) -> httpx.Response:
    return client.get(path, headers={"If-None-Match": client.get(path).headers["etag"]})


def trickled(port: int, path: str) -> httpx.Response:
    """The answer to a body that stops after its first byte."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1".encode())
        data = b""
        while part := connection.recv(65536):
            data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = [tuple(line.split(": ", 1)) for line in lines[1:]]
    return httpx.Response(int(lines[0].split()[1]), headers=headers, content=body)


CASES = cases()


def test_every_documented_status_has_a_request_that_brings_it() -> None:
    documented = {
        (method, path, int(status))
        for method, path, operation in operations()
        for status in operation["responses"]
        if status != "default"
    }

    assert set(CASES) == documented


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case)))
def test_an_answer_is_as_it_is_documented(world: World, case: tuple[str, str, int]) -> None:
    method, path, status = case

    answer = CASES[case](world)

    assert answer.status_code == status, answer.text
    check_answer(answer, method, path)


def test_addresses_are_those_of_the_description() -> None:
    served = {(method, re.sub(r":\w+\}", "}", route.path)) for route in ROUTES for method in route.methods - {"HEAD"}}

    assert served == {(method, path) for method, path, _ in operations()}


def test_what_fails_is_told_in_the_shape_of_all_refusals(world: World) -> None:
    answer = world.post("/v1/pages", b"fail")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert_valid(answer.json(), {"$ref": "#/components/schemas/Error"})
    assert all(operation["responses"]["default"]["$ref"].endswith("/Failed") for *_, operation in operations())


def test_the_formats_of_pages_are_all_described() -> None:
    to = DOCUMENT["components"]["parameters"]["to"]["examples"]
    media = {kind.partition(";")[0] for kind in MEDIA_TYPES.values()}

    assert set(to) == set(MEDIA_TYPES) == set(Formats().names)
    assert set(DOCUMENT["components"]["responses"]["Written"]["content"]) == media | {"application/zip"}


VALUES = {
    "to": "text",
    "model": "fake",
    "lexicon": "fox,quick",
    "correct": "spelling",
    "propose": "spelling",
    "alternatives": "3",
    "reject": "0.1",
    "segmenter": "bands",
    "async": "true",
    "name": "page.png",
    "longest": "100",
}
OPTIONS = [
    (method, path, resolved(parameter)["name"])
    for method, path, operation in operations()
    for parameter in operation.get("parameters", ())
    if resolved(parameter)["in"] == "query"
]


@pytest.mark.parametrize(("method", "path", "name"), OPTIONS)
def test_a_documented_option_is_taken(world: World, method: str, path: str, name: str) -> None:
    job = world.job(b"any", "done")
    own = path.replace("/v1/jobs/{id}", job).replace("{number}", "1")
    value = job.rpartition("/")[2] if name == "job" else VALUES[name]
    data = world.pages() if path == "/v1/render" else b"any"

    answer = world.client.request(method, own, params={name: value}, content=data if method == "POST" else None)

    assert answer.status_code in (200, 202), answer.text
    check_answer(answer, method, path)


def test_every_option_of_reading_is_documented() -> None:
    assert {name for _, path, name in OPTIONS if path == "/v1/pages"} == set(READING)


def test_the_schemas_are_schemas() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
