"""Progress and notes on stderr: lines now and then, or bars on a terminal."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pty
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bars
import pytest

import ocrkit
from ocrkit.cli import progress
from ocrkit.cli.notes import show_warnings
from ocrkit.cli.progress import Stages, counting


def test_without_a_terminal_a_line_is_said_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "_EVERY", 0.0)

    with counting("reading") as tell:
        tell(1, 20)
        tell(2, 20)

    assert capsys.readouterr() == ("", "reading: 1 of 20\nreading: 2 of 20\n")


def test_what_is_quickly_done_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with counting("reading") as tell:
        for done in range(1, 21):
            tell(done, 20)

    assert capsys.readouterr() == ("", "")


def test_a_remark_follows_the_count(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "_EVERY", 0.0)

    with Stages() as stages:
        stages.update("training", 3, 4, "epoch 1, loss 0.5")
        stages.say("epoch 1: done")

    assert capsys.readouterr().err == "training: 3 of 4, epoch 1, loss 0.5\nepoch 1: done\n"


def test_a_logged_warning_is_a_note_on_stderr_once(capsys: pytest.CaptureFixture[str]) -> None:
    show_warnings()
    show_warnings()

    for _ in range(2):
        logging.getLogger("ocrkit.data").warning("%d images are left out", 3)
    logging.getLogger("ocrkit").info("nothing of interest")

    assert capsys.readouterr() == ("", "note: 3 images are left out\n")


def with_a_terminal_for_stderr(folder: Path, *arguments: str) -> tuple[str, str]:
    """What a command prints to a pipe, and what it shows on a terminal."""
    terminal, side = pty.openpty()
    with ThreadPoolExecutor(1) as thread:
        # Read all the while, since a terminal that nobody reads stops who writes to it.
        shown = thread.submit(read_all, terminal)
        ran = subprocess.run(
            [sys.executable, "-m", "ocrkit", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(ocrkit.__file__).parents[1]), "TERM": "xterm", "COLUMNS": "90"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=side,
            text=True,
            check=False,
        )
        os.close(side)
        said = shown.result()
    os.close(terminal)
    assert ran.returncode == 0, said
    return ran.stdout, said


def read_all(terminal: int) -> str:
    pieces = []
    with contextlib.suppress(OSError):  # Linux's way to say that the other side is closed
        while piece := os.read(terminal, 4096):
            pieces.append(piece)
    return b"".join(pieces).decode()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    bars.reader().save(tmp_path / "m.safetensors")
    bars.write(tmp_path / "lines", {f"{n}.png": "ab" for n in range(40)})
    return tmp_path


def test_on_a_terminal_a_bar_comes_and_goes(place: Path) -> None:
    printed, shown = with_a_terminal_for_stderr(place, "evaluate", "-m", "m.safetensors", "lines", "--json")

    assert json.loads(printed)["exact"] == 1.0
    assert "reading" in shown
    assert "/40" in shown


def test_results_go_to_stdout_alone_while_a_bar_is_on_the_terminal(place: Path) -> None:
    printed, shown = with_a_terminal_for_stderr(place, "decode", "-m", "m.safetensors", "lines")

    assert printed == "".join(f"lines/{n}.png\tab\n" for n in range(40))
    assert "/40" in shown
    assert ".png" not in shown
