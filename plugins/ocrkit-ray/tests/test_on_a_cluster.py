"""The engine on two machines, which are two raylets on this one, with a job that costs nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ocrkit_ray import ocrkit_engines
from ocrkit_ray.cluster import connected
from ocrkit_ray.engine import RayEngine, make_engine
from ocrkit_ray.options import RayOptions
from stub_jobs import StubJob, task_named
from stub_pages import job_for, task_of

from ocrkit.errors import DataError, OptionError
from ocrkit.plugin.local_engine import LocalEngine
from ocrkit.plugin.testing import check_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ocrkit.plugin.engine_specs import Outcome, PageTask

LONG = 120.0  # seconds after which what a test waits for will not come


def engine_on(cluster: Any, **options: Any) -> RayEngine:
    return make_engine(RayOptions(address=cluster.address, **options))


def names(count: int) -> list[str]:
    return [f"p{number:04d}" for number in range(count)]


def run(cluster: Any, job: StubJob, count: int) -> dict[str, Outcome]:
    """What became of tasks, by their names, each of which is given once."""
    outcomes = list(engine_on(cluster).run(map(task_named, names(count)), job))
    assert sorted(outcome.task.name for outcome in outcomes) == names(count)
    return {outcome.task.name: outcome for outcome in outcomes}


def noted(folder: Path, what: str) -> list[list[str]]:
    path = folder / f"{what}.log"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def begun(folder: Path) -> dict[str, int]:
    """The process that began each task last."""
    return {name: int(process) for name, process in noted(folder, "begun")}


def times_begun(folder: Path) -> Counter[str]:
    return Counter(name for name, _ in noted(folder, "begun"))


def times_read(folder: Path) -> Counter[str]:
    return Counter(name for name, _ in noted(folder, "read"))


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def meanwhile(act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def test_tasks_are_taken_as_there_are_workers_for_them(cluster: Any, tmp_path: Path) -> None:
    taken: list[str] = []

    def tasks() -> Iterator[PageTask]:
        for name in names(100_000):
            taken.append(name)
            yield task_named(name)

    outcomes = engine_on(cluster).run(tasks(), StubJob(tmp_path))
    ahead = [len(taken) - done for done, _ in zip(range(30), outcomes, strict=False)]
    outcomes.close()

    assert max(ahead) <= 5  # two in hand, and what is waited with
    wait_until(lambda: not any(map(runs, begun(tmp_path).values())))


def free_cores() -> float:
    import ray

    return float(ray.available_resources().get("CPU", 0))


def test_closing_a_fleet_ends_its_workers_those_too_that_are_starting(cluster: Any, tmp_path: Path) -> None:
    options = RayOptions(address=cluster.address)
    with connected(options):
        from ocrkit_ray.fleet import Fleet

        wait_until(lambda: free_cores() == 2)
        fleet = Fleet(options, StubJob(tmp_path, held=("p0000",)))
        fleet.grow()
        while not fleet.idle:
            assert not list(fleet.events())
        fleet.give(task_named("p0000"))
        fleet.grow()
        wait_until(lambda: "p0000" in begun(tmp_path))

        fleet.close()
        fleet.close()

        wait_until(lambda: not runs(begun(tmp_path)["p0000"]) and free_cores() == 2)
        assert (fleet.in_hand, fleet.idle, fleet.unoccupied) == (0, 0, 0)
        assert noted(tmp_path, "read") == []


def test_a_worker_sees_the_gpus_that_it_was_given_and_no_others(cluster: Any, tmp_path: Path) -> None:
    with_gpus = cluster.add_node(num_cpus=1, num_gpus=2, object_store_memory=80_000_000)
    held = tuple(names(3))

    def go_on() -> None:
        wait_until(lambda: set(held) <= set(begun(tmp_path)))
        (tmp_path / "go").touch()

    going_on = meanwhile(go_on)
    engine = engine_on(cluster, cpus=0.5, gpus=1.0, mixed=True, workers=3)
    try:
        list(engine.run(map(task_named, held), StubJob(tmp_path, held=held)))
    finally:
        going_on.join()
        cluster.remove_node(with_gpus)

    assert sorted(seen for _, seen in noted(tmp_path, "sees")) == ["''", "'0'", "'1'"]


def test_the_page_of_a_worker_that_is_killed_is_read_by_another(cluster: Any, tmp_path: Path) -> None:
    def kill() -> None:
        wait_until(lambda: "p0005" in begun(tmp_path))
        os.kill(begun(tmp_path)["p0005"], signal.SIGKILL)
        (tmp_path / "go").touch()

    killing = meanwhile(kill)
    outcomes = run(cluster, StubJob(tmp_path, held=("p0005",)), 12)
    killing.join()

    assert {outcome.state for outcome in outcomes.values()} == {"read"}
    assert times_begun(tmp_path) == Counter(names(12)) + Counter(["p0005"])
    assert times_read(tmp_path) == Counter(names(12))


def test_after_the_driver_is_killed_the_next_run_reads_the_rest(cluster: Any, tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed_driver.py")
    command = [sys.executable, script, cluster.address, tmp_path, "12", "p0004", "p0005"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as driver:
        wait_until(lambda: {"p0004", "p0005"} <= set(begun(tmp_path)))
        driver.kill()
        said, talk = driver.communicate()

    wait_until(lambda: not any(map(runs, begun(tmp_path).values())))
    (tmp_path / "go").touch()
    outcomes = run(cluster, StubJob(tmp_path), 12)

    assert Counter(outcome.state for outcome in outcomes.values()) == Counter(was_read=4, read=8)
    assert times_begun(tmp_path) == Counter(names(12)) + Counter(["p0004", "p0005"])
    assert times_read(tmp_path) == Counter(names(12))
    assert sorted(said.splitlines()) == [f"{name} read" for name in names(4)]
    assert talk == ""


def test_an_engine_as_the_kit_checks_it(cluster: Any) -> None:
    [spec] = ocrkit_engines()

    check_engine(spec, options=RayOptions(address=cluster.address))


def test_pages_come_out_as_by_the_local_engine_those_too_that_kill_their_process(cluster: Any, tmp_path: Path) -> None:
    texts = {"1": "one", "2": "two", "3": "die", "4": "bad", "5": "leave", "6": "blank", "7": "seven"}
    (tmp_path / "in").mkdir()
    for name, text in texts.items():
        (tmp_path / "in" / f"{name}.png").write_text(text)
    tasks = [task_of(path) for path in sorted((tmp_path / "in").iterdir())]

    outcomes = list(engine_on(cluster).run(tasks, job_for(tmp_path / "ray")))
    counted = Counter(Path(line.split()[1]).stem for line in (tmp_path / "log").read_text().splitlines())
    local = list(LocalEngine(1).run(tasks, job_for(tmp_path / "local")))

    assert {(o.task.stem, o.state, o.died) for o in outcomes} == {(o.task.stem, o.state, o.died) for o in local}
    assert files_in(tmp_path / "ray") == files_in(tmp_path / "local")
    assert {o.task.stem for o in outcomes if o.died} == {"3", "5"}
    assert counted == Counter({"1": 1, "2": 1, "3": 2, "4": 1, "5": 2, "6": 1, "7": 1})


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.*") if path.is_file()}


def test_what_a_worker_says_when_it_cannot_start_ends_the_run(cluster: Any, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^no model there$"):
        run(cluster, StubJob(tmp_path, refused="no model there"), 3)


def test_what_stands_in_the_way_of_all_ends_the_run(cluster: Any, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"p0002\.txt: the disk is full$"):
        run(cluster, StubJob(tmp_path, full="p0002"), 12)


def test_a_worker_that_no_machine_is_large_enough_for_is_refused(cluster: Any, tmp_path: Path) -> None:
    engine = engine_on(cluster, gpus=1)

    with pytest.raises(OptionError, match="a worker takes 1 CPU and 1 GPU, and no machine of the cluster has that"):
        next(engine.run(map(task_named, names(1)), StubJob(tmp_path)))


def test_no_cluster_at_the_address_is_told() -> None:
    pytest.importorskip("ray", reason="Ray is not installed (pip install ray)")
    engine = make_engine(RayOptions(address="127.0.0.1:1"))

    with pytest.raises(OptionError, match=r"no Ray cluster answers at address '127\.0\.0\.1:1'"):
        next(engine.run([], StubJob(Path())))


def test_the_page_of_a_machine_that_goes_away_is_read_on_another(
    cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last one, since the machine stays away."""

    def kill() -> None:
        wait_until(lambda: {"p0000", "p0001"} <= set(begun(tmp_path)))
        [raylet] = cluster.second.all_processes["raylet"]
        raylet.process.kill()
        wait_until(lambda: sum(map(runs, begun(tmp_path).values())) == 1)
        (tmp_path / "go").touch()

    killing = meanwhile(kill)
    outcomes = run(cluster, StubJob(tmp_path, held=("p0000", "p0001")), 12)
    killing.join()

    assert {outcome.state for outcome in outcomes.values()} == {"read"}
    assert sum(times_begun(tmp_path).values()) == 13
    assert times_read(tmp_path) == Counter(names(12))
    assert len(noted(tmp_path, "lost")) == 1
    assert capsys.readouterr() == ("", "")
