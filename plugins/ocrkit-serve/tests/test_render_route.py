from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fake_work import TEXT

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


@pytest.mark.parametrize("to", ["text", "markdown", "hocr", "tsv", "alto", "page", "json"])
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
    job = client.post("/v1/pages?async=1", content=b"any").json()["id"]
    while client.get(f"/v1/jobs/{job}").json()["state"] != "done":
        pass

    assert client.post(f"/v1/render?to={to}", json=pages).status_code == 400
    assert client.post(f"/v1/render?to={to}&job={job}", json=pages).content.startswith(begins)


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
def test_what_is_no_page_is_refused_readably(client: httpx.Client, body: bytes, said: str) -> None:
    answer = client.post("/v1/render?to=text", content=body)

    assert answer.status_code == 400
    assert said in answer.json()["error"]["reason"]


def test_a_body_of_too_many_parts_is_refused_before_it_is_parsed(client: httpx.Client) -> None:
    answer = client.post("/v1/render?to=text", content=b"[]," * 2_000_001)

    assert answer.status_code == 413


def test_too_many_pages_are_refused(client: httpx.Client, pages: dict[str, Any]) -> None:
    document = {**pages, "pages": pages["pages"] * 201}

    assert client.post("/v1/render?to=text", json=document).status_code == 413


@pytest.mark.parametrize("to", ["text", "markdown", "hocr", "tsv", "alto", "page", "json"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"outline": []},
        {"outline": [[-9, 9_999_999]]},
        {"baseline": [], "x_height": -1},
        {"text": "\x00\ud800 a\u2028b"},
    ],
)
def test_places_that_cannot_be_bring_no_fault(
    client: httpx.Client, pages: dict[str, Any], to: str, wrong: dict[str, Any]
) -> None:
    pages["pages"][0]["regions"][0]["lines"][0].update(wrong)

    answer = client.post(f"/v1/render?to={to}", content=json.dumps(pages))

    assert answer.status_code in (200, 422), answer.text
