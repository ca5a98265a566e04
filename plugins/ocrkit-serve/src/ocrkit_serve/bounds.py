"""What a process of the service's own may take of the machine, once it is told; it cannot be taken back."""

from __future__ import annotations

import resource

from PIL import Image

__all__ = ["allow_seconds", "bound", "take_only"]


def take_only(formats: list[str]) -> None:
    """Have Pillow know these formats only, whatever a file's bytes may look like to others."""
    Image.init()
    Image.MAX_IMAGE_PIXELS = None  # since pixels are counted before anything is decoded
    Image.ID[:] = [name for name in Image.ID if name in formats]
    for name in [name for name in Image.OPEN if name not in formats]:
        del Image.OPEN[name]


def bound(memory: int, file_bytes: int) -> None:
    """Take no more memory than so many bytes beyond what is held, nor write longer files, nor leave a core."""
    with open("/proc/self/statm") as file:
        held = int(file.read().split()[0]) * resource.getpagesize()
    for which, most in (
        (resource.RLIMIT_AS, held + memory),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(which, (most, most))


def allow_seconds(seconds: float) -> None:
    """Have the process ended once it has computed for so long from now."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    most = int(spent.ru_utime + spent.ru_stime + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
