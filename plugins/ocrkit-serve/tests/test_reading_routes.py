from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_work import TEXT

if TYPE_CHECKING:
    import httpx


@pytest.mark.parametrize("path", ["/v1/pages", "/v1/lines"])
def test_a_file_in_a_form_is_read(client: httpx.Client, path: str) -> None:
    answer = client.post(path, files={"file": ("page.png", b"any")})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["pages"][0]["regions"][0]["lines"][0]["text"] == TEXT


def test_a_body_that_is_the_file_is_read(client: httpx.Client) -> None:
    answer = client.post("/v1/pages?to=text", content=b"any")

    assert answer.text.strip() == TEXT
