"""Layers that every network has, as nodes: convolutions with what follows them, and linear layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from torch import Tensor

    from ocrkit.nets.exporting.graph import Graph

__all__ = ["add_layers", "add_linear", "add_norm", "knows"]

# By their exact types: a subclass may do anything.
_KNOWN = (
    nn.Sequential, nn.Conv2d, nn.BatchNorm2d, nn.ReLU, nn.Identity, nn.Dropout, nn.MaxPool2d, nn.ZeroPad2d,
)  # fmt: skip


def knows(layers: nn.Module) -> bool:
    """Whether ``add_layers`` takes these."""
    if type(layers) is nn.Sequential:
        return all(map(knows, layers))
    if type(layers) is nn.Conv2d and (isinstance(layers.padding, str) or layers.padding_mode != "zeros"):
        return False
    if type(layers) is nn.BatchNorm2d and layers.running_mean is None:
        return False
    if type(layers) is nn.MaxPool2d and (layers.padding != 0 or layers.dilation != 1 or layers.ceil_mode):
        return False
    return type(layers) in _KNOWN


def add_layers(graph: Graph, columns: str, layers: nn.Module) -> str:
    """(B, C, H, W) through convolutions and what stands around them, in evaluation mode."""
    flat = list(_flat(layers, ""))
    for place, (name, layer) in enumerate(flat):
        if isinstance(layer, nn.Conv2d):
            following = flat[place + 1][1] if place + 1 < len(flat) else None
            norm = following if isinstance(following, nn.BatchNorm2d) else None
            columns = _add_convolution(graph, columns, name, layer, norm)
        elif isinstance(layer, nn.BatchNorm2d):
            # One that follows a convolution was taken into it.
            if not (place and isinstance(flat[place - 1][1], nn.Conv2d)):
                scale, shift = _scale_and_shift(layer)
                columns = graph.add("Mul", columns, graph.weight(f"{name}scale", scale[:, None, None]))
                columns = graph.add("Add", columns, graph.weight(f"{name}shift", shift[:, None, None]))
        elif isinstance(layer, nn.ReLU):
            columns = graph.add("Relu", columns)
        elif isinstance(layer, nn.MaxPool2d):
            window, stride = _pair(layer.kernel_size), _pair(layer.stride)
            columns = graph.add("MaxPool", columns, kernel_shape=window, strides=stride)
        elif isinstance(layer, nn.ZeroPad2d):
            left, right, top, bottom = layer.padding
            columns = graph.add("Pad", columns, graph.integers(0, 0, top, left, 0, 0, bottom, right))
    return columns


def add_linear(graph: Graph, frames: str, name: str, weight: Tensor, bias: Tensor | None) -> str:
    """(..., C) through a layer of ``weight`` (C', C)."""
    frames = graph.add("MatMul", frames, graph.weight(f"{name}.weight", weight.detach().cpu().float().numpy().T))
    return frames if bias is None else graph.add("Add", frames, graph.weight(f"{name}.bias", bias))


def add_norm(graph: Graph, frames: str, name: str, norm: nn.LayerNorm) -> str:
    """(..., C) with each frame's features normalised."""
    scale, shift = graph.weight(f"{name}.weight", norm.weight), graph.weight(f"{name}.bias", norm.bias)
    return graph.add("LayerNormalization", frames, scale, shift, axis=-1, epsilon=norm.eps)


def _flat(layers: nn.Module, name: str) -> Iterable[tuple[str, nn.Module]]:
    """Layers one after the other, with the beginning of their tensors' names."""
    if isinstance(layers, nn.Sequential):
        for place, layer in layers.named_children():
            yield from _flat(layer, f"{name}{place}.")
    elif not isinstance(layers, nn.Identity | nn.Dropout):
        yield name, layers


def _add_convolution(graph: Graph, columns: str, name: str, layer: nn.Conv2d, norm: nn.BatchNorm2d | None) -> str:
    weight = _double(layer.weight)
    bias = np.zeros(len(weight)) if layer.bias is None else _double(layer.bias)
    if norm is not None:
        scale, shift = _scale_and_shift(norm)
        weight, bias = weight * scale[:, None, None, None], bias * scale + shift
    high, wide = (int(count) for count in layer.padding)
    return graph.add(
        "Conv",
        columns,
        graph.weight(f"{name}weight", weight),
        graph.weight(f"{name}bias", bias),
        kernel_shape=list(layer.kernel_size),
        strides=list(layer.stride),
        pads=[high, wide, high, wide],
        dilations=list(layer.dilation),
        group=layer.groups,
    )


def _scale_and_shift(norm: nn.BatchNorm2d) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if norm.running_mean is None or norm.running_var is None:
        raise AssertionError("a batch norm without running statistics is none that is known")
    scale = 1 / np.sqrt(_double(norm.running_var) + norm.eps)
    shift = np.zeros(len(scale))
    if norm.affine:
        scale, shift = scale * _double(norm.weight), _double(norm.bias)
    return scale, shift - _double(norm.running_mean) * scale


def _double(tensor: Tensor) -> NDArray[np.float64]:
    array: NDArray[np.float64] = tensor.detach().cpu().double().numpy()
    return array


def _pair(size: object) -> list[int]:
    return list(size) if isinstance(size, tuple) else [size, size]  # type: ignore[list-item]  # torch knows no other
