"""No decoder takes a tenth more instructions than were kept for this compiler in benchmarks/callgrind_counts.json."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "benchmarks" / "instruction_counts.py"
GROWTH = 1.10


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("instruction_counts", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


counting = loaded()
CASES, PATHS = counting.CASES, counting.PATHS


@pytest.fixture(scope="module")
def kept() -> dict[str, dict[str, int]]:
    """The counts for the compiler that built the driver; skips where there are none."""
    try:
        compiler = counting.build()
    except counting.UncountableError as error:
        pytest.skip(str(error))
    counts = counting.kept()
    if compiler not in counts:
        pytest.skip(f"no counts are kept for {compiler}, only for {list(counts)}: make callgrind-counts adds them")
    return counts[compiler]


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("case", CASES)
def test_a_case_takes_no_tenth_more_instructions_than_are_kept(
    kept: dict[str, dict[str, int]], case: str, path: str
) -> None:
    try:
        count = counting.count(case, path)
    except counting.UncountableError as error:
        pytest.skip(str(error))

    assert count <= GROWTH * kept[case][path], f"{count / kept[case][path] - 1:+.1%}; meant? make callgrind-counts"


def test_counts_are_kept_for_every_case_and_path() -> None:
    for cases in counting.kept().values():
        assert {case: sorted(paths) for case, paths in cases.items()} == {case: sorted(PATHS) for case in CASES}
