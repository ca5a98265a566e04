"""Sessions of onnxruntime: how ocrkit opens an ONNX file, whatever is in it."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ocrkit.errors import CheckpointError, DependencyError, OptionError
from ocrkit.onnx_weights import check_weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from onnxruntime import InferenceSession

__all__ = ["has_onnxruntime", "import_onnxruntime", "in_one_line", "open_session"]

_FATAL = 4  # what onnxruntime logs less than is raised as well
_CPU, _CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
_LONGEST_MESSAGE = 300


def open_session(
    path: str | os.PathLike[str], metadata: Mapping[str, object], *, device: str = "auto", threads: int = 0
) -> tuple[InferenceSession, str]:
    """A session of an ONNX file, and the device that it computes on, as torch calls it.

    Its memory stays flat over inputs of any sizes, and it logs nothing: what is wrong is raised.

    Args:
        path: the file. Weights that it keeps in another one are sought beside it, and nowhere else.
        metadata: what it says, as ``ocrkit.checkpoint.read_metadata`` gives it.
        device: ``auto`` and ``cpu``; ``cuda`` and ``cuda:N`` where onnxruntime has been built for it.
        threads: on a CPU; 0 for one a core.

    Raises:
        CheckpointError: onnxruntime cannot open the file, or its weights are not in the one beside it.
        OptionError: there is no such device here.
        DependencyError: onnxruntime is not installed.
    """
    onnxruntime = import_onnxruntime()
    if any("\ud800" <= character <= "\udfff" for character in os.fspath(path)):
        raise CheckpointError("onnxruntime opens no file whose name is not UTF-8; rename it", path)
    check_weights(path, metadata)
    providers, place = _providers(onnxruntime, device)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL
    options.intra_op_num_threads = threads or _cores()
    options.inter_op_num_threads = 1
    # Both keep memory by the sizes of inputs, which differ from batch to batch.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    # Threads that wait busily for the next layer take the cores from the decoder.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(os.fspath(path), options, providers=providers, enable_fallback=0)
    except Exception as error:  # onnxruntime's have no base of their own
        raise CheckpointError(
            f"onnxruntime cannot open it: {in_one_line(error)}; it may be damaged, or newer than onnxruntime "
            f"{onnxruntime.__version__}: copy or export it again",
            path,
        ) from error
    if place != "cpu" and _CUDA not in session.get_providers():
        raise OptionError(f"device {device!r} does not work here with onnxruntime; try cpu")
    return session, place


def has_onnxruntime() -> bool:
    """Whether onnxruntime is installed; it is not imported."""
    return find_spec("onnxruntime") is not None


def import_onnxruntime() -> ModuleType:
    """The package onnxruntime.

    Raises:
        DependencyError: it is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise DependencyError(
            "reading with an ONNX file needs the package onnxruntime; install it with: pip install 'ocrkit[onnx]'"
        ) from error
    module: ModuleType = onnxruntime
    return module


def _providers(onnxruntime: ModuleType, device: str) -> tuple[list[object], str]:
    """What onnxruntime calls a device, with the CPU for what that cannot do, and what torch calls it."""
    if device in ("auto", "cpu"):
        return [_CPU], "cpu"
    kind, _, number = device.partition(":")
    if kind != "cuda" or not (number or "0").isdecimal():
        raise OptionError(f"no device {device!r} for an ONNX file; expected auto, cpu, cuda or cuda:N")
    if _CUDA not in onnxruntime.get_available_providers():
        raise OptionError(
            f"device {device!r} is not there: this onnxruntime computes on the CPU alone; try cpu, or install "
            "onnxruntime-gpu in its place"
        )
    return [(_CUDA, {"device_id": number or "0"}), _CPU], f"cuda:{number or 0}"


def _cores() -> int:
    """The cores that this process may use, as ``OMP_NUM_THREADS`` or the system has it."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_one_line(error: Exception) -> str:
    """What onnxruntime says, which may be a page."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _LONGEST_MESSAGE else text[:_LONGEST_MESSAGE] + "…"
