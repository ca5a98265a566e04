"""Parts of a kind that only torch knows how to turn into nodes: plugins' backbones and heads, by ``torch.onnx``."""

from __future__ import annotations

import contextlib
import copy
import inspect
import io
import logging
import re
import traceback
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn

from ocrkit.errors import DependencyError, ExportError
from ocrkit.nets.exporting.graph import OPSET, import_onnx
from ocrkit.nets.exporting.widths import Widths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ocrkit.nets.exporting.graph import Graph

__all__ = ["add_foreign_backbone", "add_foreign_head"]

_LINES, _FRAMES, _COLUMNS = 3, 17, 101  # of the example that is traced; numbers that no layer has by chance


def add_foreign_backbone(
    graph: Graph, columns: str, widths: Widths, backbone: nn.Module, *, height: int, needed: int
) -> tuple[str, Widths]:
    """Turn (B, 1, H, W), zero past each line's own width, into (B, C, T), with what of it is each line's own.

    Raises:
        ExportError: torch cannot turn the backbone into nodes; says what is in the way.
        DependencyError: onnxscript is not installed.
    """
    example = torch.zeros(_LINES, 1, height, needed + _COLUMNS)
    room = needed + _COLUMNS
    arguments = (example, torch.tensor([room, room // 2, room // 3]), torch.tensor([room]))
    inputs = {"images": columns, "widths": widths.own, "room": widths.room}
    what = f"backbone {type(backbone).__name__}"
    features, own, frames = _add(graph, what, _View(backbone), arguments, ((0, 3), (0,), ()), inputs)
    return features, Widths(graph, own, frames)


def add_foreign_head(graph: Graph, features: str, lengths: Widths, head: nn.Module, *, count: int) -> str:
    """Turn (B, C, T) features, ``count`` of them a frame, into (B, T, C'); raises as ``add_foreign_backbone`` does."""
    own = graph.add("Cast", lengths.owned(features, axes=(1,)), to=1)  # (B, 1, T)
    frames = graph.add("Transpose", graph.add("Mul", features, own), perm=[0, 2, 1])
    arguments = (torch.zeros(_LINES, _FRAMES, count), torch.tensor([_FRAMES, 9, 2]))
    inputs = {"frames": frames, "lengths": lengths.own}
    [read] = _add(graph, f"head {type(head).__name__}", head, arguments, ((0, 1), (0,)), inputs, outputs=1)
    return read


class _View(nn.Module):
    """A backbone with its width formula."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, images: Tensor, widths: Tensor, room: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        frames = cast("Any", self.backbone).frames
        return self.backbone(images, widths), frames(widths), frames(room)


def _add(
    graph: Graph,
    what: str,
    module: nn.Module,
    arguments: tuple[Tensor, ...],
    free: tuple[tuple[int, ...], ...],
    inputs: Mapping[str, str],
    *,
    outputs: int = 3,
) -> list[str]:
    """The names of what comes out of a module's nodes, which are added under the scope.

    Args:
        graph: takes the nodes.
        what: the module, in messages.
        module: left as it is.
        arguments: an example of its inputs.
        free: the dimensions of each that may be of any size.
        inputs: by their names in the module what goes in.
        outputs: how many tensors come out.
    """
    own = copy.deepcopy(module).cpu().float().eval()
    model = _traced(what, own, arguments, free, list(inputs), [f"out{index}" for index in range(outputs)])
    return graph.include(model, inputs)


def _traced(
    what: str,
    module: nn.Module,
    arguments: tuple[Tensor, ...],
    free: tuple[tuple[int, ...], ...],
    inputs: list[str],
    outputs: list[str],
) -> Any:
    dynamic = getattr(torch.export.Dim, "DYNAMIC", None)
    if dynamic is None:
        raise ExportError(f"a {what} of a plugin is exported by torch 2.6 or later; this is {torch.__version__}")
    import_onnx()
    try:
        import onnxscript  # noqa: F401 - torch.onnx needs it, and says so less plainly
    except ImportError as error:
        raise DependencyError(
            f"a {what} of a plugin is exported by the distribution onnxscript, which is not installed; "
            "pip install 'ocrkit[export]'"
        ) from error
    shapes = tuple(dict.fromkeys(axes, dynamic) for axes in free)
    try:
        with _quiet(), torch.random.fork_rng(devices=[]):
            program = torch.onnx.export(
                module,
                arguments,
                dynamo=True,
                dynamic_shapes=shapes,
                opset_version=OPSET,
                input_names=inputs,
                output_names=outputs,
                verbose=False,
            )
    except Exception as error:  # anything may come out of a plugin's code, and out of torch
        raise ExportError(f"the {what} cannot be exported: {_why(error, module)}") from error
    if program is None:
        raise AssertionError("torch.onnx gives a program unless it writes a file")
    return program.model_proto


@contextmanager
def _quiet() -> Iterator[None]:
    """While its block runs, torch's exporter says nothing."""
    before, silence = logging.root.manager.disable, io.StringIO()
    # It traces what it does to loggers, which whoever collects them would wait for.
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _why(error: BaseException, module: nn.Module) -> str:
    """What is in the way, where, and the way out, by the first cause of an exporter's error."""
    while error.__cause__ is not None:
        error = error.__cause__
    told = " ".join(str(error).split())
    place = _place(error, module)
    if "DataDependent" in type(error).__name__ or "FakeTensor" in told:
        return (
            f"it hangs on the value of a tensor{place}, as by item(), tolist(), an if, or packed sequences; "
            "compute with tensors alone, as with torch.where"
        )
    static = re.search(r"inferred a static shape of (\d+) for dimension inputs\['(\w+)'\]\.shape\[(\d+)\]", told)
    if static is not None:
        size, name, axis = static.groups()
        return (
            f"it takes the {axis}th dimension of its {name} for a fixed {size}, as a loop over frames does; "
            "use layers that take any number, as nn.LSTM or a convolution, and sizes as tensors' shapes give them"
        )
    missing = re.search(r"No ONNX function found for <OpOverload\(op='([^']+)'", told)
    if missing is not None:
        return f"ONNX has nothing for its operation {missing[1]}; compute it by others"
    return f"{type(error).__name__}{place}: {told[:300]}"


def _place(error: BaseException, module: nn.Module) -> str:
    """Where in the part's own file it failed, as far as that can be told."""
    files = {inspect.getsourcefile(type(each)) for each in module.modules() if type(each).__module__[:6] != "torch."}
    files.discard(__file__)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    return f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
