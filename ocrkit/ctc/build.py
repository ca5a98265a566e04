"""How the native decoders were built."""

from __future__ import annotations

from ocrkit import _ctc

__all__ = ["build_info"]


def build_info() -> dict[str, str | int]:
    """The native module's ``version``, ``build_type``, ``compiler``, C++ ``standard`` and the machine's ``threads``."""
    return _ctc.build_info()
