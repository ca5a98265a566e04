"""Convolutions in 8 bits, by onnxruntime's static quantisation."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ocrkit.errors import DependencyError, ExportError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import onnx
    from numpy.typing import NDArray

    from ocrkit.data.progress import Progress

__all__ = ["has_convolutions", "quantise"]

_CONVOLUTION = "Conv"
# With what follows them: else the range of 8 bits would also hold what a ReLU takes away, and lines read worse by it.
_QUANTISED = (_CONVOLUTION, "Relu", "MaxPool")
# What onnxruntime asks for, and would else warn of, is done by export: batch norms are in the convolutions.
_PREPARED = ("onnx.quant.pre_process", "onnxruntime.quant")


def has_convolutions(graph: onnx.ModelProto) -> bool:
    """Whether there is anything to quantise."""
    return any(node.op_type == _CONVOLUTION for node in graph.graph.node)


def quantise(
    graph: onnx.ModelProto,
    inputs: Sequence[Mapping[str, NDArray[Any]]],
    *,
    also: Sequence[str] = (),
    progress: Progress | None = None,
) -> onnx.ModelProto:
    """The graph with convolutions in 8 bits, and the pools between them; all else stays float.

    Weights have 7 bits and a scale for each output channel, values 8 bits of the range that the inputs gave. Weights of
    8 bits would overflow on x86 processors without VNNI, where two products are added up in 16 bits.

    Args:
        graph: left as it is; its batch norms are in its convolutions.
        inputs: of the graph, by their names, what the ranges are learnt from.
        also: kinds of nodes that are quantised beside convolutions, ReLUs and pools.
        progress: told of how many inputs were looked at, of how many.

    Raises:
        ExportError: onnxruntime cannot quantise it.
        DependencyError: onnxruntime is not installed.
    """
    import onnx

    try:
        from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    except ImportError as error:
        raise DependencyError(
            "int8 needs the distribution onnxruntime, which is not installed; pip install 'ocrkit[export]'"
        ) from error
    prepared = type(graph)()
    prepared.CopyFrom(graph)
    del prepared.metadata_props[:]
    prepared.metadata_props.add(key=_PREPARED[0], value=_PREPARED[1])
    with TemporaryDirectory(prefix="ocrkit-int8-") as folder:
        target = Path(folder) / "int8.onnx"
        try:
            quantize_static(
                prepared,
                target,
                _reader(inputs, progress),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=[*_QUANTISED, *also],
                per_channel=True,
                reduce_range=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
            )
        except Exception as error:  # its errors have no root but this
            said = " ".join(str(error).split())
            raise ExportError(f"onnxruntime cannot quantise the network, so export without `int8`: {said}") from error
        made = onnx.load(target)
    del made.metadata_props[:]
    return made


def _reader(inputs: Sequence[Mapping[str, NDArray[Any]]], progress: Progress | None) -> Any:
    """What gives onnxruntime one input after the other."""
    from onnxruntime.quantization import CalibrationDataReader

    class Inputs(CalibrationDataReader):  # type: ignore[misc]  # it has no types
        def __init__(self) -> None:
            self._next = 0

        def get_next(self) -> Any:
            if progress is not None:
                progress(self._next, len(inputs))
            if self._next == len(inputs):
                return None
            self._next += 1
            return dict(inputs[self._next - 1])

    return Inputs()
