"""What can be chosen about the networks, as plain values that TOML can hold; torch is not needed here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "BlstmOptions",
    "HeadOptions",
    "LstmLayer",
    "MixerOptions",
    "ResnetOptions",
    "VggOptions",
    "pool_window",
    "scaled",
    "spread",
]

_POOL = re.compile(r"([1-9])x([1-9])")
_MOST_LAYERS = 1000  # each takes time to build, however small
_LONGEST_KERNEL = 255  # frames; a convolution of more is slower than what it could see by several layers
_WIDEST = 65536  # features
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class VggOptions:
    """A plain stack of convolutions, each with batch norm, ReLU, dropout and pool after it as chosen.

    ``kernels``, ``padding``, ``batch_norm`` and ``dropout`` hold one value a convolution, or a single one for all.
    What is left of the height after the last pool is laid into the channels.

    Attributes:
        height: px of the line images.
        channels: output channels of each convolution, before ``width_multiplier``.
        kernels: edge of each square kernel, 1 to 7.
        padding: ``same`` keeps the size (the odd zero of an even kernel goes right and below, as in Keras);
            ``valid`` pads nothing.
        batch_norm: whether batch normalisation follows the convolution, which then has no bias of its own.
        pools: the max pool after each convolution, ``HxW`` in px and of that stride, or empty: ``2x2``, ``2x1``.
        dropout: the share of values set to zero in training, after the ReLU and before the pool.
        dense: size of a ReLU layer on each frame's features, 0 for none.
        dense_dropout: the share of that layer's outputs set to zero in training.
        width_multiplier: factor on ``channels``, rounded to multiples of 8: below 1 for small machines.

    Raises:
        OptionError: a value is out of range, a list has the wrong length, or the pools eat the whole height.
    """

    height: int = 32
    channels: tuple[int, ...] = (32, 64, 128, 128, 256, 256)
    kernels: tuple[int, ...] = (3,)
    padding: tuple[str, ...] = ("same",)
    batch_norm: tuple[bool, ...] = (True,)
    pools: tuple[str, ...] = ("2x2", "2x2", "", "2x1", "", "2x1")
    dropout: tuple[float, ...] = (0.0,)
    dense: int = 0
    dense_dropout: float = 0.0
    width_multiplier: float = 1.0

    def __post_init__(self) -> None:
        _check_height(self.height)
        _check_channels("channels", self.channels)
        _check_multiplier(self.width_multiplier)
        if len(self.pools) != len(self.channels):
            raise OptionError(
                f"pools has {len(self.pools)} entries for {len(self.channels)} convolutions; "
                'give one a convolution, "" where no pool follows'
            )
        for name in ("kernels", "padding", "batch_norm", "dropout"):
            if len(getattr(self, name)) not in (1, len(self.channels)):
                raise OptionError(
                    f"{name} has {len(getattr(self, name))} entries for {len(self.channels)} convolutions; "
                    "give one a convolution, or a single one for all"
                )
        for kernel in self.kernels:
            if not 1 <= kernel <= 7:
                raise OptionError(f"kernels holds {kernel!r}; expected edges of 1 to 7 px")
        for padding in self.padding:
            if padding not in ("same", "valid"):
                raise OptionError(f"padding holds {padding!r}; expected 'same' or 'valid'")
        for rate in self.dropout:
            _check_rate("dropout", rate)
        _check_rate("dense_dropout", self.dense_dropout)
        if self.dense < 0:
            raise OptionError(f"dense is {self.dense!r}; expected a number of features, or 0 for no dense layer")
        _check_rows(self.height, self.rows)

    @property
    def rows(self) -> int:
        """Height in px that is left after the last convolution and pool; below 1 means that nothing is left."""
        rows = self.height
        count = len(self.channels)
        for kernel, padding, pool in zip(
            spread(self.kernels, count), spread(self.padding, count), self.pools, strict=True
        ):
            rows = (rows if padding == "same" else rows - kernel + 1) // pool_window(pool)[0]
        return rows


@dataclass(frozen=True, slots=True)
class ResnetOptions:
    """A residual network: a stem of plain convolutions, then stages of basic blocks, a max pool before each stage.

    The defaults are the 45-layer-like network of Cheng et al. 2017, arXiv:1709.02054, with max pools of height only
    in place of its padded 2x2 windows, and its last rows laid into the channels in place of its last convolution.

    Attributes:
        height: px of the line images.
        stem: output channels of the plain 3x3 convolutions at full size.
        channels: output channels of each stage, before ``width_multiplier``.
        blocks: basic blocks in each stage.
        pools: the max pool before each stage, ``HxW`` in px and of that stride, or empty.
        dropout: the share of output values set to zero in training.
        width_multiplier: factor on ``stem`` and ``channels``, rounded to multiples of 8: below 1 for small machines.

    Raises:
        OptionError: a value is out of range, a list has the wrong length, or the pools eat the whole height.
    """

    height: int = 32
    stem: tuple[int, ...] = (32, 64)
    channels: tuple[int, ...] = (128, 256, 512, 512)
    blocks: tuple[int, ...] = (1, 2, 5, 3)
    pools: tuple[str, ...] = ("2x2", "2x2", "2x1", "2x1")
    dropout: float = 0.0
    width_multiplier: float = 1.0

    def __post_init__(self) -> None:
        _check_height(self.height)
        _check_channels("stem", self.stem)
        _check_channels("channels", self.channels)
        _check_multiplier(self.width_multiplier)
        for name, values in (("blocks", self.blocks), ("pools", self.pools)):
            if len(values) != len(self.channels):
                raise OptionError(f"{name} has {len(values)} entries for {len(self.channels)} stages; give one a stage")
        for count in self.blocks:
            if count < 1:
                raise OptionError(f"blocks holds {count!r}; expected at least 1 block a stage")
            if count > _MOST_LAYERS:
                raise OptionError(f"blocks holds {count!r}; expected {_MOST_LAYERS} blocks a stage at most")
        _check_rate("dropout", self.dropout)
        _check_rows(self.height, self.rows)

    @property
    def rows(self) -> int:
        """Height in px that is left after the last pool; 0 means that nothing is left."""
        rows = self.height
        for pool in self.pools:
            rows //= pool_window(pool)[0]
        return rows


@dataclass(frozen=True, slots=True)
class LstmLayer:
    """One bidirectional LSTM.

    Attributes:
        size: units of each direction.
        merge: ``concat`` lays both directions side by side (2 x size features), ``sum`` adds them (size features).

    Raises:
        OptionError: a size below 1, or another merge.
    """

    size: int = 256
    merge: str = "concat"

    def __post_init__(self) -> None:
        if self.size < 1:
            raise OptionError(f"size is {self.size!r}; expected at least 1 unit")
        if self.merge not in ("concat", "sum"):
            raise OptionError(f"merge is {self.merge!r}; expected 'concat' or 'sum'")

    @property
    def features(self) -> int:
        """Features a frame that the layer gives."""
        return 2 * self.size if self.merge == "concat" else self.size


@dataclass(frozen=True, slots=True)
class BlstmOptions:
    """Bidirectional LSTMs, one after the other.

    Attributes:
        rnn: the LSTMs, first to last; may be empty.
        dropout: the share of values set to zero in training before each.

    Raises:
        OptionError: a value is out of range.
    """

    rnn: tuple[LstmLayer, ...] = (LstmLayer(256), LstmLayer(256))
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if len(self.rnn) > _MOST_LAYERS:
            raise OptionError(f"rnn has {len(self.rnn)} entries; expected {_MOST_LAYERS} at most")
        _check_rate("dropout", self.dropout)


@dataclass(frozen=True, slots=True)
class MixerOptions:
    """Blocks of a convolution over neighbouring frames and two layers within each frame.

    Attributes:
        size: features a frame.
        layers: blocks.
        kernel: frames that each block's convolution sees, an odd number.
        expansion: how many times wider than ``size`` a block is inside.
        dropout: the share of values set to zero in training, of what each block adds to its frames.

    Raises:
        OptionError: a value is out of range.
    """

    size: int = 256
    layers: int = 4
    kernel: int = 11
    expansion: int = 2
    dropout: float = 0.0

    def __post_init__(self) -> None:
        for name, value, most in (("size", self.size, _WIDEST), ("expansion", self.expansion, 16)):
            if not 1 <= value <= most:
                raise OptionError(f"{name} is {value!r}; expected 1 to {most}")
        if not 0 <= self.layers <= _MOST_LAYERS:
            raise OptionError(f"layers is {self.layers!r}; expected 0 to {_MOST_LAYERS} blocks")
        if not (1 <= self.kernel <= _LONGEST_KERNEL and self.kernel % 2):
            raise OptionError(
                f"kernel is {self.kernel!r}; expected an odd number of frames from 1 to {_LONGEST_KERNEL}"
            )
        _check_rate("dropout", self.dropout)


@dataclass(frozen=True, slots=True)
class HeadOptions:
    """What stands between the backbone's frames and the labels' log-probabilities.

    Attributes:
        rnn: the LSTMs of the head ``blstm``, first to last; None for its default. No other head has any.
        dropout: the share of values set to zero in training, where the head says; None for that of a model that
            training starts from, and 0 without one.
        skip_frames: outputs dropped at the start of every line, in training and in reading.
        name: which head.
        options: the head's own options, but for ``dropout`` and for the LSTMs above.

    Raises:
        OptionError: a value is out of range, or said twice.
    """

    rnn: tuple[LstmLayer, ...] | None = None
    dropout: float | None = None
    skip_frames: int = 0
    name: str = "blstm"
    options: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        BlstmOptions(self.rnn or (), self.dropout or 0.0)
        if "dropout" in self.options:
            raise OptionError("options has a dropout; a head's is said as head.dropout, not as head.options.dropout")
        if "rnn" in self.options and self.rnn is not None:
            raise OptionError("rnn is said twice, as head.rnn and as head.options.rnn; leave one out")
        if self.skip_frames < 0:
            raise OptionError(f"skip_frames is {self.skip_frames!r}; expected 0 or more frames")


def pool_window(pool: str) -> tuple[int, int]:
    """Height and width in px of a pool written ``HxW``; (1, 1) for the empty string.

    Raises:
        OptionError: it is written otherwise.
    """
    if not pool:
        return 1, 1
    match = _POOL.fullmatch(pool)
    if match is None:
        raise OptionError(f"pools holds {pool!r}; expected height x width, such as '2x2' or '2x1', or '' for none")
    return int(match[1]), int(match[2])


def spread(values: Sequence[_Value], count: int) -> tuple[_Value, ...]:
    """``values`` as they are, or a single value repeated ``count`` times."""
    return tuple(values) * (count if len(values) == 1 else 1)


def scaled(channels: int, multiplier: float) -> int:
    """Channels times a width multiplier, rounded to a multiple of 8 and at least 8; unchanged by a multiplier of 1."""
    return channels if multiplier == 1 else max(8, round(channels * multiplier / 8) * 8)


def _check_height(height: int) -> None:
    if height < 1:
        raise OptionError(f"height is {height!r}; expected at least 1 px")


def _check_channels(name: str, channels: Sequence[int]) -> None:
    if len(channels) > _MOST_LAYERS:
        raise OptionError(f"{name} has {len(channels)} entries; expected {_MOST_LAYERS} at most")
    if not channels or min(channels) < 1:
        raise OptionError(f"{name} is {list(channels)!r}; expected at least one number of channels, each at least 1")


def _check_multiplier(multiplier: float) -> None:
    if not 0 < multiplier <= 16:
        raise OptionError(f"width_multiplier is {multiplier!r}; expected a factor above 0 and up to 16")


def _check_rate(name: str, rate: float) -> None:
    if not 0 <= rate < 1:
        raise OptionError(f"{name} is {rate!r}; expected a share from 0 to below 1")


def _check_rows(height: int, rows: int) -> None:
    if rows < 1:
        raise OptionError(
            f"nothing is left of a height of {height} px after the pools; "
            "use fewer or lower pools (pools), or taller images (height)"
        )
