"""The benchmark of drawn lines tells where their time goes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "drawn_lines.py"


def test_each_part_of_a_drawn_line_is_timed() -> None:
    pytest.importorskip("lmdb")

    done = subprocess.run(
        [sys.executable, "-W", "error", str(BENCHMARK), "--count", "20", "--rounds", "1"],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    milliseconds = dict(re.findall(r"^\| ([^|]+) \| ([0-9.]+) \|$", done.stdout, flags=re.M))
    assert len(milliseconds) == 8
    assert float(milliseconds.pop("writing into an LMDB")) >= 0
    assert min(map(float, milliseconds.values())) > 0
    assert "lines or" in done.stdout
