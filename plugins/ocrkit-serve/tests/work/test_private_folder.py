"""The folder that uploads lie in."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from ocrkit_serve.work.folder import PrivateFolder


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_nobody_else_may_look_into_it_and_it_goes_with_what_is_in_it() -> None:
    folder = PrivateFolder()
    (folder.path / "a").write_bytes(b"a page")

    assert folder.path.stat().st_mode & 0o777 == 0o700
    folder.remove()
    assert not folder.path.exists()


def test_what_a_killed_service_left_is_removed_and_what_another_uses_is_not(tmp_path: Path) -> None:
    living = PrivateFolder()
    killed = subprocess.run(
        [sys.executable, "-c", _LEAVE, str(tmp_path), *filter(None, sys.path)],
        capture_output=True,
        text=True,
        check=True,
    )

    third = PrivateFolder()

    assert Path(killed.stdout.strip()).name.startswith("ocrkit-serve-")
    assert set(tmp_path.iterdir()) == {living.path, third.path}


def test_a_link_of_such_a_name_is_left_alone(tmp_path: Path) -> None:
    others = tmp_path / "others"
    others.mkdir()
    (others / "in-use").touch()
    (tmp_path / "ocrkit-serve-link").symlink_to(others)

    PrivateFolder()

    assert (others / "in-use").exists()


_LEAVE = """
import os, sys, tempfile
tempfile.tempdir, sys.path[:] = sys.argv[1], sys.argv[2:]
from ocrkit_serve.work.folder import PrivateFolder
folder = PrivateFolder()
(folder.path / "a").write_bytes(b"a page")
print(folder.path, flush=True)
os._exit(0)
"""


def test_a_folder_that_another_service_took_for_left_over_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock
    others: list[PrivateFolder] = []

    def late(lock: int, how: int) -> None:
        if not others:  # another starts after the file is there, and before it is held
            monkeypatch.setattr(fcntl, "flock", flock)
            others.append(PrivateFolder())
        flock(lock, how)

    monkeypatch.setattr(fcntl, "flock", late)
    folder = PrivateFolder()

    assert folder.path.is_dir()
    assert others[0].path.is_dir()
    assert len(list(tmp_path.iterdir())) == 2
