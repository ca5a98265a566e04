"""Pairs of files, MJSynth, file names as labels, and images without labels."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest

from ocrkit.data.sources import (
    image_suffixes,
    open_filename,
    open_gt_txt,
    open_mjsynth,
    recognises_gt_txt,
    recognises_mjsynth,
    unlabelled,
)
from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def fill(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def names(folder: Path, samples: object) -> list[str]:
    return [os.path.relpath(sample.name, folder) for sample in samples]  # type: ignore[attr-defined]


def test_pairs_are_read_in_natural_order_here_and_below(folder: Path) -> None:
    fill(
        folder,
        {
            "line10.png": "",
            "line10.gt.txt": "ten\n",
            "line2.JPG": "",
            "line2.gt.txt": "\ufeffരണ്ട്\r\n",
            "page1/a.tif": "",
            "page1/a.gt.txt": "a ",
        },
    )

    samples = open_gt_txt(folder)

    assert names(folder, samples) == ["line2.JPG", "line10.png", "page1/a.tif"]
    assert [sample.text for sample in samples] == ["രണ്ട്", "ten", "a "]
    assert str(samples[2].origin) == str(folder / "page1/a.gt.txt")


def test_a_binarised_image_goes_with_the_text_of_its_stem(folder: Path) -> None:
    fill(folder, {"a.bin.png": "", "a.gt.txt": "x", "b.nrm.png": "", "b.png": "", "b.gt.txt": "y"})

    assert names(folder, open_gt_txt(folder)) == ["a.bin.png", "b.png"]


def test_a_text_without_an_image_is_listed_and_found_bad_later(folder: Path) -> None:
    fill(folder, {"a.gt.txt": "x"})

    assert names(folder, open_gt_txt(folder)) == ["a.png"]


def test_images_without_a_text_are_left_out_and_counted(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    fill(folder, {"a.png": "", "a.gt.txt": "x", "b.png": "", "c.png": ""})

    with caplog.at_level(logging.WARNING, logger="ocrkit"):
        samples = open_gt_txt(folder)

    assert names(folder, samples) == ["a.png"]
    assert "2 images without a .gt.txt are left out" in caplog.text


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.png": "", "a.gt.txt": "\n"}, r"a\.gt\.txt: the text is empty"),
        ({"a.png": "", "a.gt.txt": "x\ny\n"}, r"a\.gt\.txt: 2 lines; expected one line of text"),
        ({"a.png": "", "a.jpg": "", "a.gt.txt": "x"}, r"a\.gt\.txt: a\.jpg and a\.png both go with it"),
        ({"a.png": ""}, r"no \.gt\.txt file in this folder"),
    ],
)
def test_broken_pairs_are_named(folder: Path, files: dict[str, str], message: str) -> None:
    fill(folder, files)

    with pytest.raises(DataError, match=message):
        open_gt_txt(folder)


def test_pairs_need_a_folder(folder: Path) -> None:
    fill(folder, {"a.gt.txt": "x"})

    with pytest.raises(DataError, match=r"not a folder; format 'gt\.txt' expects a folder"):
        open_gt_txt(folder / "a.gt.txt")


def test_a_text_that_is_not_utf8_is_named(folder: Path) -> None:
    fill(folder, {"a.png": ""})
    (folder / "a.gt.txt").write_bytes(b"caf\xe9\n")

    with pytest.raises(DataError, match=r"a\.gt\.txt:1: byte 0xe9 is not UTF-8"):
        open_gt_txt(folder)


def test_pairs_are_recognised_by_the_top_level(folder: Path) -> None:
    fill(folder, {"page1/a.gt.txt": "x"})

    assert not recognises_gt_txt(folder)
    assert recognises_gt_txt(folder / "page1")
    assert not recognises_gt_txt(folder / "page1/a.gt.txt")
    assert not recognises_gt_txt(folder / "gone")


def test_mjsynth_gives_the_word_in_each_name(folder: Path) -> None:
    fill(
        folder,
        {"annotation_train.txt": "./2425/1/115_Lube_45484.jpg 45484\n./2425/1/1_a_b_2.jpg 2\n2/7_NO.1_9.jpg\n"},
    )

    samples = open_mjsynth(folder)

    assert [sample.text for sample in samples] == ["Lube", "a_b", "NO.1"]
    assert names(folder, samples) == ["2425/1/115_Lube_45484.jpg", "2425/1/1_a_b_2.jpg", "2/7_NO.1_9.jpg"]
    assert str(samples[1].origin) == f"{folder}/annotation_train.txt:2"


def test_mjsynth_takes_the_training_list_and_says_what_it_left(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    fill(folder, {f"annotation{part}.txt": f"./1_{part or 'all'}_1.jpg 1\n" for part in ("", "_train", "_val")})

    with caplog.at_level(logging.WARNING, logger="ocrkit"):
        samples = open_mjsynth(folder)

    assert [sample.text for sample in samples] == ["_train"]
    assert "annotation_train.txt is read, and annotation.txt, annotation_val.txt left aside" in caplog.text


def test_a_list_of_mjsynth_may_be_given_itself(folder: Path) -> None:
    fill(folder, {"annotation_train.txt": "./1_a_1.jpg 1\n", "annotation_val.txt": "./1_b_1.jpg 1\n"})

    assert recognises_mjsynth(folder / "annotation_val.txt")
    assert [sample.text for sample in open_mjsynth(folder / "annotation_val.txt")] == ["b"]


def test_lists_without_an_order_of_their_own_are_not_chosen_from(folder: Path) -> None:
    fill(folder, {"annotation_test.txt": "", "annotation_val.txt": ""})

    with pytest.raises(DataError, match=r"lists annotation_test\.txt, annotation_val\.txt; expected one"):
        open_mjsynth(folder)


def test_mjsynth_without_a_list_is_searched_for_its_images(folder: Path) -> None:
    fill(folder, {"1/2/3_word_4.jpg": "", "1/other.jpg": ""})

    assert not recognises_mjsynth(folder)
    assert [sample.text for sample in open_mjsynth(folder)] == ["word"]


def test_a_line_that_names_no_word_is_named(folder: Path) -> None:
    fill(folder, {"annotation.txt": "./1/1_a_2.jpg 2\n./1/picture.jpg 3\n"})

    with pytest.raises(DataError, match=r"annotation\.txt:2: '\./1/picture\.jpg 3' names no word image; expected"):
        open_mjsynth(folder)


def test_names_are_labels_only_up_to_the_last_dot(folder: Path) -> None:
    fill(folder, {"226md.png": "", "No. 5.jpg": "", "more/കട.PNG": "", "notes.txt": "", ".hidden.png": ""})

    assert [sample.text for sample in open_filename(folder)] == ["226md", "No. 5", "കട"]


@pytest.mark.parametrize(("place", "error"), [("gone", MissingFileError), ("empty", DataError), ("a.png", DataError)])
def test_file_names_need_a_folder_of_images(tmp_path: Path, place: str, error: type[Exception]) -> None:
    fill(tmp_path, {"a.png": ""})
    (tmp_path / "empty").mkdir()

    with pytest.raises(error):
        open_filename(tmp_path / place)


@pytest.mark.parametrize("open_source", [open_gt_txt, open_mjsynth])
def test_a_missing_folder_is_missing(tmp_path: Path, open_source: object) -> None:
    with pytest.raises(MissingFileError):
        open_source(tmp_path / "gone")  # type: ignore[operator]  # one of two functions


def test_images_to_read_come_as_given_and_folders_sorted(folder: Path) -> None:
    fill(folder, {"b.png": "", "x/line10.png": "", "x/line2.png": "", "x/y/1.TIF": "", "x/note.txt": "", "odd": ""})

    samples = unlabelled([folder / "odd", str(folder / "x"), folder / "b.png"])

    assert names(folder, samples) == ["odd", "x/line2.png", "x/line10.png", "x/y/1.TIF", "b.png"]
    assert {sample.text for sample in samples} == {None}


def test_a_glob_that_no_shell_expanded_is_expanded(folder: Path) -> None:
    fill(folder, {"a/line10.png": "", "a/line2.png": "", "b/c/line3.png": ""})

    assert names(folder, unlabelled([f"{folder}/a/*.png"])) == ["a/line2.png", "a/line10.png"]
    assert names(folder, unlabelled([f"{folder}/**/line3.*"])) == ["b/c/line3.png"]
    assert names(folder, unlabelled([f"{folder}/?"])) == ["a/line2.png", "a/line10.png", "b/c/line3.png"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(folder: Path) -> None:
    fill(folder, {"a[1].png": "", "a1.png": ""})

    assert names(folder, unlabelled([folder / "a[1].png"])) == ["a[1].png"]


def test_names_are_given_back_as_they_were_typed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(folder, {"a.png": "", "b/c.png": ""})
    monkeypatch.chdir(folder)

    assert [sample.name for sample in unlabelled(["a.png", "b"])] == ["a.png", "b/c.png"]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ("gone.png", MissingFileError, r"no file or folder '.*gone\.png'"),
        ("*.jpg", MissingFileError, r"no file matches '.*\*\.jpg'"),
        ("empty", DataError, "no image in this folder"),
    ],
)
def test_nothing_to_read_is_an_error(tmp_path: Path, given: str, error: type[Exception], message: str) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(error, match=message):
        unlabelled([f"{tmp_path}/{given}"])


def test_a_missing_file_may_be_left_to_be_found_bad() -> None:
    assert [sample.name for sample in unlabelled(["gone.png"], missing_ok=True)] == ["gone.png"]


def test_suffixes_are_those_that_pillow_opens() -> None:
    assert {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".pgm"} <= image_suffixes()
    assert not {".txt", ".pdf", ".eps", ".npy", ".json"} & image_suffixes()
