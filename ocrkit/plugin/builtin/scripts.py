"""The scripts of which ocrkit knows something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.hookspec import hookimpl
from ocrkit.text.scripts import SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.text.scripts import Script

__all__ = ["ocrkit_scripts"]


@hookimpl
def ocrkit_scripts() -> Iterator[Script]:
    """Malayalam, and the aksharas and digits of the other Indic scripts."""
    yield from SCRIPTS
