"""The two forms of a model's file: safetensors, which torch reads, and ONNX, which ONNX Runtime reads without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.checkpoint import read_metadata
from ocrkit.errors import CheckpointError, OcrkitError, OptionError, did_you_mean
from ocrkit.onnx_file import is_onnx
from ocrkit.torch_extra import has_torch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "RUNTIMES",
    "SUFFIXES",
    "check_runtime",
    "check_twin",
    "form_for",
    "forms_of",
    "has_form",
    "one_a_model",
    "other_form",
]

RUNTIMES = ("auto", "torch", "onnx")
"""What computes a network; ``auto`` is torch where it is installed and the model's file is for it."""

SUFFIXES = {"torch": ".safetensors", "onnx": ".onnx"}
"""The ends of files' names, by what reads them; where both would do, the first is taken."""

# What two forms of one model may say differently: a calibration may be learnt of either.
_OF_A_FORM = ("onnx", "calibration", "ocrkit", "plugins")


def check_runtime(runtime: str) -> None:
    """Refuse what is no runtime.

    Raises:
        OptionError: ``runtime`` is none.
    """
    if runtime not in RUNTIMES:
        hint = did_you_mean(runtime, RUNTIMES, then="expected auto, torch or onnx")
        raise OptionError(f"no runtime {runtime!r}; {hint}")


def forms_of(path: Path) -> dict[str, Path]:
    """The files of a model by what reads them: one file, and what lies beside it under the same name."""
    beside = {runtime: path.with_suffix(suffix) for runtime, suffix in SUFFIXES.items()}
    found = {runtime: file for runtime, file in beside.items() if file.is_file()}
    return found or {"onnx" if is_onnx(path) else "torch": path}


def has_form(path: Path, runtime: str) -> bool:
    """Whether a runtime reads one of the files of a model, and ``auto`` whatever is installed."""
    forms = forms_of(path)
    return "onnx" in forms or has_torch() if runtime == "auto" else runtime in forms


def form_for(path: Path, runtime: str = "auto", called: str = "") -> Path:
    """Of a model's files the one that a runtime reads.

    Args:
        path: one of the files.
        runtime: one of ``RUNTIMES``; for ``auto`` what torch reads where torch is installed, else what is there.
        called: what messages call the model; else by the file.

    Raises:
        OptionError: the model has no such file, or there is no such runtime.
    """
    check_runtime(runtime)
    forms = forms_of(path)
    if runtime == "auto":
        wanted = "torch" if has_torch() else "onnx"
        return forms.get(wanted) or next(iter(forms.values()))
    if runtime not in forms:
        way_out = "'ocrkit export' makes one where torch is installed" if runtime == "onnx" else "take runtime onnx"
        raise OptionError(f"runtime is {runtime!r}, and {called or path} has no {SUFFIXES[runtime]} file; {way_out}")
    return forms[runtime]


def check_twin(path: Path) -> None:
    """Refuse an ONNX file that was made of another model than lies beside it, or before that was trained further.

    Nobody asked for the one file or the other, and they would read differently.

    Args:
        path: a file that was found by the name of its model; what is no ONNX file, or lies alone, will do.

    Raises:
        CheckpointError: they are two models.
    """
    torch = other_form(path) if is_onnx(path) else None
    if torch is None:
        return
    try:
        told, others = ({**read_metadata(file), **dict.fromkeys(_OF_A_FORM)} for file in (path, torch))
    except OcrkitError:  # told by who opens it
        return
    if told != others:
        raise CheckpointError(
            f"was made of another model than {torch.name!r} beside it, or before that was trained further; "
            "'ocrkit export' makes it anew, and `model` may name this file",
            path,
        )


def one_a_model(files: Sequence[Path]) -> list[Path]:
    """Of files those that are not the second form of another among them, by their names."""
    first: dict[Path, Path] = {}
    for path in sorted(files, key=lambda path: (path.with_suffix(""), path.suffix != SUFFIXES["torch"])):
        first.setdefault(path.with_suffix(""), path)
    return list(first.values())


def other_form(path: Path) -> Path | None:
    """The file beside one that is the same model in the other form; None where there is none."""
    return next((file for file in forms_of(path).values() if file != path), None)
