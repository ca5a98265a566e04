"""What is known of scripts, each in a module of its own: the role ``Script``, and those that ocrkit brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocrkit.text.scripts.indic import INDIC
from ocrkit.text.scripts.malayalam import MALAYALAM
from ocrkit.text.scripts.script import Script, WordSource

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SCRIPTS", "Script", "WordSource", "one_each"]

SCRIPTS: Final = (MALAYALAM, *INDIC)


def one_each(scripts: Iterable[Script]) -> tuple[Script, ...]:
    """The scripts, of those with one code the last, in its first one's place."""
    return tuple({script.code: script for script in scripts}.values())
