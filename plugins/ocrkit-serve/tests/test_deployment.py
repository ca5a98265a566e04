"""What stands in deployment/, a container file, a unit of systemd and two proxies, held against the service."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from ocrkit_serve.app import ROUTES
from ocrkit_serve.settings import Settings
from ocrkit_serve.sizes import parse_bytes, parse_seconds
from test_serving_docs import own_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Running

FOLDER = Path(__file__).parents[1] / "deployment"
ROOT = FOLDER.parents[2]
UNIT, CONTAINER, NGINX, CADDY = (
    (FOLDER / name).read_text("utf-8") for name in ("ocrkit.service", "Containerfile", "nginx.conf", "Caddyfile")
)
SETTINGS = Settings()
QUEUE = SETTINGS.limits.queue
PATIENCE = 60.0  # seconds


def unit_says(key: str) -> str:
    return re.findall(rf"^{key}=(.*)$", UNIT, re.M)[-1]


def told(command: list[str | Path]) -> str:
    """What a command prints; it must succeed."""
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def test_the_page_about_deployment_names_every_file() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text("utf-8")

    assert {path.name for path in FOLDER.iterdir()} == set(
        re.findall(r"\(\.\./plugins/ocrkit-serve/deployment/(.*?)\)", page)
    )


@pytest.mark.parametrize(
    "command",
    [shlex.split(unit_says("ExecStart"))[1:], re.findall(r'"(.*?)"', CONTAINER.splitlines()[-1])],
    ids=["unit", "container"],
)
def test_the_service_is_started_with_options_that_it_has(command: list[str]) -> None:
    asked = {part for part in command if part.startswith("--")}

    assert command[0] == "serve"
    assert asked <= set(own_options())


def test_the_container_asks_for_its_health_where_the_service_tells_it() -> None:
    [path] = re.findall(r"c\.request\('GET', '(.*?)'\)", CONTAINER)

    assert path in {route.path for route in ROUTES}
    assert f"'127.0.0.1', {SETTINGS.port}" in CONTAINER
    assert f"EXPOSE {SETTINGS.port}\n" in CONTAINER


def test_the_container_s_user_is_not_root_and_its_base_may_be_chosen() -> None:
    assert re.findall(r"^FROM (\S+)", CONTAINER, re.M) == ["${BASE}", "${BASE}"]
    assert re.findall(r"^USER (.*)$", CONTAINER, re.M) == ["10001:10001"]


def test_what_was_begun_may_end_before_the_unit_is_killed() -> None:
    assert float(unit_says("TimeoutStopSec")) > SETTINGS.drain_seconds + SETTINGS.linger_seconds


@pytest.mark.parametrize(
    ("size", "wait"),
    [
        (re.findall(r"client_max_body_size (\S+);", NGINX), re.findall(r"proxy_read_timeout (\S+);", NGINX)),
        (re.findall(r"max_size (\S+)", CADDY), re.findall(r"response_header_timeout (\S+)", CADDY)),
    ],
    ids=["nginx", "caddy"],
)
def test_a_proxy_lets_through_what_the_service_takes_and_waits_for_it(size: list[str], wait: list[str]) -> None:
    assert SETTINGS.limits.max_upload < parse_bytes(size[0], "size") < 2 * SETTINGS.limits.max_upload
    assert parse_seconds(wait[0], "wait") > SETTINGS.limits.deadline


@needs("systemd-analyze")
def test_the_unit_is_one_and_is_closed_in(tmp_path: Path) -> None:
    unit = tmp_path / "ocrkit.service"
    unit.write_text(UNIT.replace("/opt/ocrkit/bin/ocrkit", shutil.which("true") or ""), "utf-8")

    assert told(["systemd-analyze", "verify", unit]) == ""
    if int(told(["systemd-analyze", "--version"]).split()[1]) >= 250:
        # Of 100; a unit that closes nothing in has 96.
        told(["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit])


@needs("caddy")
def test_caddy_takes_its_file() -> None:
    told(["caddy", "adapt", "--config", FOLDER / "Caddyfile", "--adapter", "caddyfile"])


@needs("hadolint")
def test_hadolint_finds_nothing_in_the_container_file() -> None:
    assert told(["hadolint", FOLDER / "Containerfile"]) == ""


@pytest.fixture
def proxied(serving: Callable[..., object], tmp_path: Path) -> Iterator[tuple[httpx.Client, Running]]:
    """A client of nginx, which stands before a service, and the service."""
    certificate, key = tmp_path / "ocr.example.pem", tmp_path / "ocr.example.key"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    told([*made, "-subj", "/CN=ocr.example", "-keyout", key, "-out", certificate])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    temporary = "".join(
        f"{each}_temp_path {tmp_path};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    with serving(Settings(allow_hosts=("ocr.example",))) as found:
        site = NGINX.replace("/etc/ssl/", f"{tmp_path}/").replace("listen 443", f"listen 127.0.0.1:{port}")
        site = site.replace("127.0.0.1:8000", f"127.0.0.1:{found.port}")
        around = f"daemon off; master_process off; pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        (tmp_path / "nginx.conf").write_text(f"{around}http {{ access_log off; {temporary}\n{site}}}\n", "utf-8")
        process = subprocess.Popen(["nginx", "-c", tmp_path / "nginx.conf"], stderr=subprocess.PIPE, text=True)
        host = {"Host": f"ocr.example:{port}"}
        try:
            with httpx.Client(
                base_url=f"https://127.0.0.1:{port}", headers=host, verify=False, trust_env=False, timeout=60
            ) as client:
                wait_for(client, process)
                yield client, found
        finally:
            process.terminate()
            process.communicate()


def wait_for(client: httpx.Client, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        try:
            client.get("/healthz")
        except httpx.ConnectError:
            time.sleep(0.01)
        else:
            return


@needs("nginx")
@needs("openssl")
def test_pages_go_through_nginx_and_one_client_has_half_of_the_queue(
    proxied: tuple[httpx.Client, Running],
) -> None:
    client, found = proxied
    own_site = {"Origin": f"https://{client.headers['Host']}"}

    page = client.post("/v1/pages?to=text", content=b"any", headers=own_site)
    large = client.post("/v1/pages", content=b" " * (SETTINGS.limits.max_upload + 1))
    with ThreadPoolExecutor(QUEUE) as threads:
        asked = [threads.submit(client.post, "/v1/pages", content=b"wait") for _ in range(QUEUE)]
        end = time.monotonic() + PATIENCE
        while sum(each.done() for each in asked) < QUEUE // 2:
            assert time.monotonic() < end
            time.sleep(0.01)
        found.work.go()
        statuses = sorted(each.result().status_code for each in asked)

    assert (page.status_code, page.text.strip()) == (200, "the quick fox")
    assert (large.status_code, large.json()["error"]["status"]) == (413, 413)
    assert statuses == [200] * (QUEUE // 2) + [429] * (QUEUE // 2)
