"""Names and texts that would steer a terminal, shown on one."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bars
import pytest

import ocrkit
from ocrkit.cli.escaping import escaped, one_line
from ocrkit.text.charset import Charset

TITLE = "\x1b]0;owned\x07"
RED = "\x1b[31m"
HOSTILE = f"{RED}a[red]{TITLE}\x9b2J\u202egnp.b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\x07b\x7f", r"a\x07b\x7f"),
        ("\x9b2J", r"\u009b2J"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\rb", r"a\x0db"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("\udcff", r"\udcff"),
        ("a\tb\n", "a\tb\n"),
        ("ക്‍ഷ \u200d\u200c\u200f é", "ക്‍ഷ \u200d\u200c\u200f é"),
    ],
)
def test_what_steers_a_terminal_is_written_out(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_in_one_line_a_break_is_written_out_too() -> None:
    assert one_line("a\nb") == r"a\nb"


def on_a_terminal(folder: Path, *arguments: str, stdout: bool, stderr: bool) -> tuple[str, str]:
    """What a command shows on a terminal, and what it prints to the file that the other stream is."""
    terminal, side = pty.openpty()
    with ThreadPoolExecutor(1) as thread, (folder / "printed").open("wb") as file:
        shown = thread.submit(read_all, terminal)
        subprocess.run(
            [sys.executable, "-m", "ocrkit", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(ocrkit.__file__).parents[1]), "TERM": "xterm", "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=side if stdout else file,
            stderr=side if stderr else file,
            check=False,
        )
        os.close(side)
        said = shown.result()
    os.close(terminal)
    return said, (folder / "printed").read_text("utf-8")


def read_all(terminal: int) -> str:
    pieces = []
    with contextlib.suppress(OSError):  # Linux's way to say that the other side is closed
        while piece := os.read(terminal, 4096):
            pieces.append(piece)
    return b"".join(pieces).decode("utf-8", "surrogateescape")


def is_harmless(shown: str) -> bool:
    return not any(bad in shown for bad in (RED, TITLE, "\x07", "\x9b", "\u202e"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A model of bars, and a line, a picture that is none and a table that bear hostile names."""
    bars.reader().save(tmp_path / "m.safetensors")
    bars.picture("ab").save(tmp_path / f"{HOSTILE}.png")
    (tmp_path / f"{HOSTILE}-broken.png").write_text("no picture", encoding="utf-8")
    (tmp_path / "labels.tsv").write_text(f"{HOSTILE}.png\tab\n{HOSTILE}-gone.png\tab\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ("decode", "-m", "m.safetensors", f"{HOSTILE}.png", f"{HOSTILE}-broken.png"),
        ("decode", "-m", "m.safetensors", f"{HOSTILE}-gone.png"),
        ("decode", "-m", f"{HOSTILE}.safetensors", f"{HOSTILE}.png"),
        ("evaluate", "-m", "m.safetensors", "labels.tsv"),
        ("data", "check", "labels.tsv", "--model", "m.safetensors", "--workers", "0"),
        ("data", "convert", "labels.tsv", f"{HOSTILE}.jsonl"),
        ("charsets", "show", HOSTILE),
        (HOSTILE,),
        ("train", f"--{HOSTILE}"),
        ("train", HOSTILE, "--config", HOSTILE),
    ],
)
def test_a_hostile_name_steers_no_terminal(place: Path, command: tuple[str, ...]) -> None:
    shown, _ = on_a_terminal(place, *command, stdout=True, stderr=True)

    assert r"\x1b[31ma[red]" in shown
    assert is_harmless(shown)


def test_a_bar_is_drawn_and_what_is_noted_above_it_is_harmless(place: Path) -> None:
    shown, printed = on_a_terminal(place, "evaluate", "-m", "m.safetensors", "labels.tsv", stdout=False, stderr=True)

    assert "\x1b[" in shown  # of the bar
    assert is_harmless(shown)
    assert "CER" in printed


def test_what_a_model_file_says_steers_no_terminal(place: Path) -> None:
    model = bars.reader(Charset("owned", ("", "a", "[red]")))
    model.provenance = {"device": HOSTILE}
    model.save(place / "h.safetensors")

    shown, _ = on_a_terminal(place, "models", "show", "h.safetensors", stdout=True, stderr=True)

    assert "a[red]" in shown
    assert r"\u009b2J\u202e" in shown
    assert is_harmless(shown)


def test_a_table_on_a_terminal_is_harmless(place: Path) -> None:
    run = place / "runs" / HOSTILE
    run.mkdir(parents=True)
    (place / "m.safetensors").rename(run / "model.safetensors")

    shown, _ = on_a_terminal(place, "models", "list", stdout=True, stderr=True)

    assert r"\x1b[31ma[red]" in shown
    assert is_harmless(shown)


def test_results_keep_their_bytes_where_stdout_is_no_terminal(place: Path) -> None:
    _, printed = on_a_terminal(place, "decode", "-m", "m.safetensors", f"{HOSTILE}.png", stdout=False, stderr=True)

    assert printed == f"{HOSTILE}.png\tab\n"


def test_talk_is_escaped_wherever_it_goes(place: Path) -> None:
    _, printed = on_a_terminal(place, "decode", "-m", "m.safetensors", HOSTILE, stdout=True, stderr=False)

    assert printed.startswith("error: ")
    assert r"\x1b[31ma[red]" in printed
    assert is_harmless(printed)


def test_a_name_of_two_lines_is_one_line_of_talk(place: Path) -> None:
    (place / "a\nb.png").write_text("no picture", encoding="utf-8")

    _, printed = on_a_terminal(place, "decode", "-m", "m.safetensors", "a\nb.png", stdout=True, stderr=False)

    assert printed.splitlines()[0].startswith(r"left out a\nb.png: ")
