"""The reading behind the service: it knows files, pages and jobs, and no HTTP."""

from __future__ import annotations

from ocrkit_serve.work.jobs import Job, State
from ocrkit_serve.work.opened import Opened
from ocrkit_serve.work.records import Asked, Limits, Metric, Refused
from ocrkit_serve.work.service import Work
from ocrkit_serve.work.upload_scan import UploadScan

__all__ = ["Asked", "Job", "Limits", "Metric", "Opened", "Refused", "State", "UploadScan", "Work"]
