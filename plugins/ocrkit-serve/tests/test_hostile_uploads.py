"""A hundred of the hostile uploads that ``benchmarks/serving_attack`` makes, against the service as users run it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


@pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the attacks are made by the repository's benchmarks")
def test_the_service_reads_as_before_after_hostile_uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ocrkit_models")
    monkeypatch.syspath_prepend(BENCHMARKS)
    rounds, running = import_module("serving_attack.rounds").rounds, import_module("serving_attack.service").running

    with running(tmp_path, "--model", "english", "--segmenter", "bands") as service:
        told = list(rounds(service, 100, 50, seed=1))

    assert [trouble for each in told for trouble in each.troubles] == []
    assert told[-1].sent == 100
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")
