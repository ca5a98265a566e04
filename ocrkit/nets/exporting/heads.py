"""The heads ``blstm`` and ``mixer`` as nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from ocrkit.nets.blstm import Blstm
from ocrkit.nets.exporting.layers import add_linear, add_norm
from ocrkit.nets.heads import Blstms
from ocrkit.nets.mixer import Block, Mixer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.nets.exporting.graph import Graph
    from ocrkit.nets.exporting.widths import Widths

__all__ = ["add_blstms", "add_mixer", "knows_head"]

_TORCH_GATES = "ifgo"  # input, forget, cell, output, as torch lays them one below the other
_ONNX_GATES = "iofg"


def knows_head(head: nn.Module) -> bool:
    """Whether this module adds its nodes, as nobody has changed its layers."""
    if type(head) is Blstms:
        return all(type(layer) is Blstm for layer in head)
    return type(head) is Mixer and all(
        type(block) is Block and [type(layer) for layer in block.layers] == [nn.Linear, nn.GELU, nn.Linear, nn.Dropout]
        for block in head.blocks
    )


def add_blstms(graph: Graph, features: str, lengths: str, head: Blstms, *, portable: bool) -> str:
    """Turn (B, C, T) features into (B, T, C').

    Args:
        graph: takes the nodes.
        features: those past a line's length play no part.
        lengths: (B,) int64, each at least 1.
        head: the LSTMs.
        portable: reverse lines by a node of their own, for readers whose LSTM takes no lengths, or wrongly.
    """
    frames = graph.add("Transpose", features, perm=[2, 0, 1])  # (T, B, C)
    short = "" if portable else graph.add("Cast", lengths, to=6)  # int32
    for index, layer in enumerate(head):
        if not isinstance(layer, Blstm):
            raise AssertionError(f"a head with a {type(layer).__name__} is none that is known")
        with graph.within(str(index)):
            if portable:
                frames = _add_portable(graph, frames, lengths, layer)
            else:
                frames = _add_blstm(graph, frames, short, layer)
    return graph.add("Transpose", frames, perm=[1, 0, 2])


def add_mixer(graph: Graph, features: str, lengths: Widths, head: Mixer) -> str:
    """Turn (B, C, T) features into (B, T, C')."""
    frames = graph.add("Transpose", features, perm=[0, 2, 1])
    frames = add_linear(graph, frames, "enter", head.enter.weight, head.enter.bias)
    own = graph.add("Cast", lengths.owned(features, axes=(2,)), to=1)  # (B, T, 1)
    for index, block in enumerate(head.blocks):
        with graph.within(f"blocks.{index}"):
            if not isinstance(block, Block):
                raise AssertionError(f"a mixer with a {type(block).__name__} is none that is known")
            frames = _add_block(graph, frames, own, block)
    return add_norm(graph, frames, "norm", head.norm)


def _add_blstm(graph: Graph, frames: str, lengths: str, layer: Blstm) -> str:
    """(T, B, C) through both directions in one node, the backward one from each line's own end."""
    directions = (layer.onward, layer.reverse)
    weights = _weights(graph, "both", directions)
    read = graph.add("LSTM", frames, *weights, lengths, hidden_size=layer.onward.hidden_size, direction="bidirectional")
    if layer.merge == "sum":
        return graph.add("ReduceSum", read, graph.integers(1), keepdims=0)  # (T, B, size)
    beside = graph.add("Transpose", read, perm=[0, 2, 1, 3])  # (T, B, 2, size)
    return graph.add("Reshape", beside, graph.integers(0, 0, layer.out_features))


def _add_portable(graph: Graph, frames: str, lengths: str, layer: Blstm) -> str:
    onward = _add_lstm(graph, frames, "onward", layer.onward)
    backward = _reversed(graph, _add_lstm(graph, _reversed(graph, frames, lengths), "reverse", layer.reverse), lengths)
    if layer.merge == "sum":
        return graph.add("Add", onward, backward)
    return graph.add("Concat", onward, backward, axis=2)


def _reversed(graph: Graph, frames: str, lengths: str) -> str:
    return graph.add("ReverseSequence", frames, lengths, time_axis=0, batch_axis=1)


def _add_lstm(graph: Graph, frames: str, name: str, cells: nn.LSTM) -> str:
    read = graph.add("LSTM", frames, *_weights(graph, name, (cells,)), hidden_size=cells.hidden_size)  # (T, 1, B, size)
    return graph.add("Squeeze", read, graph.integers(1))


def _weights(graph: Graph, name: str, directions: tuple[nn.LSTM, ...]) -> list[str]:
    """The names of W (D, 4 size, C), R (D, 4 size, size) and B (D, 8 size)."""
    inputs = np.stack([_gates(cells, "weight_ih_l0") for cells in directions])
    recurrent = np.stack([_gates(cells, "weight_hh_l0") for cells in directions])
    biases = np.stack(
        [np.concatenate([_gates(cells, "bias_ih_l0"), _gates(cells, "bias_hh_l0")]) for cells in directions]
    )
    return [graph.weight(f"{name}.{end}", array) for end, array in zip("WRB", (inputs, recurrent, biases), strict=True)]


def _gates(cells: nn.LSTM, name: str) -> NDArray[np.float32]:
    """A tensor of torch's LSTM with its gates in ONNX's order."""
    parts = dict(zip(_TORCH_GATES, np.split(cells.get_parameter(name).detach().cpu().float().numpy(), 4), strict=True))
    return np.concatenate([parts[gate] for gate in _ONNX_GATES])


def _add_block(graph: Graph, frames: str, own: str, block: Block) -> str:
    columns = graph.add("Transpose", graph.add("Mul", frames, own), perm=[0, 2, 1])  # (B, size, T)
    kernel = block.look.kernel_size[1]
    seen = graph.add(
        "Conv",
        columns,
        graph.weight("look.weight", block.look.weight[:, :, 0]),
        kernel_shape=[kernel],
        pads=[kernel // 2, kernel // 2],
        group=block.look.groups,
    )
    inner = add_norm(graph, graph.add("Transpose", seen, perm=[0, 2, 1]), "norm", block.norm)
    for index, layer in enumerate(block.layers):
        if isinstance(layer, nn.Linear):
            inner = add_linear(graph, inner, f"layers.{index}", layer.weight, layer.bias)
        elif isinstance(layer, nn.GELU):
            inner = graph.add("Gelu", inner, approximate=layer.approximate)
    return graph.add("Add", frames, inner)
