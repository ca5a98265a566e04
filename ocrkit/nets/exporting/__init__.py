"""Networks as ONNX graphs, for machines without torch; needs the extra ``export``."""

from __future__ import annotations

from ocrkit.nets.exporting.labeller import export_labeller
from ocrkit.nets.exporting.parity import Parity, compare_labeller_with_torch, compare_with_torch
from ocrkit.nets.exporting.recogniser import export_crnn

__all__ = ["Parity", "compare_labeller_with_torch", "compare_with_torch", "export_crnn", "export_labeller"]
