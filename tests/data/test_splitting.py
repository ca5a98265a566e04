"""Splits: seeded, whole units, the same whatever the order of the rows."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocrkit.data.records import Sample
from ocrkit.data.splitting import assign, parse_parts, split_units
from ocrkit.data.writers import FORMATS, split
from ocrkit.errors import DataError, OptionError
from ocrkit.plugin.datasets import open_samples
from ocrkit.plugin.registry import load_registry

if TYPE_CHECKING:
    from pathlib import Path

THIRDS = {"train": 0.8, "validation": 0.1, "test": 0.1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def many(folder: Path, count: int, *, groups: int = 0) -> list[Sample]:
    return [
        Sample(str(path), path, f"text {index}", group=f"page {index % groups}" if groups else "")
        for index in range(count)
        for path in [folder / "lines" / f"{index}.png"]
    ]


def landed(location: Path) -> dict[str, set[str | None]]:
    """The texts in each part of a split that was written."""
    registry = load_registry("none")
    return {
        part.name: {sample.text for sample in open_samples(part, registry=registry)}
        for part in sorted(location.iterdir())
        if not part.name.startswith(".") and (part / "labels.tsv").stat().st_size
    }


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ("train=0.8,validation=0.1,test=0.1", THIRDS),
        (" a = .5 , b=.5", {"a": 0.5, "b": 0.5}),
        ("all=1", {"all": 1.0}),
    ],
)
def test_parts_are_names_with_shares(given: str, parts: dict[str, float]) -> None:
    assert parse_parts(given) == parts


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("train", "parts has 'train'; expected NAME=SHARE"),
        ("train=most", "parts has 'train=most'"),
        ("a=0,b=1", "parts has 'a=0'; expected NAME=SHARE, a share above 0"),
        ("a=nan,b=1", "parts has 'a=nan'"),
        ("a=0.5,b=0.4", r"the shares in parts sum to 0\.9; expected 1"),
        ("a=0.5,a=0.5", "the name 'a' twice"),
        ("../a=0.5,b=0.5", "the name '../a' twice, or one that is no folder's"),
    ],
)
def test_parts_that_are_none_are_named(given: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        parse_parts(given)


def test_shares_are_met(folder: Path) -> None:
    done = split(many(folder, 1000), folder / "out", THIRDS)

    assert [(part.name, part.samples) for part in done.parts] == [("train", 800), ("validation", 100), ("test", 100)]
    assert done.by == "none"


def test_a_split_does_not_hang_on_the_order_of_the_rows(folder: Path) -> None:
    samples = many(folder, 200, groups=30)
    split(samples, folder / "one", THIRDS, seed=5)
    random.Random(1).shuffle(samples)

    split(samples, folder / "two", THIRDS, seed=5)

    assert landed(folder / "one") == landed(folder / "two")


def test_another_seed_gives_another_split(folder: Path) -> None:
    samples = many(folder, 200)
    for seed in (0, 1):
        split(samples, folder / str(seed), THIRDS, seed=seed)

    zero, one = landed(folder / "0")["test"], landed(folder / "1")["test"]
    # Of 20 out of 200, 2 are in both on average.
    assert len(zero & one) < 10


def test_a_set_that_has_moved_is_split_alike(folder: Path) -> None:
    for place in ("here", "there"):
        (folder / place).mkdir()
        split(many(folder / place, 50), folder / f"split {place}", THIRDS, source=folder / place)

    assert landed(folder / "split here") == landed(folder / "split there")


def test_no_group_is_in_two_parts(folder: Path) -> None:
    samples = many(folder, 300, groups=17)

    done = split(samples, folder / "out", THIRDS)

    pages = [{int(str(text).split()[1]) % 17 for text in texts} for texts in landed(folder / "out").values()]
    assert sum(map(len, pages)) == 17 == len(set.union(*pages))
    assert done.by == "group"
    assert sum(part.units for part in done.parts) == 17


def test_no_folder_is_in_two_parts(folder: Path) -> None:
    samples = [Sample(f"{folder}/{i % 10}/{i}.png", folder / str(i % 10) / f"{i}.png", f"t {i}") for i in range(100)]

    split(samples, folder / "out", {"a": 0.5, "b": 0.5}, by="folder", source=folder)

    shelves = [{int(str(text).split()[1]) % 10 for text in texts} for texts in landed(folder / "out").values()]
    assert [len(shelf) for shelf in shelves] == [5, 5]
    assert not shelves[0] & shelves[1]


def test_the_same_image_and_text_twice_are_in_one_part(folder: Path) -> None:
    samples = many(folder, 20) * 2

    split(samples, folder / "out", {"a": 0.5, "b": 0.5})

    parts = list(landed(folder / "out").values())
    assert not parts[0] & parts[1]


@pytest.mark.parametrize("count", [3, 4, 10])
def test_a_small_set_leaves_no_part_empty(folder: Path, count: int) -> None:
    done = split(many(folder, count), folder / "out", THIRDS)

    assert all(part.samples for part in done.parts)
    assert sum(part.samples for part in done.parts) == count


def test_what_there_is_too_little_for_stays_empty(folder: Path) -> None:
    done = split(many(folder, 2), folder / "out", THIRDS)

    assert sorted(part.samples for part in done.parts) == [0, 1, 1]


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=40),
    shares=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    seed=st.integers(0, 99),
)
def test_units_stay_whole_and_no_part_is_empty_that_need_not_be(sizes: list[int], shares: list[int], seed: int) -> None:
    units = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
    parts = {str(index): share / sum(shares) for index, share in enumerate(shares)}

    part_of = assign(units, parts, seed=seed)

    assert all(len(set(part_of[units == unit].tolist())) == 1 for unit in range(len(sizes)))
    assert len(set(part_of.tolist())) == min(len(sizes), len(shares))


def test_samples_of_which_some_have_no_group_ask_what_to_do(folder: Path) -> None:
    samples = [*many(folder, 3, groups=2), Sample("x.png", folder / "x.png", "x")]

    with pytest.raises(DataError, match="1 of 4 samples have no group; give each one, or split with `by="):
        split(samples, folder / "out", THIRDS)
    assert split(samples, folder / "out", THIRDS, by="none").by == "none"


def test_an_unknown_way_of_keeping_together_offers_the_nearest(folder: Path) -> None:
    with pytest.raises(OptionError, match="by is 'folders'; did you mean 'folder'"):
        split_units(many(folder, 2), by="folders")


def test_tables_name_the_images_where_they_lie(folder: Path) -> None:
    samples = many(folder, 3, groups=3)

    split(samples, folder / "deep" / "out", {"all": 1.0})

    table = folder / "deep" / "out" / "all" / "labels.tsv"
    assert table.read_text().splitlines()[:2] == ["name\ttext\tgroup", "../../../lines/0.png\ttext 0\tpage 0"]
    registry = load_registry("none")
    images = [os.path.realpath(str(sample.image)) for sample in open_samples(table, registry=registry)]
    assert images == [os.path.realpath(sample.name) for sample in samples]


@pytest.mark.parametrize("to", sorted(FORMATS))
def test_parts_are_copied_in_any_format(folder: Path, to: str) -> None:
    for needed in {"lmdb": ["lmdb"], "parquet": ["pyarrow"]}.get(to, []):
        pytest.importorskip(needed)
    samples = many(folder, 12)
    (folder / "lines").mkdir()
    for sample in samples:
        Image.new("L", (3, 3)).save(sample.name)

    done = split(samples, folder / "out", {"a": 0.75, "b": 0.25}, to=to)

    registry = load_registry("none")
    suffix = ".parquet" if to == "parquet" else ""
    texts = [{s.text for s in open_samples(folder / "out" / f"{name}{suffix}", registry=registry)} for name in "ab"]
    assert [len(part) for part in texts] == [9, 3] == [part.samples for part in done.parts]
    assert not texts[0] & texts[1]


def test_images_inside_another_file_must_be_copied(folder: Path) -> None:
    made = Sample("set#1", lambda: Image.new("L", (2, 2)), "x")

    with pytest.raises(DataError, match="set#1 lies in no file of its own; copy the parts with `to`"):
        split([made], folder / "out", {"a": 1.0})

    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a\tb.png", r"or its name or group has a tab"),
        ("caf\udce9.png", r"the name .*caf.* is not UTF-8, so no table"),
    ],
)
def test_a_name_that_no_table_can_hold_is_refused(folder: Path, name: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        split([Sample(f"{folder}/{name}", folder / name, "x")], folder / "out", {"a": 1.0})


def test_texts_of_half_characters_are_split_too(folder: Path) -> None:
    units, by = split_units([Sample("a", folder / "a", "\ud800"), Sample("b", folder / "b", "\udce9")], by="none")

    assert len(set(units.tolist())) == 2
    assert by == "none"


@pytest.mark.parametrize("seed", range(12))
def test_an_empty_part_is_given_the_smallest_unit(seed: int) -> None:
    # Of 12 samples 10.8 and 1.2 are wanted: where the large unit comes last, all three go to the first part.
    units = np.array([7] + [8] + [9] * 10, np.uint64)

    part_of = assign(units, {"many": 0.9, "few": 0.1}, seed=seed)

    assert np.count_nonzero(part_of == 1) == 1
