"""The recogniser: a backbone's frames, a head over them, and log-probabilities of labels for CTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import torch
from torch import Tensor, nn

from ocrkit.errors import ModelError
from ocrkit.nets.heads import Blstms
from ocrkit.nets.masking import Width, mask_columns, non_negative
from ocrkit.nets.options import BlstmOptions

if TYPE_CHECKING:
    from ocrkit.nets.options import HeadOptions

__all__ = ["Crnn"]


class _Backbone(Protocol):
    out_channels: int

    def frames(self, width: Width) -> Width: ...

    def __call__(self, images: Tensor, widths: Tensor) -> Tensor: ...


class _Head(Protocol):
    out_features: int

    def __call__(self, frames: Tensor, lengths: Tensor) -> Tensor: ...


class Crnn(nn.Module):
    """Convolutional network with a head, most often recurrent, whose output CTC aligns.

    A line gives the same log-probabilities alone as padded in a batch: padding is set to zero before every layer,
    and each line's backward LSTM starts at the line's own end.

    Args:
        backbone: the convolutions.
        head: ``skip_frames``, and the LSTMs where ``context`` is None.
        labels: V, the blank included.
        context: the module of another head; see ``ocrkit.plugin.specs.Head``.

    Source: Shi, Bai, Yao 2015, arXiv:1507.05717.

    Attributes:
        labels: V, the blank included.
        skip_frames: outputs dropped at the start of every line.
        stride: px of the network's input image from one frame to the next.
        offset: px from the image's left edge to the left edge of the backbone's first frame.
    """

    def __init__(
        self, backbone: nn.Module, head: HeadOptions, labels: int, *, context: nn.Module | None = None
    ) -> None:
        super().__init__()
        if labels < 2:
            raise ModelError(f"the network would have {labels} labels; expected the blank and at least one more")
        self.backbone = backbone
        self.labels = labels
        self.skip_frames = head.skip_frames
        self.stride, self.offset = _grid(self._columns)
        # Called rnn for every head, as the tensors of model files are.
        self.rnn = _blstms(self._columns.out_channels, head) if context is None else context
        self.output = nn.Linear(self._context.out_features, labels)
        nn.init.xavier_uniform_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def frames(self, width: Width) -> Width:
        """Outputs that an image ``width`` px wide gives, after ``skip_frames``; elementwise on an integer tensor."""
        return non_negative(self._columns.frames(width) - self.skip_frames)

    def pixels(self, frame: float) -> tuple[float, float]:
        """Left and right edge, in px of the network's input image, of an output frame counted after ``skip_frames``."""
        left = self.offset + (frame + self.skip_frames) * self.stride
        return left, left + self.stride

    def forward(self, images: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
        """Read a batch of line images.

        Args:
            images: (B, 1, H, W) grey lines of the backbone's height, float; what lies past a line's width is ignored.
            widths: (B,) each line's own width in px, integers, on any device; on the CPU they cost a GPU no wait.

        Returns:
            (B, T, V) natural-log probabilities, float32 even under autocast, and (B,) int64 frames that count, on the
            device of ``widths``. T may be 0. What stands past a line's length has no meaning.

        Raises:
            ModelError: shapes that do not fit, or, for widths on the CPU, a width below 0 or beyond the batch's.
        """
        if widths.device.type == "cpu":
            _check_widths(widths.tolist(), images.shape[-1])
        widths = widths.long()
        features = self._columns(images, widths)  # (B, C, T)
        lengths = self._columns.frames(widths)
        if features.shape[2] > 0:
            features = self._in_context(features, lengths.to(features.device, non_blocking=True))
        else:
            features = features.new_zeros(features.shape[0], 0, self.output.in_features)
        logits = self.output(features[:, self.skip_frames :])  # (B, T, V)
        return torch.log_softmax(logits, dim=2, dtype=torch.float32), non_negative(lengths - self.skip_frames)

    @property
    def _columns(self) -> _Backbone:
        return cast("_Backbone", self.backbone)

    @property
    def _context(self) -> _Head:
        return cast("_Head", self.rnn)

    def _in_context(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Run (B, C, T) features through the head, to (B, T, C')."""
        frames = mask_columns(features, lengths).transpose(1, 2)  # (B, T, C)
        return self._context(frames, lengths)


def _blstms(features: int, head: HeadOptions) -> Blstms:
    dropout = head.dropout or 0.0
    return Blstms(features, BlstmOptions(dropout=dropout) if head.rnn is None else BlstmOptions(head.rnn, dropout))


def _grid(backbone: _Backbone) -> tuple[float, float]:
    """The backbone's stride, and the offset of its first frame, in px; both follow from its width formula."""
    narrow, wide = 4096, 8192
    stride = (wide - narrow) / (backbone.frames(wide) - backbone.frames(narrow))
    # Columns that unpadded windows lose are lost half on the left, half on the right.
    return stride, (wide - backbone.frames(wide) * stride) / 2


def _check_widths(widths: list[int], room: int) -> None:
    for width in widths:
        if not 0 <= width <= room:
            raise ModelError(f"a line is {width} px wide in a batch {room} px wide; expected 0 to {room}")
