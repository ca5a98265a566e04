"""``python -m ocrkit`` is ``ocrkit``: the command line, once it is loaded."""

from __future__ import annotations

import gc
import signal
import sys

__all__ = ["main"]


def main() -> None:
    """Load the command line and run it; Ctrl-C while it is still being loaded ends as it does later."""
    try:
        from ocrkit.cli.app import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    try:
        run()
    finally:
        # It has ended, and only the interpreter's own end is still to come.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # As it ends, the interpreter looks through all objects for garbage: for 0.3 s where torch is among them.
        gc.freeze()


if __name__ == "__main__":
    main()
