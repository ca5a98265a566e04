"""The words that all checks share."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ocrkit.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["require", "require_summary", "running"]


def require(holds: bool, what: str) -> None:
    """Raise ``PluginError`` with ``what`` unless the claim holds."""
    if not holds:
        raise PluginError(what)


@contextmanager
def running(what: str) -> Iterator[None]:
    """Turn an exception of the plugin's own into a ``PluginError`` that begins with what was run."""
    try:
        yield
    except PluginError:
        raise
    except Exception as error:
        raise PluginError(f"{what} raised {type(error).__name__}: {error}") from error


def require_summary(what: str, summary: object) -> None:
    """Require a summary of one line."""
    require(
        isinstance(summary, str) and bool(summary.strip()) and "\n" not in summary,
        f"{what} has the summary {summary!r}; expected one line of text",
    )
