"""The benchmark of both engines works: a set of bars, read by torch and by ONNX Runtime."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import bars
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx_form import write_onnx

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.mark.slow
def test_a_set_gives_a_row_for_each_engine(tmp_path: Path) -> None:
    bars.write(tmp_path / "lines", {"1.png": "ab", "2.png": "ca", "3.png": "cc"})
    bars.reader().save(tmp_path / "run" / "model.safetensors")
    write_onnx(bars.reader(), tmp_path / "run" / "model.onnx")
    script = str(BENCHMARKS / "onnx_beside_torch.py")
    command = [sys.executable, script, str(tmp_path / "run"), str(tmp_path / "lines"), "--turns", "1", "--lines", "2"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()[2:]]
    assert [row[:3] for row in rows] == [["lines, 2", "1", "torch"], ["lines, 2", "1", "onnx"]]
    assert [row[-1] for row in rows] == ["0", "0"]
    assert all(float(cell) > 0 for row in rows for cell in (row[3], row[5]))
