"""``ocrkit data synth``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ocrkit.data.image import open_image
from ocrkit.plugin.datasets import open_samples

if TYPE_CHECKING:
    from command import RunOcrkit

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    os.environ.get("OCRKIT_NO_FONTS") == "1", reason="it draws lines, and OCRKIT_NO_FONTS is 1"
)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def count_of_words(text: str) -> int:
    """Words and numbers, without the marks that old print sets apart from them."""
    return sum(any(unicodedata.category(character)[0] in "LN" for character in part) for part in text.split())


def test_any_number_of_workers_writes_the_same_files(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    for workers in (0, 1, 2):
        ran = run_ocrkit(
            "data", "synth", "-o", tmp_path / str(workers), "--count", "40", "--seed", "5", "--workers", str(workers)
        )
        assert ran.code == 0
        assert ran.out == f"{tmp_path / str(workers)}\n"

    alone, one, two = (contents(tmp_path / name) for name in "012")
    assert alone == one == two
    assert len(alone) == 42  # forty images, the table, and what says who wrote it


def test_another_seed_draws_other_samples(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    for seed in ("1", "2"):
        run_ocrkit("data", "synth", "-o", tmp_path / seed, "--count", "5", "--seed", seed, "--workers", "0")

    tables = [(tmp_path / seed / "labels.tsv").read_text("utf-8") for seed in ("1", "2")]
    assert tables[0] != tables[1]


def test_images_are_grey_and_texts_single_words_unless_lines_are_asked_for(
    tmp_path: Path, run_ocrkit: RunOcrkit
) -> None:
    run_ocrkit("data", "synth", "-o", tmp_path / "words", "--count", "30", "--workers", "0")
    run_ocrkit("data", "synth", "-o", tmp_path / "lines", "--count", "30", "--workers", "0", "--line-words", "3-5")

    words, lines = (list(open_samples(tmp_path / name)) for name in ("words", "lines"))
    assert {count_of_words(sample.text or "") for sample in words} == {1}
    assert {count_of_words(sample.text or "") for sample in lines} == {3, 4, 5}
    assert {open_image(path).mode for path in (tmp_path / "words/images").iterdir()} == {"L"}


def test_words_come_from_a_file_in_the_charsets_spelling(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    (tmp_path / "words.txt").write_text("അവന്\u200d\t3\n", "utf-8")

    run_ocrkit(
        "data", "synth", "-o", tmp_path / "out", "--count", "4", "--workers", "0", "--words", tmp_path / "words.txt"
    )

    assert {sample.text for sample in open_samples(tmp_path / "out")} == {"അവൻ"}


def test_a_name_that_ends_in_lmdb_gives_an_lmdb(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    pytest.importorskip("lmdb")
    run_ocrkit("data", "synth", "-o", tmp_path / "a.lmdb", "--count", "6", "--workers", "0")
    run_ocrkit("data", "synth", "-o", tmp_path / "a", "--count", "6", "--workers", "0")

    database, folder = open_samples(tmp_path / "a.lmdb"), open_samples(tmp_path / "a")

    assert [sample.text for sample in database] == [sample.text for sample in folder]


def test_a_sheet_shows_the_first_samples(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    sheet = tmp_path / "sheet.png"

    run_ocrkit("data", "synth", "-o", tmp_path / "a", "--count", "6", "--workers", "0", "--sheet", sheet)

    assert open_image(sheet).width > 200


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--line-words", "many"], "--line-words 'many' is no range; expected one such as 1-8, or a number"),
        (["--line-words", "4-2"], "line_words (4, 2) is no range"),
        (["--line-words", "1-100000000"], "expected two numbers from 1 to 1000"),
        (["--count", "9" * 30], "is more than can be counted"),
        (["--set", "count=7"], "give --count"),
        (["--sheet", "sheet.foo"], "--sheet sheet.foo has no picture format's ending; expected a file such as"),
        (["--sheet", "no/sheet.png"], "there is no folder 'no'"),
        (["--degrade", "2"], "degrade 2.0 is out of range"),
        (["--set", "colour=red"], "colour"),
        (["--families", "Nosuch"], "Nosuch"),
        (["--to", "labels-tvs"], "did you mean 'labels-tsv'"),
        (["-c", "malyalam"], "did you mean 'malayalam'"),
    ],
)
def test_what_cannot_be_drawn_is_an_error_and_leaves_nothing(
    tmp_path: Path, run_ocrkit: RunOcrkit, arguments: list[str], message: str
) -> None:
    ran = run_ocrkit("data", "synth", "-o", tmp_path / "out", "--count", "3", "--workers", "0", *arguments)

    assert (ran.code, ran.out) == (1, "")
    assert message in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_ends_as_a_table_does_asks_for_the_format(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("data", "synth", "-o", tmp_path / "drawn.csv", "--count", "3", "--workers", "0")

    assert ran.code == 1
    assert "drawn.csv: which format? give one with --to: labels-tsv, labels-csv" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_already_is_not_touched(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    ran = run_ocrkit("data", "synth", "-o", tmp_path, "--count", "3", "--workers", "0")

    assert ran.code == 1
    assert "is there already" in ran.err
    assert contents(tmp_path) == {"notes.txt": b"mine"}


@pytest.mark.parametrize("workers", ["0", "1"])
def test_ctrl_c_leaves_a_whole_set_that_begins_as_all_of_it_would(
    tmp_path: Path, run_ocrkit: RunOcrkit, workers: str
) -> None:
    command = [sys.executable, "-m", "ocrkit", "data", "synth", "-o", str(tmp_path / "some"), "--count", "90000"]
    with subprocess.Popen(
        [*command, "--workers", workers], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        patience = time.monotonic() + 120
        while not any(tmp_path.glob(".some.partial-*/some/images/*/*.png")):
            assert process.poll() is None
            assert time.monotonic() < patience
        process.send_signal(signal.SIGINT)
        out, talk = process.communicate()

    run_ocrkit("data", "synth", "-o", tmp_path / "few", "--count", "1", "--workers", "0")
    some, few = open_samples(tmp_path / "some"), open_samples(tmp_path / "few")
    assert process.returncode == 130
    assert out.decode() == f"{tmp_path / 'some'}\n"
    assert f"{len(some)} of 90000 samples written" in talk.decode()
    assert 0 < len(some) < 90000
    assert some[0].text == few[0].text
    assert Path(some[0].name).read_bytes() == Path(few[0].name).read_bytes()
    assert len(list((tmp_path / "some").rglob("*.png"))) == len(some)
