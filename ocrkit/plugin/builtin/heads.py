"""The heads that come with ocrkit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.nets.options import BlstmOptions, MixerOptions
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.specs import HeadSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

__all__ = ["ocrkit_heads"]


@hookimpl
def ocrkit_heads() -> Iterator[HeadSpec]:
    """Recurrent layers, and convolutions."""
    yield HeadSpec(
        name="blstm",
        summary="Bidirectional LSTMs, as in the CRNN paper.",
        options=BlstmOptions,
        build=_build_blstm,
    )
    yield HeadSpec(
        name="mixer",
        summary="Convolutions over frames and layers within them, without recurrence.",
        options=MixerOptions,
        build=_build_mixer,
    )


def _build_blstm(features: int, options: BlstmOptions) -> nn.Module:
    from ocrkit.nets.heads import Blstms

    return Blstms(features, options)


def _build_mixer(features: int, options: MixerOptions) -> nn.Module:
    from ocrkit.nets.mixer import Mixer

    return Mixer(features, options)
