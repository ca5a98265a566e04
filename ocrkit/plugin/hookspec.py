"""The hooks, each without arguments: a plugin answers with the records it offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrkit.plugin.corrector_specs import CorrectorSpec
    from ocrkit.plugin.engine_specs import EngineSpec
    from ocrkit.plugin.page_specs import PageRendererSpec, SegmenterSpec
    from ocrkit.plugin.specs import (
        AugmentationSpec,
        BackboneSpec,
        CommandSpec,
        DecoderSpec,
        HeadSpec,
        ModelSpec,
        RendererSpec,
        SourceSpec,
    )
    from ocrkit.text.charset import Charset
    from ocrkit.text.scripts import Script

__all__ = ["PROJECT", "hookimpl", "hookspec"]

PROJECT = "ocrkit"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def ocrkit_charsets() -> Iterable[Charset]:
    """Charsets, each found by its ``name``."""
    return ()


@hookspec
def ocrkit_backbones() -> Iterable[BackboneSpec]:
    """Backbones for ``--backbone``."""
    return ()


@hookspec
def ocrkit_heads() -> Iterable[HeadSpec]:
    """Heads for ``--head``."""
    return ()


@hookspec
def ocrkit_decoders() -> Iterable[DecoderSpec]:
    """Decoders for ``--decoder``."""
    return ()


@hookspec
def ocrkit_sources() -> Iterable[SourceSpec]:
    """Data formats, guessed or chosen by ``--format``."""
    return ()


@hookspec
def ocrkit_augmentations() -> Iterable[AugmentationSpec]:
    """Degradations of training images."""
    return ()


@hookspec
def ocrkit_renderers() -> Iterable[RendererSpec]:
    """Output formats for ``--to``."""
    return ()


@hookspec
def ocrkit_segmenters() -> Iterable[SegmenterSpec]:
    """Ways to find the lines of a page, for ``--segmenter``."""
    return ()


@hookspec
def ocrkit_page_renderers() -> Iterable[PageRendererSpec]:
    """Output formats of whole pages, for ``--to``."""
    return ()


@hookspec
def ocrkit_correctors() -> Iterable[CorrectorSpec]:
    """Ways to mend lines once they are read, for ``--correct``."""
    return ()


@hookspec
def ocrkit_engines() -> Iterable[EngineSpec]:
    """Ways to have many pages read, for ``--engine``."""
    return ()


@hookspec
def ocrkit_scripts() -> Iterable[Script]:
    """What is known of scripts: aksharas, digits, words for drawn lines."""
    return ()


@hookspec
def ocrkit_models() -> Iterable[ModelSpec]:
    """Trained models for ``--model``, of one distribution the most accurate first."""
    return ()


@hookspec
def ocrkit_commands() -> Iterable[CommandSpec]:
    """Commands beside ``ocrkit train`` and the rest."""
    return ()
