"""A graph's output for fitted lines, by onnxruntime."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.ctc.tempering import with_temperature
from ocrkit.data.batching import pad_batch
from ocrkit.errors import CheckpointError, OptionError, did_you_mean
from ocrkit.onnx_session import in_one_line, open_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from onnxruntime import NodeArg

    from ocrkit.ctc import Decoded
    from ocrkit.data.loading import FittedLine
    from ocrkit.onnx_record import OnnxRecord
    from ocrkit.plugin.specs import Decoder

__all__ = ["HostOutput", "OnnxPass"]

_PRECISIONS = ("auto", "float32")
_INPUTS, _OUTPUTS = ("images", "widths"), ("log_probs", "lengths")
_TOGETHER = 8  # lines
_COLUMNS = 4_000  # px of them, padded


class OnnxPass:
    """Runs a graph for reading lines.

    Args:
        path: the ONNX file.
        metadata: what it says.
        record: what that says of its graph.
        device: ``auto`` and ``cpu``; ``cuda`` and ``cuda:N`` where onnxruntime has been built for it.
        precision: ``auto`` or ``float32``.
        threads: on a CPU; 0 for one a core.

    Raises:
        CheckpointError: the file is damaged, is no ocrkit graph, or contradicts its record.
        OptionError: there is no such device or precision here.
        DependencyError: onnxruntime is not installed.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        metadata: Mapping[str, object],
        record: OnnxRecord,
        *,
        device: str = "auto",
        precision: str = "auto",
        threads: int = 0,
    ) -> None:
        if precision == "bfloat16":
            raise OptionError(
                f"precision is 'bfloat16', and onnxruntime computes this model in {record.precision}; take auto or "
                "float32, or read with torch and the model's safetensors file"
            )
        if precision not in _PRECISIONS:
            hint = did_you_mean(precision, _PRECISIONS, then="expected auto or float32")
            raise OptionError(f"no precision {precision!r}; {hint}")
        self._path = os.fspath(path)
        self._record = record
        self._session, self._device = open_session(path, metadata, device=device, threads=threads)
        self._check()

    @property
    def device(self) -> str:
        """Where it computes: ``cpu``, or ``cuda`` with its number."""
        return self._device

    def precision(self) -> str:
        """What it computes in."""
        return f"{self._record.precision} by onnxruntime"

    def __call__(self, lines: Sequence[FittedLine]) -> HostOutput:
        """The graph's output for lines, best the widest first."""
        parts = [self._run([line.pixels for line in group]) for group in _groups(lines)]
        if len(parts) == 1:
            return HostOutput(*parts[0])
        room = max(log_probs.shape[1] for log_probs, _ in parts)
        together = np.zeros((len(lines), room, self._record.labels), np.float32)  # (B, T, V)
        begin = 0
        for log_probs, lengths in parts:
            together[begin : begin + len(lengths), : log_probs.shape[1]] = log_probs
            begin += len(lengths)
        return HostOutput(together, np.concatenate([lengths for _, lengths in parts]))

    def _run(self, images: Sequence[NDArray[np.uint8]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        padded, widths = pad_batch(images)
        try:
            log_probs, lengths = self._session.run(_OUTPUTS, {"images": padded, "widths": widths})
        except Exception as error:  # onnxruntime's have no base of their own
            raise CheckpointError(
                f"onnxruntime cannot compute it: {in_one_line(error)}; a smaller `batch_size` needs less memory",
                self._path,
            ) from error
        shape = log_probs.shape
        if shape != (len(images), shape[1], self._record.labels) or lengths.shape != widths.shape:
            raise self._contradiction(f"its output is {shape} for {len(images)} lines and {self._record.labels} labels")
        if not bool(((lengths >= 0) & (lengths <= shape[1])).all()):
            raise self._contradiction(f"of its {shape[1]} frames {int(lengths.max())} would count")
        return log_probs, lengths

    def _check(self) -> None:
        """Refuse a graph that is not of the shapes that its record says."""
        try:
            inputs, outputs = _values(self._session.get_inputs()), _values(self._session.get_outputs())
        except UnicodeDecodeError as error:
            raise self._contradiction("the names in it are no UTF-8") from error
        if set(inputs) != set(_INPUTS) or not set(_OUTPUTS) <= set(outputs):
            raise self._contradiction(
                f"it takes {_listed(inputs)} and gives {_listed(outputs)}, not {_listed(_INPUTS)} and "
                f"{_listed(_OUTPUTS)}"
            )
        types = [inputs["images"][0], inputs["widths"][0], outputs["log_probs"][0], outputs["lengths"][0]]
        if types != ["tensor(float)", "tensor(int64)"] * 2:
            raise self._contradiction(f"its inputs and outputs are of the types {_listed(types)}")
        images, log_probs = inputs["images"][1], outputs["log_probs"][1]
        if len(images) != 4 or images[1:3] != [1, self._record.height]:
            raise self._contradiction(f"it takes images {images}, not lines {self._record.height} px high")
        if len(log_probs) != 3 or log_probs[2] != self._record.labels:
            raise self._contradiction(f"it gives {log_probs}, not {self._record.labels} labels a frame")

    def _contradiction(self, what: str) -> CheckpointError:
        return CheckpointError(f"its graph is not what its record says: {what}; export the model again", self._path)


@dataclass(frozen=True, slots=True)
class HostOutput:
    """(B, T, V) log-probabilities in the CPU's memory, and (B,) frames that count."""

    log_probs: NDArray[np.float32]
    lengths: NDArray[np.int64]

    def rows(self) -> Iterator[NDArray[np.float32]]:
        """Each line's (T, V), without padding."""
        for row, length in zip(self.log_probs, self.lengths, strict=True):
            yield row[:length]

    def on_host(self) -> NDArray[np.float32]:
        """The log-probabilities, where they are."""
        return self.log_probs

    def decode(self, decoder: Decoder, *, temperature: float, threads: int) -> Decoded:
        """What a decoder reads in them; see ``ocrkit.reading_model.Output``."""
        decoded = decoder.decode(self.log_probs, self.lengths)
        return with_temperature(decoded, self.log_probs, self.lengths, temperature, threads=threads)


def _groups(lines: Sequence[FittedLine]) -> Iterator[Sequence[FittedLine]]:
    """Lines cut where so many are enough for one run: more of them leave the processor's caches, and are slower."""
    begin, widest = 0, 0
    for place, line in enumerate(lines):
        widest = max(widest, line.pixels.shape[1])
        count = place - begin
        if count and (count == _TOGETHER or (count + 1) * widest > _COLUMNS):
            yield lines[begin:place]
            begin, widest = place, line.pixels.shape[1]
    yield lines[begin:]


def _values(given: Sequence[NodeArg]) -> dict[str, tuple[str, list[int | str | None]]]:
    """The types and shapes of inputs or outputs by their names; a length that is open has a name or none."""
    return {each.name: (each.type, each.shape) for each in given}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
