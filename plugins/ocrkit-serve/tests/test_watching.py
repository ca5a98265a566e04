from __future__ import annotations

import logging
import re
import socket
import time
from typing import TYPE_CHECKING

from ocrkit_serve.counts import Metric, exposition

if TYPE_CHECKING:
    import httpx
    import pytest

# https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md, the text format.
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{(?:{LABEL}(?:,{LABEL})*)?\}})? ([-+0-9.eE]+|NaN|[-+]Inf)")
COMMENT = re.compile(rf"# (HELP|TYPE) ({NAME}) (.+)")


def samples(text: str) -> dict[str, float]:
    """Each sample by its name and labels; the text keeps the format's rules."""
    assert text.endswith("\n")
    found, typed, group = {}, {}, ""
    for line in text.splitlines():
        if comment := COMMENT.fullmatch(line):
            kind, group, said = comment.groups()
            assert (kind, group) not in typed
            typed[kind, group] = said
            assert kind == "HELP" or said in ("counter", "gauge", "histogram")
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        assert re.fullmatch(rf"{group}(_bucket|_sum|_count)?", sample[1]), "samples stand below their metric's name"
        key = line.rpartition(" ")[0]
        assert key not in found
        found[key] = float(sample[2])
    return found


def test_the_counts_are_in_the_format_of_prometheus(client: httpx.Client) -> None:
    client.post("/v1/pages", content=b"any")
    answer = client.get("/metrics")

    found = samples(answer.text)

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert found['ocrkit_phase{phase="ready"}'] == 1
    assert found["ocrkit_requests_under_way"] == 1
    assert found['ocrkit_requests_total{route="/v1/pages",method="POST",status="200"}'] >= 1
    assert 'ocrkit_jobs{state="done"}' in found


def test_the_histogram_grows_with_its_bounds(client: httpx.Client) -> None:
    client.get("/healthz")
    found = samples(client.get("/metrics").text)

    buckets = [
        value for key, value in found.items() if key.startswith('ocrkit_request_seconds_bucket{route="/healthz"')
    ]

    assert buckets == sorted(buckets)
    assert buckets[-1] == found['ocrkit_request_seconds_count{route="/healthz"}'] >= 1


def test_what_is_asked_does_not_make_labels(client: httpx.Client) -> None:
    before = len(samples(client.get("/metrics").text))
    for number in range(30):
        client.get(f"/nothing/{number}")
        client.request(f"METHOD{number}", "/healthz")
        client.get(f"/v1/jobs/{number}")

    assert len(samples(client.get("/metrics").text)) < before + 60


def test_labels_are_escaped() -> None:
    metric = Metric("a", "gauge", "b\nc", {(("d", 'e"\\\n'),): 1.5})

    assert exposition([metric]) == '# HELP a b\\nc\n# TYPE a gauge\na{d="e\\"\\\\\\n"} 1.5\n'


def test_the_log_tells_routes_and_nothing_of_what_is_in_requests(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "ocrkit_serve"):
        client.post("/v1/pages?lexicon=secret", files={"file": ("secret.png", b"any")})
        client.get("/secret%0a")
        client.get("/v1/jobs/secret")
        client.get("/healthz")

    said = [record.getMessage() for record in caplog.records]
    assert [re.sub(r"\d+\.\d{3}", "T", line) for line in said] == [
        "127.0.0.1 POST /v1/pages 200 T s",
        "127.0.0.1 GET - 404 T s",
        "127.0.0.1 GET /v1/jobs/{id} 404 T s",
    ]


def test_who_leaves_before_all_is_sent_is_no_fault_of_ours(shared, caplog: pytest.LogCaptureFixture) -> None:
    head = b"POST /v1/pages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"

    with caplog.at_level(logging.INFO, "ocrkit_serve"):
        with socket.create_connection(("127.0.0.1", shared.port)) as connection:
            connection.sendall(head + b"any")
        patience = time.monotonic() + 10
        while not caplog.records and time.monotonic() < patience:
            time.sleep(0.01)

    assert [record.name for record in caplog.records] == ["ocrkit_serve.requests"]
    assert re.fullmatch(r"127\.0\.0\.1 POST /v1/pages 499 .* s", caplog.records[0].getMessage())
