"""The roles of what reads lines: a model, its forward pass, and what comes of one, whatever computes them.

``ocrkit.model.Model`` plays the first with torch, ``ocrkit.onnx_model.OnnxModel`` with onnxruntime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded
    from ocrkit.data.loading import FittedLine
    from ocrkit.model_description import Architecture
    from ocrkit.plugin.specs import Decoder
    from ocrkit.text.calibration import Calibration
    from ocrkit.text.charset import Charset

__all__ = ["Forward", "Output", "ReadingModel"]


class Output(Protocol):
    """The log-probabilities of a batch of lines, wherever they lie."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(B,) frames that count."""
        ...

    def rows(self) -> Iterator[NDArray[np.float32]]:
        """Each line's (T, V), without padding."""
        ...

    def on_host(self) -> NDArray[np.float32]:
        """(B, T, V) in the CPU's memory."""
        ...

    def decode(self, decoder: Decoder, *, temperature: float, threads: int) -> Decoded:
        """What a decoder reads in them, its confidences at a temperature; ``threads`` are those of the tempering."""
        ...


class Forward(Protocol):
    """A network where it computes."""

    @property
    def device(self) -> str:
        """Where that is."""
        ...

    def __call__(self, lines: Sequence[FittedLine]) -> Output:
        """The network's output for lines, at least one; it may return before the output is there."""
        ...

    def precision(self) -> str:
        """What it computed in, in a few words."""
        ...


@runtime_checkable
class ReadingModel(Protocol):
    """A recogniser of lines with all that is needed to use it.

    Attributes:
        charset: what its labels stand for; label 0 is the blank.
        architecture: what the network was built from.
        plugins: the distributions, by name with their versions, that its parts came from.
        provenance: how it was trained.
        calibration: what its confidences are worth; None where nobody looked.
    """

    charset: Charset
    architecture: Architecture
    plugins: Mapping[str, str]
    provenance: Mapping[str, object]
    calibration: Calibration | None

    def pixels(self, frame: float) -> tuple[float, float]:
        """Left and right edge, in px of the network's input image, of an output frame."""
        ...

    def parameters(self) -> int:
        """The number of trained weights."""
        ...

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it, with its calibration, as a file of its own kind, whole or not at all.

        Raises:
            CheckpointError: the folder cannot be written.
        """
        ...

    def forward_pass(self, device: str = "auto", precision: str = "auto", threads: int = 0) -> Forward:
        """What runs the network.

        Args:
            device: ``auto``, or a device's name.
            precision: ``auto``, ``float32`` or ``bfloat16``.
            threads: on a CPU; 0 leaves their number to the engine.

        Raises:
            OptionError: there is no such device or precision here.
        """
        ...
