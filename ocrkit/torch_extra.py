"""What is said where torch is asked for and is not installed."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ocrkit.errors import DependencyError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["has_torch", "importing_torch", "lacks_torch", "need_torch", "torch_is_missing"]

_TORCH = "torch"


def has_torch() -> bool:
    """Whether torch is installed; it is not imported, which takes seconds."""
    return _TORCH in sys.modules or find_spec(_TORCH) is not None


def lacks_torch(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, is that torch is not installed."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name == _TORCH:
            return True
        error = error.__cause__
    return False


@contextmanager
def importing_torch() -> Iterator[None]:
    """Look for no garbage while torch is imported: what is made then stays, and looking takes a sixth of the time."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


def need_torch(what: str, *, instead: str = "") -> None:
    """See that torch is installed.

    Args:
        what: needs it.
        instead: another way out, if there is one.

    Raises:
        DependencyError: it is not; says how to install it.
    """
    if not has_torch():
        raise torch_is_missing(what, instead=instead)


def torch_is_missing(what: str, *, instead: str = "") -> DependencyError:
    """The error for what needs torch where it is not installed, with another way out if there is one."""
    further = f"; or {instead}" if instead else ""
    return DependencyError(
        f"{what} needs torch, which is not installed; pip install 'ocrkit[train]' brings it{further}"
    )
