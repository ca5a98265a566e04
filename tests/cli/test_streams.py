"""Closed, full and deserted stdout and stderr, as a shell's redirections make them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import bars
import pytest

import ocrkit

SOURCES = Path(ocrkit.__file__).parents[1]
FULL = Path("/dev/full")

needs_a_full_device = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")


def shell(line: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which ``$O`` is the command line; its exit code is that of the first command of a pipe."""
    return subprocess.run(
        ["bash", "-c", f"{line}\nexit ${{PIPESTATUS[0]}}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SOURCES), "OCRKIT_PLUGINS": "none", "O": f"{sys.executable} -m ocrkit"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of bars, a few lines, and a list that names one of them 300 times."""
    folder = tmp_path_factory.mktemp("bars")
    bars.reader().save(folder / "m.safetensors")
    bars.write(folder / "lines", {f"{n}.png": "ab" for n in range(3)})
    (folder / "list").write_text("lines/0.png\n" * 300, encoding="utf-8")
    (folder / "broken.png").write_text("no picture", encoding="utf-8")
    return folder


@needs_a_full_device
@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "--version",
        "train --help",
        "charsets list",
        "charsets show english --json",
        "plugins list",
        "models show m.safetensors",
        "decode -m m.safetensors lines",
        "evaluate -m m.safetensors lines",
        "data check lines --model m.safetensors --workers 0",
        "data convert lines full --to labels-tsv",
    ],
)
def test_results_that_a_full_disk_refuses_are_an_error_in_one_line(place: Path, command: str) -> None:
    ran = shell(f"$O {command} >/dev/full", place)

    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].startswith("error: the results cannot be written to stdout: No space left")
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


@pytest.mark.parametrize("command", ["--version", "charsets list", "decode -m m.safetensors lines"])
def test_a_closed_stdout_is_an_error_in_one_line(place: Path, command: str) -> None:
    ran = shell(f"$O {command} >&-", place)

    assert ran.returncode == 1
    assert ran.stderr == "error: the results cannot be written to stdout: it is closed; send them elsewhere\n"


@pytest.mark.parametrize("redirection", ["2>&-", pytest.param("2>/dev/full", marks=needs_a_full_device)])
def test_talk_that_cannot_be_said_is_dropped_and_never_becomes_a_result(place: Path, redirection: str) -> None:
    ran = shell(f"$O decode -m m.safetensors broken.png lines/0.png {redirection}", place)

    assert ran.returncode == 1  # for the image, as always
    assert ran.stdout == "lines/0.png\tab\n"


@pytest.mark.parametrize("redirection", ["2>&-", pytest.param("2>/dev/full", marks=needs_a_full_device)])
@pytest.mark.parametrize(("command", "code"), [("charsets show malyalam", 1), ("trian", 2), ("charsets list", 0)])
def test_the_exit_code_is_the_same_without_stderr(command: str, code: int, redirection: str) -> None:
    ran = shell(f"$O {command} {redirection}")

    assert ran.returncode == code
    assert bool(ran.stdout) == (code == 0)


def test_talk_to_a_pipe_that_nobody_reads_is_dropped(place: Path) -> None:
    # The reader has gone before Python has started.
    ran = shell(
        "{ sleep 1; $O decode -m m.safetensors broken.png lines/0.png 2>&3; echo $? >code; } 3>&1 >out | :", place
    )

    assert ran.stderr == ""
    assert (place / "out").read_text("utf-8") == "lines/0.png\tab\n"
    assert (place / "code").read_text("utf-8") == "1\n"


@pytest.mark.parametrize("command", ["--help", "charsets show malayalam", "decode -m m.safetensors <list"])
def test_a_reader_that_leaves_ends_any_command_quietly(place: Path, command: str) -> None:
    ran = shell(f"{{ sleep 1; $O {command}; }} | :", place)

    assert ran.stderr == ""
    assert ran.returncode == 141


def test_a_reader_of_one_line_gets_it_and_ends_the_command(place: Path) -> None:
    ran = shell("$O decode -m m.safetensors --batch-size 1 --workers 0 $(cat list) | head -1", place)

    assert ran.stdout == "lines/0.png\tab\n"
    assert ran.returncode == 141


def test_a_closed_stdin_is_told_from_an_empty_one() -> None:
    ran = shell("$O charsets check english - <&-")

    assert ran.returncode == 1
    assert ran.stderr == "error: standard input is closed; name a text file in UTF-8\n"


def test_a_file_that_is_opened_does_not_become_stderr(place: Path) -> None:
    code = (
        "import os, sys\n"
        "from ocrkit.cli.streams import standard_streams\n"
        "with standard_streams(), open('opened', 'w') as file:\n"
        "    print(file.fileno() > 2)\n"
    )

    ran = shell(f'{sys.executable} -c "{code}" 2>&- <&-', place)

    assert ran.stdout == "True\n"
