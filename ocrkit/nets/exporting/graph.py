"""An ONNX graph as it grows."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrkit.errors import DependencyError, ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import onnx
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["OPSET", "Graph", "Shape", "import_onnx"]

OPSET = 20  # the first with Gelu
_IR_VERSION = 9  # that of the ONNX releases that brought opset 20: older readers take no later one

Shape = tuple[int | str, ...]


class Graph:
    """Nodes in the order of their making; what goes in and out of them goes by name.

    Raises:
        DependencyError: the distribution ``onnx`` is not installed.
    """

    def __init__(self, name: str) -> None:
        self._onnx = import_onnx()
        self._name = name
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: dict[str, onnx.TensorProto] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._taken: Counter[str] = Counter()
        self._scopes: list[str] = []

    @contextmanager
    def within(self, scope: str) -> Iterator[None]:
        """While its block runs, names begin with the scope: that of a torch module, as ``backbone.stack``."""
        self._scopes.append(scope)
        yield
        self._scopes.pop()

    def name(self, end: str) -> str:
        """A name that nothing has, by the scopes."""
        name = ".".join((*self._scopes, end))
        self._taken[name] += 1
        return name if self._taken[name] == 1 else f"{name}_{self._taken[name]}"

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: object) -> str:
        """The output of another node, the first of ``outputs``; an empty input is one left out."""
        name = self.name(kind)
        results = [name, *(f"{name}:{index}" for index in range(1, outputs))]
        self.nodes.append(self._onnx.helper.make_node(kind, inputs, results, name=name, **attributes))
        return name

    def weight(self, end: str, value: Tensor | NDArray[np.generic]) -> str:
        """The name of a tensor that the file holds; floats in float32."""
        array = value if isinstance(value, np.ndarray) else value.detach().cpu().numpy()
        if array.dtype.kind == "f":
            array = array.astype(np.float32, copy=False)
        name = self.name(end)
        self.initialisers[name] = self._onnx.numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def integers(self, *values: int) -> str:
        """The name of a vector of int64, the same for the same values."""
        return self._constant(np.array(values, np.int64))

    def integer(self, value: int) -> str:
        """The name of one int64, of no dimension."""
        return self._constant(np.array(value, np.int64))

    def number(self, value: float) -> str:
        """The name of one float32, of no dimension."""
        return self._constant(np.array(value, np.float32))

    def input(self, name: str, kind: type[np.generic], shape: Shape) -> str:
        """An input of the graph; dimensions that are names may be of any size."""
        self._inputs.append(self._described(name, kind, shape))
        self._taken[name] += 1
        return name

    def output(self, name: str, value: str, kind: type[np.generic], shape: Shape) -> None:
        """Give out ``value`` under a name."""
        self.nodes.append(self._onnx.helper.make_node("Identity", [value], [name], name=name))
        self._outputs.append(self._described(name, kind, shape))

    def include(self, model: onnx.ModelProto, inputs: Mapping[str, str]) -> list[str]:
        """The names of another model's outputs, whose nodes are added under the scope.

        Args:
            model: of the same opset.
            inputs: by the names of its inputs what goes in.

        Raises:
            ExportError: it is of another opset.
        """
        inliner, compose = self._onnx.inliner, self._onnx.compose
        [opset] = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
        if opset != OPSET:
            raise ExportError(f"torch has written nodes of opset {opset}, not {OPSET}; try a later torch")
        prefix = f"{self.name('traced')}/"
        given = {f"{prefix}{name}": value for name, value in inputs.items()}
        graph = compose.add_prefix(inliner.inline_local_functions(model), prefix).graph
        for tensor in graph.initializer:
            self.initialisers[tensor.name] = tensor
        # What a model does not use is no input of it either.
        for value in graph.input:
            self.nodes.append(self._onnx.helper.make_node("Identity", [given[value.name]], [value.name]))
        self.nodes.extend(graph.node)
        return [value.name for value in graph.output]

    def model(self) -> onnx.ModelProto:
        """The whole, checked."""
        helper = self._onnx.helper
        graph = helper.make_graph(self.nodes, self._name, self._inputs, self._outputs, list(self.initialisers.values()))
        opsets = [helper.make_opsetid("", OPSET)]
        model: onnx.ModelProto = helper.make_model(
            graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="ocrkit"
        )
        self._onnx.checker.check_model(model)
        return model

    def _constant(self, value: NDArray[np.generic]) -> str:
        name = f"{value.dtype}{value.tolist()}".replace(" ", "")
        if name not in self.initialisers:
            self.initialisers[name] = self._onnx.numpy_helper.from_array(value, name)
        return name

    def _described(self, name: str, kind: type[np.generic], shape: Shape) -> onnx.ValueInfoProto:
        element = self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(kind))
        described: onnx.ValueInfoProto = self._onnx.helper.make_tensor_value_info(name, element, shape)
        return described


def import_onnx() -> Any:
    """The module ``onnx`` with those of its parts that are needed.

    Raises:
        DependencyError: it is not installed.
    """
    try:
        import onnx
        import onnx.checker
        import onnx.compose
        import onnx.helper
        import onnx.inliner
        import onnx.numpy_helper
    except ImportError as error:
        raise DependencyError(
            "networks are exported by the distribution onnx, which is not installed; pip install 'ocrkit[export]'"
        ) from error
    return onnx
