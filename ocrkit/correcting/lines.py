"""A line's reading with the changes that a corrector makes in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.correcting.placing import Placed, replaced_characters
from ocrkit.data.changes import changed_text, moved
from ocrkit.plugin.corrector_specs import LineReading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.correcting.choosing import LineCorrector
    from ocrkit.correcting.placing import Span
    from ocrkit.data.records import Prediction

__all__ = ["correct_prediction"]


def correct_prediction(
    prediction: Prediction,
    lines: LineCorrector | None,
    *,
    proposer: LineCorrector | None = None,
    frames: tuple[int, ...] = (),
    log_probs: NDArray[np.float32] | None = None,
    span: Span | None = None,
    temperature: float = 1.0,
) -> Prediction:
    """The reading with its changes; itself where there are none, or where it has no text.

    Args:
        prediction: what was read.
        lines: the corrector; None for none.
        proposer: the one that says what it would offer; None for none.
        frames: the frame of each character, in the order of ``prediction.characters``.
        log_probs: (T, V) of the line's own frames.
        span: gives where a frame lies in the image; characters of changed words are placed by it.
        temperature: that of the model's calibration.

    Raises:
        PluginError: the corrector's changes do not stand in the line as they say.
    """
    if prediction.rejected or prediction.error or not prediction.text:
        return prediction
    text = prediction.text
    reading = LineReading(text, prediction.characters, frames, log_probs)
    changes = () if lines is None else lines.changes(reading)
    if proposer is not None:
        prediction = replace(prediction, proposals=moved(proposer.proposals(reading), changes))
    if lines is None or not changes:
        return prediction
    placed = Placed(prediction.characters, frames, log_probs, span, temperature)
    corrected = changed_text(text, changes)
    return replace(
        prediction,
        text=corrected,
        characters=replaced_characters(placed, changes, lines.charset),
        alternatives=tuple(other for other in prediction.alternatives if other.text != corrected),
        changes=changes,
    )
