"""What pages hang on besides their own files: the files of their layouts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.pages.layouts import layout_files

if TYPE_CHECKING:
    from ocrkit.plugin.engine_specs import PageTask

__all__ = ["LayoutsBeside"]


@dataclass(frozen=True, slots=True)
class LayoutsBeside:
    """Tells a task's layouts by their files' names, sizes and times.

    Attributes:
        layouts: a file, or a folder of files.
    """

    layouts: Path

    def __call__(self, task: PageTask) -> str:
        """What stands for the layouts of a task."""
        own = Path(task.place).with_suffix("").name
        names = [own] if task.number is None else [f"{own}-{task.number:04d}", own]
        found = []
        for path in layout_files(self.layouts, names):
            status = os.stat(path)
            found.append(f"{path.name} {status.st_size} {status.st_mtime_ns}")
        return "\n".join(found)
