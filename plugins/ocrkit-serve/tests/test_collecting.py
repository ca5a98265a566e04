"""Corrected lines kept for training: what the folder holds after each addition, whatever happens meanwhile."""

from __future__ import annotations

import json
import multiprocessing
import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from ocrkit_serve import collecting
from ocrkit_serve.collecting import Collection, CollectionBusy, CollectionFull, UnusableText, checked_text
from PIL import Image

from ocrkit.data.image_file import open_image
from ocrkit.errors import OcrkitError
from ocrkit.files import holding
from ocrkit.layout.records import Layout, Line, Page, Points, Region
from ocrkit.pages.cutting import cut_lines
from ocrkit.plugin.datasets import open_samples

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (200, 120)


def box(left: int, top: int, width: int, height: int) -> Points:
    right, bottom = left + width - 1, top + height - 1
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def page_of(*texts: str, seed: int = 0) -> tuple[Page, Image.Image]:
    """A page of grey noise with a line each 20 px."""
    lines = tuple(
        Line(f"l{number}", ((10, 20 * number + 17), (189, 20 * number + 17)), box(10, 20 * number + 4, 180, 16), text)
        for number, text in enumerate(texts)
    )
    page = Page("scan.png", *SIZE, (Region("r", box(0, 0, *SIZE), lines),), model="tiny")
    noise = np.random.default_rng(seed).integers(0, 256, (SIZE[1], SIZE[0]), dtype=np.uint8)
    return page, Image.fromarray(noise)


def rows_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()]


def texts_in(folder: Path) -> list[str]:
    return [row["text"] for row in rows_in(folder)]


def pictures_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*.png")}


def test_a_training_reads_the_lines_and_no_others(tmp_path: Path) -> None:
    page, picture = page_of("aaa", "bbb", "ccc")

    kept = Collection(tmp_path).keep(page, picture, {"l0": "one", "l2": "three"})

    assert [(sample.text, sample.group) for sample in open_samples(tmp_path)] == [
        ("one", kept.page),
        ("three", kept.page),
    ]
    assert (kept.lines, kept.replaced, kept.left_out, kept.in_all) == (2, 0, {}, 2)


@pytest.mark.parametrize("skew", [0.0, 8.0])
def test_pictures_are_cut_as_they_were_for_reading(tmp_path: Path, skew: float) -> None:
    page, picture = page_of("aaa", "bbb")
    lines = tuple(replace(line, baseline=()) for line in page.lines)
    page = replace(page, skew=skew, regions=(replace(page.regions[0], lines=lines),))

    Collection(tmp_path).keep(page, picture, {"l1": "two"})

    [row] = rows_in(tmp_path)
    as_read = cut_lines(picture, Layout(page.regions, skew=skew))[1].cut
    assert as_read is not None
    assert np.array_equal(np.asarray(Image.open(tmp_path / row["name"])), np.asarray(as_read.image))


def test_a_row_tells_what_was_read_and_by_whom(tmp_path: Path) -> None:
    page, picture = page_of("aaa")

    Collection(tmp_path).keep(page, picture, {"l0": "one"})

    [row] = rows_in(tmp_path)
    assert (row["read"], row["model"], row["line"]) == ("aaa", "tiny", "l0")
    assert row["when"].endswith("+00:00")


def test_what_was_read_is_told_as_it_was_before_a_corrector_changed_it(tmp_path: Path) -> None:
    page, picture = page_of("mended")
    [line] = page.lines
    page = replace(page, regions=(replace(page.regions[0], lines=(replace(line, original="mendcd"),)),))

    Collection(tmp_path).keep(page, picture, {"l0": "mended"})

    assert [row["read"] for row in rows_in(tmp_path)] == ["mendcd"]


def test_a_page_that_is_kept_again_takes_its_own_place(tmp_path: Path) -> None:
    page, picture = page_of("aaa", "bbb", "ccc")
    other, another = page_of("zzz", seed=1)
    collection = Collection(tmp_path)
    collection.keep(page, picture, {"l0": "one", "l1": "two"})
    collection.keep(other, another, {"l0": "other"})

    kept = collection.keep(page, picture, {"l1": "2", "l2": "3"})

    assert texts_in(tmp_path) == ["other", "2", "3"]
    assert (kept.lines, kept.replaced, kept.in_all) == (2, 2, 3)
    assert pictures_in(tmp_path) == {row["name"] for row in rows_in(tmp_path)}


def test_the_same_picture_is_the_same_page_whatever_it_is_called(tmp_path: Path) -> None:
    page, picture = page_of("aaa")
    Collection(tmp_path).keep(page, picture, {"l0": "one"})

    Collection(tmp_path).keep(replace(page, image="copy.jpg", number=7), picture.convert("RGB"), {"l0": "two"})

    assert texts_in(tmp_path) == ["two"]


def test_a_page_of_which_nothing_is_kept_is_taken_out(tmp_path: Path) -> None:
    page, picture = page_of("aaa")
    collection = Collection(tmp_path)
    collection.keep(page, picture, {"l0": "one"})

    kept = collection.keep(page, picture, {})

    assert (kept.lines, kept.replaced, texts_in(tmp_path), pictures_in(tmp_path)) == (0, 1, [], set())


def test_lines_that_look_and_are_called_alike_on_two_pages_stay_two(tmp_path: Path) -> None:
    page, picture = page_of("aaa")
    larger = Image.new("L", (SIZE[0], SIZE[1] + 50), 255)
    larger.paste(picture)
    collection = Collection(tmp_path)

    collection.keep(page, picture, {"l0": "one"})
    collection.keep(replace(page, height=larger.height), larger, {"l0": "another"})

    assert [sample.text for sample in open_samples(tmp_path)] == ["one", "another"]


def test_two_lines_of_one_outline_are_two_rows(tmp_path: Path) -> None:
    page, picture = page_of("aaa")
    [line] = page.lines
    page = replace(page, regions=(replace(page.regions[0], lines=(line, replace(line, id="again"))),))

    Collection(tmp_path).keep(page, picture, {"l0": "one", "again": "two"})

    assert [sample.text for sample in open_samples(tmp_path)] == ["one", "two"]


def test_rows_of_somebody_else_stay_as_they_stand(tmp_path: Path) -> None:
    odd = b'{ "name": "mine.png",  "text": "\xe0\xb4\x95" }\nno json\n{"name": 3}\n[1]'
    (tmp_path / "labels.jsonl").write_bytes(odd)
    page, picture = page_of("aaa")

    Collection(tmp_path).keep(page, picture, {"l0": "one"})

    assert (tmp_path / "labels.jsonl").read_bytes().startswith(odd + b'\n{"name": "lines/')


def test_only_pictures_that_the_service_named_are_ever_removed(tmp_path: Path) -> None:
    page, picture = page_of("aaa")
    collection = Collection(tmp_path)
    kept = collection.keep(page, picture, {"l0": "one"})
    mine = tmp_path / "lines" / kept.page / "mine.png"
    picture.save(mine)
    with open(tmp_path / "labels.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps({"name": f"lines/{kept.page}/mine.png", "text": "mine"}) + "\n")

    collection.keep(page, picture, {})

    assert mine.exists()
    assert texts_in(tmp_path) == ["mine"]


@pytest.mark.parametrize("step", range(6))
def test_who_is_cut_off_leaves_the_whole_of_before_or_of_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    page, picture = page_of("aaa", "bbb")
    Collection(tmp_path).keep(page, picture, {"l0": "one", "l1": "two"})
    steps = iter(range(100))

    def cut_off(path: Any, data: bytes) -> None:
        if next(steps) == step:
            raise KeyboardInterrupt
        written(path, data)

    written = collecting.write_whole
    monkeypatch.setattr(collecting, "write_whole", cut_off)
    moved = replace(page, regions=(replace(page.regions[0], lines=tuple(map(_lower, page.lines))),))
    try:
        Collection(tmp_path).keep(moved, picture, {"l0": "1", "l1": "2"})
    except KeyboardInterrupt:
        assert texts_in(tmp_path) == ["one", "two"]
    else:
        assert texts_in(tmp_path) == ["1", "2"]
    for sample in open_samples(tmp_path):
        assert open_image(sample).size[0] == 180


def _lower(line: Line) -> Line:
    return replace(line, outline=tuple((x, y + 1) for x, y in line.outline), baseline=())


def keep_some(folder: Path, seed: int) -> None:
    for number in range(4):
        page, picture = page_of("aaa", "bbb", seed=seed * 100 + number)
        Collection(folder, patience=60).keep(page, picture, {"l0": f"{seed}-{number}", "l1": "x"})


def test_requests_and_services_take_turns(tmp_path: Path) -> None:
    shared = Collection(tmp_path, patience=60)
    pages = [page_of("aaa", seed=seed) for seed in range(12)]
    other = multiprocessing.get_context("spawn").Process(target=keep_some, args=(tmp_path, 50))
    other.start()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda given: shared.keep(*given, {"l0": "t"}), pages))
        keep_some(tmp_path, 60)
    other.join()

    assert other.exitcode == 0
    rows = rows_in(tmp_path)
    assert len(rows) == len({row["name"] for row in rows}) == 12 + 8 + 8
    assert pictures_in(tmp_path) == {row["name"] for row in rows}


def test_who_waits_in_vain_is_told(tmp_path: Path) -> None:
    page, picture = page_of("aaa")
    collection = Collection(tmp_path, patience=0.05)

    with holding(tmp_path), pytest.raises(CollectionBusy, match="try again"):
        collection.keep(page, picture, {"l0": "one"})


def test_a_full_data_set_takes_no_more_and_stays(tmp_path: Path) -> None:
    page, picture = page_of("aaa", "bbb")
    Collection(tmp_path).keep(page, picture, {"l0": "one"})

    with pytest.raises(CollectionFull, match="may have 8,000"):
        Collection(tmp_path, most_bytes=8_000).keep(*page_of("b", "c", "d", seed=1), {"l0": "b", "l1": "c", "l2": "d"})

    assert texts_in(tmp_path) == ["one"]
    assert len(pictures_in(tmp_path)) == 1


def test_a_page_kept_over_and_over_does_not_fill_it(tmp_path: Path) -> None:
    page, picture = page_of("aaa")
    collection = Collection(tmp_path, most_bytes=9_000)

    for number in range(20):
        collection.keep(page, picture, {"l0": f"text {number}"})

    assert texts_in(tmp_path) == ["text 19"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_refused_at_the_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(OcrkitError, match="cannot be written to"):
        Collection(tmp_path)


def test_a_folder_with_another_table_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "labels.tsv").write_text("a.png\ta\n", "utf-8")

    with pytest.raises(OcrkitError, match="is there already"):
        Collection(tmp_path)


def test_a_file_in_the_folder_s_place_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")

    with pytest.raises(OcrkitError, match="can be made"):
        Collection(tmp_path / "file")


def test_a_line_that_is_not_on_the_page_is_refused(tmp_path: Path) -> None:
    page, picture = page_of("aaa")

    with pytest.raises(UnusableText, match=r"no line '\.\./\.\./x'"):
        Collection(tmp_path).keep(page, picture, {"../../x": "one"})

    assert not (tmp_path / "labels.jsonl").exists()


def test_a_line_outside_of_the_picture_is_left_out_and_told(tmp_path: Path) -> None:
    page, picture = page_of("aaa", "bbb")
    far = replace(next(page.lines), outline=box(5000, 5000, 10, 10), baseline=())
    page = replace(page, regions=(replace(page.regions[0], lines=(far, *list(page.lines)[1:])),))

    kept = Collection(tmp_path).keep(page, picture, {"l0": "one", "l1": "two"})

    assert list(kept.left_out) == ["l0"]
    assert texts_in(tmp_path) == ["two"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \t".replace("\t", ""),
        "a\nb",
        "a\tb",
        "a\x00b",
        "a\x9bb",
        "a\ud800",
        "a\u2028b",
        "a\ufffe",
        "a\U0001ffff",
        "a\ufdd0",
        "a" * 2001,
    ],
    ids=ascii,
)
def test_what_no_line_can_show_is_refused(tmp_path: Path, text: str) -> None:
    page, picture = page_of("aaa")

    with pytest.raises(UnusableText, match="line 'l0': the text"):
        Collection(tmp_path).keep(page, picture, {"l0": text})

    assert not (tmp_path / "labels.jsonl").exists()


def test_texts_are_composed_and_joiners_stay() -> None:
    assert checked_text(" e\u0301 ") == "\u00e9"
    assert checked_text("ക\u0d4d\u200dഷ") == "ക\u0d4d\u200dഷ"
    assert unicodedata.is_normalized("NFC", checked_text("കൊ"))


@pytest.mark.parametrize("text", ['"quoted" \\ back', "ര്‍ക്കാര്‍", "<img src=x onerror=alert(1)>", "a\u00a0b", "𝔄 emoji 😀"])
def test_texts_come_back_as_they_were(tmp_path: Path, text: str) -> None:
    page, picture = page_of("aaa")

    Collection(tmp_path).keep(page, picture, {"l0": text})

    [sample] = open_samples(tmp_path)
    assert sample.text == unicodedata.normalize("NFC", text)
