"""What an ONNX file says of its model: all that the model's own file says, and what a reader without torch needs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ocrkit.checkpoint import METADATA_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx

__all__ = ["ONNX_KEY", "with_record"]

ONNX_KEY = "onnx"
"""The table of the record that is of the ONNX file alone."""


def with_record(graph: onnx.ModelProto, metadata: Mapping[str, object], own: Mapping[str, object]) -> onnx.ModelProto:
    """The same graph with a record, which is its only metadata.

    Args:
        graph: left as it is.
        metadata: what the model's own file says.
        own: what is of the ONNX file alone; its opset is added.
    """
    copy = type(graph)()
    copy.CopyFrom(graph)
    del copy.metadata_props[:]
    opset = next(entry.version for entry in copy.opset_import if entry.domain in ("", "ai.onnx"))
    record = {**metadata, ONNX_KEY: {**own, "opset": opset}}
    document = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    copy.metadata_props.add(key=METADATA_KEY, value=document)
    return copy
