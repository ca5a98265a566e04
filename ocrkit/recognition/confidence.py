"""Confidences as a model's calibration has them; what is read is the decoder's alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.text.calibration import check_reject

if TYPE_CHECKING:
    from ocrkit.text.calibration import Calibration

__all__ = ["rejection_threshold", "temperature_of"]


def rejection_threshold(calibration: Calibration | None, reject: float) -> float:
    """The least confidence of a reading that is kept, where less than the share ``reject`` of those should be wrong.

    Raises:
        OptionError: there is no calibration, or ``reject`` is no share that it can keep below.
    """
    check_reject(reject)
    if calibration is None:
        raise OptionError(
            f"reject is {reject:g}, and the model is not calibrated, so nobody knows what its confidences are worth; "
            "calibrate it on labelled lines that it was not trained on: ocrkit models calibrate MODEL DATA"
        )
    return calibration.threshold(reject)


def temperature_of(calibration: Calibration | None) -> float:
    """What frames are divided by; 1 changes nothing."""
    return 1.0 if calibration is None else calibration.temperature
