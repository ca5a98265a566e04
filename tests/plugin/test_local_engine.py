"""Processes that read pages, and that die now and then."""

from __future__ import annotations

import errno
import os
import resource
from collections import Counter
from pathlib import Path

import pytest
from stub_pages import job_for, task_of

from ocrkit.collections.records import Records
from ocrkit.data.workers import context_without_script
from ocrkit.errors import LostProcess
from ocrkit.plugin.local_engine import LocalEngine


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for number in range(12):
        (tmp_path / "in" / f"{number}.png").write_text(f"text {number}")
    return tmp_path


def tasks(place: Path) -> list:  # type: ignore[type-arg]
    return [task_of(path) for path in sorted((place / "in").iterdir())]


def test_each_page_is_read_once(place: Path) -> None:
    outcomes = list(LocalEngine(2).run(tasks(place), job_for(place / "out")))

    assert Counter(outcome.state for outcome in outcomes) == {"read": 12}
    assert len({line.split()[1] for line in (place / "log").read_text().splitlines()}) == 12
    assert len((place / "log").read_text().splitlines()) == 12


def test_pages_that_end_their_process_are_tried_twice_and_left(place: Path) -> None:
    ends = {"3": "die", "5": "leave", "8": "endless"}
    for name, text in ends.items():
        (place / "in" / f"{name}.png").write_text(text)

    outcomes = list(LocalEngine(2).run(tasks(place), job_for(place / "out", deadline=0.5)))

    told = {outcome.task.stem: outcome.reason for outcome in outcomes if outcome.state == "failed"}
    assert set(told) == set(ends)
    assert "died twice: killed by signal 9" in told["3"]
    assert "died twice: it ended with code 3" in told["5"]
    assert "died twice: it took longer than 0.5 s" in told["8"]
    counted = Counter(Path(line.split()[1]).stem for line in (place / "log").read_text().splitlines())
    assert [counted[name] for name in ends] == [2, 2, 2]
    assert {failure.stem for failure in Records(place / "out").failures() if failure.died} == set(ends)
    assert len(outcomes) == 12


def test_there_are_no_more_processes_than_files_may_be_open(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 40, before[1]))
    try:
        outcomes = list(LocalEngine(500).run(tasks(place), job_for(place / "out")))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert Counter(outcome.state for outcome in outcomes) == {"read": 12}
    assert f"2 processes instead of 500: no more than {used + 40} files may be open here" in caplog.text


def test_where_a_process_cannot_be_started_those_that_are_read_on(
    place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    context = context_without_script(False)
    start, started = context.Process.start, []

    def failing(process: object) -> None:
        started.append(process)
        if len(started) > 1:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        start(process)  # type: ignore[arg-type]

    monkeypatch.setattr(context.Process, "start", failing)

    outcomes = list(LocalEngine(3).run(tasks(place), job_for(place / "out")))

    assert Counter(outcome.state for outcome in outcomes) == {"read": 12}
    assert "1 of 3 processes are started, and no more can be: Resource" in caplog.text


def test_where_none_can_be_started_that_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(process: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(context_without_script(False).Process, "start", failing)

    with pytest.raises(LostProcess, match="no process can be started: Too many open files; with `workers` 0"):
        list(LocalEngine(3).run(tasks(place), job_for(place / "out")))


def test_processes_that_die_before_they_read_are_told(place: Path) -> None:
    job = job_for(place / "out")
    object.__setattr__(job, "make", _Broken())

    with pytest.raises(LostProcess, match="die before they have one: it ended with code 5"):
        list(LocalEngine(2).run(tasks(place), job))


class _Broken:
    def __call__(self) -> object:
        import os

        os._exit(5)
