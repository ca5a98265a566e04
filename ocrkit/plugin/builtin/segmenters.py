"""The ways to find a page's lines that come with ocrkit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.hookspec import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrkit.plugin.page_specs import SegmenterSpec

__all__ = ["ocrkit_segmenters"]


@hookimpl
def ocrkit_segmenters() -> Iterable[SegmenterSpec]:
    """None yet."""
    return ()
