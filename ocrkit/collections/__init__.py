"""Many pages: what is to be read, who reads it, what was read before, and what could not be."""

from __future__ import annotations

from ocrkit.collections.job import ReadJob, ReadsPages
from ocrkit.collections.keys import format_keys, key_of

__all__ = ["ReadJob", "ReadsPages", "format_keys", "key_of"]
