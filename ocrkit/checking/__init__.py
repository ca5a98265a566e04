"""Finding what is wrong with labelled images before a training does."""

from ocrkit.checking.checker import Checker, Frames
from ocrkit.checking.faults import KINDS, Fault, fault_of_row, fault_of_set

__all__ = ["KINDS", "Checker", "Fault", "Frames", "fault_of_row", "fault_of_set"]
