"""``ocrkit data check``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from command import RunOcrkit

ROOT = Path(__file__).parents[2]
TOY = ROOT.parent / "shared/data/scene-toy"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a model of frames 4 px wide, its charset, and five lines of which three have a fault."""
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    bars.write(Path("lines"), {"1.png": "abc", "2.png": "cab", "3.png": "bca", "4.png": "ccba", "5.png": "ba"})
    table = Path("lines/labels.tsv")
    lines = table.read_text("utf-8").replace("2.png\tcab", "2.png\tcωb").replace("3.png\tbca", "3.png bca")
    table.write_text(lines, "utf-8")
    Path("lines/5.png").write_text("no picture")
    return tmp_path


def test_each_fault_is_a_line_with_its_place(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("data", "check", "lines", "-m", "m.safetensors")

    assert ran.code == 1
    assert ran.out.splitlines() == [
        "lines/labels.tsv:3: row: no tab in '3.png bca'; expected NAME<TAB>TEXT",
        "lines/labels.tsv:2: unencodable: not in charset 'abc': 'ω' (U+03C9 GREEK SMALL LETTER OMEGA) at character 2",
        "lines/labels.tsv:5: image: lines/5.png: it holds text, not an image",
    ]
    lines = ran.err.splitlines()
    assert lines[0].startswith(
        "labels have to fit the frames of the model m.safetensors (backbone 'vgg', lines 4 px high"
    )
    assert [line.split() for line in lines[1:4]] == [["1", "row"], ["1", "image"], ["1", "unencodable"]]
    assert lines[4] == "charset 'abc' lacks 'ω' (U+03C9 GREEK SMALL LETTER OMEGA) 1x"
    assert lines[5].split() == ["3", "faults", "in", "5", "samples"]


def test_what_cannot_be_seen_is_counted_and_named(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("odd"), {"1.png": "abc", "2.png": "cab"})
    table = Path("odd/labels.tsv")
    table.write_text(table.read_text("utf-8").replace("cab", "c\u200e\xa0ab"), "utf-8")

    ran = run_ocrkit("data", "check", "odd", "-c", "english")

    assert (
        r"read as a space: '\xa0' (U+00A0 NO-BREAK SPACE) 1x; "
        r"dropped, as nothing is seen of them: '\u200e' (U+200E LEFT-TO-RIGHT MARK) 1x"
    ) in ran.err.splitlines()


def test_json_has_the_same_and_how_many_were_checked(place: Path, run_ocrkit: RunOcrkit) -> None:
    told = json.loads(run_ocrkit("data", "check", "lines", "-m", "m.safetensors", "--json").out)

    assert set(told) == {"faults", "checked"}
    assert told["checked"] == 5
    assert [(fault["path"], fault["line"], fault["kind"], fault["image"]) for fault in told["faults"]] == [
        ("lines/labels.tsv", 3, "row", None),
        ("lines/labels.tsv", 2, "unencodable", "lines/2.png"),
        ("lines/labels.tsv", 5, "image", "lines/5.png"),
    ]
    assert all(set(fault) == {"path", "line", "kind", "detail", "image"} for fault in told["faults"])
    assert "lines/5.png" not in told["faults"][2]["detail"]


def test_good_lines_end_with_0_and_an_empty_list(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("good"), {"1.png": "ab", "2.png": "cb"})

    plain = run_ocrkit("data", "check", "good", "-m", "m.safetensors")
    as_json = run_ocrkit("data", "check", "good", "-m", "m.safetensors", "--json")

    assert (plain.code, plain.out, as_json.code) == (0, "", 0)
    assert json.loads(as_json.out) == {"faults": [], "checked": 2}


def test_the_frames_are_those_of_the_model(place: Path, run_ocrkit: RunOcrkit) -> None:
    # Eight px a letter, and frames of 4 px: ten frames for five letters, which equal neighbours need nine of.
    bars.write(Path("wide"), {"1.png": "aaaaa"})
    bars.reader(skip_frames=2).save("short.safetensors")

    enough = run_ocrkit("data", "check", "wide", "-m", "m.safetensors")
    too_few = run_ocrkit("data", "check", "wide", "-m", "short.safetensors")

    assert enough.code == 0
    assert "too-long: wide/1.png: its label needs 9 frames and its image gives 8" in too_few.out


def test_validation_lines_are_checked_against_the_training_lines(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("train"), {"1.png": "abc", "2.png": "cab"})
    bars.write(Path("val"), {"7.png": "bca", "8.png": "cab"})

    ran = run_ocrkit("data", "check", "train", "--validation", "val", "-m", "m.safetensors", "--fix", "clean")

    [line] = ran.out.splitlines()
    assert line.startswith(
        "val/labels.tsv:2: duplicate: val/8.png: the same pixels as train/2.png (train/labels.tsv:2)"
    )
    assert Path("clean/labels.tsv").read_text("utf-8").split("\t")[1:] == ["abc\n"]


def test_fix_writes_what_is_clean_and_says_what_is_not(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("data", "check", "lines", "-m", "m.safetensors", "--fix", "clean")

    texts = [line.split("\t")[1] for line in Path("clean/labels.tsv").read_text("utf-8").splitlines()]
    assert ran.code == 1
    assert texts == ["abc", "ccba"]
    assert "wrote 2 samples to clean; left out 2 samples" in ran.err
    assert run_ocrkit("data", "check", "clean", "-m", "m.safetensors").code == 0


def test_fix_keeps_the_format_unless_told_otherwise(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("train"), {"1.png": "abc"})
    Path("train/labels.tsv").rename("train/labels.tmp")
    Path("train/labels.csv").write_text("1.png,abc\n", "utf-8")

    run_ocrkit("data", "check", "train", "-m", "m.safetensors", "--fix", "same")
    run_ocrkit("data", "check", "train", "-m", "m.safetensors", "--fix", "other", "--to", "gt.txt")

    assert Path("same/labels.csv").is_file()
    assert [path.read_text("utf-8") for path in Path("other").glob("*.gt.txt")] == ["abc\n"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lines"], "no charset; name the one that the labels are for, or a model or a recipe that has one"),
        (["lines", "-m", "m.safetensors", "--recipe", "words"], "a model and a recipe both say what the network is"),
        (["lines", "-m", "m.safetensors", "--fix", "lines"], "lines is there already"),
        (["lines", "-m", "m.safetensors", "--to", "lmdb"], "--to says how --fix writes, and there is no --fix"),
        (["lines", "-m", "m.safetensors", "--fix", "out", "--to", "gt.tx"], "did you mean 'gt.txt'?"),
        (["nowhere", "-m", "m.safetensors"], "no file or folder 'nowhere'"),
        (["lines", "-m", "m.safetensors", "--validation", "./lines"], "lines: given as the lines to check and as"),
    ],
)
def test_what_cannot_be_done_is_an_error(
    place: Path, run_ocrkit: RunOcrkit, arguments: list[str], message: str
) -> None:
    ran = run_ocrkit("data", "check", *arguments)

    assert (ran.code, ran.out) == (1, "")
    assert message in ran.err


def test_json_is_utf_8_whatever_files_are_called(place: Path) -> None:
    try:
        Path("pairs").mkdir()
        Path(os.fsdecode(b"pairs/a\xff.gt.txt")).write_text("abc", "utf-8")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 alone")

    command = (sys.executable, "-m", "ocrkit", "data", "check", "pairs", "-m", "m.safetensors", "--json")
    told = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)

    assert [(fault["path"], fault["kind"]) for fault in told["faults"]] == [("pairs/a\udcff.png", "missing")]


def test_a_recipe_gives_charset_and_network(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("train"), {"1.png": "abc"})

    ran = run_ocrkit("data", "check", "train", "--recipe", "captcha")

    assert "the recipe 'captcha' (backbone 'vgg', lines 50 px high and 200 px wide)" in ran.err
    assert ran.code == 0


def test_ctrl_c_ends_with_what_was_found_so_far(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(10):
        Image.fromarray(rng.integers(0, 256, (400, 600), dtype=np.uint8)).save(tmp_path / f"{number}.png")
    rows = ["absent.png\tabc\n", *(f"{number % 10}.png\tabc\n" for number in range(50_000))]
    (tmp_path / "labels.tsv").write_text("".join(rows), "utf-8")
    command = [
        sys.executable,
        "-m",
        "ocrkit",
        "data",
        "check",
        str(tmp_path),
        "-c",
        "english",
        "--workers",
        "0",
        "--json",
    ]

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()  # which ends with the first fault
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        talk = process.stderr.read().decode()

    told = json.loads(first + rest)
    assert process.returncode == 130
    assert told["faults"][0]["kind"] == "missing"
    assert 0 < told["checked"] < len(rows)
    assert "interrupted: what is above is what was found so far" in talk


@pytest.mark.skipif(not TOY.is_dir(), reason="the set of scene words is not beside the repository")
def test_a_broken_lmdb_is_named(run_ocrkit: RunOcrkit) -> None:
    pytest.importorskip("lmdb")

    broken, whole, labels = (
        run_ocrkit("data", "check", TOY / f"mmocr_lmdb/{name}.lmdb", "-c", "english", "--json")
        for name in ("broken", "imgs", "label")
    )

    assert [fault["kind"] for fault in json.loads(broken.out)["faults"]] == ["image"]
    assert json.loads(whole.out) == {"faults": [], "checked": 10}
    assert [fault["kind"] for fault in json.loads(labels.out)["faults"]] == ["unreadable"]
