"""A network as a CPU reads with it: convolutions folded and side by side, LSTMs in bfloat16 where that pays."""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ocrkit.nets.heads import Blstms
from ocrkit.nets.mixer import Mixer
from ocrkit.nets.reading.doubt import doubtful
from ocrkit.nets.reading.side_by_side import SideBySide
from ocrkit.nets.vgg import Vgg
from ocrkit.processor import is_widest_in_float32

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ocrkit.nets.crnn import Crnn

__all__ = ["ReadingForm", "weights_version"]

_MARGIN = 0.05  # of two probabilities: what rounding to bfloat16 moves them by is 0.02 at most, as measured
_CONTEXT_BYTES = 6 * 2**20  # of the frames that a head takes at a time, so that they stay near the processor
_TRIAL_LINES, _TRIAL_FRAMES, _TRIES = 4, 32, 3
_PAYS = 0.9  # of the time in float32, for the rounding to be worth it


class ReadingForm:
    """What a ``Crnn`` in evaluation mode gives, sooner: the same log-probabilities to 2e-4, in float32.

    It holds the weights as they were; ``version`` tells whether they have changed since. Parts of a kind that it does
    not know, as those of plugins are, work as they do in the network.

    Attributes:
        version: the ``weights_version`` of the network that it was made of.
        bfloat16: whether the head computes in bfloat16. Lines whose reading could hang on the rounding are read again
            in float32, and so are all from when on the rounding turns out to be larger than it should be.
        read_again: lines that were.
    """

    def __init__(self, network: Crnn) -> None:
        self.version = weights_version(network)
        self.bfloat16 = False
        self.read_again = 0
        self._network = network
        self._columns = _columns_of(network)
        self._rounded: nn.Module | None = None
        self._checked = False

    def __call__(self, images: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Read (H, W_b) float32 ink values, best the widest first.

        Returns:
            (B, T, V) natural-log probabilities, float32, and (B,) int64 frames that count. What stands past a line's
            length has no meaning.
        """
        frames = self._columns(images)
        lines: list[Tensor] = []
        for begin, end in _groups([len(line) for line in frames], frames[0].shape[1]):
            lines += self._read(frames[begin:end])
        return nn.utils.rnn.pad_sequence(lines, batch_first=True), torch.tensor([len(line) for line in lines])

    def try_bfloat16(self) -> bool:
        """Let the head compute in bfloat16 where it can and is faster for it by a short trial; whether it does now."""
        if not self.allow_bfloat16():
            return False
        frames = torch.full((_TRIAL_LINES, _TRIAL_FRAMES, self._features), 0.1)
        lengths = torch.full((_TRIAL_LINES,), _TRIAL_FRAMES)
        seconds = {True: float("inf"), False: float("inf")}
        for _ in range(_TRIES):
            for rounded in seconds:
                begun = time.thread_time()
                self._in_context(frames, lengths, rounded=rounded)
                seconds[rounded] = min(seconds[rounded], time.thread_time() - begun)
        self.bfloat16 = seconds[True] < _PAYS * seconds[False]
        return self.bfloat16

    def allow_bfloat16(self) -> bool:
        """Let the head compute in bfloat16 if it is of a kind that can; whether it does now."""
        head = self._network.rnn
        if type(head) is Mixer or (type(head) is Blstms and len(head) > 0):
            self._rounded = copy.deepcopy(head).to(torch.bfloat16)
            self.bfloat16 = True
        return self.bfloat16

    @property
    def _features(self) -> int:
        features: int = self._network.backbone.out_channels  # type: ignore[assignment]  # an nn.Module of that role
        return features

    def _read(self, frames: Sequence[Tensor]) -> list[Tensor]:
        """(T_b, C) frames of lines as (T_b, V) log-probabilities each, without those skipped."""
        lengths = torch.tensor([len(line) for line in frames])
        if int(lengths.max()) == 0:
            return [line.new_zeros(0, self._network.labels) for line in frames]
        padded = nn.utils.rnn.pad_sequence(list(frames), batch_first=True)
        log_probs = self._in_context(padded, lengths, rounded=self.bfloat16)
        counted = (lengths - self._network.skip_frames).clamp(min=0)
        if self.bfloat16:
            again = doubtful(log_probs, counted, margin=_MARGIN)
            if not self._checked:  # at least one line the first time, the last that has frames
                again[counted.nonzero()[-1:, 0]] = True
            self._put_right(log_probs, padded, lengths, again)
        return [line[:length] for line, length in zip(log_probs, counted.tolist(), strict=True)]

    def _put_right(self, log_probs: Tensor, frames: Tensor, lengths: Tensor, again: Tensor) -> None:
        """Read the lines of ``again`` in float32; all of them where the rounding proves too large."""
        [rows] = again.nonzero(as_tuple=True)
        if len(rows) == 0:
            return
        longest = int(lengths[rows].max())
        exact = self._in_context(frames[rows, :longest], lengths[rows], rounded=False)
        room = exact.shape[1]
        counts = torch.arange(room) < (lengths[rows] - self._network.skip_frames)[:, None]
        apart = (exact.exp() - log_probs[rows, :room].exp()).abs().amax(2).where(counts, 0)
        self._checked = True
        self.read_again += len(rows)
        if float(apart.max()) > _MARGIN:
            self.bfloat16 = False
            self.read_again += len(log_probs) - len(rows)
            log_probs.copy_(self._in_context(frames, lengths, rounded=False))
        else:
            log_probs[rows, :room] = exact

    def _in_context(self, frames: Tensor, lengths: Tensor, *, rounded: bool) -> Tensor:
        """(B, T, C) frames as (B, T', V) log-probabilities, T' without the frames that are skipped."""
        network = self._network
        if rounded and self._rounded is not None:
            context = self._rounded(frames.bfloat16(), lengths).float()
        else:
            context = network.rnn(frames, lengths)
        return torch.log_softmax(network.output(context[:, network.skip_frames :]), dim=2)


def weights_version(network: nn.Module) -> tuple[tuple[int, int], ...]:
    """What changes when a network's weights do, in place or by others in theirs."""
    tensors = (*network.parameters(), *network.buffers())
    return tuple((id(tensor), 0 if tensor.is_inference() else tensor._version) for tensor in tensors)


def _columns_of(network: Crnn) -> Callable[[Sequence[Tensor]], list[Tensor]]:
    if type(network.backbone) is Vgg:
        try:
            return SideBySide(network.backbone)
        except TypeError:  # somebody has changed its layers
            pass
    return lambda images: _padded_columns(network, images)


def _padded_columns(network: Crnn, images: Sequence[Tensor]) -> list[Tensor]:
    """The frames that the backbone itself gives, of lines padded to the widest."""
    widths = torch.tensor([image.shape[1] for image in images])
    batch = images[0].new_zeros(len(images), 1, images[0].shape[0], int(widths.max()))
    for row, image in zip(batch, images, strict=True):
        row[0, :, : image.shape[1]] = image
    features = network.backbone(batch, widths)  # (B, C, T)
    frames = network.backbone.frames(widths).tolist()  # type: ignore[operator]  # an nn.Module of that role
    return [line[:, :count].T for line, count in zip(features, frames, strict=True)]


def _groups(lengths: Sequence[int], features: int) -> list[tuple[int, int]]:
    """Where to cut lines into parts that take no more memory, padded, than a head should be given at a time."""
    # Where float32 is computed by long vectors, recurrences want more lines at a time.
    room = 2 * _CONTEXT_BYTES if is_widest_in_float32() else _CONTEXT_BYTES
    most = max(1, room // (4 * features))
    cuts, begun, longest = [], 0, 0
    for place, length in enumerate(lengths):
        longest = max(longest, length)
        if place > begun and (place - begun + 1) * longest > most:
            cuts.append((begun, place))
            begun, longest = place, length
    return [*cuts, (begun, len(lengths))]
