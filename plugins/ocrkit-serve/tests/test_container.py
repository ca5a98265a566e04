"""The container file, built and run where docker or podman is here, starts containers, and has the base image already.

``OCRKIT_CONTAINERS`` names another program than those two, ``OCRKIT_BASE`` another base image than the file's own, and
``OCRKIT_WHEELS`` a folder of wheels; with all that they require among them, and ``PIP_NO_INDEX=1``, nothing is fetched.
Otherwise ocrkit's own are built, and pip fetches what they require. No image is ever fetched.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
FILE = ROOT / "plugins" / "ocrkit-serve" / "deployment" / "Containerfile"
PAGE = ROOT / "docs" / "pictures" / "page.png"
TEXT = "പത്ത് ആനകൾ ഉണ്ടായിരുന്നു."
BASE = os.environ.get("OCRKIT_BASE") or re.findall(r"^ARG BASE=(.*)$", FILE.read_text("utf-8"), re.M)[0]
HEALTH = re.findall(r'"(.*?)"', re.findall(r"^HEALTHCHECK .* CMD (.*)$", FILE.read_text("utf-8"), re.M)[0])
POST = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=300)
connection.request("POST", "/v1/pages?to=text", sys.stdin.buffer.read())
sys.stdout.buffer.write(connection.getresponse().read())
"""
PIP = ("PIP_INDEX_URL", "PIP_NO_INDEX", "PIP_CONSTRAINT")
CLOSED_IN = ["--read-only", "--network=none", "--cap-drop=all", "--security-opt=no-new-privileges"]


class Containers:
    """A program that builds and runs them."""

    def __init__(self, program: str) -> None:
        self.program = program

    def asked(self, *arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([self.program, *arguments], input=stdin, capture_output=True, check=False)

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> str:
        """What it prints on stdout; it must succeed."""
        ran = self.asked(*arguments, stdin=stdin)
        assert ran.returncode == 0, ran.stdout.decode() + ran.stderr.decode()
        return ran.stdout.decode()


@pytest.fixture(scope="module")
def containers() -> Containers:
    """What builds and runs containers here; the test is skipped where nothing does."""
    named = [os.environ["OCRKIT_CONTAINERS"]] if "OCRKIT_CONTAINERS" in os.environ else ["docker", "podman"]
    installed = [Containers(program) for program in map(shutil.which, named) if program]
    found = next((each for each in installed if each.asked("info").returncode == 0), None)
    if found is None:
        pytest.skip(f"neither of {', '.join(named)} is installed and answers")
    if found.asked("image", "inspect", BASE).returncode:
        pytest.skip(f"{found.program} has no image {BASE}; pull it, or name another by OCRKIT_BASE")
    tried = found.asked("run", "--rm", "--network=none", BASE, "true")
    if tried.returncode:
        pytest.skip(f"{found.program} starts no container: {tried.stderr.decode().strip()[-300:]}")
    return found


@pytest.fixture(scope="module")
def image(containers: Containers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image, built as the documentation says."""
    wheels, name = os.environ.get("OCRKIT_WHEELS"), f"localhost/ocrkit-test:{uuid4().hex[:12]}"
    if wheels is None:
        wheels = str(tmp_path_factory.mktemp("wheels"))
        version = containers("run", "--rm", BASE, "python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
        command = [sys.executable, ROOT / "csrc/portable/wheels.py", "--python", version.strip(), "-o", wheels]
        subprocess.run(command, check=True, capture_output=True)
    settings = [f"{key}={value}" for key, value in {"BASE": BASE, **os.environ}.items() if key == "BASE" or key in PIP]
    options = [part for setting in settings for part in ("--build-arg", setting)]
    containers("build", "-f", FILE, *options, "-t", name, wheels)
    yield name
    containers.asked("rmi", "-f", name)


def test_a_page_is_served_by_one_who_may_write_nowhere_else(containers: Containers, image: str) -> None:
    name = f"ocrkit-test-{uuid4().hex[:12]}"
    containers("run", "-d", "--name", name, *CLOSED_IN, image)
    try:
        end = time.monotonic() + 120
        while containers.asked("exec", name, *HEALTH).returncode:
            assert time.monotonic() < end, containers("logs", name)
            time.sleep(0.2)

        text = containers("exec", "-i", name, HEALTH[0], "-c", POST, stdin=PAGE.read_bytes())
        user = containers("exec", name, "id", "-u")
        written = containers.asked("exec", name, "touch", "/opt/ocrkit/new")
        torch = containers.asked("exec", name, HEALTH[0], "-c", "import torch")
        begun = time.monotonic()
        containers("stop", "-t", "70", name)
        took = time.monotonic() - begun
        code = containers("inspect", name, "--format", "{{.State.ExitCode}}")
    finally:
        containers.asked("rm", "-f", "-v", name)

    assert TEXT in text
    assert user.strip() == "10001"
    assert b"Read-only" in written.stderr
    assert b"No module named 'torch'" in torch.stderr
    assert code.strip() == "0"
    assert took < 30  # seconds; nothing was being read


def test_a_folder_of_pages_is_read_by_the_same_container(containers: Containers, image: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)  # for whom the container's user is here
    shutil.copy(PAGE, tmp_path)

    containers("run", "--rm", *CLOSED_IN, "-v", f"{tmp_path}:/data", image, "read", "page.png", "-o", "texts/")

    [read] = (tmp_path / "texts").rglob("*.txt")
    assert TEXT in read.read_text("utf-8")
