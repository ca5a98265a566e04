from __future__ import annotations

import io
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx


def begun(client: httpx.Client, data: bytes, query: str = "") -> str:
    answer = client.post(f"/v1/pages{query}", content=data)
    assert answer.status_code == 202
    path: str = answer.headers["location"]
    return path


def ended(client: httpx.Client, path: str) -> dict[str, object]:
    for _ in range(500):
        record: dict[str, object] = client.get(path).json()
        if record["state"] not in ("waiting", "reading"):
            return record
        time.sleep(0.01)
    raise AssertionError(record)


def test_a_document_of_several_pages_is_a_job(client: httpx.Client) -> None:
    path = begun(client, b"pages 3", "?name=book.pdf")
    record = ended(client, path)

    assert (record["state"], record["pages"], record["done"], record["name"]) == ("done", 3, 3, "book.pdf")
    text = client.get(f"{path}/result?to=text").text
    assert [line for line in text.splitlines() if line.strip()] == ["page 1", "page 2", "page 3"]


@pytest.mark.parametrize("options", [{"params": {"async": "true"}}, {"headers": {"Prefer": "respond-async"}}])
def test_a_page_may_be_a_job(client: httpx.Client, options: dict[str, dict[str, str]]) -> None:
    answer = client.post("/v1/pages", content=b"any", **options)

    assert answer.status_code == 202
    assert ended(client, answer.headers["location"])["pages"] == 1


def test_links_of_a_job_lead_where_they_say(client: httpx.Client) -> None:
    record = ended(client, begun(client, b"pages 2"))

    links = record["links"]
    assert isinstance(links, dict)
    assert client.get(links["self"]).json() == record
    assert client.get(links["result"]).json()["pages"][1]["number"] == 2
    assert client.get(links["page"].format(number=2)).json()["pages"][0]["number"] == 2
    assert client.get(links["picture"].format(number=2)).content.startswith(b"\xff\xd8")


def test_a_picture_is_as_small_as_it_is_asked_for(client: httpx.Client) -> None:
    from PIL import Image

    path = begun(client, b"pages 2")
    ended(client, path)

    with Image.open(io.BytesIO(client.get(f"{path}/pages/1/picture?longest=30").content)) as picture:
        assert picture.size == (30, 10)


@pytest.mark.parametrize("to", ["alto", "page", "overlay"])
def test_formats_of_one_page_a_file_come_as_an_archive(client: httpx.Client, to: str) -> None:
    path = begun(client, b"pages 3", "?name=book.pdf")
    ended(client, path)

    answer = client.get(f"{path}/result?to={to}")

    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="book.zip"' in answer.headers["content-disposition"]
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert [name.split(".")[0] for name in names] == ["page-0001", "page-0002", "page-0003"]


@pytest.mark.parametrize("number", ["0", "3", "-1", "x", "1.5", "9" * 30, "٣"])
def test_a_page_that_is_not_there_is_told(client: httpx.Client, number: str) -> None:
    path = begun(client, b"pages 2")
    ended(client, path)

    assert client.get(f"{path}/pages/{number}").status_code == 404


def test_a_job_that_fails_tells_why(client: httpx.Client) -> None:
    path = begun(client, b"refuse 415", "?async=1")
    record = ended(client, path)

    error = record["error"]
    assert record["state"] == "failed"
    assert isinstance(error, dict)
    assert (error["status"], error["reason"]) == (415, "refused with 415")
    assert "send an image" in error["way_out"]
    assert client.get(f"{path}/result").json()["error"]["reason"] == "refused with 415"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("text/*", "text/plain; charset=utf-8"),
        ("text/html, application/pdf;q=0.9, */*;q=0.1", "application/pdf"),
        ("application/json;q=0, text/plain;q=0.5", "text/plain; charset=utf-8"),
        ("application/*", "application/json"),
        ("image/png", "image/png"),
        ("TEXT/VND.HOCR+HTML", "text/vnd.hocr+html; charset=utf-8"),
        ("text/plain;q=x", "text/plain; charset=utf-8"),
    ],
)
def test_the_format_is_what_the_client_likes_best(client: httpx.Client, accept: str, kind: str) -> None:
    answer = client.post("/v1/pages", content=b"any", headers={"Accept": accept})

    assert answer.headers["content-type"] == kind


def test_an_unknown_format_is_refused_before_the_file_is_sent(client: httpx.Client) -> None:
    answer = client.post("/v1/pages?to=jsn", content=b"fail")

    assert answer.status_code == 400
    assert "'json'" in answer.json()["error"]["reason"]
