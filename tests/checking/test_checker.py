from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
from PIL import Image

from ocrkit.checking import KINDS, Checker, Fault, Frames
from ocrkit.checking.data_check import open_check
from ocrkit.checking.faults import fault_of_image, fault_of_label, fault_of_row
from ocrkit.data.image import Preprocessing
from ocrkit.data.records import BadRow, Sample
from ocrkit.errors import Origin
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).parents[3] / "shared/data"
ABC = Charset("abc", ("", *"abc"))
FRAMES = Frames(Preprocessing(height=8), lambda width: width // 4)


def noise(seed: int) -> Callable[[], Image.Image]:
    return Noise(seed)


class Noise:
    """A picture 32 px wide and 8 px high, unlike that of any other seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __call__(self) -> Image.Image:
        return Image.fromarray(np.random.default_rng(self.seed).integers(0, 256, (8, 32), dtype=np.uint8))


def crash() -> Image.Image:
    os._exit(9)


def faults_of(*sets: list[Sample], workers: int = 0) -> list[tuple[str, str]]:
    checker = Checker(*sets, charset=ABC, frames=FRAMES, workers=workers)
    return [(fault.path, fault.kind) for fault in checker.faults(lambda _: lambda *_: None)]


def test_an_image_at_which_a_process_crashes_is_a_fault_and_the_check_goes_on() -> None:
    samples = [Sample(str(number), noise(number), "abc") for number in range(40)]
    samples[20] = Sample("20", crash, "abc")

    assert faults_of(samples, workers=2) == [("20", "image")]


@pytest.mark.parametrize("workers", [0, 2])
def test_faults_come_in_the_order_of_the_samples(workers: int) -> None:
    samples = [Sample(str(number), noise(number), "x" if number % 3 == 0 else "a") for number in range(30)]

    assert faults_of(samples, workers=workers) == [(str(number), "unencodable") for number in range(0, 30, 3)]


def test_of_three_copies_two_are_named_and_of_two_labels_one() -> None:
    samples = [Sample(name, noise(1), text) for name, text in (("1", "ab"), ("2", "ab"), ("3", "ab"), ("4", "ba"))]

    assert faults_of(samples) == [("2", "duplicate"), ("3", "duplicate"), ("4", "contradiction")]


def test_an_image_that_cannot_be_used_is_no_copy_besides() -> None:
    blank = Sample("1", lambda: Image.new("L", (32, 8), 255), "ab")

    assert faults_of([blank, blank]) == [("1", "blank"), ("1", "blank")]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        # Of copies the first is kept, of a picture that the validation lines have none, nor of one with two labels.
        ([("1", 1, "a"), ("2", 1, "a"), ("3", 3, "a")], [], ["1", "3"]),
        ([("1", 1, "a"), ("2", 2, "a")], [("v", 1, "a")], ["2"]),
        ([("1", 1, "a"), ("2", 2, "a")], [("v", 1, "b")], ["2"]),
        ([("1", 1, "a"), ("2", 1, "b"), ("3", 3, "a")], [], ["3"]),
    ],
)
def test_what_is_there_twice_is_left_out_of_the_remainder(
    first: list[tuple[str, int, str]], second: list[tuple[str, int, str]], kept: list[str]
) -> None:
    sets = [[Sample(name, noise(seed), text) for name, seed, text in given] for given in (first, second)]
    checker = Checker(*sets, charset=ABC, frames=FRAMES)

    list(checker.faults(lambda _: lambda *_: None))

    assert [sample.name for sample in checker.remainder()] == kept
    assert checker.left_out == len(first) - len(kept)


def test_copies_within_the_second_set_are_named_as_well() -> None:
    assert faults_of([Sample("1", noise(1), "a")], [Sample("2", noise(2), "a"), Sample("3", noise(2), "a")]) == [
        ("3", "duplicate")
    ]


def test_progress_ends_with_all_of_them() -> None:
    told: list[tuple[str, int, int]] = []
    checker = Checker([Sample(str(number), noise(number), "a") for number in range(5)], charset=ABC, frames=FRAMES)

    assert list(checker.faults(lambda stage: lambda done, total: told.append((stage, done, total)))) == []

    assert told == [("checking", number, 5) for number in range(1, 6)]
    assert checker.checked == 5


def test_places_are_files_and_lines() -> None:
    listed = Sample("lines/1.png", Path("lines/1.png"), "a", Origin("lines/labels.tsv", 7))
    paired = Sample("lines/1.png", Path("lines/1.png"), "a", Origin("lines/1.gt.txt"))
    named = Sample("lines/a.png", Path("lines/a.png"), "a")

    assert fault_of_image(listed, "blank", "x") == Fault("lines/labels.tsv", 7, "blank", "x", "lines/1.png")
    assert fault_of_image(paired, "blank", "x") == Fault("lines/1.png", None, "blank", "x", "lines/1.png")
    assert fault_of_label(listed, "empty", "x") == Fault("lines/labels.tsv", 7, "empty", "x", "lines/1.png")
    assert fault_of_label(paired, "empty", "x") == Fault("lines/1.gt.txt", None, "empty", "x", "lines/1.png")
    assert fault_of_label(named, "empty", "x") == Fault("lines/a.png", None, "empty", "x", "lines/a.png")
    assert str(fault_of_image(listed, "blank", "x")) == "lines/labels.tsv:7: blank: lines/1.png: x"
    assert str(fault_of_image(paired, "blank", "x")) == "lines/1.png: blank: x"
    assert str(fault_of_label(listed, "empty", "x")) == "lines/labels.tsv:7: empty: x"
    assert str(fault_of_label(named, "empty", "x")) == "lines/a.png: empty: x"


@pytest.mark.parametrize(
    ("kind", "told"),
    [("malformed", "row"), ("not-utf8", "row"), ("empty-text", "empty"), ("two-texts", "contradiction")],
)
def test_a_bad_row_has_one_of_the_kinds(kind: str, told: str) -> None:
    fault = fault_of_row(BadRow("labels.tsv", 3, kind, "x"))

    assert fault == Fault("labels.tsv", 3, told, "x")
    assert fault.kind in KINDS


def test_every_kind_is_described_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs/data-check.md").read_text("utf-8")

    assert re.findall(r"^\| `([a-z-]+)` \|", page, flags=re.M) == list(KINDS)


CLEAN = {
    "captcha/labels.tsv": "english+ascii",
    "ehri-typed-en/labels.tsv": "english+ascii",
    "fondue-en-print/labels.tsv": "english+ascii",
    "iiit5k/labels.tsv": "english+ascii",
    "malayalam-hand/labels.tsv": "malayalam",
    "malayalam-print/labels.tsv": "malayalam",
    "malayalam-print/words.tsv": "malayalam",
    "malayalam-typeset-eyes17/words.tsv": "malayalam",
    "printed-lines-misc/labels.tsv": "english+ascii",
    "sroie-lines/labels.tsv": "english+ascii",
}


@pytest.mark.parametrize("table", CLEAN)
def test_nothing_in_good_real_sets_is_named(table: str) -> None:
    if not (SHARED / table).is_file():
        pytest.skip("the real sets are not beside the repository")
    opened = open_check(SHARED / table, charset=CLEAN[table], workers=0)

    assert [str(fault) for fault in opened.faults(lambda _: lambda *_: None)] == []


def test_a_charset_that_is_named_counts_and_not_that_of_the_model(tmp_path: Path) -> None:
    bars.reader().save(tmp_path / "m.safetensors")
    bars.picture("ab").save(tmp_path / "a.png")
    (tmp_path / "labels.tsv").write_text("a.png\tab\n", "utf-8")

    named, own = (
        open_check(tmp_path / "labels.tsv", charset=charset, model=str(tmp_path / "m.safetensors"))
        for charset in ("english", None)
    )

    assert named.charset.name == "english"
    assert own.charset == bars.ABC
