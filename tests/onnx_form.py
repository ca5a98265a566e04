"""A model of torch as an ONNX file of ocrkit, for tests of what reads such files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.checkpoint import METADATA_KEY, document_of
from ocrkit.nets.exporting import export_crnn

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.model import Model


def write_onnx(model: Model, path: Path) -> Path:
    """Write the ONNX form of a model, which says of it what its own file says."""
    network, height = model.network, model.architecture.preprocessing.height
    record = {
        "form": "sequence", "precision": "float32", "stride": network.stride, "offset": network.offset,
        "skip_frames": network.skip_frames, "labels": network.labels, "height": height, "opset": 20,
        "parameters": model.parameters(),
    }  # fmt: skip
    exported = export_crnn(network, height=height)
    exported.metadata_props.add(key=METADATA_KEY, value=document_of({**model.description(), "onnx": record}))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(exported.SerializeToString())
    return path
