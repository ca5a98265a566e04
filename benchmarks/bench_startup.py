"""What a start costs: ``ocrkit --help`` beside ``import typer``, and the imports that must stay light."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

ROOT = Path(__file__).resolve().parents[1]
ALLOWED_SECONDS = 0.25
ROUNDS = 9


def run(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def seconds(*arguments: str) -> float:
    started = time.perf_counter()
    run(*arguments)
    return time.perf_counter() - started


def test_help_is_shown(benchmark: BenchmarkFixture) -> None:
    shown = benchmark.pedantic(run, args=("-m", "ocrkit", "--help"), rounds=ROUNDS, warmup_rounds=1)

    assert "Commands:" in shown


@pytest.mark.parametrize("statement", ["import typer", "import ocrkit", "import ocrkit.ctc"])
def test_a_module_is_imported(benchmark: BenchmarkFixture, statement: str) -> None:
    code = f"import sys; {statement}; print('torch' in sys.modules)"

    assert benchmark.pedantic(run, args=("-c", code), rounds=ROUNDS, warmup_rounds=1) == "False\n"


def test_help_costs_little_more_than_typer(benchmark: BenchmarkFixture) -> None:
    # Interleaved, so that a busy machine slows both alike.
    pairs = [(seconds("-m", "ocrkit", "--help"), seconds("-c", "import typer")) for _ in range(ROUNDS)]
    extra = median(shown for shown, _ in pairs) - median(imported for _, imported in pairs)
    benchmark.extra_info["seconds over typer"] = round(extra, 3)

    benchmark.pedantic(run, args=("-m", "ocrkit", "--help"), rounds=1)

    assert extra <= ALLOWED_SECONDS
