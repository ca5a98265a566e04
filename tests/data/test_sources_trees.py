"""Sets below a folder, and texts that are a part of their file's name."""

from __future__ import annotations

import logging
import pickle
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.data.sources.filename import open_filename
from ocrkit.data.sources.lmdb import open_lmdb
from ocrkit.data.sources.parquet import open_parquet
from ocrkit.data.writers import convert
from ocrkit.errors import ConfigError, DataError
from ocrkit.plugin.datasets import guess_format, open_samples

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.records import BadRow


def images(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        Image.new("L", (8, 8), 255).save(folder / name)
    return folder


def texts_of(folder: Path, pattern: str) -> list[str | None]:
    return [sample.text for sample in open_filename(folder, pattern)]


@pytest.mark.parametrize(
    ("pattern", "names", "texts"),
    [
        ("{text}_{}", ["amber_0.png", "two_words_12.png"], ["amber", "two_words"]),
        ("{}_{text}", ["0_amber.png", "1_two_words.png"], ["amber", "two_words"]),
        ("{text} ({})", ["amber (1).png", "knoll (x).png"], ["amber", "knoll"]),
        ("{text} ({number})|{text}", ["amber (1).png", "amber.png"], ["amber", "amber"]),
        ("{}-{text}_{number}", ["a-b-c_1.png"], ["b-c"]),
        ("{text}", ["a%20b.png"], ["a%20b"]),
        ("", ["a.b_0.png"], ["a.b_0"]),
    ],
)
def test_a_pattern_says_which_part_is_the_text(
    tmp_path: Path, pattern: str, names: list[str], texts: list[str | None]
) -> None:
    assert texts_of(images(tmp_path, *names), pattern) == texts


def test_samples_by_a_pattern_go_to_other_processes(tmp_path: Path) -> None:
    samples = open_filename(images(tmp_path, "amber_0.png"), "{text}_{}")

    assert [sample.text for sample in pickle.loads(pickle.dumps(samples))] == ["amber"]


def test_a_name_that_does_not_fit_is_a_bad_row(tmp_path: Path) -> None:
    images(tmp_path, "amber_0.png", "knoll.png")
    bad: list[BadRow] = []

    samples = open_filename(tmp_path, "{text}_{}", report=bad.append)

    assert [sample.text for sample in samples] == ["amber"]
    assert [(row.path, row.kind) for row in bad] == [(str(tmp_path / "knoll.png"), "no-match")]
    with pytest.raises(DataError, match=r"knoll\.png: the name does not fit the pattern '\{text\}_\{\}'"):
        open_filename(tmp_path, "{text}_{}")


@pytest.mark.parametrize("pattern", ["{}", "{text}{text}", "{word}_{text}", "text", "|{text}"])
def test_a_pattern_without_its_text_is_refused(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ConfigError, match=r"expected \{text\} once"):
        open_filename(images(tmp_path, "a.png"), pattern)


@pytest.mark.parametrize(
    ("names", "noted"),
    [
        (["amber_0.png", "knoll_1.png"], "end in _ and a number"),
        (["0_amber.png", "1_knoll.png"], "begin with a number and _"),
        (["amber_0.png", "knoll.png"], ""),
    ],
)
def test_numbers_that_all_names_have_are_noted(
    tmp_path: Path, names: list[str], noted: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "ocrkit"):
        open_filename(images(tmp_path, *names))

    assert (noted in caplog.text) if noted else not caplog.text


@pytest.mark.parametrize("to", ["lmdb", "parquet", "gt.txt"])
def test_a_tree_of_sets_is_read_from_its_top(tmp_path: Path, to: str) -> None:
    pytest.importorskip({"parquet": "pyarrow"}.get(to, "lmdb"))
    source = open_filename(images(tmp_path / "images", "a.png", "b.png"))
    for place in ("MJ/MJ_train", "ST"):
        (tmp_path / "tree" / place).mkdir(parents=True)
        convert(source, tmp_path / "tree" / place / ("x.parquet" if to == "parquet" else "set"), to=to)

    samples = open_samples(tmp_path / "tree")

    assert guess_format(tmp_path / "tree").name == to
    assert [sample.text for sample in samples] == ["a", "b", "a", "b"]
    assert len({sample.name for sample in samples}) == 4


def test_sets_of_other_formats_below_are_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        images(tmp_path / name, "a.png")
        (tmp_path / name / "labels.tsv").write_text("a.png\ta\n")

    with pytest.raises(DataError) as caught:
        guess_format(tmp_path)

    assert f"below it are {tmp_path}/one (labels), {tmp_path}/two (labels), so give those" in str(caught.value)


def test_a_tree_without_any_is_told(tmp_path: Path) -> None:
    pytest.importorskip("lmdb")
    (tmp_path / "below").mkdir()

    with pytest.raises(DataError, match=r"no LMDB; expected a folder with .* or below"):
        open_lmdb(tmp_path)
    with pytest.raises(DataError, match="nor below it"):
        open_parquet(tmp_path)
