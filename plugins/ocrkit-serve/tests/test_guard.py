from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ocrkit_serve.settings import Settings
from raw_http import exchanged, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

TOKEN = "0123456789abcdef"
SITE = "https://archive.example"


@pytest.fixture(scope="module")
def open_to_others(serving) -> Iterator[httpx.Client]:
    """Known by another name too, used by pages of another site, and asking for a token."""
    settings = Settings(token=TOKEN, allow_hosts=("ocr.example",), allow_origins=(SITE,))
    with serving(settings) as found, found.client() as client:
        yield client


def posted(client: httpx.Client, **headers: str) -> int:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/pages", content=b"any", headers=names).status_code


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]:80", "127.0.0.1:1"])
def test_the_machine_itself_is_known(client: httpx.Client, host: str) -> None:
    assert client.get("/v1/models", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost:80@evil.example", "10.0.0.1",
        "localhost/", "localhost:x", "", "[::1", "evil.example#localhost",
    ],
)  # fmt: skip
def test_a_name_that_somebody_else_lets_point_here_is_not(client: httpx.Client, host: str) -> None:
    assert client.get("/v1/models", headers={"Host": host}).status_code in (400, 421)


def test_a_request_that_names_two_hosts_is_refused(shared) -> None:
    data = exchanged(shared.port, b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")

    assert parsed(data).status_code == 400


def test_machines_that_watch_may_ask_under_any_name(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"Host": "10.1.2.3"}).status_code == 200


def test_an_address_of_the_machine_is_known_where_it_listens_at_all(serving) -> None:
    with serving(Settings(host="0.0.0.0")) as found, found.client() as client:
        assert client.get("/v1/models", headers={"Host": "192.168.1.5:8000"}).status_code == 200
        assert client.get("/v1/models", headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:8000", "Host": "localhost:8000"},
        {"Origin": "https://localhost:8000", "Host": "localhost:8000"},  # a proxy speaks TLS for it
        {"Origin": "https://ocr.example", "X_Requested_With": "ocrkit"},  # a proxy has changed the host
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_our_own_page_and_commands_may_send_files(client: httpx.Client, headers: dict[str, str]) -> None:
    assert posted(client, **headers) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost:9000", "Host": "localhost:8000"},
        {"Origin": "http://localhost:8000.evil.example", "Host": "localhost:8000"},
        {"Origin": "http://evil.example/localhost:8000", "Host": "localhost:8000"},
        {"Origin": "http://[", "Host": "localhost:8000"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_pages_of_other_sites_may_not(client: httpx.Client, headers: dict[str, str]) -> None:
    assert posted(client, **headers) == 403


def test_nobody_reads_from_another_site_unless_it_is_allowed(client: httpx.Client) -> None:
    asked = {"Origin": SITE, "Access-Control-Request-Method": "POST"}
    answers = [client.get("/v1/models", headers={"Origin": SITE}), client.options("/v1/pages", headers=asked)]

    assert not [name for answer in answers for name in answer.headers if name.startswith("access-control")]


def test_a_site_that_is_allowed_is_told_so_before_and_after(open_to_others: httpx.Client) -> None:
    asked = {"Origin": SITE, "Access-Control-Request-Method": "POST"}
    before = open_to_others.options("/v1/pages", headers=asked)
    after = open_to_others.post(
        "/v1/pages", content=b"any", headers={"Origin": SITE, "Authorization": f"Bearer {TOKEN}"}
    )

    assert (before.status_code, after.status_code) == (204, 200)
    assert before.headers["access-control-allow-origin"] == after.headers["access-control-allow-origin"] == SITE
    assert "Authorization" in before.headers["access-control-allow-headers"]
    assert "Origin" in after.headers["vary"]


def test_another_name_is_known_where_it_is_allowed(open_to_others: httpx.Client) -> None:
    assert open_to_others.get("/openapi.json", headers={"Host": "ocr.example"}).status_code == 200


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}0", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        (f"Basic {TOKEN}", 401),
        (TOKEN, 401),
        ("Bearer", 401),
        ("", 401),
    ],
)
def test_the_token_is_asked_for(open_to_others: httpx.Client, authorization: str, status: int) -> None:
    answer = open_to_others.get("/v1/models", headers={"Authorization": authorization})

    assert answer.status_code == status


def test_a_token_of_other_letters_than_can_be_is_wrong(open_to_others: httpx.Client) -> None:
    headers = {b"Authorization": "Bearer പിഴ".encode()}

    assert open_to_others.get("/v1/models", headers=headers).status_code == 401


@pytest.mark.parametrize("path", ["/v1/nothing", "/metrics", "/v1/jobs/x", "/page/../v1/models", "/nothing"])
def test_without_the_token_not_even_what_there_is_can_be_told(open_to_others: httpx.Client, path: str) -> None:
    assert open_to_others.get(path).status_code in (401, 404)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
def test_what_tells_nothing_is_open(open_to_others: httpx.Client, path: str) -> None:
    assert open_to_others.get(path).status_code == 200


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n",
        b"GET /x HTTP/1.1\r\nHost: localhost\r\n",
        b"PUT / HTTP/1.1\r\nHost: a\r\n",
        b"nonsense\r\n",
    ],
)
def test_every_answer_says_what_a_browser_may_do_with_it(shared, request_line: bytes) -> None:
    answer = parsed(exchanged(shared.port, request_line + b"Connection: close\r\n\r\n"))

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers
