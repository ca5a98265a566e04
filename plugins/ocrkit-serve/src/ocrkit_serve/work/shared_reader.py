"""A recogniser as page readers ask for one, whose lines are read together with those of other requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.loading import load_or_report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrkit.data.records import Prediction, Sample
    from ocrkit.reading_model import ReadingModel
    from ocrkit.recognition import Recognizer
    from ocrkit_serve.work.batcher import Batcher
    from ocrkit_serve.work.patience import Patience

__all__ = ["SharedReader"]


class SharedReader:
    """Reads the lines of one request by a model's batcher.

    Args:
        batcher: of the model.
        recognizer: what is asked of the model.
        patience: of whoever made the request.
    """

    def __init__(self, batcher: Batcher, recognizer: Recognizer, patience: Patience) -> None:
        self._batcher = batcher
        self._recognizer = recognizer
        self._patience = patience

    @property
    def model(self) -> ReadingModel:
        """What it reads with."""
        return self._recognizer.model

    def read(self, images: Iterable[Sample], *, reject: float | None = None) -> list[Prediction]:
        """What stands in each image, as ``Recognizer.read`` gives it.

        Raises:
            OptionError: the model is not calibrated, or by its lines nothing keeps below ``reject``.
            Refused: nobody waits for them any more, or the service ends.
        """
        from ocrkit.recognition.confidence import rejection_threshold  # and so torch

        threshold = 0.0 if reject is None else rejection_threshold(self.model.calibration, reject)
        self._patience.check()
        samples = list(images)
        preprocessing = self.model.architecture.preprocessing
        lines = [load_or_report(sample, preprocessing) for sample in samples]
        readings = self._batcher.read(self._recognizer, [sample.name for sample in samples], lines, self._patience)
        return [reading.unless_below(threshold) for reading in readings]
