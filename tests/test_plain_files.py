from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ocrkit.plain_files import open_plain, read_plain


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a\r\nb")

    assert read_plain(tmp_path / "a.txt") == b"a\r\nb"


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "b.txt").symlink_to("a.txt")

    assert read_plain(tmp_path / "b.txt") == b"a"


@pytest.mark.parametrize("stream", [False, True])
def test_a_pipe_with_a_name_is_refused_and_not_waited_for(pipe: Path, stream: bool) -> None:
    with pytest.raises(OSError, match="it is a pipe"):
        open_plain(pipe, stream=stream)


@pytest.mark.parametrize("stream", [False, True])
def test_a_device_is_refused(stream: bool) -> None:
    with pytest.raises(OSError, match="it is a device; expected a file"):
        open_plain("/dev/zero", stream=stream)


@pytest.mark.parametrize("stream", [False, True])
def test_a_folder_is_refused(tmp_path: Path, stream: bool) -> None:
    with pytest.raises(OSError, match="Is a directory"):
        open_plain(tmp_path, stream=stream)


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_what_no_file_can_be_called_is_not_there(name: str) -> None:
    with pytest.raises(FileNotFoundError):
        open_plain(name)


def test_a_file_that_may_not_be_opened_leaves_no_descriptor(pipe: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0

    for _ in range(3):
        with pytest.raises(OSError, match="pipe"):
            open_plain(pipe)

    assert before == (len(os.listdir("/proc/self/fd")) if before else 0)


@pytest.mark.parametrize(("stream", "said"), [(True, "b'word'"), (False, "it is a pipe; write what comes out of it")])
def test_a_pipe_that_is_open_is_read_where_once_is_enough(stream: bool, said: str) -> None:
    script = (
        "from ocrkit.plain_files import read_plain\n"
        f"try: print(read_plain('/dev/stdin', stream={stream}))\n"
        "except OSError as error: print(error.strerror)"
    )

    ran = subprocess.run([sys.executable, "-c", script], input=b"word", capture_output=True, check=True)

    assert said in ran.stdout.decode()
