"""The segmenter's network as an ONNX model."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from ocrkit.nets.exporting.graph import Graph
from ocrkit.nets.exporting.layers import add_layers

if TYPE_CHECKING:
    from collections.abc import Collection

    import onnx
    from torch import nn

    from ocrkit.nets.segmentation.labeller import Far, Labeller

__all__ = ["export_labeller"]


def export_labeller(network: Labeller, *, heights: Collection[int]) -> onnx.ModelProto:
    """What finds lines, for any reader of ONNX: what ``SegmentationNet`` makes of the network's logits, in float32.

    Its input is ``ink`` (B, 1, H, W) float32 of any height and width, which are brought to multiples of
    ``network.multiple`` by paper below and to the right; its output ``maps`` (B, maps, H' / 2, W' / 2) float32.

    Args:
        network: left as it is, on any device, in any mode, its batch norms folded or not.
        heights: the maps that hold heights, which are 0 at least; the others are probabilities.

    Raises:
        DependencyError: the distribution ``onnx`` is not installed.
    """
    graph = Graph("labeller")
    ink = graph.input("ink", np.float32, ("batch", 1, "height", "width"))
    levels = [_add_module(graph, _add_paper(graph, ink, network.multiple), "stem", network.stem)]
    for index, down in enumerate(network.down):
        levels.append(_add_module(graph, levels[-1], f"down.{index}", down))
    view = levels.pop()
    for index, far in enumerate(network.far):
        with graph.within(f"far.{index}"):
            view = _add_far(graph, view, cast("Far", far))
    for index in reversed(range(len(levels))):
        narrow = _add_module(graph, view, f"narrow.{index}", network.narrow[index])
        joined = graph.add("Add", _add_wider(graph, narrow), levels[index])
        view = _add_module(graph, joined, f"join.{index}", network.join[index])
    logits = _add_module(graph, view, "output", network.output)
    shape: tuple[int | str, ...] = ("batch", network.options.maps, "rows", "columns")
    graph.output("maps", _add_meaning(graph, logits, network.options.maps, heights), np.float32, shape)
    return graph.model()


def _add_module(graph: Graph, view: str, name: str, module: nn.Module) -> str:
    with graph.within(name):
        return add_layers(graph, view, module)


def _add_paper(graph: Graph, ink: str, multiple: int) -> str:
    """Paper below and to the right, up to the next multiples, at least one."""
    sides = graph.add("Shape", ink, start=2, end=4)
    up = graph.add("Div", graph.add("Add", sides, graph.integers(multiple - 1)), graph.integers(multiple))
    wanted = graph.add("Mul", graph.add("Max", up, graph.integers(1)), graph.integers(multiple))
    ends = graph.add("Concat", graph.integers(*[0] * 6), graph.add("Sub", wanted, sides), axis=0)
    return graph.add("Pad", ink, ends)


def _add_far(graph: Graph, view: str, far: Far) -> str:
    looked = _add_module(graph, view, "look", far.look)
    return graph.add("Add", view, _add_module(graph, looked, "mix", far.mix))


def _add_wider(graph: Graph, view: str) -> str:
    """Each value four times, two across and two down."""
    scales = graph.weight("scales", np.array([1, 1, 2, 2], np.float32))
    return graph.add(
        "Resize",
        view,
        "",
        scales,
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )


def _add_meaning(graph: Graph, logits: str, maps: int, heights: Collection[int]) -> str:
    probable = graph.add("Sigmoid", logits)
    if not heights:
        return probable
    is_height = np.array([index in heights for index in range(maps)])[:, None, None]
    return graph.add("Where", graph.weight("is_height", is_height), graph.add("Relu", logits), probable)
