"""Pages of files counted in another process, which some files kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from stub_pages import count_pages, job_for

from ocrkit.collections.counting import PageCounter
from ocrkit.collections.records import Records
from ocrkit.collections.run import CollectionRun
from ocrkit.collections.tasks import Collection
from ocrkit.errors import DependencyError
from ocrkit.plugin.local_engine import HereEngine, LocalEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.plugin.engine_specs import Outcome


@pytest.fixture
def counter() -> Iterator[PageCounter]:
    with closing(PageCounter(held=count_pages, deadline=20)) as counter:
        yield counter


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def counted(folder: Path) -> Counter[str]:
    log = folder / "counted"
    return Counter(line.split()[1] for line in log.read_text().splitlines()) if log.exists() else Counter()


def process_of(folder: Path) -> int:
    return int((folder / "counted").read_text().splitlines()[-1].split()[0])


def is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_files_are_counted_one_after_another_in_one_other_process(counter: PageCounter, tmp_path: Path) -> None:
    assert counter.count(file(tmp_path, "a.pdf", "3")) == 3
    first = process_of(tmp_path)
    assert counter.count(file(tmp_path, "b.pdf", "7")) == 7

    assert process_of(tmp_path) == first != os.getpid()


@pytest.mark.parametrize("harm", ["leave", "memory"])
def test_a_file_that_ends_its_process_is_tried_twice_and_given_up(
    counter: PageCounter, tmp_path: Path, harm: str
) -> None:
    path = file(tmp_path, "a.pdf", harm)

    assert [counter.count(path), counter.count(path)] == [0, 0]
    assert counted(tmp_path) == {"a.pdf": 2}
    assert counter.why_given_up(str(path)).startswith("the process that counted its pages died twice")
    assert counter.count(file(tmp_path, "b.pdf", "7")) == 7
    assert counter.why_given_up(str(tmp_path / "b.pdf")) == ""


def test_a_file_that_is_never_counted_to_the_end_is_given_up(tmp_path: Path) -> None:
    path = file(tmp_path, "a.pdf", "endless")

    with closing(PageCounter(held=count_pages, deadline=0.5)) as counter:
        assert counter.count(path) == 0
        last = process_of(tmp_path)

    assert counter.why_given_up(str(path)) == "the process that counted its pages died twice: it took longer than 0.5 s"
    assert not is_there(last)


def test_a_process_that_is_killed_between_two_files_is_no_files_fault(counter: PageCounter, tmp_path: Path) -> None:
    counter.count(file(tmp_path, "a.pdf", "3"))
    os.kill(process_of(tmp_path), signal.SIGKILL)

    assert counter.count(file(tmp_path, "b.pdf", "7")) == 7


def test_closing_ends_what_is_never_counted_to_the_end(counter: PageCounter, tmp_path: Path) -> None:
    path = file(tmp_path, "a.pdf", "endless")
    counts: list[int] = []
    counting = threading.Thread(target=lambda: counts.append(counter.count(path)))
    counting.start()
    while counting.is_alive() and not counted(tmp_path):
        time.sleep(0.01)

    counter.close()
    counting.join()

    assert counts == [0]
    assert counter.why_given_up(str(path)) == ""
    assert not is_there(process_of(tmp_path))


def test_what_counting_raises_passes(counter: PageCounter, tmp_path: Path) -> None:
    with pytest.raises(DependencyError, match="a PDF needs a package"):
        counter.count(file(tmp_path, "a.pdf", "raise"))


def test_pages_of_a_tiff_are_counted_without_a_process(counter: PageCounter, tmp_path: Path) -> None:
    pictures = [Image.new("L", (9, 9)) for _ in range(3)]
    pictures[0].save(tmp_path / "book.tif", save_all=True, append_images=pictures[1:])

    assert counter.count(tmp_path / "book.tif") == 3


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Pages, and a PDF that no process lives through."""
    (tmp_path / "in").mkdir()
    for number in range(4):
        file(tmp_path / "in", f"{number}.png", f"text {number}")
    file(tmp_path / "in", "2.pdf", "leave")
    return tmp_path


def run(place: Path, engine: HereEngine | LocalEngine, **options: object) -> dict[str, Outcome]:
    """What became of each task, while all are counted in a thread, too."""
    outcomes: list[Outcome] = []
    run = CollectionRun(
        job_for(place / "out", **options),  # type: ignore[arg-type]
        Collection([str(place / "in")], place / "out", by_page=True),
        engine=engine,
        on_outcome=outcomes.append,
        counter=PageCounter(held=count_pages, deadline=20),
    )
    aside = threading.Thread(target=lambda: list(run.count()))
    aside.start()
    run.read()
    aside.join()
    return {outcome.task.name.removeprefix(f"{place / 'in'}/"): outcome for outcome in outcomes}


@pytest.mark.parametrize("workers", [0, 1])
def test_a_pdf_that_ends_processes_is_named_and_left_until_it_is_asked_for(place: Path, workers: int) -> None:
    engine = LocalEngine(workers) if workers else HereEngine()

    outcomes = run(place, engine)
    bad = outcomes.pop("2.pdf")
    assert (bad.state, bad.died) == ("failed", True)
    assert {outcome.state for outcome in outcomes.values()} == {"read"}
    assert [(failure.name, failure.died) for failure in Records(place / "out").failures()] == [(bad.task.place, True)]
    assert counted(place / "in") == {"2.pdf": 2}

    assert run(place, engine, run="next")["2.pdf"].reason == bad.reason
    assert counted(place / "in") == {"2.pdf": 2}

    assert run(place, engine, run="retry", again=True)["2.pdf"].state == "failed"
    assert counted(place / "in") == {"2.pdf": 4}


def test_pages_are_counted_where_the_system_has_no_such_limits() -> None:
    code = "import sys; sys.modules['resource'] = None; from ocrkit.collections import counting, run"

    subprocess.run([sys.executable, "-c", code], check=True)
