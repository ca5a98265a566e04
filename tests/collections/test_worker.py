"""A worker: claims, reads, writes, notes."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from stub_pages import job_for, task_of

from ocrkit.collections.claims import Claims
from ocrkit.collections.keys import content_of
from ocrkit.collections.records import Records
from ocrkit.errors import DataError


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    """Three pages."""
    (tmp_path / "in").mkdir()
    paths = [tmp_path / "in" / f"{name}.png" for name in "abc"]
    for path in paths:
        path.write_text(f"text of {path.stem}")
    return paths


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out"


def readings(output: Path) -> list[str]:
    log = output.parent / "log"
    return [Path(line.split(" ")[1]).name for line in log.read_text().splitlines()] if log.exists() else []


def claims_left(output: Path) -> list[str]:
    return [path.name for path in (output / ".ocrkit" / "claims").iterdir() if not path.name.startswith("owner-")]


def test_a_page_is_read_and_its_file_written(pages: list[Path], output: Path) -> None:
    outcome = job_for(output).worker()(task_of(pages[0]))

    assert (outcome.state, outcome.files, outcome.lines, outcome.pages) == ("read", ("a.txt",), 1, 1)
    assert (output / "a.txt").read_text() == "text of a\n"
    assert claims_left(output) == []


def test_a_page_that_was_read_is_not_read_again(pages: list[Path], output: Path) -> None:
    job_for(output).worker()(task_of(pages[0]))

    outcome = job_for(output, run="next").worker()(task_of(pages[0]))

    assert outcome.state == "was_read"
    assert readings(output) == ["a.png"]


def test_what_was_touched_but_not_changed_is_not_read_again(pages: list[Path], output: Path) -> None:
    job_for(output).worker()(task_of(pages[0]))
    os.utime(pages[0], (1, 1))

    outcome = job_for(output, run="next").worker()(task_of(pages[0]))

    assert outcome.state == "was_read"
    record = Records(output).done("a")
    assert record is not None
    assert record.modified == 10**9


@pytest.mark.parametrize("what", ["page", "key", "file", "file cut short", "record"])
def test_a_page_is_read_again_where_something_is_another(pages: list[Path], output: Path, what: str) -> None:
    job_for(output).worker()(task_of(pages[0]))
    if what == "page":
        pages[0].write_text("text of A")
    if what == "file":
        (output / "a.txt").unlink()
    if what == "file cut short":
        (output / "a.txt").write_text("text")
    if what == "record":
        for record in (output / ".ocrkit" / "done").rglob("*.json"):
            record.write_text('{"stem": "a"')
    key = "another model" if what == "key" else "model"

    outcome = job_for(output, run="next", key=key).worker()(task_of(pages[0]))

    assert outcome.state == "read"
    assert (output / "a.txt").read_text() == ("text of A\n" if what == "page" else "text of a\n")
    assert readings(output) == ["a.png", "a.png"]


def test_what_another_format_was_written_with_stays_known(pages: list[Path], output: Path) -> None:
    text = job_for(output)
    other = replace(text, formats=("json",), keys={"json": "k"}, run="json")
    text.worker()(task_of(pages[0]))
    other.worker()(task_of(pages[0]))

    assert [job.worker()(task_of(pages[0])).state for job in (text, other)] == ["was_read", "was_read"]


def test_a_page_that_another_run_has_in_hand_is_busy(pages: list[Path], output: Path) -> None:
    other = Claims(output, "other")
    claim = other.take("a")

    busy = job_for(output).worker()(task_of(pages[0]))
    other.give_back(claim)  # type: ignore[arg-type]
    outcome = job_for(output).worker()(task_of(pages[0]))

    assert (busy.state, outcome.state) == ("busy", "read")
    assert f"process {os.getpid()} on" in busy.reason


def test_a_page_that_cannot_be_opened_fails_and_is_tried_by_the_next_run(pages: list[Path], output: Path) -> None:
    pages[0].write_text("bad")
    outcome = job_for(output).worker()(task_of(pages[0]))

    assert (outcome.state, outcome.reason, outcome.died) == ("failed", "it is damaged", False)
    assert [failure.name for failure in Records(output).failures()] == [str(pages[0])]

    pages[0].write_text("mended")
    assert job_for(output, run="next").worker()(task_of(pages[0])).state == "read"
    assert list(Records(output).failures()) == []


def test_whatever_is_raised_is_one_pages_fault(pages: list[Path], output: Path) -> None:
    pages[1].write_text("raise")

    outcomes = list(job_for(output).worker().read(map(task_of, pages)))

    told = {outcome.task.stem: (outcome.state, outcome.reason) for outcome in outcomes}
    assert told == {
        "a": ("read", ""),
        "b": ("failed", "unexpected ValueError: what a plugin may raise"),
        "c": ("read", ""),
    }
    assert claims_left(output) == []


def test_what_the_tasks_themselves_raise_comes_when_what_is_in_hand_is_done(pages: list[Path], output: Path) -> None:
    def tasks():  # type: ignore[no-untyped-def]
        yield task_of(pages[0])
        raise DataError("the folder is gone", "in")

    reading = job_for(output).worker().read(tasks())

    assert next(reading).state == "read"
    with pytest.raises(DataError, match="the folder is gone"):
        next(reading)


def test_ctrl_c_gives_back_what_is_in_hand(pages: list[Path], output: Path) -> None:
    def tasks():  # type: ignore[no-untyped-def]
        yield task_of(pages[0])
        yield task_of(pages[1])
        raise KeyboardInterrupt

    reading = job_for(output).worker().read(tasks())

    with pytest.raises(KeyboardInterrupt):
        list(reading)
    assert claims_left(output) == []


def test_a_document_that_is_stopped_leaves_what_was_written_before(tmp_path: Path, output: Path) -> None:
    pictures = [Image.new("L", (9, 9)) for _ in range(3)]
    pictures[0].save(tmp_path / "book.tif", save_all=True, append_images=pictures[1:])
    output.mkdir()
    (output / "book.txt").write_text("all of an earlier run")
    job = job_for(output, per=None)
    worker = job.worker()

    def stopped(_lines: int) -> None:
        raise KeyboardInterrupt

    worker.on_page = stopped  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        worker(task_of(tmp_path / "book.tif"))

    assert [path.name for path in output.glob("*book*")] == ["book.txt"]
    assert (output / "book.txt").read_text() == "all of an earlier run"


def test_a_pipe_among_the_pages_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")

    with pytest.raises(OSError, match="pipe"):
        content_of(tmp_path / "pipe.png")


@pytest.mark.parametrize(
    "damaged",
    [
        "[" * 100_000,
        '{"stem":"a","files":{},"bad":7}',
        '{"stem":"a","files":{"x":{"size":"1"}},"bad":[]}',
        "null",
        "\xff",
    ],
)
def test_a_damaged_record_is_none(pages: list[Path], output: Path, damaged: str) -> None:
    job_for(output).worker()(task_of(pages[0]))
    for record in (output / ".ocrkit" / "done").rglob("*.json"):
        record.write_text(damaged, "latin-1")

    assert job_for(output, run="next").worker()(task_of(pages[0])).state == "read"


def test_files_of_a_record_that_no_file_is_called_are_not_there(pages: list[Path], output: Path) -> None:
    job_for(output).worker()(task_of(pages[0]))
    for record in (output / ".ocrkit" / "done").rglob("*.json"):
        record.write_text(record.read_text().replace('"a.txt"', '"a\\u0000.txt"'))

    assert job_for(output, run="next").worker()(task_of(pages[0])).state == "read"


def test_a_page_that_goes_while_it_is_read_fails_alone(pages: list[Path], output: Path) -> None:
    worker = job_for(output).worker()
    worker.on_page = lambda _: pages[0].unlink()  # type: ignore[attr-defined]

    outcome = worker(task_of(pages[0]))

    assert "changed while it was read" in outcome.reason


def test_a_full_disk_is_told_with_the_folder(pages: list[Path], output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Claims, "take", full)

    with pytest.raises(DataError, match="out: nothing can be written there: No space left"):
        job_for(output).worker()(task_of(pages[0]))


def test_a_page_changed_while_it_is_read_is_not_noted_as_read(pages: list[Path], output: Path) -> None:
    worker = job_for(output).worker()
    worker.on_page = lambda _: pages[0].write_text("text of another")  # type: ignore[assignment,return-value]

    outcome = worker(task_of(pages[0]))

    assert (outcome.state, Records(output).done("a")) == ("failed", None)
    assert "changed while it was read" in outcome.reason
