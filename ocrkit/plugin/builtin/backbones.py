"""The convolutional networks that come with ocrkit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.nets.options import ResnetOptions, VggOptions
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.specs import BackboneSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

__all__ = ["ocrkit_backbones"]


@hookimpl
def ocrkit_backbones() -> Iterator[BackboneSpec]:
    """The plain and the residual network."""
    yield BackboneSpec(
        name="vgg",
        summary="Plain convolutions and pools, as in the CRNN paper; small by default.",
        height=VggOptions().height,
        options=VggOptions,
        build=_build_vgg,
    )
    yield BackboneSpec(
        name="resnet",
        summary="Residual blocks and pools: more accurate on photographs, several times the work.",
        height=ResnetOptions().height,
        options=ResnetOptions,
        build=_build_resnet,
    )


def _build_vgg(options: VggOptions) -> nn.Module:
    from ocrkit.nets.vgg import Vgg

    return Vgg(options)


def _build_resnet(options: ResnetOptions) -> nn.Module:
    from ocrkit.nets.resnet import Resnet

    return Resnet(options)
