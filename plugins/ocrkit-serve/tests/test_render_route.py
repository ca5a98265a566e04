from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from fake_work import TEXT, FakeWork, png
from ocrkit_serve.problems import Problem
from ocrkit_serve.sent_pages import sent_pages
from ocrkit_serve.service import Service
from ocrkit_serve.settings import Settings
from ocrkit_serve.work import Limits

from ocrkit.layout.reading import read_layout

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


@pytest.fixture
def pages(client: httpx.Client) -> dict[str, Any]:
    """A page as the service answered it, and as a reader corrected it."""
    document: dict[str, Any] = client.post("/v1/pages?name=page.png", content=b"any").json()
    document["pages"][0]["regions"][0]["lines"][0].update(text="തിരുത്തിയ വരി", words=[])
    return document


@pytest.mark.parametrize("to", ["text", "hocr", "tsv", "page", "json"])
def test_what_was_corrected_is_in_every_format(client: httpx.Client, pages: dict[str, Any], to: str) -> None:
    answer = client.post(f"/v1/render?to={to}", json=pages)

    assert answer.status_code == 200
    assert (
        "തിരുത്തിയ" in answer.text or "തിരുത്തിയ" in json.loads(answer.text)["pages"][0]["regions"][0]["lines"][0]["text"]
    )
    assert TEXT not in answer.text


def test_the_alto_of_a_corrected_page_is_read_back(client: httpx.Client, pages: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "page.xml"
    file.write_bytes(client.post("/v1/render?to=alto", json=pages).content)

    assert read_layout(file).text == "തിരുത്തിയ വരി"


@pytest.mark.parametrize(("to", "begins"), [("pdf", b"%PDF"), ("overlay", b"\x89PNG")])
def test_formats_with_pictures_take_those_of_the_job(
    client: httpx.Client, pages: dict[str, Any], to: str, begins: bytes
) -> None:
    job = done(client, png())

    assert client.post(f"/v1/render?to={to}", json=pages).status_code == 400
    assert client.post(f"/v1/render?to={to}&job={job}", json=pages).content.startswith(begins)


def done(client: httpx.Client, data: bytes) -> str:
    """A job that has read a file."""
    job: str = client.post("/v1/pages?async=1", content=data).json()["id"]
    while client.get(f"/v1/jobs/{job}").json()["state"] != "done":
        pass
    return job


@pytest.mark.parametrize(
    ("document", "status", "said"),
    [(b"any", 422, "cannot be written"), (png((20_000, 6_000)), 413, "20000x6000 px"), (b"pages 2", 422, "")],
    ids=["no picture", "too large", "of another kind"],
)
def test_a_picture_that_cannot_be_taken_is_told(
    client: httpx.Client, pages: dict[str, Any], document: bytes, status: int, said: str
) -> None:
    answer = client.post(f"/v1/render?to=pdf&job={done(client, document)}", json=pages)

    assert answer.status_code == status
    assert said in answer.json()["error"]["reason"]


def test_a_page_that_the_job_has_not_is_told(client: httpx.Client, pages: dict[str, Any]) -> None:
    pages["pages"][0]["number"] = 7

    answer = client.post(f"/v1/render?to=overlay&job={done(client, png())}", json=pages)

    assert (answer.status_code, "no page 7" in answer.json()["error"]["reason"]) == (422, True)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"[]", "no pages of ocrkit"),
        (b'{"format": "ocrkit pages", "version": 2, "pages": []}', "version is 2"),
        (b'{"format": "ocrkit pages", "version": 1, "pages": []}', "no pages"),
        (b'{"format": "ocrkit pages", "version": 1, "pages": [{}]}', "page 1: image is 'missing'"),
        (b'{"format": "ocrkit pages", "version": 1, "pages": [1]}', "expected a list of objects"),
        (b'{"format": "ocrkit pages", "version": 1, "pages": [{"image": "a", "width": 1e999, "height": 1}]}', "width"),
        (b'{"format": "ocrkit pages", "version": 1, "pages": [{"image": "a", "width": true, "height": 1}]}', "width"),
        (b"[" * 100_000, "no JSON"),
        (b'{"a":' * 100_000, "no JSON"),
        (b'{"format": ' + b"9" * 10_000 + b"}", "JSON"),
        (b"\xff\xfe", "no UTF-8"),
    ],
    ids=range(13),
)
def test_what_is_no_page_is_refused_readably(body: bytes, said: str) -> None:
    with pytest.raises(Problem) as refused:
        sent_pages(body, 200)

    assert refused.value.status == 400
    assert said in refused.value.reason


def test_what_is_no_page_is_answered_by_the_reason(client: httpx.Client) -> None:
    answer = client.post("/v1/render?to=text", content=b"[" * 100_000)

    assert (answer.status_code, "no JSON" in answer.json()["error"]["reason"]) == (400, True)


def test_a_body_of_too_many_parts_is_refused_before_it_is_parsed(client: httpx.Client) -> None:
    answer = client.post("/v1/render?to=text", content=b"[]," * 2_000_001)

    assert answer.status_code == 413


def test_too_many_pages_are_refused(pages: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        sent_pages(json.dumps({**pages, "pages": pages["pages"] * 3}).encode(), 2)

    assert refused.value.status == 413


WRONG = (
    {"outline": []},
    {"outline": [[-9, 9_999_999]]},
    {"baseline": [], "x_height": -1},
    {"text": "\x00\ud800 a\u2028b"},
)


@pytest.mark.parametrize("to", ["markdown", "hocr", "alto"])
def test_places_that_cannot_be_bring_no_fault(client: httpx.Client, pages: dict[str, Any], to: str) -> None:
    region = pages["pages"][0]["regions"][0]
    region["lines"] = [{**region["lines"][0], "id": f"l{number}", **wrong} for number, wrong in enumerate(WRONG)]

    answer = client.post(f"/v1/render?to={to}", content=json.dumps(pages))

    assert answer.status_code in (200, 422), answer.text


def test_writing_that_takes_too_long_is_ended(
    client: httpx.Client, pages: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocrkit_serve.rendering._SECONDS", 0)
    monkeypatch.setattr("ocrkit_serve.rendering._PATIENCE", 0.0)

    answer = client.post("/v1/render?to=text", json=pages)

    assert (answer.status_code, "seconds" in answer.json()["error"]["reason"]) == (422, True)


def test_who_leaves_or_waits_too_long_gives_up_the_place_in_the_line() -> None:
    async def test() -> None:
        work, left = FakeWork(), asyncio.Event()
        service = Service(work, Settings(limits=Limits(deadline=0.05)))
        async with service.writing(), service.writing():
            with pytest.raises(Problem) as late:
                async with service.writing(asyncio.Event()):
                    pass
            left.set()
            with pytest.raises(Problem) as gone:
                async with service.writing(left):
                    pass
        async with service.writing(), service.writing():  # whoever gave up holds nothing
            pass
        await work.drain(0)
        assert (late.value.status, gone.value.status) == (504, 499)

    asyncio.run(test())


def test_what_writes_strangers_pages_learns_no_secrets(
    client: httpx.Client, pages: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, str]] = []
    start = asyncio.create_subprocess_exec

    async def noting(*command: str, env: dict[str, str], **options: Any) -> asyncio.subprocess.Process:
        started.append(env)
        return await start(*command, env=env, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noting)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("LANG", "C.UTF-8")

    assert client.post("/v1/render?to=text", json=pages).status_code == 200
    [environment] = started
    assert "secret" not in environment.values()
    assert environment["LANG"] == "C.UTF-8"
