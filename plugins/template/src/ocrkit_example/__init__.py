"""What this plugin offers. Keep this module light: ocrkit imports it at every start."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from ocrkit import Charset, CorrectorSpec, DecoderSpec, EngineSpec, HeadSpec, PageRendererSpec, RendererSpec, hookimpl
from ocrkit_example.places import PlacesOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import nn

    from ocrkit import Prediction
    from ocrkit.layout.scan import ReadPage
    from ocrkit.plugin.corrector_specs import Corrector
    from ocrkit.plugin.engine_specs import Engine
    from ocrkit.plugin.specs import Decoder, DecoderOptions


@hookimpl
def ocrkit_charsets() -> Iterator[Charset]:
    """The symbols of ``example.toml``."""
    yield Charset.read(files(__package__) / "example.toml")


@hookimpl
def ocrkit_decoders() -> Iterator[DecoderSpec]:
    """Beam search after a change of temperature."""
    yield DecoderSpec(
        name="example-tempered",
        summary="Beam search on log-probabilities divided by a temperature.",
        needs_lexicon=False,
        build=_build_tempered,
        honours=frozenset({"beam_width", "n_best", "extra"}),
    )


@dataclass(frozen=True, slots=True)
class NearOptions:
    """What ``[head.options]`` of a configuration may say; ``head.dropout`` fills ``dropout``."""

    size: int = 64
    dropout: float = 0.0


@hookimpl
def ocrkit_heads() -> Iterator[HeadSpec]:
    """A convolution."""
    yield HeadSpec(
        name="example-near", summary="A frame and its two neighbours.", options=NearOptions, build=_build_near
    )


@hookimpl
def ocrkit_renderers() -> Iterator[RendererSpec]:
    """A table."""
    yield RendererSpec(
        name="example-table", summary="A Markdown table of names and readings.", suffix=".md", render=_render_table
    )


@hookimpl
def ocrkit_page_renderers() -> Iterator[PageRendererSpec]:
    """A list of lines with their places."""
    yield PageRendererSpec(
        name="example-places",
        summary="A line of text for each line of a page, with its place.",
        suffix=".places.txt",
        options=PlacesOptions,
        render=_render_places,
    )


@dataclass(frozen=True, slots=True)
class LookAlikeOptions:
    """What ``--correct-option`` may say, as ``words=["far", "farm"]``."""

    words: tuple[str, ...] = ("farm", "modern", "window")


@hookimpl
def ocrkit_correctors() -> Iterator[CorrectorSpec]:
    """Known words."""
    yield CorrectorSpec(
        name="example-alike",
        summary="A word that only looks like a known one is taken for it.",
        options=LookAlikeOptions,
        build=_build_alike,
    )


@dataclass(frozen=True, slots=True)
class HereOptions:
    """What ``--set engine.KEY=VALUE`` may say."""


@hookimpl
def ocrkit_engines() -> Iterator[EngineSpec]:
    """One process."""
    yield EngineSpec(
        name="example-here",
        summary="One page after another, in this process.",
        options=HereOptions,
        build=_build_here,
    )


def _build_tempered(charset: Charset, options: DecoderOptions) -> Decoder:
    from ocrkit_example.decoder import Tempered  # here, so that a start does not pay for it

    return Tempered.build(charset, options)


def _build_near(features: int, options: NearOptions) -> nn.Module:
    from ocrkit_example.head import Near

    return Near(features, options.size, options.dropout)


def _render_table(predictions: Iterable[Prediction]) -> Iterator[str]:
    from ocrkit_example.table import render

    return render(predictions)


def _render_places(pages: Iterable[ReadPage], options: PlacesOptions) -> Iterator[bytes]:
    from ocrkit_example.places import render

    return render(pages, options)


def _build_alike(charset: Charset, options: LookAlikeOptions) -> Corrector:
    from ocrkit_example.corrector import LookAlikes

    return LookAlikes(map(charset.normalize, options.words))


def _build_here(_: HereOptions) -> Engine:
    from ocrkit_example.engine import Here

    return Here()
