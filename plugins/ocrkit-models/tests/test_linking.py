"""Graphs whose tensors lie in the model's own file: the same numbers, and what is too large."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
import torch
from ocrkit_models import onnx_form
from ocrkit_models.linking import with_weights_in
from ocrkit_models.onnx_form import write_onnx_form
from onnx import TensorProto, helper, numpy_helper

from ocrkit.data.image import Preprocessing
from ocrkit.errors import ExportError, ModelError
from ocrkit.exporting.sources import open_source
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions, LstmLayer
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path

CHARSET = Charset("few", ("", *"abcdefgh"))


@pytest.fixture(params=["float16", "float32"])
def model(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The file of a small network with batch norms that have seen something, and an LSTM."""
    torch.manual_seed(3)
    parts = Architecture(
        options={"channels": [8, 12], "pools": ["2x2", "2x1"]},
        head=HeadOptions(rnn=(LstmLayer(16), LstmLayer(16))),
        preprocessing=Preprocessing(height=16),
    )
    made = Model.build(CHARSET, parts)
    for name, tensor in made.network.state_dict().items():
        if name.endswith(("running_mean", "running_var")):
            tensor.uniform_(0.3, 1.7)
    made.save(tmp_path / "few.safetensors", half=request.param == "float16")
    return tmp_path / "few.safetensors"


def exported(path: Path) -> onnx.ModelProto:
    return open_source(path).graph(portable=False)


def numbers(graph: onnx.ModelProto) -> int:
    """How many numbers stand in the graph itself."""
    return sum(
        int(np.prod(tensor.dims)) for tensor in graph.graph.initializer if tensor.data_location != TensorProto.EXTERNAL
    )


def test_large_tensors_lie_in_the_models_file_by_their_place_there(model: Path) -> None:
    whole = exported(model)

    linked = with_weights_in(model, whole, most=100_000)

    outside = [each for each in linked.graph.initializer if each.data_location == TensorProto.EXTERNAL]
    data = model.read_bytes()
    for tensor in outside:
        told = {entry.key: entry.value for entry in tensor.external_data}
        kind = helper.tensor_dtype_to_np_dtype(tensor.data_type)
        found = np.frombuffer(data, kind, int(np.prod(tensor.dims)), int(told["offset"]))
        assert told["location"] == "few.safetensors"
        assert int(told["length"]) == found.nbytes
        assert bool(np.isfinite(found).all())
    assert outside
    assert numbers(linked) < numbers(whole) / 4


def test_a_linked_graph_computes_what_torch_does(model: Path) -> None:
    form = write_onnx_form(model, check=4)

    assert open_source(model).compare(form, batches=6).difference < 1e-4


def test_the_graph_that_was_given_stays_as_it_is(model: Path) -> None:
    whole = exported(model)
    before = whole.SerializeToString()

    with_weights_in(model, whole, most=100_000)

    assert whole.SerializeToString() == before


def test_a_tensor_that_is_none_of_the_files_stays_in_the_graph_and_is_too_large(model: Path) -> None:
    whole = exported(model)
    strange = np.random.default_rng(0).random((40, 100)).astype(np.float32)
    whole.graph.initializer.append(numpy_helper.from_array(strange, "strange"))

    with pytest.raises(ModelError, match=r"beside few\.safetensors has .*; expected at most 15,000: 'strange'"):
        with_weights_in(model, whole, most=15_000)

    kept = {tensor.name: tensor for tensor in with_weights_in(model, whole, most=100_000).graph.initializer}
    np.testing.assert_array_equal(numpy_helper.to_array(kept["strange"]), strange)


def test_a_tensor_whose_name_is_in_the_file_and_whose_numbers_are_not_stays_in_the_graph(model: Path) -> None:
    whole = exported(model)
    changed = next(tensor for tensor in whole.graph.initializer if tensor.name.endswith(".both.W"))
    strange = np.random.default_rng(0).random(tuple(changed.dims)).astype(np.float32)
    changed.CopyFrom(numpy_helper.from_array(strange, changed.name))

    kept = {tensor.name: tensor for tensor in with_weights_in(model, whole, most=100_000).graph.initializer}

    np.testing.assert_array_equal(numpy_helper.to_array(kept[changed.name]), strange)


def test_a_form_that_computes_something_else_is_not_kept(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(path: Path, graph: onnx.ModelProto, *, most: int) -> onnx.ModelProto:
        linked = with_weights_in(path, graph, most=most)
        for node in linked.graph.node:
            node.output[:] = ["unspoilt" if name == "log_probs" else name for name in node.output]
        two = numpy_helper.from_array(np.array(2, np.float32), "two")
        linked.graph.initializer.append(two)
        linked.graph.node.append(helper.make_node("Mul", ["unspoilt", "two"], ["log_probs"]))
        return linked

    monkeypatch.setattr(onnx_form, "with_weights_in", spoilt)

    with pytest.raises(ExportError, match="log-probabilities differ from torch's by"):
        write_onnx_form(model, check=1)

    assert [path.name for path in model.parent.iterdir()] == ["few.safetensors"]
