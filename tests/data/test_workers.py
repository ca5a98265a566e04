"""Worker processes: order, few items in hand, and what becomes of an item at which one dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ocrkit.data.workers import Workers
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
UNGUARDED = """
from ocrkit.data.workers import Workers

class Item:
    def __abs__(self):
        return 7

def own(number):
    return abs(number)

with Workers.opened({task}, count=1, on_death=abs) as workers:
    print(list(workers.map({items})))
"""


def square(number: int) -> int:
    return number * number


def die_at_multiples_of_100(number: int) -> int:
    if number and number % 100 == 0:
        os._exit(3)
    return number


def negative(number: int) -> int:
    return -number


@pytest.mark.parametrize("count", [0, 1, 2])
def test_results_come_in_the_order_of_the_items(count: int) -> None:
    with Workers.opened(square, count=count) as workers:
        results = list(workers.map(range(500)))

    assert results == [number * number for number in range(500)]


def test_items_are_taken_as_results_are() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    with Workers.opened(square, count=1) as workers:
        results = workers.map(items())
        first = next(results)

        assert first == 1
        assert taken < 200


def test_only_the_items_at_which_a_worker_dies_are_lost() -> None:
    with Workers.opened(die_at_multiples_of_100, count=2, on_death=negative) as workers:
        results = list(workers.map(range(250)))

    assert results == [-number if number in (100, 200) else number for number in range(250)]


def test_a_death_that_nobody_answers_for_is_an_error() -> None:
    with (
        Workers.opened(die_at_multiples_of_100, count=1, what="draws lines") as workers,
        pytest.raises(DataError, match="a process that draws lines died"),
    ):
        list(workers.map(range(200)))


def run_script(folder: Path, task: str, items: str) -> subprocess.CompletedProcess[str]:
    """Run a script that starts workers as soon as it is imported."""
    return started(folder, UNGUARDED.format(task=task, items=items))


def started(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(script)
    return subprocess.run(
        [sys.executable, str(folder / "script.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_script_needs_no_guard_where_nothing_of_its_own_is_sent(tmp_path: Path) -> None:
    run = run_script(tmp_path, "abs", "[-1, 2, '__main__'.count('_') - 6]")

    assert (run.returncode, run.stdout) == (0, "[1, 2, 2]\n"), run.stderr


@pytest.mark.parametrize(("task", "items"), [("own", "[1, 2]"), ("abs", "[Item()]")])
def test_no_item_is_blamed_where_processes_cannot_start(tmp_path: Path, task: str, items: str) -> None:
    run = run_script(tmp_path, task, items)

    assert run.returncode == 1
    assert run.stdout == ""
    assert "must do its work under 'if __name__ == \"__main__\":'" in run.stderr.splitlines()[-1]


def test_what_a_guarded_script_defines_reaches_its_processes(tmp_path: Path) -> None:
    guarded = UNGUARDED.replace("with Workers", "if __name__ == '__main__':\n  with Workers")
    script = guarded.format(task="own", items="[Item(), -2]")
    run = started(tmp_path, script)

    assert (run.returncode, run.stdout) == (0, "[7, 2]\n"), run.stderr
