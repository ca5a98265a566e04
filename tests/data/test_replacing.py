"""Data that is written as a whole or not at all, and what a kill leaves of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ocrkit.data.writers.replacing import mark, replacing
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KILLED = """
import os, signal, sys
from pathlib import Path
from ocrkit.data.writers.replacing import replacing
with replacing(Path(sys.argv[1])) as path:
    path.mkdir()
    (path / "half").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write(
    destination: Path, *, fail: BaseException | None = None, meanwhile: Callable[[], None] = lambda: None
) -> None:
    with replacing(destination) as path:
        path.mkdir()
        meanwhile()
        if fail is not None:
            raise fail


def test_what_is_written_takes_the_place_as_a_whole(tmp_path: Path) -> None:
    with replacing(tmp_path / "set") as path:
        path.mkdir()
        (path / "labels.tsv").touch()
        assert not (tmp_path / "set").exists()

    assert os.listdir(tmp_path) == ["set"]
    assert os.listdir(tmp_path / "set") == ["labels.tsv"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), DataError("no"), OSError(28, "No space left on device")])
def test_nothing_is_left_of_what_did_not_end_well(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises((KeyboardInterrupt, DataError)):
        write(tmp_path / "set", fail=error)

    assert os.listdir(tmp_path) == []


def test_what_a_kill_left_is_removed_by_the_next_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "set"], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(os.listdir(tmp_path)) == 1

    with replacing(tmp_path / "set") as path:
        path.mkdir()
        [under_way] = [name for name in os.listdir(tmp_path) if name.startswith(".set")]
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path / "set", fail=KeyboardInterrupt())
        assert (tmp_path / under_way).is_dir()

    assert sorted(os.listdir(tmp_path)) == ["set"]


def test_a_folder_that_a_kill_had_moved_out_of_the_way_comes_back(tmp_path: Path) -> None:
    former = tmp_path / ".set.partial-x" / "set.former"
    former.mkdir(parents=True)
    mark(former, format="labels")

    with pytest.raises(DataError, match="set is there already"), replacing(tmp_path / "set"):
        pass

    assert os.listdir(tmp_path) == ["set"]


def test_what_came_to_be_there_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    def meanwhile() -> None:
        (tmp_path / "set").write_text("another's", encoding="utf-8")

    with pytest.raises(DataError, match="set is there already"):
        write(tmp_path / "set", meanwhile=meanwhile)

    assert (tmp_path / "set").read_text("utf-8") == "another's"
