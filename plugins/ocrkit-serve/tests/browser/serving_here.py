"""What the browser's tests share: the service that runs, what went wrong in a browser, and their settings."""

from __future__ import annotations

import re
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

    from playwright.sync_api import ConsoleMessage

__all__ = [
    "AXE",
    "MAX_PIXELS",
    "MAX_UPLOAD",
    "MODEL",
    "NEEDS_PLAYWRIGHT",
    "PATIENCE",
    "PATIENCE_MS",
    "ROOT",
    "Running",
    "Seen",
]

ROOT = Path(__file__).resolve().parents[4]
MODEL = "malayalam-fast"
AXE = ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
MAX_UPLOAD = 3_000_000
MAX_PIXELS = 12_000_000
PATIENCE = 120.0  # seconds to wait for the service
PATIENCE_MS = 20_000.0  # for what happens on the page
NEEDS_PLAYWRIGHT = "no playwright; pip install 'ocrkit-serve[browser]'"


@dataclass(frozen=True, slots=True)
class Running:
    """A service that runs.

    Attributes:
        address: of its page, with a slash at its end.
        collected: where it keeps corrected lines.
        process: it.
    """

    address: str
    collected: Path
    process: subprocess.Popen[str]

    def get(self, path: str) -> bytes:
        """What it answers to a GET."""
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            body: bytes = answer.read()
            return body

    def post(self, path: str, body: bytes, kind: str = "application/octet-stream") -> bytes:
        """What it answers to a POST."""
        request = urllib.request.Request(self.address + path, body, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            answered: bytes = answer.read()
            return answered


@dataclass  # without slots, since playwright notes things on the object whose method it calls
class Seen:
    """What went wrong in a browser.

    Attributes:
        errors: written to the console, or raised by the page.
        elsewhere: addresses of other sites that were asked for.
        refused: statuses of answers that are meant to come, which browsers write to the console. 409 says that a page
            is not read yet: pages may be done in another order than they stand, and it is asked for again.
    """

    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    refused: set[int] = field(default_factory=lambda: {409})

    def hear(self, message: ConsoleMessage) -> None:
        """Take what is written to the console."""
        status = re.search(r"the server responded with a status of (\d+)", message.text)
        if message.type in ("error", "warning", "assert") and not (status and int(status[1]) in self.refused):
            self.errors.append(f"{message.type}: {message.text}")
