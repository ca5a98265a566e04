"""Faults that an export may have, each of which the comparison with torch must see."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

import onnx
import onnx.helper
import onnx.numpy_helper

from ocrkit.errors import ExportError
from ocrkit.nets.exporting import compare_with_torch, export_crnn, heads, widths


@pytest.fixture
def network(make_crnn):
    return make_crnn("vgg", 20)


def refused(network, model):
    with pytest.raises(ExportError) as raised:
        compare_with_torch(network, model, batches=8)
    return str(raised.value)


def test_gates_in_another_order_are_seen(network, monkeypatch):
    monkeypatch.setattr(heads, "_ONNX_GATES", "ifog")

    assert "log-probabilities differ" in refused(network, export_crnn(network, height=32))


@pytest.mark.parametrize("name", ["vgg", "resnet"])
def test_padding_that_is_not_masked_is_seen(name, make_crnn, monkeypatch):
    network = make_crnn(name, 20)
    monkeypatch.setattr(widths.Widths, "masked", lambda own, columns: columns)

    assert "log-probabilities differ" in refused(network, export_crnn(network, height=32))


def test_a_backward_direction_that_begins_at_the_batch_s_end_is_seen(network):
    model = export_crnn(network, height=32)
    for node in model.graph.node:
        if node.op_type == "LSTM":
            node.input[4] = ""

    assert "log-probabilities differ" in refused(network, model)


def test_a_line_that_is_reversed_by_the_longest_s_length_is_seen(network):
    model = export_crnn(network, height=32, portable=True)
    nodes = model.graph.node
    first = next(at for at, node in enumerate(nodes) if node.op_type == "ReverseSequence")
    lengths = nodes[first].input[1]
    for node in nodes:
        if node.op_type == "ReverseSequence":
            node.input[1] = "longest"
    for made in (
        onnx.helper.make_node("Expand", ["most", "lines"], ["longest"]),
        onnx.helper.make_node("Shape", [lengths], ["lines"]),
        onnx.helper.make_node("ReduceMax", [lengths], ["most"], keepdims=1),
    ):
        nodes.insert(first, made)

    assert "log-probabilities differ" in refused(network, model)


@pytest.mark.parametrize(("dimension", "size"), [(0, 1), (3, 300)], ids=["batch", "width"])
def test_a_dimension_that_is_frozen_is_seen(dimension, size, network):
    model = export_crnn(network, height=32)
    shape = model.graph.input[0].type.tensor_type.shape
    shape.dim[dimension].dim_value = size

    assert "onnxruntime fails on a batch of shape" in refused(network, model)


def test_frames_that_are_frozen_are_seen(network):
    model = export_crnn(network, height=32)
    for node in model.graph.node:
        if node.op_type == "Slice":
            node.input[2] = "fifty"
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([50]), "fifty"))

    assert "log_probs are" in refused(network, model)


def test_a_length_that_counts_skipped_frames_is_seen(network):
    model = export_crnn(network, height=32)
    network.skip_frames += 1

    assert "frames count by ONNX" in refused(network, model)


def test_labels_in_another_order_are_seen(network):
    model = export_crnn(network, height=32)
    [bias] = [tensor for tensor in model.graph.initializer if tensor.name == "output.bias"]
    bias.CopyFrom(onnx.numpy_helper.from_array(np.linspace(0, 1, 20, dtype=np.float32), bias.name))

    assert "differ" in refused(network, model)


def test_what_onnxruntime_does_not_take_is_told(network):
    model = export_crnn(network, height=32)
    model.graph.node[-1].input[0] = "nowhere"

    assert "onnxruntime does not take the export" in refused(network, model)
