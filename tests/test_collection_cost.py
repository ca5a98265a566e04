"""What a page costs is told by parts that add up, and growth by processes that are all looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest
from held_pages import page_of_bars

if TYPE_CHECKING:
    from types import ModuleType

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("collection_cost.parts")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder of three pages, and the model that reads them beside it."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(3):
        image, _ = page_of_bars(["abc", "ca"])
        image.save(folder / f"{number}.png")
    bars.reader().save(tmp_path / "bars.safetensors")
    return folder


def told(module: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=os.environ | {"PYTHONPATH": str(BENCHMARKS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_part_counts_what_those_within_it_do_not(parts: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = parts.Clock()
    times = iter([0.0, 1.0, 4.0, 9.0])
    clock.start()
    monkeypatch.setattr(parts.time, "thread_time", lambda: next(times))

    with clock.counting("lines"), clock.counting("maps"):
        pass

    seconds = clock.seconds()
    assert (seconds["lines"], seconds["maps"]) == (1 + 5, 3)
    assert set(seconds) == set(parts.PARTS)


@pytest.mark.slow
def test_the_parts_of_a_page_add_up(pages: Path) -> None:
    reader = f"{pages.parent / 'bars.safetensors'}|torch"

    heads, _, row = told("collection_cost", str(pages), "--readers", reader, "--segmenter", "bands")

    names, cells = ([cell.strip() for cell in line.split("|")[1:-1]] for line in (heads, row))
    shown = dict(zip(names, cells, strict=True))
    assert shown["pages"] == "2"
    of_parts = [float(cell) for cell in cells[names.index("list") :]]
    assert sum(of_parts) == pytest.approx(float(shown["page"]), abs=0.002)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked at in /proc")
def test_every_mark_tells_of_parent_and_workers(pages: Path) -> None:
    options = ["--read", "--workers", "1", "-m", str(pages.parent / "bars.safetensors"), "-s", "bands"]

    shown = told("collection_cost.growth", "memory", str(pages), "--pages", "20", *options)

    assert len(shown) == 6
    assert all("parent" in line for line in shown)


@pytest.mark.slow
def test_names_are_listed_and_looked_up_again(pages: Path) -> None:
    options = ["--read", "-m", str(pages.parent / "bars.safetensors"), "-s", "bands"]

    shown = told("collection_cost.growth", "names", str(pages), "--pages", "30", "--folders", "3", *options)

    assert shown[0].startswith("30 names in 3 folders")
    assert shown[-1].startswith("a run over 30 pages, all read before")
