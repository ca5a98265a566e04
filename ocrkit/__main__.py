"""``python -m ocrkit`` is ``ocrkit``: the command line, once it is loaded."""

from __future__ import annotations

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
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # it has ended, and only the interpreter's own end is still to come


if __name__ == "__main__":
    main()
