from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ocrkit.files import FolderInUse, clear_leftovers, hidden_name, holding, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")

    write_whole(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_that_does_not_fit_leaves_the_old_one_and_no_other(
    tmp_path: Path, largest_file: Callable[[int], None]
) -> None:
    (tmp_path / "file").write_bytes(b"old")

    largest_file(1024)
    with pytest.raises(OSError, match="File too large") as raised:
        write_whole(tmp_path / "file", bytes(2000))

    assert raised.value.filename == str(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_that_is_not_there_is_named_as_it_was_given(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        write_whole(tmp_path / "gone" / "file", b"")

    assert raised.value.filename == str(tmp_path / "gone" / "file")


def test_leftovers_of_a_file_are_those_of_no_other(tmp_path: Path) -> None:
    for name in (".a.x.new", ".a.new", ".ab.new", "a", "a.x"):
        (tmp_path / name).touch()

    clear_leftovers(tmp_path / "a")

    assert sorted(os.listdir(tmp_path)) == [".ab.new", "a", "a.x"]


@pytest.mark.parametrize("name", ["x" * 255, "മ" * 85, "\udcff" * 255])
def test_a_file_may_have_the_longest_name_there_is(tmp_path: Path, name: str) -> None:
    write_whole(tmp_path / name, b"whole")
    (tmp_path / f"{hidden_name(name)}12345678.new").write_bytes(b"half")
    (tmp_path / f"{hidden_name(name[:-1])}12345678.new").write_bytes(b"of another")

    clear_leftovers(tmp_path / name)

    assert (tmp_path / name).read_bytes() == b"whole"
    assert len(list(tmp_path.iterdir())) == 2


def test_leftovers_are_looked_for_in_vain_where_there_is_no_folder(tmp_path: Path) -> None:
    clear_leftovers(tmp_path / "gone" / "file")


def test_a_folder_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    with holding(tmp_path), pytest.raises(FolderInUse), holding(tmp_path):
        pass

    with holding(tmp_path):
        pass


def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom ocrkit.files import holding\n"
        "with holding(sys.argv[1]):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(FolderInUse), holding(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)

    with holding(tmp_path):
        assert os.listdir(tmp_path) == []
