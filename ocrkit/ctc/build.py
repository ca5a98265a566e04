"""How the native decoders were built."""

from __future__ import annotations

import ocrkit._ctc as _ctc

__all__ = ["build_info"]


def build_info() -> dict[str, str | int]:
    """The native module's ``version``, ``build_type``, ``compiler``, C++ ``standard``, ``simd`` and ``threads``.

    ``simd`` is the instruction set in use, ``threads`` the number that 0 stands for.
    """
    return _ctc.build_info()
