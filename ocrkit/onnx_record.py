"""What an ONNX file of ocrkit says of its own graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from ocrkit.config import from_table
from ocrkit.errors import CheckpointError, ConfigError, OptionError

if TYPE_CHECKING:
    from ocrkit.model_description import Description

__all__ = ["ONNX_KEY", "OnnxRecord", "read_record"]

ONNX_KEY = "onnx"
"""The table of the metadata that is of the ONNX file alone."""

_FARTHEST = 100_000  # px or frames; lines have fewer


@dataclass(frozen=True, slots=True)
class OnnxRecord:
    """What an ONNX file says of its own graph.

    Attributes:
        form: ``sequence``, or ``portable`` where lines are reversed by nodes of the graph.
        precision: ``float32``, or ``int8`` where convolutions are quantised.
        stride: px of the network's input image from one frame to the next.
        offset: px from the image's left edge to the left edge of the backbone's first frame.
        skip_frames: outputs that the graph drops at the start of every line.
        labels: V, the blank included.
        height: H, px.
        opset: the version of ONNX's operators.
        parameters: the weights that were trained.

    Raises:
        OptionError: a number is out of range.
    """

    form: str
    precision: str
    stride: float
    offset: float
    skip_frames: int
    labels: int
    height: int
    opset: int = 0
    parameters: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.stride <= _FARTHEST:
            raise OptionError(f"stride is {self.stride!r}; expected px above 0, {_FARTHEST:,} at most")
        if not abs(self.offset) <= _FARTHEST:
            raise OptionError(f"offset is {self.offset!r}; expected px, {_FARTHEST:,} at most to either side")
        for name in ("skip_frames", "parameters"):
            if getattr(self, name) < 0:
                raise OptionError(f"{name} is {getattr(self, name)!r}; expected 0 or more")
        if self.skip_frames > _FARTHEST:
            raise OptionError(f"skip_frames is {self.skip_frames!r}; expected {_FARTHEST:,} at most")


def read_record(metadata: Mapping[str, object], told: Description, where: str) -> OnnxRecord:
    """What an ONNX file's metadata says of its graph.

    Args:
        metadata: the file's.
        told: what the metadata says of the model.
        where: begins the errors.

    Raises:
        CheckpointError: it says too little, or contradicts what it says of the model.
    """
    table = metadata.get(ONNX_KEY)
    if not isinstance(table, Mapping):
        raise CheckpointError(f"its metadata is damaged: it has no table {ONNX_KEY!r}; export it again", where)
    # A later version may say more.
    known = {each.name: table[each.name] for each in fields(OnnxRecord) if each.name in table}
    try:
        record = from_table(OnnxRecord, known, where=ONNX_KEY)
    except (ConfigError, OptionError) as error:
        raise CheckpointError(f"its metadata is damaged: {error}; export it again", where) from error
    labels, height = len(told.charset), told.architecture.preprocessing.height
    if record.labels != labels:
        raise CheckpointError(
            f"contradicts itself: its graph has {record.labels} labels, and its charset {labels}; export it again",
            where,
        )
    if record.height != height:
        raise CheckpointError(
            f"contradicts itself: its graph takes lines {record.height} px high, and images are made {height} px high; "
            "export it again",
            where,
        )
    return record
