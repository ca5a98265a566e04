"""What an engine is to have done: pages read into files below a folder."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ocrkit.collections.terms import ReadTerms
from ocrkit.collections.worker import Worker

__all__ = ["ReadJob"]


@dataclass(frozen=True, slots=True)
class ReadJob(ReadTerms):
    """The reading of pages into files below a folder, on its terms: ``ocrkit.plugin.engine_specs.Job``."""

    def worker(self) -> Worker:
        """Make a worker for this process."""
        if os.getcwd() != self.folder and os.path.isdir(self.folder):
            os.chdir(self.folder)
        return Worker(self, self.make())
