"""The right check for any offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocrkit.plugin.specs import BackboneSpec, HeadSpec
from ocrkit.plugin.testing.augmentations import check_augmentation
from ocrkit.plugin.testing.backbones import check_backbone
from ocrkit.plugin.testing.charsets import check_charset
from ocrkit.plugin.testing.commands import check_command
from ocrkit.plugin.testing.correctors import check_corrector
from ocrkit.plugin.testing.decoders import check_decoder
from ocrkit.plugin.testing.engines import check_engine
from ocrkit.plugin.testing.exports import export_seen
from ocrkit.plugin.testing.heads import check_head
from ocrkit.plugin.testing.models import check_model
from ocrkit.plugin.testing.page_renderers import check_page_renderer
from ocrkit.plugin.testing.renderers import check_renderer
from ocrkit.plugin.testing.scripts import check_script
from ocrkit.plugin.testing.segmenters import check_segmenter
from ocrkit.plugin.testing.sources import check_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocrkit.plugin.offers import Offer

__all__ = ["check_offer"]

_CHECKS: dict[str, Callable[[Any], object]] = {
    "charset": check_charset,
    "backbone": check_backbone,
    "head": check_head,
    "decoder": check_decoder,
    "source": check_source,
    "augmentation": check_augmentation,
    "renderer": check_renderer,
    "segmenter": check_segmenter,
    "page renderer": check_page_renderer,
    "corrector": check_corrector,
    "engine": check_engine,
    "script": check_script,
    "model": check_model,
    "command": check_command,
}


def check_offer(offer: Offer[object]) -> str:
    """Check what a plugin offers by the check of its kind; what was seen, in a few words.

    Of backbones and heads it tells whether they can be exported, which the contract does not ask.

    Raises:
        PluginError: it fails its contract.
    """
    seen = _CHECKS[offer.kind](offer.value)
    if isinstance(offer.value, BackboneSpec | HeadSpec):
        return export_seen(offer.value)
    return "" if seen is None else str(seen)
