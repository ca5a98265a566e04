"""``ocrkit data convert`` and ``ocrkit data split``, as a user runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from command import RunOcrkit


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A folder with a table of six lines in three groups."""
    folder = tmp_path / "lines"
    folder.mkdir()
    rows = ["name\ttext\tgroup"]
    for number in range(6):
        Image.new("L", (20, 10), 255).save(folder / f"{number}.png")
        rows.append(f"{number}.png\tline {number}\tpage {number // 2}")
    (folder / "labels.tsv").write_text("\n".join(rows) + "\n")
    return folder


def test_converting_says_what_was_written_and_prints_where(run_ocrkit: RunOcrkit, lines: Path, tmp_path: Path) -> None:
    ran = run_ocrkit("data", "convert", lines, tmp_path / "out", "--to", "labels-jsonl")

    assert (ran.code, ran.out, ran.err) == (0, f"{tmp_path}/out\n", "6 of 6 images written as labels-jsonl\n")
    first = (tmp_path / "out" / "labels.jsonl").read_text().splitlines()[0]
    assert first == '{"name": "images/1-0.png", "text": "line 0", "group": "page 0"}'


@pytest.mark.parametrize(("flags", "code"), [((), 1), (("--skip-bad",), 0)])
def test_bad_images_are_listed_and_counted(
    run_ocrkit: RunOcrkit, lines: Path, tmp_path: Path, flags: tuple[str, ...], code: int
) -> None:
    (lines / "2.png").write_text("words")
    (lines / "4.png").unlink()

    ran = run_ocrkit("data", "convert", lines, tmp_path / "out", "--to", "gt.txt", *flags)

    assert ran.code == code
    assert f"left out: {lines}/2.png: it holds text, not an image (listed at {lines}/labels.tsv:4)\n" in ran.err
    assert f"left out: {lines}/4.png: no such file (listed at {lines}/labels.tsv:6)\n" in ran.err
    assert "2 bad images left out\n4 of 6 images written as gt.txt\n" in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("out",), "error: out: which format? give one with --to: labels-tsv, labels-csv"),
        (("out", "--to", "labels"), "error: no format to write 'labels'; did you mean 'labels-"),
        (("there", "--to", "gt.txt"), "error: there is there already; give another name, or replace it with --force"),
        (("there", "--to", "gt.txt", "--force"), "error: there is a folder that ocrkit did not write"),
        (("out", "--to", "gt.txt", "--format", "page"), "error: {lines}: no .xml file with the root element 'PcGts'"),
        (
            ("out", "--to", "gt.txt", "-c", "malayalam"),
            "error: {lines}/labels.tsv:2: 'l' (U+006C LATIN SMALL LETTER L) at character 1",
        ),
        (("labels.tsv/out", "--to", "gt.txt"), "error: labels.tsv/out: cannot be written: "),
    ],
)
def test_what_cannot_be_converted_is_said_in_one_line_and_leaves_nothing(
    run_ocrkit: RunOcrkit,
    lines: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").touch()
    (tmp_path / "labels.tsv").touch()
    before = sorted(tmp_path.rglob("*"))

    ran = run_ocrkit("data", "convert", lines, *arguments)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(message.format(lines=lines))
    assert ran.err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal as Ctrl-C does")
def test_ctrl_c_leaves_nothing(lines: Path, tmp_path: Path) -> None:
    # An image that takes its time: a big one, listed very often.
    Image.effect_noise((3000, 3000), 50).save(lines / "big.png")
    (lines / "labels.tsv").write_text("".join("big.png\tbig\n" for _ in range(10_000)))
    command = [sys.executable, "-m", "ocrkit", "data", "convert", str(lines), str(tmp_path / "out"), "--to", "gt.txt"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "OCRKIT_PLUGINS": "none"}) as running:
        while running.poll() is None and not list(tmp_path.glob(".out.partial-*/out/*")):
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)

    assert (running.returncode, said) == (130, b"interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["lines"]


def test_splitting_says_what_landed_where(run_ocrkit: RunOcrkit, lines: Path, tmp_path: Path) -> None:
    ran = run_ocrkit("data", "split", lines, tmp_path / "out", "--parts", "train=0.67,test=0.33", "--seed", "3")

    assert ran.code == 0
    assert ran.err == "6 images split by group, seed 3\n"
    assert [row.split() for row in ran.out.splitlines()] == [
        ["PART", "SAMPLES", "GROUPS", "SHARE"],
        ["train", "4", "2", "0.6667"],
        ["test", "2", "1", "0.3333"],
    ]
    assert (tmp_path / "out" / "train" / "labels.tsv").read_text().startswith("name\ttext\tgroup\n../../lines/")


def test_a_part_that_stays_empty_is_said(run_ocrkit: RunOcrkit, lines: Path, tmp_path: Path) -> None:
    ran = run_ocrkit("data", "split", lines, tmp_path / "out", "--parts", "a=0.25,b=0.25,c=0.25,d=0.25")

    assert ran.code == 0
    assert "note: part 'd' is empty; there is too little to give each part some\n" in ran.err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--parts", "a=0.5"), "error: the shares in parts sum to 0.5; expected 1"),
        (("--by", "page"), "error: --by is 'page'; expected group, folder, none"),
        (("--to", "csv"), "error: no format to write 'csv'; known: gt.txt, labels-csv"),
    ],
)
def test_a_split_that_cannot_be_is_said_in_one_line(
    run_ocrkit: RunOcrkit, lines: Path, tmp_path: Path, flags: tuple[str, ...], message: str
) -> None:
    ran = run_ocrkit("data", "split", lines, tmp_path / "out", *flags)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(message)
    assert not (tmp_path / "out").exists()
