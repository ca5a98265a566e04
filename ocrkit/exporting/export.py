"""A model's file to an ONNX file that was seen to compute the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.ctc.options import as_count
from ocrkit.errors import DependencyError
from ocrkit.exporting.record import with_record
from ocrkit.exporting.sources import open_source
from ocrkit.exporting.target import check_target, write_target

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from ocrkit.data.progress import Progress, StageProgress
    from ocrkit.exporting.int8 import Int8
    from ocrkit.exporting.quantised import Quantised
    from ocrkit.nets.exporting import Parity
    from ocrkit.plugin.registry import Registry

__all__ = ["BATCHES", "Exported", "export_model"]

BATCHES = 24
"""Ragged batches by which each export is held against torch."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of an export.

    Attributes:
        path: the file.
        size: bytes.
        parity: how near the float network is to torch's.
        float_size: bytes that the file has, or would have, in float.
        quantised: what int8 is worth; None where it was not asked for.
    """

    path: Path
    size: int
    parity: Parity
    float_size: int
    quantised: Quantised | None = None


def export_model(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    portable: bool = False,
    check: int = BATCHES,
    int8: Int8 | None = None,
    stages: StageProgress | None = None,
    registry: Registry | None = None,
) -> Exported:
    """Write a model as an ONNX file with its whole record, once the graph was seen to compute what torch does.

    Args:
        source: the model's file, of a recogniser or a segmenter.
        target: ends in ``.onnx``; an ONNX file that is there is replaced at the last moment, and stays as it was where
            the export fails.
        portable: have the LSTMs of a recogniser in the form that OpenVINO and browsers take.
        check: ragged batches that are compared with torch, at least 1.
        int8: how convolutions are quantised; None leaves them as they are.
        stages: gives, by a stage's name, what is told how far it is.
        registry: where the model's parts are looked up; None for the default one.

    Raises:
        ExportError: ``source`` is an ONNX file, or ``target`` none; a part cannot be exported, or the graph computes
            something else than torch; or int8 reads worse, or finds other lines.
        MissingFileError: there is no such file, or no such folder to write into.
        CheckpointError: the file holds no model, or a damaged one.
        DependencyError: a distribution of the extra ``export`` is not installed.
        OptionError: ``check`` is below 1.
    """
    as_count("check", check, least=1)
    stages = stages or _untold
    file = check_target(target)
    _check_installed()
    opened = open_source(source, registry=registry)
    stages("exporting")(0, 1)
    table = opened.table(portable=portable)
    whole = with_record(opened.graph(portable=portable), opened.metadata, {**table, "precision": "float32"})
    stages("exporting")(1, 1)
    stages("comparing with torch")(0, check)
    parity = opened.compare(whole, batches=check)
    stages("comparing with torch")(check, check)
    data = whole.SerializeToString()
    if int8 is None:
        write_target(file, data)
        return Exported(file, len(data), parity, len(data))
    quantised = opened.quantise(whole, int8, stages=stages, registry=registry)
    own = {**table, "precision": "int8", "int8": quantised.to_dict()}
    smaller = with_record(quantised.graph, opened.metadata, own).SerializeToString()
    write_target(file, smaller)
    return Exported(file, len(smaller), parity, len(data), quantised)


def _check_installed() -> None:
    """Refuse before anything takes long."""
    from importlib.util import find_spec

    missing = [name for name in ("torch", "onnx", "onnxruntime") if find_spec(name) is None]
    if missing:
        raise DependencyError(
            f"an export needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed; "
            "pip install 'ocrkit[export]'"
        )


def _untold(_stage: str) -> Progress:
    return lambda _done, _total: None
