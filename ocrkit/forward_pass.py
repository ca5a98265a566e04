"""A network's output for fitted lines, by torch: on a CPU in its form for reading, in the precision that suits it."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from ocrkit.ctc.tempering import with_temperature
from ocrkit.data.batching import pad_batch
from ocrkit.data.image import to_network_input
from ocrkit.errors import OptionError, did_you_mean
from ocrkit.nets.device import multiplies_bfloat16
from ocrkit.nets.reading.form import ReadingForm, weights_version
from ocrkit.plugin.device_decoding import temper_on_device
from ocrkit.plugin.specs import TensorDecoder

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from contextlib import AbstractContextManager

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from ocrkit.ctc import Decoded
    from ocrkit.data.loading import FittedLine
    from ocrkit.nets.crnn import Crnn
    from ocrkit.plugin.specs import Decoder

__all__ = ["ForwardPass", "Output"]

_PRECISIONS = ("auto", "float32", "bfloat16")


class ForwardPass:
    """Runs a network, which is moved to the device.

    Args:
        network: in evaluation mode.
        device: where it computes.
        precision: of the head on a CPU: ``bfloat16`` where it is of ocrkit's own kinds; ``auto`` takes that where the
            CPU has instructions for it and a short trial says that it is faster. Lines whose reading could hang on the
            rounding are read again in float32. On other devices ``bfloat16`` is autocast, ``auto`` float32.
        threads: those of torch on a CPU; 0 leaves them as they are.

    Raises:
        OptionError: there is no such precision.
    """

    def __init__(self, network: Crnn, device: torch.device, precision: str = "auto", threads: int = 0) -> None:
        if precision not in _PRECISIONS:
            hint = did_you_mean(precision, _PRECISIONS, then="expected auto, float32 or bfloat16")
            raise OptionError(f"no precision {precision!r}; {hint}")
        self._aside = _stream_aside(device)
        self._network = network.to(device).eval()
        self._device = device
        self._precision = precision
        self._threads = threads
        self._form: ReadingForm | None = None

    @property
    def device(self) -> str:
        """Where the network computes, as torch calls it."""
        return str(self._device)

    def __call__(self, lines: Sequence[FittedLine]) -> Output:
        """The network's output for the lines; on CUDA this returns before it is there."""
        if self._device.type == "cpu":
            return self._on_cpu(lines)
        padded, widths = pad_batch([line.pixels for line in lines])
        pixels = torch.from_numpy(padded)
        if self._aside is None:
            images = pixels.to(self._device)
        else:
            # A copy of pageable memory may wait for the batches before.
            images = pixels.pin_memory().to(self._device, non_blocking=True)
        with torch.inference_mode(), self._autocast():
            log_probs, lengths = self._network(images, torch.from_numpy(widths))
        ready = None if self._aside is None else torch.cuda.current_stream(self._device).record_event()
        return Output(log_probs, lengths.cpu().numpy(), ready, self._aside)

    def precision(self) -> str:
        """What was taken, in a few words: the precision, and how many lines were read again in float32."""
        if self._form is None:
            return "bfloat16" if self._precision == "bfloat16" else "float32"
        again = self._form.read_again
        if self._form.bfloat16:
            return f"bfloat16 after the convolutions, {again} lines again in float32"
        return f"float32 after bfloat16 had been too coarse for {again} lines" if again else "float32"

    def _on_cpu(self, lines: Sequence[FittedLine]) -> Output:
        images = [torch.from_numpy(to_network_input(line.pixels)) for line in lines]
        with _on_threads(self._threads), torch.inference_mode():
            log_probs, lengths = self._reading_form()(images)
        return Output(log_probs, lengths.numpy())

    def _reading_form(self) -> ReadingForm:
        """The network's form, made anew when its weights have changed."""
        form = self._form
        if form is None or form.version != weights_version(self._network):
            form = ReadingForm(self._network)
            if self._precision == "bfloat16":
                form.allow_bfloat16()
            elif self._precision == "auto" and multiplies_bfloat16():
                form.try_bfloat16()
            self._form = form
        return form

    def _autocast(self) -> AbstractContextManager[object]:
        if self._precision != "bfloat16":
            return nullcontext()
        return torch.autocast(self._device.type, dtype=torch.bfloat16)


@dataclass(frozen=True, slots=True)
class Output:
    """(B, T, V) log-probabilities on the network's device, and (B,) frames that count.

    On CUDA with when they are there, and a stream for what is done with them.
    """

    log_probs: Tensor
    lengths: NDArray[np.int64]
    ready: torch.cuda.Event | None = None
    aside: torch.cuda.Stream | None = None

    def rows(self) -> Generator[NDArray[np.float32], None, None]:
        """Each line's (T, V), without padding."""
        for row, length in zip(self.log_probs.cpu().numpy(), self.lengths, strict=True):
            yield row[:length]

    def on_host(self) -> NDArray[np.float32]:
        """(B, T, V) in the CPU's memory."""
        with torch.inference_mode(), self._read_aside():
            return self.log_probs.float().cpu().numpy()

    def decode(self, decoder: Decoder, *, temperature: float, threads: int) -> Decoded:
        """What a decoder reads in them, on the device where it can; see ``ocrkit.reading_model.Output``."""
        with torch.inference_mode(), self._read_aside():
            if self.log_probs.device.type != "cpu" and isinstance(decoder, TensorDecoder):
                decoded = decoder.decode_tensor(self.log_probs, self.lengths)
                if temperature == 1:
                    return decoded
                return temper_on_device(decoded, self.log_probs, self.lengths, temperature=temperature)
            log_probs = self.log_probs.cpu().numpy()
            decoded = decoder.decode(log_probs, self.lengths)
            return with_temperature(decoded, log_probs, self.lengths, temperature, threads=threads)

    def _read_aside(self) -> AbstractContextManager[object]:
        """Let what follows run on a stream of its own, once the output is there."""
        if self.aside is None or self.ready is None:
            return nullcontext()
        self.aside.wait_event(self.ready)
        self.log_probs.record_stream(self.aside)
        return torch.cuda.stream(self.aside)


def _stream_aside(device: torch.device) -> torch.cuda.Stream | None:
    """On CUDA a stream of high priority, whose work is not behind the forward passes of later batches in the queue."""
    if device.type != "cuda":
        return None
    return torch.cuda.Stream(device, priority=-1)  # type: ignore[no-untyped-call]  # torch has no types for it


@contextmanager
def _on_threads(count: int) -> Iterator[None]:
    """Let torch compute on so many threads while the block runs; 0 leaves it as it is."""
    before = torch.get_num_threads()
    if count in (0, before):
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
