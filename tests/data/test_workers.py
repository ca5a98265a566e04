"""Worker processes: order, few items in hand, and what becomes of an item at which one dies."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
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


def wait_at_zero(number: int) -> int:
    if number == 0:
        threading.Event().wait(120)
    return number


def large(number: int) -> bytes:
    return bytes(number)


def refuse(number: int) -> int:
    raise UnpicklableError(number)


class UnpicklableError(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(f"no {number}")
        self.lock = threading.Lock()


def test_what_nobody_waits_for_any_more_is_not_waited_for() -> None:
    begun = time.monotonic()
    with Workers.opened(wait_at_zero, count=2) as workers:
        results = workers.map([*range(1, 30), 0, *range(1, 100)])
        assert next(results) == 1
        del results

    assert time.monotonic() - begun < 60


def test_an_error_in_the_block_stops_the_workers_at_once() -> None:
    def interrupted() -> None:
        with Workers.opened(wait_at_zero, count=1) as workers:
            results = workers.map([*range(1, 17), 0])
            next(results)
            raise KeyboardInterrupt

    begun = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert time.monotonic() - begun < 60


def test_results_larger_than_any_pipe_come_back() -> None:
    with Workers.opened(large, count=2) as workers:
        assert [len(result) for result in workers.map([1 << 20, 3 << 20] * 20)] == [1 << 20, 3 << 20] * 20


def test_a_tasks_own_error_is_raised_whether_it_can_be_sent_or_not() -> None:
    with Workers.opened(math.sqrt, count=1) as workers, pytest.raises(ValueError, match="math domain error"):
        list(workers.map([4, -1]))
    with Workers.opened(refuse, count=1) as workers, pytest.raises(RuntimeError, match="UnpicklableError: no 4"):
        list(workers.map([4]))


def test_a_worker_that_is_killed_while_it_has_nothing_to_do_is_noticed() -> None:
    with Workers.opened(square, count=1) as workers:
        list(workers.map(range(3)))
        [process] = multiprocessing.active_children()
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()

        with pytest.raises(DataError, match="a process that loads images died"):
            list(workers.map(range(3)))


FORKING = """
import os
from ocrkit.data.workers import Workers

with Workers.opened(abs, count=2) as workers:
    print(sum(workers.map(range(50))), flush=True)
    child = os.fork()
    if child == 0:
        print(sum(workers.map(range(40))), flush=True)
        workers.close()
        os._exit(0)
    os.waitpid(child, 0)
    print(sum(workers.map(range(30))), flush=True)
"""


def test_a_fork_of_a_process_with_workers_does_the_work_itself(tmp_path: Path) -> None:
    run = started(tmp_path, FORKING)

    assert (run.returncode, run.stdout) == (0, "1225\n780\n435\n"), run.stderr


def test_no_shared_memory_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_semaphores(*_: object, **__: object) -> None:
        raise FileNotFoundError("no /dev/shm")

    monkeypatch.setattr("_multiprocessing.SemLock", no_semaphores)

    with Workers.opened(square, count=2) as workers:
        assert list(workers.map(range(50))) == [number * number for number in range(50)]


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
