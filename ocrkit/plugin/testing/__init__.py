"""Checks for plugin authors: each raises ``PluginError``, saying plainly what the contract asks and what came.

Call them in a plugin's own tests, or run ``ocrkit plugins check NAME``.
"""

from __future__ import annotations

from ocrkit.plugin.testing.augmentations import check_augmentation
from ocrkit.plugin.testing.backbones import check_backbone
from ocrkit.plugin.testing.charsets import check_charset
from ocrkit.plugin.testing.commands import check_command
from ocrkit.plugin.testing.correctors import check_corrector
from ocrkit.plugin.testing.decoders import DecoderReport, check_decoder
from ocrkit.plugin.testing.engines import check_engine
from ocrkit.plugin.testing.exports import check_export
from ocrkit.plugin.testing.heads import check_head
from ocrkit.plugin.testing.models import check_model
from ocrkit.plugin.testing.offers import check_offer
from ocrkit.plugin.testing.page_renderers import check_page_renderer
from ocrkit.plugin.testing.renderers import check_renderer
from ocrkit.plugin.testing.scripts import check_script
from ocrkit.plugin.testing.segmenters import check_segmenter
from ocrkit.plugin.testing.sources import check_source

__all__ = [
    "DecoderReport",
    "check_augmentation",
    "check_backbone",
    "check_charset",
    "check_command",
    "check_corrector",
    "check_decoder",
    "check_engine",
    "check_export",
    "check_head",
    "check_model",
    "check_offer",
    "check_page_renderer",
    "check_renderer",
    "check_script",
    "check_segmenter",
    "check_source",
]
