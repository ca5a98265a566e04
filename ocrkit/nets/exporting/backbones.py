"""The backbones ``vgg`` and ``resnet`` as nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from torch import nn

from ocrkit.nets.exporting.layers import add_layers, knows
from ocrkit.nets.resnet import Block, Plain, Pool, Resnet
from ocrkit.nets.vgg import Convolution, Vgg

if TYPE_CHECKING:
    from ocrkit.nets.exporting.graph import Graph
    from ocrkit.nets.exporting.widths import Widths
    from ocrkit.nets.masking import MaskedStack

__all__ = ["add_backbone", "knows_backbone"]


def knows_backbone(backbone: nn.Module) -> bool:
    """Whether ``add_backbone`` takes it, as nobody has changed its layers."""
    if type(backbone) is Vgg:
        dense = [] if backbone.dense is None else [type(layer) for layer in backbone.dense.children()]
        return dense in ([], [nn.Conv1d, nn.ReLU, nn.Dropout]) and all(
            type(stage) is Convolution and knows(stage.layers) for stage in backbone.stack.stages
        )
    return type(backbone) is Resnet and all(map(_knows_stage, backbone.stack.stages))


def add_backbone(graph: Graph, columns: str, widths: Widths, backbone: nn.Module) -> tuple[str, Widths]:
    """Turn (B, 1, H, W) into (B, C, T), with what of it is each line's own.

    Args:
        graph: takes the nodes.
        columns: ink with zeros past each line's own width; at least as wide as one frame needs.
        widths: the lines' widths.
        backbone: one that is known.
    """
    stages = cast("MaskedStack", backbone.stack).stages
    masked = True
    for index, stage in enumerate(stages):
        with graph.within(f"stack.stages.{index}"):
            if not masked:
                columns = widths.masked(columns)
            columns, widths = _add_stage(graph, columns, widths, stage)
        masked = False
    # (B, C, H, T) with its rows laid into the channels.
    features = graph.add("Reshape", columns, graph.integers(0, _features(backbone), -1))  # (B, C * rows, T)
    dense = cast("nn.Sequential | None", getattr(backbone, "dense", None))
    if dense is not None:
        with graph.within("dense"):
            layer = cast("nn.Conv1d", dense[0])
            weight = graph.weight("0.weight", layer.weight)
            bias = [] if layer.bias is None else [graph.weight("0.bias", layer.bias)]
            features = graph.add("Relu", graph.add("Conv", features, weight, *bias, kernel_shape=[1]))
    return features, widths


def _add_stage(graph: Graph, columns: str, widths: Widths, stage: nn.Module) -> tuple[str, Widths]:
    if isinstance(stage, Convolution):
        with graph.within("layers"):
            columns = add_layers(graph, columns, stage.layers)
        return columns, widths.through(size=stage.shrink + 1, pool=stage.pool_width)
    if isinstance(stage, Pool):
        return add_layers(graph, columns, stage.pool), widths.through(pool=stage.width)
    if isinstance(stage, Plain):
        with graph.within("layers"):
            return add_layers(graph, columns, stage.layers), widths
    return _add_block(graph, columns, widths, cast("Block", stage)), widths


def _add_block(graph: Graph, columns: str, widths: Widths, block: Block) -> str:
    with graph.within("first.layers"):
        inner = widths.masked(add_layers(graph, columns, block.first.layers))
    with graph.within("second"):
        inner = add_layers(graph, inner, block.second)
    with graph.within("shortcut"):
        beside = add_layers(graph, columns, block.shortcut)
    return graph.add("Relu", graph.add("Add", inner, beside))


def _knows_stage(stage: nn.Module) -> bool:
    if type(stage) is Plain:
        return knows(stage.layers)
    if type(stage) is Pool:
        return knows(stage.pool)
    return type(stage) is Block and (
        type(stage.first) is Plain and all(map(knows, (stage.first.layers, stage.second, stage.shortcut)))
    )


def _features(backbone: nn.Module) -> int:
    """Features a frame before a dense layer."""
    dense = cast("nn.Sequential | None", getattr(backbone, "dense", None))
    return cast("int", backbone.out_channels) if dense is None else cast("nn.Conv1d", dense[0]).in_channels
