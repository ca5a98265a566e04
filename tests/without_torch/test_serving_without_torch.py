"""The service where torch is not installed: pages are read, and taken as ALTO and PDF."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torchless import Torchless

PATIENCE = 120.0  # seconds to wait for the service
SAYS = r"ocrkit serves at (http://127\.0\.0\.1:\d+/)\n"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ocrkit_serve") is None, reason="needs ocrkit-serve"),
]


class Serving:
    """A process of ``ocrkit serve``."""

    def __init__(self, torchless: Torchless, folder: Path) -> None:
        environment = torchless.variables() | {"TMPDIR": str(folder)}
        command = [torchless.folder / "bin" / "python", "-m", "ocrkit", "serve", "--port", "0", "--model", "english"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment
        )
        assert self.process.stdout is not None
        match = re.fullmatch(SAYS, self.process.stdout.readline())
        assert match, self.process.communicate()
        self.address = match[1]
        # A proxy that the environment names is none for this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(self, path: str, body: bytes | None = None) -> bytes:
        with self._opener.open(self.address + path, body, timeout=PATIENCE) as answer:
            data: bytes = answer.read()
        return data

    def wait_until_ready(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self.is_ready():
            assert time.monotonic() < end
            time.sleep(0.1)

    def is_ready(self) -> bool:
        try:
            self.ask("readyz")
        except urllib.error.HTTPError:  # 503, while the models are loaded
            return False
        return True


@pytest.fixture
def serving(torchless: Torchless, tmp_path: Path) -> Iterator[Serving]:
    started = Serving(torchless, tmp_path)
    yield started
    started.process.kill()
    started.process.communicate()


def test_a_page_is_read_and_taken_in_several_formats(
    serving: Serving, english_page: Path, english_texts: list[str]
) -> None:
    page = english_page.read_bytes()
    serving.wait_until_ready()

    models = json.loads(serving.ask("v1/models"))["models"]
    text, alto, pdf = (serving.ask(f"v1/pages?to={to}", page) for to in ("text", "alto", "pdf"))
    serving.process.send_signal(signal.SIGTERM)
    _, said = serving.process.communicate(timeout=PATIENCE)

    words = " ".join(english_texts).split()
    assert [each["runtime"] for each in models if each["loaded"]] == ["onnx"]
    assert text.decode().split() == words
    assert [string.get("CONTENT") for string in ElementTree.fromstring(alto).findall(".//{*}String")] == words
    assert pdf.startswith(b"%PDF-")
    assert serving.process.returncode == 0, said
    assert "Traceback" not in said
