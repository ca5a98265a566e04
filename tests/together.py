"""Scripts and commands in several processes that know of one another, as ``torchrun`` starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["together", "together_in_ocrkit"]


def together(script: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in two processes."""
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    return _launched(str(path), *arguments)


def together_in_ocrkit(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``ocrkit`` with these arguments in two processes."""
    return _launched("-m", "ocrkit", *arguments)


def _launched(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)
