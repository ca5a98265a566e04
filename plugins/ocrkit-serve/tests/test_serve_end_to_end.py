"""The command as it is: started, asked by curl's means, and ended by a signal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from described import check_answer

from ocrkit.runtime_choice import sooner_runtime
from ocrkit.torch_extra import has_torch

if TYPE_CHECKING:
    from collections.abc import Iterator

MODELS = Path(__file__).parents[2] / "ocrkit-models" / "tests"
pytest.importorskip("ocrkit_models")


class Serving:
    """A process of ``ocrkit serve``."""

    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "TMPDIR": str(folder), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "ocrkit", "serve", "--port", "0", "--model", "english", "--keep", "1m"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        match = re.fullmatch(r"ocrkit serves at (http://127\.0\.0\.1:\d+/)\n", said)
        assert match, said + self.process.communicate()[1]
        self.client = httpx.Client(base_url=match[1], trust_env=False, timeout=60)

    def wait_until_ready(self) -> None:
        end = time.monotonic() + 120
        while self.client.get("/readyz").status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.1)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Serving]:
    serving = Serving(tmp_path)
    yield serving
    serving.client.close()
    serving.process.kill()
    serving.process.communicate()


def test_a_line_is_read_and_a_signal_ends_it_well(started: Serving, tmp_path: Path) -> None:
    golden = json.loads((MODELS / "golden" / "english.json").read_text("utf-8"))["readings"][0]
    picture = (MODELS / "drawn" / golden["picture"]).read_bytes()
    started.wait_until_ready()

    answer = started.client.post("/v1/lines?to=text", files={"file": ("line.png", picture)})
    told = started.client.get("/v1/models")
    started.process.send_signal(signal.SIGTERM)
    _, said = started.process.communicate(timeout=60)

    assert answer.text.strip() == golden["text"]
    models = told.json()["models"]
    assert [(each["name"], each["runtime"], each["runtimes"]) for each in models if each["loaded"]] == [
        ("english", sooner_runtime() if has_torch() else "onnx", ["torch", "onnx"])
    ]
    check_answer(told, "GET", "/v1/models")
    assert started.process.returncode == 0, said
    assert "POST /v1/lines 200" in said
    assert "Traceback" not in said
    assert [path for path in tmp_path.iterdir() if path.name.startswith("ocrkit-serve-")] == []


def test_a_model_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ocrkit", "serve", "--port", "0", "--model", "nothing"]

    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)

    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("error: no model 'nothing'")
    assert "Traceback" not in run.stderr
