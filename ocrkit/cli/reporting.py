"""How a command ends: one line for an error, an exit code for each kind of end."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from ocrkit.errors import OcrkitError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["debug_is_on", "ending", "report_unexpected", "set_debug"]

_INTERRUPTED = 130
_READER_GONE = 141  # as a program ends that SIGPIPE kills

_debug = False


def set_debug(on: bool) -> None:
    """Choose whether errors come with their traceback."""
    global _debug
    _debug = on


def debug_is_on() -> bool:
    """Whether errors come with their traceback."""
    return _debug


@contextmanager
def ending() -> Iterator[None]:
    """Turn what a command raises into an exit code: errors of ocrkit, Ctrl-C, and a reader of stdout that left."""
    try:
        yield
        sys.stdout.flush()
    except OcrkitError as error:
        if _debug:
            traceback.print_exc()
        _say(f"error: {error}")
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        if _debug:
            traceback.print_exc()
        _say("interrupted")
        raise typer.Exit(_INTERRUPTED) from error
    except BrokenPipeError as error:
        _silence_stdout()
        raise typer.Exit(_READER_GONE) from error


def report_unexpected(error: Exception) -> None:
    """Say in one line that a bug was met, and how to see where."""
    _say(f"error: unexpected {type(error).__name__}: {error}; put --debug after 'ocrkit' to see where it comes from")


def _say(line: str) -> None:
    # A Unicode surrogate from a file's name must not turn the message into another error.
    print(line.encode("utf-8", "backslashreplace").decode("utf-8"), file=sys.stderr)


def _silence_stdout() -> None:
    # Else the interpreter's own last flush would print "Exception ignored ... BrokenPipeError".
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
