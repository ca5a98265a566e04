"""Pages read from files that say what stands on them."""

from __future__ import annotations

from ocrkit.layout.reading.layouts import picture_of, read_layout, read_layouts

__all__ = ["picture_of", "read_layout", "read_layouts"]
