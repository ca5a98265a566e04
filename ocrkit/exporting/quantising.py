"""Convolutions in 8 bits, by onnxruntime's static quantisation."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ocrkit.errors import DependencyError, ExportError
from ocrkit.exporting.measuring import line_inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
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
    lines: Sequence[NDArray[np.uint8]],
    *,
    progress: Progress | None = None,
) -> onnx.ModelProto:
    """The graph with convolutions in 8 bits, and the pools between them; all else stays float.

    Weights have 7 bits and a scale for each output channel, inputs 8 bits of the range that the lines gave. Weights of
    8 bits would overflow on x86 processors without VNNI, where two products are added up in 16 bits.

    Args:
        graph: left as it is; its batch norms are in its convolutions.
        lines: (H, W) uint8, what the ranges are learnt from.
        progress: told of how many lines were looked at, of how many.

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
                _reader(lines, progress),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(_QUANTISED),
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


def _reader(lines: Sequence[NDArray[np.uint8]], progress: Progress | None) -> Any:
    """What gives onnxruntime the inputs of one line after the other."""
    from onnxruntime.quantization import CalibrationDataReader

    class Lines(CalibrationDataReader):  # type: ignore[misc]  # it has no types
        def __init__(self) -> None:
            self._next = 0

        def get_next(self) -> Any:
            if progress is not None:
                progress(self._next, len(lines))
            if self._next == len(lines):
                return None
            self._next += 1
            return line_inputs([lines[self._next - 1]])

    return Lines()
