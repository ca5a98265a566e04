from __future__ import annotations

import json
import pickle
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import save

from ocrkit.checkpoint import FORMAT, halved, read_checkpoint, read_metadata, write_checkpoint
from ocrkit.errors import CheckpointError, MissingFileError

if TYPE_CHECKING:
    from pathlib import Path

LARGE = (256, 256)  # the least that is halved
TENSORS = {
    "weight": np.arange(6, dtype=np.float32).reshape(2, 3),
    "scalar": np.array(7, dtype=np.int64),
    "nothing": np.zeros((0, 3), dtype=np.float32),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file as ocrkit writes it."""
    write_checkpoint(tmp_path / "model.safetensors", TENSORS, {"kind": "model", "name": "മലയാളം"})
    return tmp_path / "model.safetensors"


def with_header(path: Path, header: object, *, data: bytes = b"") -> Path:
    """Write a file that begins as a safetensors file with that header would."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + data)
    return path


def test_tensors_and_metadata_come_back_as_they_were(file: Path) -> None:
    checkpoint = read_checkpoint(file)

    assert checkpoint.metadata == {"kind": "model", "name": "മലയാളം", "format": FORMAT}
    assert checkpoint.tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert checkpoint.tensors[name].dtype == tensor.dtype
        np.testing.assert_array_equal(checkpoint.tensors[name], tensor)


def test_large_tensors_are_halved_and_small_ones_are_not() -> None:
    tensors = {"weight": np.full(LARGE, 0.1, np.float32), "small": np.full((255, 256), 0.1, np.float32)}

    kept = halved({**tensors, "steps": np.array(7, np.int64), "order": np.ones(LARGE, np.int64)})

    assert {name: str(array.dtype) for name, array in kept.items()} == {
        "weight": "float16", "small": "float32", "steps": "int64", "order": "int64",
    }  # fmt: skip
    # Of numbers with eleven binary digits the nearest to 0.1 is 1638 / 2^14.
    assert np.unique(kept["weight"]).tolist() == [1638 / 2**14]


@pytest.mark.parametrize("number", [70_000.0, -70_000.0, float("inf"), float("nan"), 1e-7, 3e-6])
def test_a_tensor_that_float16_cannot_hold_stays_as_it_is(number: float) -> None:
    kept = halved({"weight": np.full(LARGE, number, np.float32)})["weight"]

    assert kept.dtype == np.float32
    np.testing.assert_array_equal(kept, np.full(LARGE, number, np.float32))


def test_tiny_numbers_beside_large_ones_do_no_harm() -> None:
    weight = np.full(LARGE, 1e-7, np.float32)
    weight[0] = 1.0

    assert halved({"weight": weight})["weight"].dtype == np.float16


def test_metadata_can_be_read_alone(file: Path) -> None:
    assert read_metadata(file)["name"] == "മലയാളം"


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "one", TENSORS, {"a": 1, "b": 2})
    write_checkpoint(tmp_path / "two", TENSORS, {"b": 2, "a": 1})

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_folders_on_the_way_are_made_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "a" / "b" / "file", TENSORS, {})

    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["file"]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(file: Path) -> None:
    before = file.read_bytes()
    folder = file.with_name("folder")
    folder.mkdir()
    (folder / "inside").touch()

    with pytest.raises(CheckpointError, match="cannot be written"):
        write_checkpoint(folder, TENSORS, {})

    assert file.read_bytes() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["folder", "model.safetensors"]


def test_a_file_may_be_read_by_whom_the_umask_allows(file: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").touch()

    assert file.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no file '.*gone'"):
        read_checkpoint(tmp_path / "gone")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be read"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pickle.dumps({"weight": 1}), "is a Python pickle, not a safetensors file; ocrkit never unpickles a file"),
        (b"PK\x03\x04rest", "is a zip archive, as torch.save writes"),
        (b"\x89HDF\r\n\x1a\nrest", "is an HDF5 file, as Keras writes"),
        (b"<html></html>", "is an XML or HTML file"),
        (b"\x89PNG\r\n\x1a\nrest", "is a PNG image"),
        (b"", "is not a safetensors file"),
        (b"short", "is not a safetensors file"),
        (b"\0" * 100, "is not a safetensors file"),
        (b"\xff" * 100, "is not a safetensors file"),
    ],
    ids=["pickle", "zip", "HDF5", "HTML", "PNG", "empty", "short", "zeros", "ones"],
)
def test_another_kind_of_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "other").write_bytes(content)

    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(tmp_path / "other")


@pytest.mark.parametrize("kept", [20, 200, -1], ids=["in the header's length", "in the header", "in the data"])
def test_a_truncated_file_is_said_so(file: Path, kept: int) -> None:
    file.write_bytes(file.read_bytes()[:kept])

    with pytest.raises(CheckpointError, match="truncated"):
        read_checkpoint(file)


def test_a_pickle_whose_first_byte_is_a_length_is_no_pickle(tmp_path: Path) -> None:
    # 0x80 begins a pickle, and a safetensors file whose header has 128 bytes.
    document = json.dumps({"format": FORMAT})
    header = json.dumps({"__metadata__": {"ocrkit": document}}).encode().ljust(128)
    assert len(header) == 128

    assert read_metadata(with_header(tmp_path / "file", header)) == {"format": FORMAT}


@pytest.mark.parametrize(
    "header",
    [
        {"weight": []},
        {"weight": {}},
        {"weight": {"dtype": "F32", "shape": [1]}},
        {"weight": {"data_offsets": [0]}},
        {"weight": {"data_offsets": [0, "4"]}},
        {"weight": {"data_offsets": [0, 4.0]}},
        {"weight": {"data_offsets": [0, None]}},
        {"weight": {"data_offsets": {"1": 4}}},
        b"{" + b"[" * 100_000,
        b"{'weight': 1}",
        b'{"weight"\xff: 1}',
    ],
    ids=lambda header: repr(header)[:40],
)
def test_a_header_of_another_make_is_refused_without_a_crash(tmp_path: Path, header: object) -> None:
    with pytest.raises(CheckpointError, match="is not a safetensors file"):
        read_checkpoint(with_header(tmp_path / "file", header))


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]},
        {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]},
        {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]},
    ],
    ids=["shape", "dtype", "negative", "backwards", "bfloat16"],
)
def test_a_tensor_that_contradicts_itself_is_damage(tmp_path: Path, entry: dict[str, object]) -> None:
    header = {"__metadata__": {"ocrkit": json.dumps({"format": FORMAT})}, "weight": entry}

    with pytest.raises(CheckpointError, match="damaged"):
        read_checkpoint(with_header(tmp_path / "file", header, data=b"\0" * 4))


def test_a_type_that_another_package_has_taught_numpy_is_damage_too(tmp_path: Path) -> None:
    import onnx  # noqa: F401 - it teaches numpy bfloat16

    entry = {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}
    header = {"__metadata__": {"ocrkit": json.dumps({"format": FORMAT})}, "weight": entry}

    with pytest.raises(CheckpointError, match="damaged: weight holds bfloat16"):
        read_checkpoint(with_header(tmp_path / "file", header, data=b"\0" * 4))


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}])
def test_a_safetensors_file_of_others_is_said_so(tmp_path: Path, metadata: dict[str, str] | None) -> None:
    (tmp_path / "file").write_bytes(save(TENSORS, metadata=metadata))

    with pytest.raises(CheckpointError, match="not one of ocrkit's: it has no 'ocrkit' key"):
        read_checkpoint(tmp_path / "file")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "'ocrkit' metadata is not JSON"),
        ("[1]", "'ocrkit' metadata is not an object"),
        ("{}", "format None; this ocrkit reads format 1: update ocrkit"),
        ('{"format": 1, "a": ' + "[" * 400 + "]" * 400 + "}", "metadata is nested deeper than 50 levels"),
        ('{"format": 99}', "format 99; this ocrkit reads format 1: update ocrkit"),
    ],
)
def test_metadata_that_ocrkit_did_not_write_is_refused(tmp_path: Path, document: str, message: str) -> None:
    (tmp_path / "file").write_bytes(save(TENSORS, metadata={"ocrkit": document}))

    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(tmp_path / "file")


@pytest.mark.parametrize("metadata", [{"ocrkit": {"format": 1}}, {"ocrkit": 1}, ["ocrkit"], "ocrkit"])
def test_a_metadata_table_of_another_make_is_refused(tmp_path: Path, metadata: object) -> None:
    with pytest.raises(CheckpointError, match="it has no 'ocrkit' key"):
        read_checkpoint(with_header(tmp_path / "file", {"__metadata__": metadata}))
