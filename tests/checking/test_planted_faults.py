"""Faults planted in sets of drawn words: each is found where it is, as what it is, and nothing else is named."""

from __future__ import annotations

import io
import itertools
import random
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocrkit.checking.data_check import open_check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.checking import Fault

    Plant = Callable[["Words", random.Random], tuple[str, str, str]]

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Words:
    """Words drawn into a folder: each good row is a name, a text, and pixels unlike those of any other row."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.folder = folder
        self.rng = rng
        self.count = 0
        self.used: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def name(self, suffix: str = ".png") -> str:
        self.count += 1
        return f"{self.count}{suffix}"

    def word(self) -> str:
        while True:
            word = "".join(self.rng.choices(LETTERS, k=self.rng.randint(2, 9)))
            # Without doubled letters, and wide enough for them, so that the length is never in doubt.
            if word not in self.used and all(a != b for a, b in itertools.pairwise(word)):
                self.used.add(word)
                return word

    def picture(self, text: str) -> Image.Image:
        size = self.rng.randint(18, 40)
        font = ImageFont.load_default(size)
        width = round(font.getlength(text)) + 12
        image = Image.new("L", (width, round(1.6 * size)), self.rng.randint(190, 255))
        ImageDraw.Draw(image).text((6, size // 6), text, fill=self.rng.randint(0, 90), font=font)
        noise = np.random.default_rng(self.rng.randrange(1 << 30)).normal(0, 3, (image.height, image.width))
        return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))

    def save(self, image: Image.Image, suffix: str = ".png") -> str:
        name = self.name(suffix)
        image.save(self.folder / name)
        return name

    def good(self) -> tuple[str, str]:
        text = self.word()
        return self.save(self.picture(text)), text


def truncated(words: Words, rng: random.Random) -> tuple[str, str, str]:
    name, text = words.good()
    path = words.folder / name
    path.write_bytes(path.read_bytes()[: rng.randint(40, 120)])
    return name, text, "image"


def no_picture(words: Words, _: random.Random) -> tuple[str, str, str]:
    name = words.name()
    (words.folder / name).write_text("no picture")
    return name, words.word(), "image"


def empty_file(words: Words, _: random.Random) -> tuple[str, str, str]:
    name = words.name()
    (words.folder / name).touch()
    return name, words.word(), "image"


def endless_line(words: Words, _: random.Random) -> tuple[str, str, str]:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 4000), dtype=np.uint8)
    return words.save(Image.fromarray(pixels)), words.word(), "image"


def missing(words: Words, _: random.Random) -> tuple[str, str, str]:
    return words.name(), words.word(), "missing"


def foreign(words: Words, rng: random.Random) -> tuple[str, str, str]:
    name, text = words.good()
    return name, text + rng.choice("ωжഌ😀"), "unencodable"


def decomposed(words: Words, _: random.Random) -> tuple[str, str, str]:
    name, text = words.good()
    return name, f"{text}e\u0301", "unnormalised"


def stray_spaces(words: Words, rng: random.Random) -> tuple[str, str, str]:
    name, text = words.good()
    return name, rng.choice(["  {}", "{} ", "{}  x"]).format(text), "unnormalised"


def white_space(words: Words, rng: random.Random) -> tuple[str, str, str]:
    name, _ = words.good()
    return name, rng.choice(["", " ", "   "]), "empty"


def crowded(words: Words, _: random.Random) -> tuple[str, str, str]:
    text = words.word()
    return words.save(words.picture(text)), text * 30, "too-long"


def repeats_that_need_blanks(words: Words, _: random.Random) -> tuple[str, str, str]:
    # 64 px are 16 frames: enough for ten labels, and not for ten equal ones, which need 19.
    return words.save(words.picture("ab").resize((64, 32))), "l" * 10, "too-long"


def blank(words: Words, rng: random.Random) -> tuple[str, str, str]:
    light = np.linspace(255 - rng.randint(0, 60), 255, 300)[np.newaxis].repeat(40, axis=0)
    noise = np.random.default_rng(rng.randrange(1 << 30)).normal(0, 1.5, light.shape)
    return words.save(Image.fromarray((light + noise).clip(0, 255).astype(np.uint8))), words.word(), "blank"


def far_too_wide(words: Words, _: random.Random) -> tuple[str, str, str]:
    return words.save(words.picture("".join(words.word() for _ in range(20)))), "i", "aspect"


def row_without_a_tab(words: Words, _: random.Random) -> tuple[str, str, str]:
    return words.name(), "", "row"


FAULTS: list[Plant] = [
    truncated,
    no_picture,
    empty_file,
    endless_line,
    missing,
    foreign,
    decomposed,
    stray_spaces,
    white_space,
    crowded,
    repeats_that_need_blanks,
    blank,
    far_too_wide,
    row_without_a_tab,
]


def same_file(words: Words, name: str) -> str:
    copy = words.name()
    (words.folder / copy).write_bytes((words.folder / name).read_bytes())
    return copy


def same_pixels(words: Words, name: str) -> str:
    return words.save(Image.open(words.folder / name).convert("RGB"), ".tif")


def half_the_size(words: Words, name: str) -> str:
    image = Image.open(words.folder / name)
    return words.save(image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS))


def twice_the_size(words: Words, name: str) -> str:
    image = Image.open(words.folder / name)
    return words.save(image.resize((2 * image.width, 2 * image.height), Image.Resampling.BICUBIC))


def darker(words: Words, name: str) -> str:
    return words.save(Image.open(words.folder / name).point([int(20 + 0.6 * value) for value in range(256)]))


def as_jpeg(words: Words, name: str) -> str:
    buffer = io.BytesIO()
    Image.open(words.folder / name).save(buffer, "JPEG", quality=80)
    copy = words.name(".jpg")
    (words.folder / copy).write_bytes(buffer.getvalue())
    return copy


COPIES = {
    same_file: "duplicate",
    same_pixels: "duplicate",
    half_the_size: "near-duplicate",
    twice_the_size: "near-duplicate",
    darker: "near-duplicate",
    as_jpeg: "near-duplicate",
}


def faults_of(*tables: Path) -> list[Fault]:
    validation = tables[1] if len(tables) > 1 else None
    opened = open_check(tables[0], validation=validation, charset="english+ascii", workers=0)
    return list(opened.faults(lambda _: lambda *_: None))


def written(table: Path, rows: list[str]) -> Path:
    table.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    return table


@pytest.mark.parametrize("seed", range(3))
def test_no_planted_fault_escapes_and_nothing_good_is_named(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    words = Words(tmp_path, rng)
    planted = [plant(words, rng) for plant in FAULTS for _ in range(2)]
    rows = [(name, f"{name}\t{text}" if kind != "row" else name, kind) for name, text, kind in planted]
    rows += [(name, f"{name}\t{text}", "") for name, text in (words.good() for _ in range(60))]
    rng.shuffle(rows)
    good = [index for index, (*_, kind) in enumerate(rows) if not kind]
    for copy, kind in COPIES.items():
        name, row, _ = rows[rng.choice(good)]
        text = row.split("\t")[1]
        rows.append(("", f"{copy(words, name)}\t{text}", kind))
        rows.append(("", f"{copy(words, name)}\t{text[::-1]}", "contradiction" if kind == "duplicate" else "?"))
    table = written(tmp_path / "labels.tsv", [row for _, row, _ in rows])

    found = faults_of(table)

    expected = Counter((line, kind) for line, (*_, kind) in enumerate(rows, 1) if kind not in ("", "?"))
    # What a mislabelled copy in other pixels is called may differ with how near it is; not that it may be called good.
    either = {line for line, (*_, kind) in enumerate(rows, 1) if kind == "?"}
    assert Counter((fault.line, fault.kind) for fault in found if fault.line not in either) == expected
    assert {fault.kind for fault in found if fault.line in either} <= {"contradiction"}
    assert {fault.path for fault in found} == {str(table)}


def test_a_picture_that_validation_has_too_is_named_there(tmp_path: Path) -> None:
    words = Words(tmp_path, random.Random(7))
    rows = [words.good() for _ in range(20)]
    copies = [(copy(words, rows[3 + index][0]), rows[3 + index][1]) for index, copy in enumerate(COPIES)]
    training = written(tmp_path / "train.tsv", [f"{name}\t{text}" for name, text in rows])
    validation = written(tmp_path / "val.tsv", [f"{name}\t{text}" for name, text in [words.good(), *copies]])

    found = faults_of(training, validation)

    kinds = {fault.line: fault.kind for fault in found}
    assert kinds == dict(enumerate(COPIES.values(), 2))
    assert {fault.path for fault in found} == {str(validation)}
    assert all(f"{training}:{line + 2}" in fault.detail for line, fault in enumerate(found, 2) if fault.line == line)


def test_an_image_that_a_table_gives_two_texts_is_a_contradiction(tmp_path: Path) -> None:
    words = Words(tmp_path, random.Random(8))
    name, text = words.good()
    table = written(tmp_path / "labels.tsv", [f"{name}\t{text}", f"{name}\tother"])

    [fault] = faults_of(table)

    assert (fault.line, fault.kind) == (2, "contradiction")


def test_what_is_left_after_fixing_has_no_fault(tmp_path: Path) -> None:
    rng = random.Random(9)
    words = Words(tmp_path / "lines", rng)
    planted = [plant(words, rng) for plant in FAULTS]
    good = [words.good() for _ in range(10)]
    rows = [f"{name}\t{text}" if kind != "row" else name for name, text, kind in planted]
    rows += [f"{name}\t{text}" for name, text in good]
    rows += [f"{same_file(words, good[0][0])}\t{good[0][1]}", f"{same_file(words, good[1][0])}\tother"]
    rows += [f"{good[2][0]}\tanother"]
    table = written(tmp_path / "lines/labels.tsv", rows)
    opened = open_check(table, charset="english+ascii", workers=0)
    for _ in opened.faults(lambda _: lambda *_: None):
        pass

    counts = opened.write_remainder(tmp_path / "clean", progress=lambda *_: None)

    # Of the good ones two are left out, each having two labels; two planted ones only had to be respelled.
    kept = [line.split("\t")[1] for line in (tmp_path / "clean/labels.tsv").read_text("utf-8").splitlines()]
    respelled = [text for _, text, kind in planted if kind == "unnormalised"]
    assert set(kept[2:]) == {text for index, (_, text) in enumerate(good) if index not in (1, 2)}
    assert kept[:2] == [respelled[0].replace("e\u0301", "é"), " ".join(respelled[1].split())]
    assert counts[0] == len(kept)
    assert faults_of(tmp_path / "clean/labels.tsv") == []
