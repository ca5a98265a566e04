"""Parquet with the images inside: the columns that are found, row groups, and what is named when something is wrong."""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from ocrkit.data.image_file import open_image
from ocrkit.data.sources.parquet import open_parquet, recognises_parquet
from ocrkit.errors import DataError, ImageError, MissingFileError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.records import BadRow

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def picture(width: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, 3)).save(file, "PNG")
    return file.getvalue()


def write(path: Path, columns: dict[str, Any], *, rows: int = 2) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.table(columns), path, row_group_size=rows)
    return path


def structs(count: int) -> list[dict[str, object]]:
    return [{"bytes": picture(index + 1), "path": f"{index}.png"} for index in range(count)]


@pytest.mark.parametrize("text", ["text", "label", "transcription"])
@pytest.mark.parametrize("image", ["image", "img"])
@pytest.mark.parametrize("struct", [True, False])
def test_images_and_texts_are_found_by_their_columns(tmp_path: Path, image: str, text: str, struct: bool) -> None:
    images = structs(5) if struct else [picture(index + 1) for index in range(5)]
    path = write(tmp_path / "a.parquet", {"id": [1, 2, 3, 4, 5], image: images, text: list("abcde")})

    listed = open_parquet(path)

    assert [sample.text for sample in listed] == list("abcde")
    assert [open_image(sample).width for sample in listed] == [1, 2, 3, 4, 5]
    assert listed[3].name == str(listed[3].origin) == f"{path}#3"


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    for number in (10, 2):
        write(tmp_path / f"part-{number}.parquet", {"image": structs(3), "text": [f"{number}{c}" for c in "abc"]})

    listed = open_parquet(tmp_path)

    assert [sample.text for sample in listed] == ["2a", "2b", "2c", "10a", "10b", "10c"]
    assert listed[5].name == f"{tmp_path}/part-10.parquet#2"
    assert [sample.text for sample in listed[1:6:2]] == ["2b", "10a", "10c"]
    assert list(pickle.loads(pickle.dumps(listed))) == list(listed)


def test_a_group_column_gives_the_group(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"image": structs(2), "text": ["a", "b"], "group": ["p1", None]})

    assert [sample.group for sample in open_parquet(path)] == ["p1", ""]


def test_texts_that_are_kept_once_each_are_texts(tmp_path: Path) -> None:
    texts = pyarrow.array(["a", "b", "a"]).dictionary_encode()

    assert open_parquet(write(tmp_path / "a.parquet", {"image": structs(3), "text": texts}))[2].text == "a"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"image": ["a.png"], "text": ["x"]}, r"no column of image bytes among image \(string\), text \(string\)"),
        ({"image": [b"x"], "caption": ["x"]}, r"no column of texts among image \(binary\), caption \(string\)"),
        ({"image": [b"x"], "text": [3]}, r"no column of texts among image \(binary\), text \(int64\)"),
        ({"image": [b"x", b"y"], "text": ["x", None]}, r"row 1: column 'text' is null; expected a label"),
        ({"image": [b"x", b"y", b"z"], "text": ["x", "y", " "]}, r"the text of 'row 2' is empty"),
        ({"image": [b"x"], "text": ["x\ny"]}, r"the text of 'row 0' has a line break"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_row(tmp_path: Path, columns: dict[str, Any], message: str) -> None:
    path = write(tmp_path / "a.parquet", columns)

    with pytest.raises(DataError, match=rf"a\.parquet(#\d)?: {message}"):
        open_parquet(path)


def test_whoever_asks_gets_the_good_rows_and_is_told_of_the_others(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"image": structs(5), "text": ["a", None, "c", "", "e"]})
    bad: list[BadRow] = []

    listed = open_parquet(path, report=bad.append)

    assert [(sample.text, open_image(sample).width) for sample in listed] == [("a", 1), ("c", 3), ("e", 5)]
    assert [(row.path, row.kind) for row in bad] == [(f"{path}#1", "empty-text"), (f"{path}#3", "empty-text")]


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ({"bytes": None, "path": "a.png"}, "column 'image' holds no image's bytes in this row"),
        ({"bytes": b"words", "path": "a.png"}, "it holds text, not an image"),
        (None, "column 'image' holds no image's bytes in this row"),
    ],
)
def test_a_bad_image_is_named(tmp_path: Path, image: object, reason: str) -> None:
    path = write(tmp_path / "a.parquet", {"image": [*structs(1), image], "text": ["a", "b"]})

    with pytest.raises(ImageError, match=rf"a\.parquet#1: {reason}"):
        open_image(open_parquet(path)[1])


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1"])
def test_a_file_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(content)

    with pytest.raises(DataError, match=r"a\.parquet: not a Parquet file that can be opened"):
        open_parquet(path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(MissingFileError, match="no file or folder"):
        open_parquet(tmp_path / "gone.parquet")
    with pytest.raises(DataError, match=r"no \.parquet file in this folder"):
        open_parquet(tmp_path / "empty")


def test_parquet_is_recognised_by_its_first_bytes_and_a_folder_by_its_files(tmp_path: Path) -> None:
    path = write(tmp_path / "set" / "a.parquet", {"image": structs(1), "text": ["a"]})

    assert recognises_parquet(path)
    assert recognises_parquet(path.parent)
    assert not recognises_parquet(tmp_path)
    (tmp_path / "empty.parquet").write_bytes(b"")
    assert recognises_parquet(tmp_path / "empty.parquet")
    assert not recognises_parquet(tmp_path / "gone")
