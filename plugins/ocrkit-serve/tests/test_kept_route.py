"""``POST /v1/kept``: which lines reach the data set, and what is refused before any does."""

from __future__ import annotations

import copy
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from ocrkit_serve.collecting import Collection

from ocrkit.files import holding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def keeping(serving: Callable[..., Any], folder: Path) -> Iterator[httpx.Client]:
    with serving(collection=Collection(folder, patience=0.05)) as running, running.client() as client:
        yield client


def read_job(client: httpx.Client, data: bytes = b"pages 2") -> dict[str, Any]:
    """A job that is done, and its pages, as the page hands them over."""
    job = client.post("/v1/pages?async=true", content=data).json()["id"]
    while client.get(f"/v1/jobs/{job}").json()["state"] != "done":
        time.sleep(0.01)
    pages = client.get(f"/v1/jobs/{job}/result?to=json").json()["pages"]
    return {"job": job, "pages": pages, "checked": {"1": ["l1"]}}


def first_line(body: dict[str, Any]) -> dict[str, Any]:
    line: dict[str, Any] = body["pages"][0]["regions"][0]["lines"][0]
    return line


def kept_texts(folder: Path) -> list[str]:
    table = folder / "labels.jsonl"
    return [json.loads(row)["text"] for row in table.read_text("utf-8").splitlines()] if table.exists() else []


def test_a_checked_line_is_kept_with_its_corrected_text(keeping: httpx.Client, folder: Path) -> None:
    body = read_job(keeping)
    first_line(body)["text"] = "corrected"

    answer = keeping.post("/v1/kept", json=body)

    assert answer.status_code == 200
    assert answer.json() == {"lines": 1, "replaced": 0, "left_out": [], "in_all": 1}
    [row] = map(json.loads, (folder / "labels.jsonl").read_text("utf-8").splitlines())
    assert (row["text"], row["read"], row["model"]) == ("corrected", "page 1", "fake")


def test_lines_that_nobody_checked_are_not_kept(keeping: httpx.Client, folder: Path) -> None:
    body = read_job(keeping) | {"checked": {}}

    assert keeping.post("/v1/kept", json=body).json()["lines"] == 0
    assert kept_texts(folder) == []


def test_a_page_is_taken_out_again(keeping: httpx.Client, folder: Path) -> None:
    body = read_job(keeping)
    keeping.post("/v1/kept", json=body)

    answer = keeping.post("/v1/kept", json=body | {"checked": {"1": []}})

    assert answer.json() == {"lines": 0, "replaced": 1, "left_out": [], "in_all": 0}
    assert kept_texts(folder) == []


def bad(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def changed(body: dict[str, Any]) -> dict[str, Any]:
        body = copy.deepcopy(body)
        change(body)
        return body

    return changed


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        (bad(lambda body: body.pop("job")), 400, "names no job"),
        (bad(lambda body: body.update(job=["x"])), 400, "names no job"),
        (bad(lambda body: body.update(job="../../etc")), 404, "no such job"),
        (bad(lambda body: body.pop("pages")), 400, "pages"),
        (bad(lambda body: body.update(pages="x")), 400, "pages"),
        (bad(lambda body: body.pop("checked")), 400, "which lines were checked"),
        (bad(lambda body: body.update(checked=[])), 400, "which lines were checked"),
        (bad(lambda body: body.update(checked={"one": []})), 400, "numbers of pages"),
        (bad(lambda body: body.update(checked={"²": []})), 400, "numbers of pages"),
        (bad(lambda body: body.update(checked={"1": "l1"})), 400, "no list of ids"),
        (bad(lambda body: body.update(checked={"1": [1]})), 400, "no list of ids"),
        (bad(lambda body: body.update(checked={"7": ["l1"]})), 400, "not among the pages"),
        (bad(lambda body: body["pages"][0].update(number=7) or body.update(checked={"7": ["l1"]})), 409, "not read"),
        (bad(lambda body: body.update(checked={"1": ["l9"]})), 422, "no line 'l9'"),
        (bad(lambda body: first_line(body).update(text="a\nb")), 422, "line 'l1'"),
        (bad(lambda body: first_line(body).update(text="")), 422, "empty"),
        (bad(lambda body: first_line(body).update(text=None)), 422, "empty"),
        (bad(lambda body: first_line(body)["outline"].reverse()), 422, "elsewhere"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(
    keeping: httpx.Client, folder: Path, change: Callable[[dict[str, Any]], dict[str, Any]], status: int, said: str
) -> None:
    answer = keeping.post("/v1/kept", json=change(read_job(keeping)))

    assert answer.status_code == status
    assert said in answer.json()["error"]["reason"]
    assert kept_texts(folder) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"job": "\\ud800"}'], ids=repr)
def test_bodies_that_say_nothing_are_refused(keeping: httpx.Client, body: bytes) -> None:
    answer = keeping.post("/v1/kept", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["way_out"]


def test_no_page_is_kept_where_another_cannot_be(keeping: httpx.Client, folder: Path) -> None:
    body = read_job(keeping) | {"checked": {"1": ["l1"], "2": ["l1"]}}
    body["pages"][1]["regions"][0]["lines"][0]["text"] = "\x00"

    assert keeping.post("/v1/kept", json=body).status_code == 422
    assert kept_texts(folder) == []


def test_a_busy_data_set_is_to_be_tried_again(keeping: httpx.Client, folder: Path) -> None:
    body = read_job(keeping)

    with holding(folder):
        answer = keeping.post("/v1/kept", json=body)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_a_full_data_set_says_so(serving: Callable[..., Any], folder: Path) -> None:
    with serving(collection=Collection(folder, most_bytes=10)) as running, running.client() as client:
        answer = client.post("/v1/kept", json=read_job(client))

    assert answer.status_code == 507
    assert "may have 10" in answer.json()["error"]["reason"]


def test_a_body_that_is_too_large_is_refused_with_a_way_out(keeping: httpx.Client) -> None:
    answer = keeping.post("/v1/kept", content=b" " * 4_000_001)

    assert answer.status_code == 413
    assert answer.json()["error"]["way_out"] == "keep fewer pages at a time"


def test_many_who_wait_to_keep_hold_up_no_other_answer(serving: Callable[..., Any], folder: Path) -> None:
    with serving(collection=Collection(folder, patience=30)) as running, running.client() as client:
        body = read_job(client)
        bodies = [body] * (min(32, (os.cpu_count() or 1) + 4) + 1)  # more than the usual threads
        with ThreadPoolExecutor(len(bodies)) as threads, holding(folder):
            asked = [threads.submit(client.post, "/v1/kept", json=each) for each in bodies]
            time.sleep(0.5)
            begun = time.monotonic()
            assert client.post("/v1/pages?to=text", content=b"any").status_code == 200
            waited = time.monotonic() - begun

    assert waited < 5
    assert {one.result().status_code for one in asked} == {200}


def test_a_service_that_keeps_nothing_says_so(client: httpx.Client) -> None:
    answer = client.post("/v1/kept", json={})

    assert answer.status_code == 404
    assert "--collect" in answer.json()["error"]["way_out"]
