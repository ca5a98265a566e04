"""The demonstration: what the installed models read, and how one of them learns another script."""

from __future__ import annotations

from ocrkit.demo.demonstration import Demonstration, demonstrate
from ocrkit.demo.installed import InstalledReading
from ocrkit.demo.teaching import TaughtReading

__all__ = ["Demonstration", "InstalledReading", "TaughtReading", "demonstrate"]
