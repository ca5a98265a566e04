"""What libtiff says of a damaged file: kept for the error's message, where it would write to stderr itself.

Pillow decodes compressed TIFFs by libtiff, whose words come out on the process's descriptor 2, past Python's streams.
"""

from __future__ import annotations

import ctypes
import functools
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["keep_libtiff_quiet", "what_libtiff_said"]

_LONGEST = 200  # bytes of a message
_MOST = 3  # messages kept: a damaged file may give one for each of its rows
_said = threading.local()


@functools.cache
def keep_libtiff_quiet() -> None:
    """Have libtiff write no more to stderr, in this process, for good; where it cannot be reached, nothing changes."""
    from PIL import _imaging

    try:
        # The symbols of a module's own libraries are found by it, wherever those lie.
        library = ctypes.CDLL(_imaging.__file__)
        library.TIFFSetWarningHandler(None)
        library.TIFFSetErrorHandler(_error_handler())
    except (OSError, AttributeError):  # no such library, or one that is hidden in the module
        return


def what_libtiff_said() -> str:
    """The errors in this thread since this was last asked, with semicolons between; empty where there were none."""
    said: list[str] = getattr(_said, "messages", [])
    _said.messages = []
    return "; ".join(dict.fromkeys(said))


@functools.cache  # since C holds on to it
def _error_handler() -> object:
    library = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
    write: Callable[..., int] = library.vsnprintf

    def keep(module: bytes | None, template: bytes | None, values: int | None) -> None:
        del module  # the name of a file, which Pillow makes up
        messages = _said.__dict__.setdefault("messages", [])
        if template is None or len(messages) >= _MOST:
            return
        text = ctypes.create_string_buffer(_LONGEST)
        # A list of arguments is a pointer, or passed by one, in every calling convention that Pillow is built for.
        write(text, ctypes.c_size_t(_LONGEST), template, ctypes.c_void_p(values))
        messages.append(text.value.decode("utf-8", "replace").strip().rstrip("."))

    return ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)(keep)
