"""Ending searches before their time."""

from __future__ import annotations

import ocrkit._ctc as _ctc

__all__ = ["interrupt_thread"]


def interrupt_thread(thread: int) -> bool:
    """End the search that a thread is in: there it raises ``KeyboardInterrupt`` soon. Whether there was one.

    Ctrl-C does so for the main thread by itself, and Python tells no other thread of it.

    Args:
        thread: the thread's ``ident``.
    """
    return _ctc.interrupt_thread(thread)
