"""How fast the machine reads an array: a summing loop, compiled when it is first asked for."""

from __future__ import annotations

import ctypes
import functools
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from peers.workloads import Workload

SOURCE = Path(__file__).with_name("summing_loop.cpp")


def summing(workload: Workload, *, threads: int = 1) -> Callable[[], float]:
    """A sum over every frame that counts, as greedy decoding has to read them.

    Raises:
        OSError, subprocess.CalledProcessError: there is no C++ compiler, or it fails.
    """
    sum_lines = _compiled()
    values, lengths = np.ascontiguousarray(workload.log_probs), np.ascontiguousarray(workload.lengths)
    lines, frames, labels = values.shape
    bounds = [lines * part // threads for part in range(threads + 1)]

    def part(begin: int, end: int) -> float:
        return float(sum_lines(values.ctypes.data, lengths.ctypes.data, begin, end, frames, labels))

    if threads == 1:
        return lambda: part(0, lines)
    pool = ThreadPoolExecutor(threads)
    return lambda: sum(pool.map(part, bounds[:-1], bounds[1:]))


@functools.cache
def _compiled() -> Callable[..., float]:
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "summing_loop.so"
        flags = ["-O3", "-march=native", "-shared", "-fPIC"]
        subprocess.run([os.environ.get("CXX", "c++"), *flags, str(SOURCE), "-o", str(library)], check=True)
        function = ctypes.CDLL(str(library)).sum_lines
    function.restype = ctypes.c_float
    function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_int64] * 4]
    return function
