"""The reading behind the service: it knows files, pages and jobs, and no HTTP."""

from __future__ import annotations

from ocrkit_serve.work.records import Asked, Limits, Refused

__all__ = ["Asked", "Limits", "Refused"]
