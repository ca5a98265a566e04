"""A tiny ONNX file of ocrkit that reads stripes: white is the blank, grey is ``a`` and black ``b``, 4 px each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ocrkit.checkpoint import METADATA_KEY, document_of
from ocrkit.data.image import Preprocessing
from ocrkit.model_description import Architecture, Description
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from ocrkit.text.calibration import Calibration

HEIGHT, STRIDE = 8, 4
CHARSET = Charset(name="stripes", script="Zyyy", languages=("und",), symbols=("", "a", "b"))
RECORD = {
    "form": "sequence", "precision": "float32", "stride": 4.0, "offset": 0.0, "skip_frames": 0, "labels": 3,
    "height": HEIGHT, "opset": 20, "parameters": 6,
}  # fmt: skip
_INK = {"-": 255, "a": 127, "b": 0}


def description(calibration: Calibration | None = None) -> dict[str, object]:
    """What the file says, but for its own graph."""
    architecture = Architecture(preprocessing=Preprocessing(height=HEIGHT, contrast="keep"))
    return Description(CHARSET, architecture, {"ocrkit": "0"}, {"steps": 1}, calibration).to_dict()


def graph(*, labels: int = 3, height: int = HEIGHT, extra_frames: int = 0) -> onnx.ModelProto:
    """The network: each frame's mean ink, and logits that are linear in it; ``extra_frames`` are counted wrongly."""
    slopes = np.linspace(0, 40, labels, dtype=np.float32)[np.newaxis]
    offsets = np.array([0, -5, -20, *[-90] * (labels - 3)], np.float32)[:labels]
    constants = {"slopes": slopes, "offsets": offsets, "stride": np.array(STRIDE), "extra": np.array(extra_frames)}
    nodes = [
        helper.make_node(
            "AveragePool", ["images"], ["pooled"], kernel_shape=[height, STRIDE], strides=[height, STRIDE]
        ),
        helper.make_node("Squeeze", ["pooled", "axes"], ["columns"]),  # (B, 1, T)
        helper.make_node("Transpose", ["columns"], ["frames"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["frames", "slopes"], ["sloped"]),
        helper.make_node("Add", ["sloped", "offsets"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], ["log_probs"], axis=2),
        helper.make_node("Div", ["widths", "stride"], ["counted"]),
        helper.make_node("Add", ["counted", "extra"], ["lengths"]),
    ]
    held = [numpy_helper.from_array(array, name) for name, array in {**constants, "axes": np.array([2])}.items()]
    made = helper.make_graph(
        nodes,
        "stripes",
        [
            helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 1, height, "width"]),
            helper.make_tensor_value_info("widths", TensorProto.INT64, ["batch"]),
        ],
        [
            helper.make_tensor_value_info("log_probs", TensorProto.FLOAT, ["batch", "frames", labels]),
            helper.make_tensor_value_info("lengths", TensorProto.INT64, ["batch"]),
        ],
        held,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def write(
    path: Path, metadata: Mapping[str, Any] | None = None, network: onnx.ModelProto | None = None, **record: object
) -> Path:
    """Write the file, or one of another description, network or record."""
    network = graph() if network is None else network
    told = description() if metadata is None else metadata
    document = document_of({**told, "onnx": {**RECORD, **record}})
    del network.metadata_props[:]
    network.metadata_props.add(key=METADATA_KEY, value=document)
    path.write_bytes(network.SerializeToString())
    return path


def line(text: str) -> NDArray[np.uint8]:
    """The image of a text in ``-``, ``a`` and ``b``."""
    return np.repeat(np.array([[_INK[letter] for letter in text]], np.uint8), HEIGHT, 0).repeat(STRIDE, 1)


def fields(data: bytes) -> Iterator[int]:
    """Places in a file at which it may be cut."""
    yield from range(0, len(data), max(1, len(data) // 40))
