"""Many pages: what is to be read, who reads it, what was read before, and what could not be."""

from __future__ import annotations

from ocrkit.collections.job import ReadJob
from ocrkit.collections.keys import format_keys, key_of
from ocrkit.collections.terms import ReadsPages

__all__ = ["ReadJob", "ReadsPages", "format_keys", "key_of"]
