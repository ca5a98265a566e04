"""How a command ends: one line for an error, an exit code for each kind of end."""

from __future__ import annotations

import errno
import signal
import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from ocrkit.cli.flags import in_flags
from ocrkit.cli.notes import say
from ocrkit.cli.streams import ReaderLeft
from ocrkit.errors import OcrkitError
from ocrkit.plugin.registry import default_registry
from ocrkit.torch_extra import lacks_torch, torch_is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["INTERRUPTED", "Terminated", "ending", "heeding_termination", "report", "set_debug"]

INTERRUPTED = 130
_READER_GONE = 141  # as a program ends that SIGPIPE kills
_KILLED = 128  # and the signal's number, as where it ends a program
_TERMINATING = (signal.SIGTERM, signal.SIGHUP)
# What the machine lacks, not ocrkit: no bug, so no advice to look for one.
_OF_THE_MACHINE = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE,
    errno.ENFILE, errno.ENOMEM,
)  # fmt: skip

_debug = False


def set_debug(on: bool) -> None:
    """Choose whether errors come with their traceback."""
    global _debug
    _debug = on


class Terminated(BaseException):
    """SIGTERM or SIGHUP came, and what is half done is to be put away.

    Attributes:
        number: of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def heeding_termination() -> Iterator[None]:
    """End the block by ``Terminated`` when SIGTERM or SIGHUP comes, unless who started the process has it ignored."""
    heeded = [number for number in _TERMINATING if signal.getsignal(number) is signal.SIG_DFL]
    for number in heeded:
        signal.signal(number, _terminate)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def ending() -> Iterator[None]:
    """Turn whatever the block raises into an exit code, with a line on stderr where there is something to say.

    What is printed by the end is written out here, so that stdout's own troubles are told like any other.
    """
    try:
        try:
            yield
        except SystemExit:
            sys.stdout.flush()
            raise
        sys.stdout.flush()
    except ReaderLeft as error:
        raise SystemExit(_READER_GONE) from error
    except KeyboardInterrupt as error:
        report("interrupted")
        raise SystemExit(INTERRUPTED) from error
    except Terminated as error:
        report("terminated")
        raise SystemExit(_KILLED + error.number) from error
    except OcrkitError as error:
        report(f"error: {in_flags(str(error))}")
        raise SystemExit(1) from error
    except Exception as error:
        if hasattr(error, "exit_code") or isinstance(error, typer.Abort):
            raise  # wrong usage, or an end that was asked for: typer's own, whatever module it has them in
        report(f"error: {_unexpected(error)}")
        raise SystemExit(1) from error


def _terminate(number: int, _frame: FrameType | None) -> None:
    raise Terminated(number)


def report(line: str) -> None:
    """Say how it ended, after the traceback of the exception under way if that is wanted."""
    if _debug and sys.exc_info()[0] is not None:
        traceback.print_exc()
    say(line)


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        named = f"{error.filename!r}: " if error.filename is not None else ""
        return f"{named}{error.strerror}"
    if isinstance(error, MemoryError):
        return "memory has run out; fewer lines at a time (--batch-size) need less"
    kind, said = type(error).__name__, " ".join(str(error).split())
    culprit = default_registry().culprit(error)
    if lacks_torch(error):
        return str(torch_is_missing("this command" if culprit is None else f"plugin {culprit}"))
    if culprit is not None:
        return f"plugin {culprit} failed: {kind}: {said}; put --debug after 'ocrkit' to see where"
    return f"unexpected {kind}: {said}; put --debug after 'ocrkit' to see where it comes from"
