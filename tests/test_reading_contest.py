"""The contest of readers works: a set of bars, read by ocrkit alone, and what other readers print."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import bars
import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


def test_a_set_gives_a_row_for_each_reader(tmp_path: Path) -> None:
    bars.write(tmp_path / "lines", {"1.png": "ab", "2.png": "ca", "3.png": "cc"})
    bars.reader().save(tmp_path / "bars.safetensors")
    reader = f"ocrkit:{tmp_path / 'bars.safetensors'}@float32"
    command = [sys.executable, "-m", "reading_contest", str(tmp_path / "lines"), "--turns", "1", "--readers", reader]

    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(BENCHMARKS)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()[2:]]
    assert [row[:4] for row in rows] == [["lines, 3", "ocrkit:bars@float32", "0.0000", "1.000"]]


def test_pages_parted_by_form_feeds_are_the_lines_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    readers = import_module("reading_contest.readers")
    script = "print('one', end='\\n\\f'); print(end='\\f'); print('three', end='\\n\\f')"
    reader = readers.Reader("pages", (sys.executable, "-c", script), pages=True)

    assert reader.read(["a.png", "b.png", "c.png"]).texts == ["one", "", "three"]


@pytest.mark.parametrize(
    ("how", "options"),
    [("", ("--precision", "auto")), ("@float32", ("--precision", "float32")), ("@onnx", ("--runtime", "onnx"))],
)
def test_a_model_is_read_by_the_precision_or_the_runtime_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, how: str, options: tuple[str, str]
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    readers = import_module("reading_contest.readers")

    reader = readers.reader(f"ocrkit:english{how}", rapidocr="python")

    assert reader.name == f"ocrkit:english{how}"
    assert options in zip(reader.command, reader.command[1:], strict=False)


def test_an_unknown_reader_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    readers = import_module("reading_contest.readers")

    with pytest.raises(ValueError, match=r"no reader 'tesseract'; expected ocrkit:MODEL"):
        readers.reader("tesseract", rapidocr="python")
