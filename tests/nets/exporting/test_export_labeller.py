"""The segmenter's network as an ONNX graph."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions
from ocrkit.segmentation.maps import HEIGHTS, MAPS
from ocrkit.segmentation.net import SegmentationNet

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from ocrkit.errors import ExportError
from ocrkit.nets.exporting import compare_labeller_with_torch, export_labeller
from ocrkit.nets.exporting.parity import open_session

PLACES = [MAPS.index(name) for name in HEIGHTS]


def labeller(channels=(8, 12, 16), dilations=(1, 3)):
    torch.manual_seed(4)
    network = Labeller(LabellerOptions(channels=channels, dilations=dilations))
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.3)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.3)
    return network.eval()


@pytest.mark.parametrize("channels", [(8, 12, 16), (4, 8), (8, 8, 8, 8)], ids=str)
def test_a_labeller_gives_what_it_gives_in_torch(channels):
    network = labeller(channels)

    model = export_labeller(network, heights=PLACES)

    assert compare_labeller_with_torch(network, model, heights=PLACES, pictures=5).batches == 5


def test_a_labeller_whose_norms_are_folded_gives_the_same():
    network = labeller()
    folded = export_labeller(labeller().fold(), heights=PLACES)

    assert compare_labeller_with_torch(network, folded, heights=PLACES, pictures=3).difference < 1e-4


def test_its_maps_are_those_that_segmentation_looks_at():
    network = labeller()
    ink = np.random.default_rng(2).random((70, 101), np.float32)

    [maps] = open_session(export_labeller(network, heights=PLACES)).run(None, {"ink": ink[None, None]})

    assert np.abs(maps[0] - SegmentationNet(network)._labelled(ink)).max() < 1e-4


def test_heights_taken_for_probabilities_are_seen():
    network = labeller()

    with pytest.raises(ExportError, match="maps of ink of shape"):
        compare_labeller_with_torch(network, export_labeller(network, heights=[]), heights=PLACES, pictures=2)
