"""A model in an ONNX file: all that reading takes of one, computed by onnxruntime and without torch."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.checkpoint import METADATA_KEY, document_of, read_metadata
from ocrkit.errors import CheckpointError, OptionError
from ocrkit.files import write_whole
from ocrkit.model_description import Description, read_description
from ocrkit.onnx_file import with_property
from ocrkit.onnx_pass import OnnxPass
from ocrkit.onnx_record import ONNX_KEY, OnnxRecord, read_record
from ocrkit.onnx_weights import check_weights
from ocrkit.plain_files import read_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.model_description import Architecture
    from ocrkit.text.calibration import Calibration
    from ocrkit.text.charset import Charset

__all__ = ["OnnxModel"]


@dataclass(slots=True)
class OnnxModel:
    """A recogniser in an ONNX file; see ``ocrkit.reading_model.ReadingModel``.

    Attributes:
        path: the file, which is opened again for each forward pass.
        metadata: all that it says.
        record: what that says of its graph.
        charset: what its labels stand for; label 0 is the blank.
        architecture: what the network was built from.
        plugins: the distributions that its parts came from; reading needs none of them.
        provenance: how it was trained.
        calibration: what its confidences are worth; None where nobody looked.
    """

    path: Path
    metadata: Mapping[str, object]
    record: OnnxRecord
    charset: Charset
    architecture: Architecture
    plugins: Mapping[str, str]
    provenance: Mapping[str, object]
    calibration: Calibration | None

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> OnnxModel:
        """What an ONNX file says; its graph is opened by ``forward_pass``.

        Raises:
            MissingFileError: there is no such file.
            CheckpointError: it is not a model of ocrkit that reads lines, is damaged, or contradicts itself.
            OptionError: ``path`` is no name.
        """
        if not isinstance(path, str | os.PathLike):
            raise OptionError(f"the model file is {path!r}; expected the name of one")
        metadata = read_metadata(path)
        where = os.fspath(path)
        told = read_description(metadata, where)
        record = read_record(metadata, told, where)
        return cls(
            Path(path), metadata, record, told.charset, told.architecture, told.plugins, told.provenance,
            told.calibration,
        )  # fmt: skip

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the same graph with what is known of it, as its calibration, whole or not at all.

        Raises:
            CheckpointError: the file is no longer there, ``path`` cannot be written, or the weights would not be beside
                it.
        """
        told = Description(self.charset, self.architecture, self.plugins, self.provenance, self.calibration)
        document = document_of({**told.to_dict(), ONNX_KEY: self.metadata[ONNX_KEY]})
        target = Path(path)
        check_weights(target, self.metadata)
        try:
            data = read_plain(self.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, with_property(data, METADATA_KEY, document))
        except OSError as error:
            raise CheckpointError(f"cannot be written: {error.strerror or error}", target) from error

    def pixels(self, frame: float) -> tuple[float, float]:
        """Left and right edge, in px of the network's input image, of an output frame."""
        left = self.record.offset + (frame + self.record.skip_frames) * self.record.stride
        return left, left + self.record.stride

    def parameters(self) -> int:
        """The number of trained weights."""
        return self.record.parameters

    def forward_pass(self, device: str = "auto", precision: str = "auto", threads: int = 0) -> OnnxPass:
        """What runs the graph; see ``OnnxPass``, whose errors are raised."""
        return OnnxPass(self.path, self.metadata, self.record, device=device, precision=precision, threads=threads)
