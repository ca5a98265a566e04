"""Runs over a collection, one after another and at the same time."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stub_pages import job_for

from ocrkit.collections import run as run_module
from ocrkit.collections.claims import Claim, Claims
from ocrkit.collections.run import FAILURES, CollectionRun
from ocrkit.collections.tasks import Collection
from ocrkit.errors import DataError
from ocrkit.plugin.local_engine import HereEngine, LocalEngine

if TYPE_CHECKING:
    from ocrkit.plugin.engine_specs import Outcome


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for number in range(6):
        (tmp_path / "in" / f"{number}.png").write_text(f"text {number}")
    return tmp_path


def run(place: Path, **options: object) -> dict[str, str]:
    """What became of each task."""
    outcomes: list[Outcome] = []
    further = {name: options.pop(name) for name in ("engine", "most_failures", "on_wait") if name in options}
    job = job_for(place / "out", **options)  # type: ignore[arg-type]
    collection = Collection([str(place / "in")], place / "out")
    CollectionRun(job, collection, on_outcome=outcomes.append, **further).read()  # type: ignore[arg-type]
    assert len({outcome.task.stem for outcome in outcomes}) == len(outcomes)
    return {outcome.task.stem: outcome.state for outcome in outcomes}


def readings(place: Path) -> Counter[str]:
    log = place / "log"
    return Counter(Path(line.split()[1]).stem for line in log.read_text().splitlines()) if log.exists() else Counter()


def test_a_second_run_reads_what_is_new_or_another(place: Path) -> None:
    run(place)
    (place / "in" / "new.png").write_text("new")
    (place / "in" / "3.png").write_text("other")
    (place / "out" / "4.txt").unlink()

    states = run(place, run="next")

    assert Counter(states.values()) == {"was_read": 4, "read": 3}
    assert {stem for stem, count in readings(place).items() if count == 2} == {"3", "4"}
    assert (place / "out" / "4.txt").read_text() == "text 4\n"


def test_a_copy_of_the_output_on_another_machine_goes_on(place: Path) -> None:
    run(place)
    shutil.copytree(
        place / "out", place / "copied", ignore=shutil.ignore_patterns("claims"), copy_function=shutil.copyfile
    )
    (place / "out").rename(place / "lost")
    (place / "copied").rename(place / "out")
    (place / "in" / "new.png").write_text("new")

    assert Counter(run(place, run="next").values()) == {"was_read": 6, "read": 1}


def test_no_model_is_loaded_where_there_is_nothing_to_read(place: Path) -> None:
    run(place)
    job = job_for(place / "out", run="next")
    object.__setattr__(job, "make", None)

    CollectionRun(job, Collection([str(place / "in")], place / "out")).read()


def test_failures_are_listed_until_they_are_read(place: Path) -> None:
    (place / "in" / "2.png").write_text("bad")
    run(place)
    [line] = (place / "out" / FAILURES).read_text().splitlines()
    assert json.loads(line) == {
        "page": str(place / "in" / "2.png"),
        "reason": "it is damaged",
        "died": False,
        "output": "2",
    }

    (place / "in" / "2.png").write_text("good")
    run(place, run="next")

    assert not (place / "out" / FAILURES).exists()


def test_failures_are_utf8_whatever_bytes_a_name_has(place: Path) -> None:
    (place / "in" / os.fsdecode(b"bad \xff.png")).write_text("bad")
    (place / "in" / "മോശം.png").write_text("bad")

    run(place)

    lines = (place / "out" / FAILURES).read_bytes().decode().splitlines()
    names = {os.fsencode(Path(json.loads(line)["page"]).name) for line in lines}
    assert names == {b"bad \xff.png", "മോശം.png".encode()}
    assert any("മോശം" in line for line in lines)


def test_a_page_that_ends_its_process_is_left_until_it_is_asked_for(place: Path) -> None:
    (place / "in" / "2.png").write_text("die")
    engine = LocalEngine(1)

    assert run(place, engine=engine)["2"] == "failed"
    assert run(place, engine=engine, run="next")["2"] == "failed"
    assert readings(place)["2"] == 2
    assert run(place, engine=engine, run="retry", again=True)["2"] == "failed"
    assert readings(place)["2"] == 4
    (place / "in" / "2.png").write_text("mended")
    assert run(place, engine=engine, run="last")["2"] == "read"


def test_a_run_stops_after_too_many_failures(place: Path) -> None:
    for number in range(6):
        (place / "in" / f"{number}.png").write_text("bad")

    with pytest.raises(DataError, match="3 pages or documents failed, and `max_failures` is 2"):
        run(place, most_failures=2)
    assert len((place / "out" / FAILURES).read_text().splitlines()) >= 3


def test_what_another_run_has_in_hand_is_waited_for(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "_POLL", 0.01)
    other = Claims(place / "out", "other")
    claim = other.take("3")
    waited: list[tuple[int, str]] = []

    def give_back(count: int, who: str) -> None:
        waited.append((count, who))
        other.give_back(claim)  # type: ignore[arg-type]

    states = run(place, on_wait=give_back)

    assert set(states.values()) == {"read"}
    assert len(states) == 6
    assert [count for count, _ in waited] == [1]
    assert f"process {os.getpid()} on" in waited[0][1]


def test_a_claim_whose_process_died_makes_a_small_run_start_processes(place: Path) -> None:
    dead = Claims(place / "out", "dead")
    object.__setattr__(dead, "_me", dead._me.__class__("", "", 0, "", ""))
    job = job_for(place / "out")
    pid = os.fork()
    if pid == 0:
        Claims(place / "out", "dead").take("3")
        os._exit(0)
    os.waitpid(pid, 0)

    CollectionRun(job, Collection([str(place / "in")], place / "out")).read()

    pids = {line.split()[0] for line in (place / "log").read_text().splitlines()}
    assert str(os.getpid()) not in pids


def test_nothing_is_left_in_hand(place: Path) -> None:
    (place / "in" / "2.png").write_text("raise")
    run(place)

    assert list((place / "out" / ".ocrkit" / "claims").iterdir()) == []


def beside(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs at once over the same pages, neither of which passes a page before both have begun."""
    monkeypatch.setattr(run_module, "_POLL", 0.01)
    both = threading.Barrier(2, timeout=60)

    def first(_lines: int) -> None:
        with suppress(threading.BrokenBarrierError):
            both.wait(10)
        both.abort()

    runs = [
        CollectionRun(
            job_for(place / "out", run=name),
            Collection([str(place / "in")], place / "out"),
            engine=HereEngine(),
            on_page=first,
        )
        for name in ("one", "other")
    ]
    threads = [threading.Thread(target=each.read) for each in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_runs_side_by_side_read_each_page_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside(place, monkeypatch)

    assert readings(place) == Counter(map(str, range(6)))
    assert list((place / "out/.ocrkit/claims").iterdir()) == []


def test_without_claims_two_runs_side_by_side_would_read_a_page_twice(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Claims, "take", lambda claims, stem: Claim(claims._path(stem, 0), 0, ()))
    monkeypatch.setattr(Claims, "is_mine", lambda *_: True)
    monkeypatch.setattr(Claims, "holder", lambda *_: "")

    beside(place, monkeypatch)

    assert max(readings(place).values()) == 2


@pytest.mark.parametrize("silent", [301, 0])
def test_what_a_machine_that_is_gone_had_in_hand_is_read_once_it_is_silent_for_long(
    place: Path, monkeypatch: pytest.MonkeyPatch, silent: float
) -> None:
    monkeypatch.setattr(run_module, "_POLL", 0.01)
    far = Claims(place / "out", "far")
    far._me = replace(far._me, machine="far", host="far")
    claim = far.take("3")
    far.close()
    assert isinstance(claim, Claim)
    waited: list[str] = []

    def fall_silent(seconds: float) -> None:
        then = far.now() - seconds
        os.utime(claim.path, (then, then))

    def wait(_count: int, who: str) -> None:
        waited.append(who)
        fall_silent(301)

    fall_silent(silent)
    states = run(place, on_wait=wait)

    assert set(states.values()) == {"read"}
    assert waited == ([] if silent else [f"process {os.getpid()} on far"])
    assert not far.is_mine(claim)
    assert list((place / "out/.ocrkit/claims").iterdir()) == []
