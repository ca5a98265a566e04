"""Model files as ONNX files: the network, what there is to say of it, and the check that both compute the same."""

from __future__ import annotations

from ocrkit.exporting.export import Exported, export_model
from ocrkit.exporting.int8 import Int8
from ocrkit.exporting.quantised import Quantised
from ocrkit.exporting.target import default_target

__all__ = ["Exported", "Int8", "Quantised", "default_target", "export_model"]
