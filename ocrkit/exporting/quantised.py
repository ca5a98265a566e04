"""What comes of quantising a network, whatever it reads or finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx

    from ocrkit.exporting.findings import Findings
    from ocrkit.exporting.measuring import Measured

__all__ = ["Quantised"]


@dataclass(frozen=True, slots=True)
class Quantised:
    """A quantised graph, and what it is worth.

    Attributes:
        graph: computes its convolutions in 8 bits.
        measured: what it reads, or finds, beside the float one, on lines or pages that it was not calibrated by.
        calibrating: lines, or pages, that it was calibrated by.
        drawn: whether they were drawn.
        bad: images that could not be opened.
    """

    graph: onnx.ModelProto
    measured: Measured | Findings
    calibrating: int
    drawn: bool
    bad: int

    def to_dict(self) -> dict[str, object]:
        """What the file's record says of it."""
        calibrating = {f"calibrating_{self.measured.unit}": self.calibrating}
        return {**calibrating, "drawn": self.drawn, **self.measured.to_dict()}
