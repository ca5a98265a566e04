"""A run that is killed, or finds the disk full, wherever that is, goes on to what it would have been."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ocrkit
from ocrkit.config import merge, to_table, write_toml

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocrkit.training import RunConfig

    MakeConfig = Callable[..., RunConfig]
    DrawLines = Callable[..., Path]

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(ocrkit.__file__).parents[1]), "OMP_NUM_THREADS": "1"}


# Such a run has some 70 points, of which 20 are writes; every one has been tried, and some are tried each time.
@pytest.mark.slow
@pytest.mark.parametrize(("end", "first", "stride"), [("kill", 3, 9), ("full", 2, 4)])
def test_a_run_that_ends_at_any_write_goes_on_to_the_same_end(
    make_config: MakeConfig, draw_lines: DrawLines, tmp_path: Path, end: str, first: int, stride: int
) -> None:
    config = make_config(data={"training": [str(draw_lines(16))]}, training={"epochs": 2, "save_every": 0})
    write_toml(tmp_path / "config.toml", to_table(config))
    (tmp_path / "runs").mkdir()
    places = [str(tmp_path / "config.toml"), str(tmp_path / "runs")]
    command = [sys.executable, str(HERE / "kill_points.py"), end, *places, str(first), str(stride)]

    tried = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)

    assert tried.returncode == 0, tried.stderr
    found = json.loads(tried.stdout)
    assert found["troubles"] == {}
    assert found["points"] > (50 if end == "kill" else 15)
    assert len(found["tried"]) >= 4


def descendants(pid: int) -> list[int]:
    """The processes that a process has begun, and those that they have begun."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def begun(make_config: MakeConfig, lines: Path, folder: Path) -> subprocess.Popen[str]:
    """A run with worker processes, whose first epoch is over, in a group of its own."""
    places = {"data": {"training": [str(lines)]}}
    endless = {"data": {"cache": 0}, "training": {"workers": 2, "epochs": 9999}}
    write_toml(folder / "config.toml", merge(to_table(make_config()), places, endless))
    command = [sys.executable, "-m", "ocrkit", "train", "--config", "config.toml", "-q", "fixed", "-o", "run"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, text=True, start_new_session=True, **pipes)
    assert running.stderr is not None
    running.stderr.readline()
    return running


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_the_workers_of_a_run_that_is_killed_end_by_themselves(
    make_config: MakeConfig, draw_lines: DrawLines, tmp_path: Path
) -> None:
    with begun(make_config, draw_lines(40), tmp_path) as running:
        workers = descendants(running.pid)
        running.send_signal(signal.SIGKILL)

    assert len(workers) >= 2
    assert ended(workers)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_to_all_processes_of_a_run_ends_it_as_one_to_the_first(
    make_config: MakeConfig, draw_lines: DrawLines, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with begun(make_config, draw_lines(40), tmp_path) as running:
        workers = descendants(running.pid)
        os.killpg(running.pid, number)
        printed, said = running.communicate()

    assert (running.returncode, printed) == (code, "run/model.safetensors\n")
    assert said.splitlines()[-1] == "ocrkit train --resume run goes on"
    assert "Traceback" not in said
    assert ended(workers)


def ended(pids: list[int]) -> bool:
    """Whether the processes end, given time for the kernel to tell them."""
    patience = time.monotonic() + 20
    while any(map(alive, pids)) and time.monotonic() < patience:
        time.sleep(0.05)
    return not any(map(alive, pids))
