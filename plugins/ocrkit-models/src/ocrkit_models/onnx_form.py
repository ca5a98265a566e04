"""The second form of a model that ships: ``NAME.onnx`` beside ``NAME.safetensors``, for machines without torch.

``python -m ocrkit_models.onnx_form NAME...`` in the source tree makes it anew of the model's file.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ocrkit.errors import ModelError
from ocrkit.exporting.export import BATCHES
from ocrkit.exporting.record import with_record
from ocrkit.exporting.sources import open_source
from ocrkit.files import write_whole
from ocrkit.onnx_weights import told_of_weights
from ocrkit_models.linking import with_weights_in
from ocrkit_models.package import SOURCES

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_onnx_form"]

LARGEST = 100_000  # bytes of the graph, and of what the file says of the model as many again


def write_onnx_form(path: Path, *, check: int = BATCHES) -> Path:
    """Write it beside a model's file, once it was seen to compute there what torch does; its path.

    Args:
        path: the model's file.
        check: ragged batches that are compared with torch, as after each export.

    Raises:
        ModelError: it would be too large, as its tensors are not those of the file.
        ExportError: it computes something else than torch; nothing is kept.
        OcrkitError: whatever else is wrong with the model's file.
    """
    source = open_source(path)
    graph = with_weights_in(path, source.graph(portable=False), most=LARGEST)
    own = {**source.table(portable=False), "precision": "float32", "weights": told_of_weights(path)}
    data = with_record(graph, source.metadata, own).SerializeToString()
    if len(data) > 2 * LARGEST:
        raise ModelError(f"the ONNX form of {path.name} has {len(data):,} bytes; expected at most {2 * LARGEST:,}")
    tried, target = path.with_name(f".{path.stem}.onnx"), path.with_suffix(".onnx")
    write_whole(tried, data)  # here, as its weights lie beside it
    try:
        source.compare(tried, batches=check)
        return tried.replace(target)
    finally:
        tried.unlink(missing_ok=True)


if __name__ == "__main__":
    for called in sys.argv[1:]:
        write_onnx_form(SOURCES / f"{called}.safetensors")
