from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import ConfigError
from ocrkit.training.run_log import add_record, read_log, trim_log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def steps(*numbers: int) -> list[dict[str, object]]:
    return [{"event": "step", "step": number} for number in numbers]


def epoch(number: int, step: int) -> dict[str, object]:
    return {"event": "epoch", "epoch": number, "step": step}


def test_a_number_that_json_does_not_have_becomes_null(tmp_path: Path) -> None:
    add_record(tmp_path / "log", {"event": "step", "loss": math.nan, "rate": 0.5})

    assert json.loads((tmp_path / "log").read_text()) == {"event": "step", "loss": None, "rate": 0.5}


def test_a_name_that_is_no_utf8_is_written_out(tmp_path: Path) -> None:
    add_record(tmp_path / "log", {"event": "left out", "name": "\udcff.png"})

    assert "ff.png" in (tmp_path / "log").read_text("utf-8")


def test_what_is_no_record_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b'{"event": "start"}\n[1]\nnonsense \xff\n\n{"event": "epo')

    assert read_log(tmp_path / "log") == [{"event": "start"}]


def test_a_log_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    assert read_log(tmp_path / "log") == []
    trim_log(tmp_path / "log", step=0, epoch=0)
    assert not (tmp_path / "log").exists()


def test_what_a_run_will_do_again_is_taken_out(tmp_path: Path) -> None:
    start: dict[str, object] = {"event": "start", "step": 0}
    note: dict[str, object] = {"event": "note", "message": "step 99"}
    for record in (start, *steps(1, 2), epoch(0, 2), *steps(3), note, *steps(4), epoch(1, 4), *steps(5)):
        add_record(tmp_path / "log", record)
    with (tmp_path / "log").open("a") as log:
        log.write('{"event": "st')

    trim_log(tmp_path / "log", step=3, epoch=1)

    assert read_log(tmp_path / "log") == [start, *steps(1, 2), epoch(0, 2), *steps(3), note]


def test_an_epoch_whose_last_step_is_done_but_not_its_validation_is_done_again(tmp_path: Path) -> None:
    for record in (*steps(1, 2), epoch(0, 2)):
        add_record(tmp_path / "log", record)

    trim_log(tmp_path / "log", step=2, epoch=0)

    assert read_log(tmp_path / "log") == steps(1, 2)


def test_lines_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('# mine\n{"event": "epoch"}\n{"event": "step", "step": "x"}\n')

    trim_log(tmp_path / "log", step=0, epoch=0)

    assert (tmp_path / "log").read_text() == '# mine\n{"event": "epoch"}\n{"event": "step", "step": "x"}\n'


def test_a_log_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()

    with pytest.raises(ConfigError, match="log: cannot be written: Is a directory"):
        add_record(tmp_path / "log", {"event": "start"})


def test_a_log_that_cannot_be_trimmed_stays_as_it_was(tmp_path: Path, largest_file: Callable[[int], None]) -> None:
    for record in (*steps(*range(100)),):
        add_record(tmp_path / "log", record)
    before = (tmp_path / "log").read_bytes()

    largest_file(64)
    with pytest.raises(ConfigError, match="log: cannot be written: File too large"):
        trim_log(tmp_path / "log", step=50, epoch=0)

    assert (tmp_path / "log").read_bytes() == before
