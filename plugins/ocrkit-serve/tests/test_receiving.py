from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from ocrkit_serve.settings import Settings
from ocrkit_serve.work.records import Limits
from raw_http import exchanged, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

MOST = 100_000


@pytest.fixture(scope="module")
def small(serving) -> Iterator[object]:
    with serving(Settings(limits=Limits(max_upload=MOST), render_bytes=MOST, body_seconds=1.5)) as found:
        yield found


def image_name(answer: httpx.Response) -> str:
    name: str = answer.json()["pages"][0]["image"]
    return name


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("page.png", "page.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\scans\\page.png", "page.png"),
        ("/", "upload"),
        ("..", ".."),
        ('"><img src=x onerror=alert(1)>.png', '"><img src=x onerror=alert(1)>.png'),
        ("a\x00b\x1b[31m\u202egnp.png", "ab[31mgnp.png"),
        ("അവൻ\u200d.png", "അവൻ\u200d.png"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_name_is_shown_and_never_a_path(small, sent: str, shown: str) -> None:
    with small.client() as client:
        answer = client.post("/v1/pages", params={"name": sent}, content=b"any")

    assert image_name(answer) == shown
    assert list(small.service.folder.iterdir()) == []


def test_a_form_s_own_name_of_the_file_is_shown_likewise(client: httpx.Client) -> None:
    answer = client.post("/v1/pages", files={"file": ("a/b/താൾ.png", b"any")})

    assert image_name(answer) == "താൾ.png"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"__.json\"; filename*=UTF-8''%E0%B4%A4%E0%B4%BE%E0%B5%BE.json"
    ).replace("__", "___")


@pytest.mark.parametrize("size", [MOST + 1, MOST + 2_000_000])
@pytest.mark.parametrize("told", [True, False])
def test_a_file_that_is_too_large_is_refused(small, size: int, told: bool) -> None:
    data = bytes(size)
    with small.client() as client:
        answer = client.post("/v1/pages", content=data if told else iter([data[:50_000], data[50_000:]]))

    assert answer.status_code == 413
    assert str(MOST) in answer.json()["error"]["reason"] or "more was sent" in answer.json()["error"]["reason"]


def test_a_file_in_a_form_that_is_too_large_is_refused(small) -> None:
    with small.client() as client:
        answer = client.post("/v1/pages", files={"file": ("a.png", bytes(MOST + 1))})

    assert answer.status_code == 413


def test_a_file_of_just_that_size_is_taken(small) -> None:
    with small.client() as client:
        assert client.post("/v1/pages", files={"file": ("a.png", bytes(MOST))}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"any"),
        ("multipart/form-data; boundary=", b"any"),
        ("multipart/form-data; boundary=x", b"any"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nany\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nany\r\n--x--"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nany\r\n--x--'),
        ("multipart/form-data; boundary=" + "x" * 300, b"--x"),
        ("multipart/form-data; boundary=x; charset=zlib", b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\n"),
        ("image/png", b""),
    ],
)  # fmt: skip
def test_a_body_without_a_file_is_refused_readably(client: httpx.Client, kind: str, body: bytes) -> None:
    answer = client.post("/v1/pages", content=body, headers={"Content-Type": kind})

    assert answer.status_code == 400
    assert answer.json()["error"]["reason"]


def test_several_files_are_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/pages", files=[("file", ("a", b"any")), ("file", ("b", b"any"))])

    assert answer.status_code == 400


def test_options_may_be_fields_of_the_form(client: httpx.Client, shared) -> None:
    answer = client.post("/v1/pages", files={"file": ("a", b"any")}, data={"to": "text", "lexicon": "fox\nquick"})

    assert answer.headers["content-type"].startswith("text/plain")
    assert shared.work.asked[-1].lexicon == ("fox", "quick")


@pytest.mark.parametrize("field", [{"modle": "x"}, {"to": "nothing"}, {"reject": "2"}])
def test_fields_that_are_no_options_are_refused(client: httpx.Client, field: dict[str, str]) -> None:
    answer = client.post("/v1/pages", files={"file": ("a", b"any")}, data=field)

    assert answer.status_code == 400
    assert "answer" not in answer.json()["error"]["reason"]


def test_an_option_that_is_mistyped_is_told_with_what_was_meant(client: httpx.Client) -> None:
    answer = client.post("/v1/pages?modle=x", content=b"any")

    assert "did you mean 'model'" in answer.json()["error"]["reason"]


@pytest.mark.parametrize("query", ["to=a&to=b", "async=maybe", "reject=nan", "reject=0", "model=a&model=b", "="])
def test_an_option_out_of_range_is_refused(client: httpx.Client, query: str) -> None:
    assert client.post(f"/v1/pages?{query}", content=b"any").status_code == 400


def test_a_body_that_comes_too_slowly_is_given_up(small) -> None:
    begun = time.monotonic()
    head = b"POST /v1/pages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000\r\n\r\n1"
    answer = parsed(exchanged(small.port, head))

    assert answer.status_code == 408
    assert time.monotonic() - begun < 15
    assert list(small.service.folder.iterdir()) == []


def test_a_reading_is_given_up_when_whoever_asked_has_left(serving) -> None:
    with serving() as found:
        import socket

        with socket.create_connection(("127.0.0.1", found.port)) as connection:
            connection.sendall(b"POST /v1/pages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nwait")
            until(lambda: found.work.waiting)
        until(lambda: not found.work.waiting)

        assert found.work.cancelled
        until(lambda: list(found.service.folder.iterdir()) == [])


def until(true, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_files_of_answers_leave_nothing_behind(small) -> None:
    with small.client() as client:
        assert client.post("/v1/pages?to=pdf", content=b"any").content.startswith(b"%PDF")

    assert list(small.service.folder.iterdir()) == []
