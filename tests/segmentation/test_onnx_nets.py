"""A network that finds lines, read from an ONNX file: the same maps, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from ocrkit.checkpoint import METADATA_KEY
from ocrkit.errors import CheckpointError, MissingFileError, OptionError
from ocrkit.nets.exporting import export_labeller
from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions
from ocrkit.segmentation import looking
from ocrkit.segmentation.maps import HEIGHTS, MAPS
from ocrkit.segmentation.net import SegmentationNet, check_file, load_segmentation_net, read_net

if TYPE_CHECKING:
    from pathlib import Path

SMALL = LabellerOptions(channels=(4, 4, 8), dilations=(1, 2))


def fresh() -> SegmentationNet:
    torch.manual_seed(7)
    network = Labeller(SMALL)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith(("running_mean", "1.weight", "1.bias")):
                tensor.uniform_(0.1, 0.9)
    return SegmentationNet(network.eval(), {"steps": 3})


def write_onnx(net: SegmentationNet, path: Path, **changes: object) -> Path:
    """The net as ``ocrkit export`` writes it, with some of its record changed."""
    model = export_labeller(net.network, heights=[MAPS.index(name) for name in HEIGHTS])
    record = {**net.description(), "format": 1, "onnx": {"parameters": net.parameters()}, **changes}
    model.metadata_props.add(key=METADATA_KEY, value=json.dumps(record))
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_onnx(fresh(), tmp_path / "net.onnx")


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 255, (height, width), np.uint8)


@pytest.mark.parametrize("size", [(61, 90), (64, 64), (0, 0), (0, 50), (1, 1), (3, 400)])
def test_an_onnx_file_gives_the_maps_that_torch_gives(path: Path, size: tuple[int, int]) -> None:
    maps = load_segmentation_net(path).maps(noise(*size))

    assert maps.shape == (7, -(-size[0] // 2), -(-size[1] // 2))
    np.testing.assert_allclose(maps, fresh().maps(noise(*size)), atol=1e-5)


def test_a_large_picture_is_looked_at_in_the_same_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_TILE", 128)
    monkeypatch.setattr(looking, "_AROUND", 64)

    np.testing.assert_allclose(
        load_segmentation_net(path).maps(noise(201, 333)), fresh().maps(noise(201, 333)), atol=1e-5
    )


def test_it_tells_where_it_comes_from_and_how_large_it_is(path: Path) -> None:
    net = load_segmentation_net(path)

    assert net.provenance == {"steps": 3}
    assert net.parameters() == fresh().parameters()
    assert check_file(path).metadata["kind"] == "segmentation"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "model"}, "is a model that reads lines; expected one that finds them"),
        ({"kind": "corrector"}, "holds a 'corrector', not a network that finds lines"),
        ({"version": 2}, "is of version 2; this ocrkit knows version 1"),
        ({"ribbon": 9.0}, "was trained for other maps: its ribbon is 9.0, expected 5.0"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    path = write_onnx(fresh(), tmp_path / "net.onnx", **changes)

    with pytest.raises(CheckpointError, match=message):
        load_segmentation_net(path)


def test_a_graph_of_other_inputs_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\x03ink", b"\x03oil"))

    with pytest.raises(CheckpointError, match="its graph does not make 'maps' of 'ink' alone; export it again"):
        load_segmentation_net(path)


def test_a_graph_of_fewer_maps_is_refused(tmp_path: Path) -> None:
    torch.manual_seed(1)
    net = fresh()
    fewer = SegmentationNet(Labeller(LabellerOptions(channels=(4, 4, 8), dilations=(1,), maps=5)).eval())
    model = export_labeller(fewer.network, heights=[3, 4])
    record = {**net.description(), "format": 1, "onnx": {}}
    model.metadata_props.add(key=METADATA_KEY, value=json.dumps(record))
    (tmp_path / "net.onnx").write_bytes(model.SerializeToString())

    with pytest.raises(CheckpointError, match=r"its maps have shape \(1, 5, .*expected \(1, 7, 8, 8\)"):
        load_segmentation_net(tmp_path / "net.onnx").maps(noise(16, 16))


def test_a_file_that_is_cut_off_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(CheckpointError):
        load_segmentation_net(path)


def test_a_device_that_is_not_there_is_refused(path: Path) -> None:
    with pytest.raises(OptionError, match="no device 'abacus'"):
        load_segmentation_net(path, device="abacus")


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        load_segmentation_net(tmp_path / "none.onnx")


def test_an_onnx_file_is_not_trained_further(path: Path) -> None:
    with pytest.raises(CheckpointError, match="is an ONNX file, which cannot be trained further"):
        read_net(path)
