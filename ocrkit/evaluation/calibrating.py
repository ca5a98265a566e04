"""The calibration of a model that is trained already, on labelled lines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.ctc import greedy
from ocrkit.data.records import BadImage
from ocrkit.errors import DataError
from ocrkit.evaluation.labelled import labelled_samples
from ocrkit.text.calibration import calibrate, tempered_confidences
from ocrkit.text.metrics import comparable

if TYPE_CHECKING:
    from ocrkit.data.progress import Progress
    from ocrkit.evaluation.labelled import LabelledLines
    from ocrkit.recognition import Recognizer
    from ocrkit.text.calibration import Calibration

__all__ = ["calibrate_reader"]


def calibrate_reader(
    recognizer: Recognizer,
    lines: LabelledLines,
    *,
    format: str | None = None,  # noqa: A002 - the name of the flag
    data: str = "",
    progress: Progress | None = None,
) -> Calibration:
    """Learn what a model's confidences are worth, from greedy readings of lines that it was not trained on.

    The model itself stays as it is: ``recognizer.model.calibration = …`` makes use of it, and ``save`` keeps it.

    Args:
        recognizer: whose model is calibrated; its decoder is not used.
        lines: a folder or table of labelled lines, several in a list, samples, or pairs of an image and its text.
        format: the name of the source that opens folders and tables; None to guess it.
        data: what the calibration should say that it was learnt from.
        progress: told of how many are done, of how many.

    Raises:
        DataError: no line has a text, or no image can be opened.
    """
    samples = labelled_samples(lines, format=format)
    charset = recognizer.model.charset
    confidences, right = [], []
    for done, (sample, log_probs) in enumerate(zip(samples, recognizer.log_probs(samples), strict=True), 1):
        if not isinstance(log_probs, BadImage) and sample.text is not None:
            frames = np.array([len(log_probs)], np.int64)
            decoded = greedy(log_probs, frames, rescore=True)
            [text] = charset.texts(decoded)
            confidences.append(tempered_confidences(decoded, log_probs[np.newaxis], frames)[0])
            right.append(comparable(text, charset) == comparable(sample.text, charset))
        if progress:
            progress(done, len(samples))
    if not right:
        raise DataError("there are no lines to calibrate on: none has both a text and an image that can be opened")
    name = data or (os.fspath(lines) if isinstance(lines, str | os.PathLike) else "")
    return calibrate(np.stack(confidences), np.array(right), data=name)
