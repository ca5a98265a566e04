"""Processes that read pages, and that die now and then."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from stub_pages import job_for, task_of

from ocrkit.collections.records import Records
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


def test_processes_that_die_before_they_read_are_told(place: Path) -> None:
    job = job_for(place / "out")
    object.__setattr__(job, "make", _Broken())

    with pytest.raises(LostProcess, match="die before they have one: it ended with code 5"):
        list(LocalEngine(2).run(tasks(place), job))


class _Broken:
    def __call__(self) -> object:
        import os

        os._exit(5)
