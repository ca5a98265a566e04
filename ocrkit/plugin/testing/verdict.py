"""The words that all checks share."""

from __future__ import annotations

from ocrkit.errors import PluginError

__all__ = ["require", "require_summary", "running"]


def require(holds: bool, what: str) -> None:
    """Raise ``PluginError`` with ``what`` unless the claim holds."""
    if not holds:
        raise PluginError(what)


class running:  # noqa: N801 - reads as a statement: with running("decode")
    """Turn an exception of the plugin's own into a ``PluginError`` that begins with what was run."""

    # A class, since a generator's context manager would let a StopIteration through.

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, PluginError):
            raise PluginError(f"{self._what} raised {type(error).__name__}: {error}") from error


def require_summary(what: str, summary: object) -> None:
    """Require a summary of one line."""
    require(
        isinstance(summary, str) and bool(summary.strip()) and "\n" not in summary,
        f"{what} has the summary {summary!r}; expected one line of text",
    )
