"""Charsets, lexicon files and error rates: everything that ocrkit knows about text."""

from __future__ import annotations
