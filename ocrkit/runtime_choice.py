"""Which of torch and ONNX Runtime is done sooner here, with a model that both can read."""

from __future__ import annotations

from ocrkit.onnx_session import has_onnxruntime
from ocrkit.processor import is_widest_in_float32, may_have_gpu

__all__ = ["finder_runtime", "sooner_runtime"]

_FEW_LINES = 32  # torch starts later; where it reads faster, it is done sooner from 45 lines of `malayalam` on


def sooner_runtime(device: str = "auto", precision: str = "auto", *, lines: int | None = None) -> str:
    """``torch`` or ``onnx``, for ``ocrkit.model_files.find_model``; ``onnx`` only where onnxruntime is installed.

    Args:
        device: as the options have it; on another than the CPU torch reads.
        precision: likewise; onnxruntime has no bfloat16.
        lines: how many are to be read; None for many, or where nobody knows. A few are read by what starts sooner, on
            the CPU though a GPU be there: starting that takes longer than they do.
    """
    if device not in ("auto", "cpu") or precision == "bfloat16" or not has_onnxruntime():
        return "torch"
    if lines is not None and lines <= _FEW_LINES:
        return "onnx"
    if device == "auto" and may_have_gpu():
        return "torch"
    return "onnx" if is_widest_in_float32() else "torch"


def finder_runtime(runtime: str, sooner: str, *, named: object = None) -> str:
    """What computes the model that finds lines, so that one of both is started, and not the other too.

    Args:
        runtime: that is asked for.
        sooner: what the lines are read by, or would be.
        named: a model that is asked for by its name; what is its own is read as ``runtime`` says.
    """
    return "onnx" if runtime == "auto" and sooner == "onnx" and named is None else runtime
