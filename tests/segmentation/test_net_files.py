"""The file of a network that finds lines, and the maps that it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from ocrkit.checkpoint import read_checkpoint, write_checkpoint
from ocrkit.errors import CheckpointError, MissingFileError
from ocrkit.model import Model
from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions
from ocrkit.segmentation import looking
from ocrkit.segmentation.net import SegmentationNet, ink_of, load_segmentation_net, read_net

if TYPE_CHECKING:
    from pathlib import Path

SMALL = LabellerOptions(channels=(4, 4, 8), dilations=(1, 2))


def fresh(options: LabellerOptions = SMALL) -> SegmentationNet:
    torch.manual_seed(7)
    network = Labeller(options)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith(("running_mean", "1.weight", "1.bias")):
                tensor.uniform_(0.1, 0.9)
    return SegmentationNet(network, {"steps": 3})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fresh().save(tmp_path / "net.safetensors")
    return tmp_path / "net.safetensors"


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 255, (height, width), np.uint8)


def test_maps_come_at_half_of_the_pictures_scale(path: Path) -> None:
    maps = load_segmentation_net(path).maps(noise(61, 90))

    assert maps.shape == (7, 31, 45)
    assert maps.dtype == np.float32
    assert maps[[0, 1, 2, 5, 6]].min() >= 0
    assert maps[[0, 1, 2, 5, 6]].max() <= 1
    assert maps[[3, 4]].min() >= 0


def test_a_loaded_network_gives_the_maps_of_the_one_saved(path: Path) -> None:
    made = SegmentationNet(fresh().network.eval())

    read = load_segmentation_net(path)

    np.testing.assert_allclose(read.maps(noise(64, 64)), made.maps(noise(64, 64)), atol=1e-4)
    assert read.provenance == {"steps": 3}


def test_half_a_files_weights_are_nearly_the_same(tmp_path: Path, path: Path) -> None:
    fresh().save(tmp_path / "half.safetensors", half=True)

    half, whole = (load_segmentation_net(file).maps(noise(64, 64)) for file in (tmp_path / "half.safetensors", path))

    np.testing.assert_allclose(half, whole, atol=0.02)
    assert {array.dtype for array in read_checkpoint(tmp_path / "half.safetensors").tensors.values()} == {
        np.dtype(np.float16),
        np.dtype(np.int64),
    }


@pytest.mark.parametrize("size", [(0, 0), (0, 50), (1, 1), (3, 400)])
def test_pictures_of_any_size_have_maps(path: Path, size: tuple[int, int]) -> None:
    assert load_segmentation_net(path).maps(noise(*size)).shape == (7, -(-size[0] // 2), -(-size[1] // 2))


def test_a_large_picture_is_looked_at_in_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net, picture = load_segmentation_net(path), noise(201, 333)
    whole = net.maps(picture)
    monkeypatch.setattr(looking, "_TILE", 128)
    monkeypatch.setattr(looking, "_AROUND", 64)

    pieces = net.maps(picture)

    np.testing.assert_allclose(pieces, whole, atol=1e-5)


def test_an_empty_page_has_no_ink() -> None:
    grainy = (np.random.default_rng(1).normal(240, 1, (300, 200))).astype(np.uint8)

    assert ink_of(grainy).mean() < 0.05


def test_ink_runs_from_the_paper_to_its_darkest() -> None:
    page = np.full((90, 90), 180, np.uint8)
    page[30:60, 30:60] = 60

    assert ink_of(page)[45, 45] == 1
    assert ink_of(page)[5, 5] == 0


def test_the_shipped_size_stays_below_its_bound() -> None:
    assert SegmentationNet(Labeller()).parameters() <= 900_000


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no file"):
        load_segmentation_net(tmp_path / "none.safetensors")


def test_a_truncated_file_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(CheckpointError, match="truncated"):
        load_segmentation_net(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "model"}, "reads lines; expected one that finds them"),
        ({"kind": "state"}, "holds a 'state'"),
        ({"version": 9}, "version 9"),
        ({"maps": ["baseline"]}, "trained for other maps: its maps"),
        ({"working_x_height": 20.0}, "trained for other maps: its working_x_height"),
        ({"network": None}, "says nothing of its network"),
        ({"network": {"channels": [4, 4, 8], "depth": 3}}, "depth"),
        ({"network": {"channels": [4, 4, 4096], "dilations": [1, 2]}}, "not those of its network"),
    ],
)
def test_files_of_something_else_are_refused(path: Path, changes: dict[str, object], message: str) -> None:
    checkpoint = read_checkpoint(path)
    write_checkpoint(path, checkpoint.tensors, {**checkpoint.metadata, **changes})

    with pytest.raises(CheckpointError, match=message):
        load_segmentation_net(path)


def test_weights_that_are_no_numbers_are_refused(path: Path) -> None:
    checkpoint = read_checkpoint(path)
    spoilt = {
        name: np.full_like(array, np.nan) if array.dtype.kind == "f" else array
        for name, array in checkpoint.tensors.items()
    }
    write_checkpoint(path, spoilt, checkpoint.metadata)

    with pytest.raises(CheckpointError, match="not finite"):
        load_segmentation_net(path)


def test_a_reader_of_lines_refuses_it(path: Path) -> None:
    with pytest.raises(CheckpointError, match="finds lines"):
        Model.load(path)


def test_a_network_that_is_read_can_be_trained_further(path: Path) -> None:
    network = read_net(path).network.train()

    network(torch.rand(2, 1, 16, 16)).sum().backward()

    assert all(parameter.grad is not None for parameter in network.parameters())
