"""Runs that are killed at any moment: in the end every page is there, and none was read twice that was written."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import killed_run
import pytest
from stub_pages import written

from ocrkit.collections.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS = 8
WORKERS = 3
LINE = 40  # bytes of the log for a reading, about


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for pages, in memory where that can be: what is waited for elsewhere is the disk."""
    memory = Path("/dev/shm")
    folder = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=folder) as place:
        (Path(place) / "in").mkdir()
        yield Path(place)


def begun(place: Path, shard: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, killed_run.__file__, str(place), str(WORKERS), shard]
    # A group of its own, so that all of a run can be killed at once.
    return subprocess.Popen(command, start_new_session=True, env=_environment())


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def readings(place: Path) -> list[list[str]]:
    log = place / "log"
    return [line.split() for line in log.read_text().splitlines()] if log.exists() else []


def reader_of(place: Path, chance: random.Random) -> int:
    """A process that read one of the last pages."""
    return int(chance.choice(readings(place)[-WORKERS:])[0])


def kill_something(place: Path, runs: list[subprocess.Popen[bytes]], chance: random.Random) -> None:
    """Kill a worker, the process that gives out pages, or all, or stop a run as Ctrl-C and SIGTERM do."""
    what, run = chance.choice(["worker", "worker", "parent", "all", "Ctrl-C", "SIGTERM"]), chance.choice(runs)
    with suppress(ProcessLookupError, IndexError):
        if what == "worker":
            os.kill(reader_of(place, chance), signal.SIGKILL)
        elif what == "parent":
            os.kill(run.pid, signal.SIGKILL)
        elif what == "all":
            os.killpg(run.pid, signal.SIGKILL)
        else:
            os.kill(run.pid, signal.SIGINT if what == "Ctrl-C" else signal.SIGTERM)


@pytest.mark.parametrize(
    ("shards", "pages"),
    [(("1/1",), 2000), (("1/1", "1/1"), 600), (("1/2", "2/2"), 600)],
    ids=["one run", "two runs", "shards"],
)
def test_every_page_is_read_once_however_runs_are_killed(place: Path, shards: tuple[str, ...], pages: int) -> None:
    for number in range(pages):
        (place / "in" / f"{number}.png").write_text(f"text {number}")
    chance = random.Random(len(set(shards)) + len(shards))
    runs = {number: begun(place, shard) for number, shard in enumerate(shards)}

    for _ in range(KILLS):
        _wait_for_pages(place, chance.randrange(1, pages // KILLS), runs)
        kill_something(place, list(runs.values()), chance)
        for number, run in runs.items():
            if run.poll() not in (None, 0):
                runs[number] = begun(place, shards[number])
    for number, run in runs.items():
        while run.wait(120) != 0:
            run = begun(place, shards[number])

    assert_all_is_well(place)


def _wait_for_pages(place: Path, count: int, runs: dict[int, subprocess.Popen[bytes]]) -> None:
    """Until so many more pages are begun, or nobody reads any more."""
    before = len(readings(place))
    while _bytes_of_log(place) < (before + count) * LINE and any(run.poll() is None for run in runs.values()):
        time.sleep(0.02)


def _bytes_of_log(place: Path) -> int:
    log = place / "log"
    return log.stat().st_size if log.exists() else 0


def assert_all_is_well(place: Path) -> None:
    pages = list((place / "in").iterdir())
    output = place / "out"
    assert [page.name for page in pages if not written(output / f"{page.stem}.txt", page)] == []
    assert [page.name for page in pages if Records(output).done(page.stem) is None] == []
    assert list(Records(output).failures()) == []
    assert [reading for reading in readings(place) if reading[2:]] == []
    twice = len(readings(place)) - len(pages)
    # At each kill as many pages may be in hand as there are workers, of which nothing was written.
    assert twice <= KILLS * WORKERS
    assert list((output / ".ocrkit" / "claims").iterdir()) == []
    assert len(list(output.iterdir())) == len(pages) + 1  # and nothing half written beside them
