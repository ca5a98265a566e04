"""The benchmark of 8 bits beside floats works: a set of bars, read by one model twice."""

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
def test_a_set_gives_a_row_with_what_both_read(tmp_path: Path) -> None:
    bars.write(tmp_path / "lines", {"1.png": "ab", "2.png": "ca", "3.png": "cc"})
    write_onnx(bars.reader(), tmp_path / "one.onnx")
    write_onnx(bars.reader(), tmp_path / "other.onnx")
    command = [sys.executable, str(BENCHMARKS / "int8_beside_float.py"), "one.onnx", "other.onnx", "lines"]

    done = subprocess.run([*command, "--lines", "2"], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    [row] = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()[2:]]
    assert row[:3] == ["lines, 2", "0.0000 / 1.00", "0.0000 / 1.00"]
    assert float(row[3]) > 0
