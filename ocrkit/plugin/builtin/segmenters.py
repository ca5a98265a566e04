"""The ways to find a page's lines that come with ocrkit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.page_specs import SegmenterSpec
from ocrkit.segmentation.bands.options import BandsOptions
from ocrkit.segmentation.learned_options import LearnedOptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrkit.plugin.page_specs import Segmenter

__all__ = ["ocrkit_segmenters"]


def _learned(options: LearnedOptions) -> Segmenter:
    from ocrkit.segmentation.learned import build_learned

    return build_learned(options)


def _bands(_: BandsOptions) -> Segmenter:
    from ocrkit.segmentation.bands.segmenter import Bands

    return Bands()


@hookimpl
def ocrkit_segmenters() -> Iterable[SegmenterSpec]:
    """The learned one, and the one that needs no model."""
    return (
        SegmenterSpec("lines", "Lines of any writing, by a network's maps of the page.", LearnedOptions, _learned),
        SegmenterSpec("bands", "Lines of clean print and typescript, by their ink; no model.", BandsOptions, _bands),
    )
