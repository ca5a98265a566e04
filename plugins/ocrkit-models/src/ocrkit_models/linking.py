"""The second form of a model: an ONNX file of a few KB, whose large tensors lie in the model's own file beside it.

An initialiser of the graph is made of tensors of that file by nodes (wider numbers, gates in another order, a factor
for each channel), which onnxruntime computes once, when it loads the file.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ocrkit.checkpoint import read_checkpoint
from ocrkit.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["with_weights_in"]

_SMALL = 64  # numbers, that stay in the graph
_NEAR = 1e-6  # of its largest number, by which a tensor made by nodes may differ from what was exported
_GATES = (0, 3, 1, 2)  # input, output, forget, cell: ONNX's order, by torch's places
_OF_LSTM = {"W": ("weight_ih_l0",), "R": ("weight_hh_l0",), "B": ("bias_ih_l0", "bias_hh_l0")}
_SIDES = ("onward", "reverse")
_BOTH = ".both."  # in the names of an exported LSTM's tensors, those of both directions in one


def with_weights_in(path: Path, graph: onnx.ModelProto, *, most: int) -> onnx.ModelProto:
    """The same graph with its large tensors in a file.

    Args:
        path: a model's .safetensors file, which lies beside the graph's own when it is read.
        graph: exported from that model by ``ocrkit.nets.exporting``; left as it is.
        most: bytes that it may have afterwards.

    Raises:
        ModelError: it has more, for too many of its tensors are not those of the file.
    """
    making = _Making(path)
    kept = [tensor for tensor in graph.graph.initializer if not making.makes(tensor)]
    made = onnx.ModelProto()
    made.CopyFrom(graph)
    del made.graph.initializer[:], made.graph.node[:]
    made.graph.initializer.extend([*kept, *making.initialisers.values()])
    made.graph.node.extend([*making.nodes, *graph.graph.node])
    size = made.ByteSize()
    if size > most:
        largest = max(kept, key=lambda tensor: math.prod(tensor.dims))
        raise ModelError(
            f"the graph beside {path.name} has {size:,} bytes; expected at most {most:,}: {largest.name!r}, for one, "
            "is made of no tensor of the file"
        )
    return made


@dataclass(frozen=True, slots=True)
class _Made:
    """What a node gives, by its name, and what that is."""

    name: str
    value: NDArray[np.generic]


class _Making:
    """Makes initialisers of a file's tensors."""

    def __init__(self, path: Path) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: dict[str, TensorProto] = {}
        self._file = path.name
        self._tensors = read_checkpoint(path).tensors
        self._offsets = _offsets(path)

    def makes(self, wanted: TensorProto) -> bool:
        """Whether the tensor is one of the file or can be made of some, which then is done."""
        exported = numpy_helper.to_array(wanted)
        if exported.size <= _SMALL or exported.dtype != np.float32:
            return False
        before = len(self.nodes), dict(self.initialisers)
        made = self._made(wanted.name, exported)
        if made is None or not _is_near(made.value, exported):
            self.nodes, self.initialisers = self.nodes[: before[0]], before[1]
            return False
        kind = "Identity" if made.value.dtype == np.float32 else "Cast"
        self.nodes.append(helper.make_node(kind, [made.name], [wanted.name], wanted.name, **_TO_FLOAT[kind]))
        return True

    def _made(self, name: str, exported: NDArray[np.float32]) -> _Made | None:
        layer, both, end = name.partition(_BOTH)
        if both and end in _OF_LSTM:
            return self._lstm(layer, _OF_LSTM[end])
        if name not in self._tensors:
            return None
        own = self._of_file(name)
        if own.value.shape == exported.shape:
            return own if _is_near(own.value, exported) else self._scaled(own, exported)
        return self._node("Transpose", own.value.T, own, perm=[1, 0]) if own.value.ndim == 2 else None

    def _lstm(self, layer: str, ends: Sequence[str]) -> _Made | None:
        """The tensors of an LSTM's two directions below each other, each with its gates in ONNX's order."""
        names = [[f"{layer}.{side}.{end}" for end in ends] for side in _SIDES]
        if any(name not in self._tensors for row in names for name in row):
            return None
        sides = [self._joined([self._gates(name) for name in row], axis=1) for row in names]
        return self._joined(sides, axis=0)

    def _gates(self, name: str) -> _Made:
        own = self._of_file(name)
        rows, *rest = own.value.shape
        apart = (4, rows // 4, *rest)
        parted = self._node("Reshape", own.value.reshape(apart), own, self._integers(*apart))
        order = list(_GATES)
        turned = self._node("Gather", parted.value[order], parted, self._integers(*order), axis=0)
        whole = (1, rows, *rest)
        return self._node("Reshape", turned.value.reshape(whole), turned, self._integers(*whole))

    def _joined(self, parts: Sequence[_Made], *, axis: int) -> _Made:
        if len(parts) == 1:
            return parts[0]
        return self._node("Concat", np.concatenate([part.value for part in parts], axis=axis), *parts, axis=axis)

    def _scaled(self, own: _Made, exported: NDArray[np.float32]) -> _Made:
        """With the factor of each channel that a batch norm was taken into its convolution by."""
        value, wanted = own.value.astype(np.float64), exported.astype(np.float64)
        along = tuple(range(1, value.ndim))
        square = np.maximum((value * value).sum(axis=along, keepdims=True), np.finfo(np.float64).tiny)
        factors = self._constant(f"{own.name}:factors", (value * wanted).sum(axis=along, keepdims=True) / square)
        # In float32 the product would be rounded twice, and a deep network makes much of that.
        wide = self._node("Cast", value, own, to=TensorProto.DOUBLE)
        return self._node("Mul", wide.value * factors.value, wide, factors)

    def _of_file(self, name: str) -> _Made:
        """A tensor of the file, where it lies there."""
        value, called = self._tensors[name], f"file:{name}"
        if called not in self.initialisers:
            kind = helper.np_dtype_to_tensor_dtype(value.dtype)
            tensor = TensorProto(name=called, data_type=kind, dims=value.shape, data_location=TensorProto.EXTERNAL)
            begin, end = self._offsets[name]
            for key, told in (("location", self._file), ("offset", str(begin)), ("length", str(end - begin))):
                tensor.external_data.add(key=key, value=told)
            self.initialisers[called] = tensor
        return _Made(called, value)

    def _integers(self, *values: int) -> _Made:
        return self._constant(f"integers:{','.join(map(str, values))}", np.array(values, np.int64))

    def _constant(self, name: str, value: NDArray[np.generic]) -> _Made:
        self.initialisers.setdefault(name, numpy_helper.from_array(value, name))
        return _Made(name, value)

    def _node(self, kind: str, value: NDArray[np.generic], *inputs: _Made, **attributes: object) -> _Made:
        name = f"made:{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [each.name for each in inputs], [name], name, **attributes))
        return _Made(name, value)


def _offsets(path: Path) -> dict[str, tuple[int, int]]:
    """Where each tensor of a .safetensors file begins and ends, in bytes of the file."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        start = file.tell()
    entries = {name: entry["data_offsets"] for name, entry in header.items() if name != "__metadata__"}
    return {name: (start + begin, start + end) for name, (begin, end) in entries.items()}


_TO_FLOAT: dict[str, dict[str, object]] = {"Cast": {"to": TensorProto.FLOAT}, "Identity": {}}


def _is_near(made: NDArray[np.generic], exported: NDArray[np.float32]) -> bool:
    if made.shape != exported.shape:
        return False
    reach = _NEAR * float(np.abs(exported).max())
    return bool(np.abs(made.astype(np.float32) - exported).max() <= reach)
