"""What a plugin yields: one frozen record a thing offered, and the roles that the things play."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import typer
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from ocrkit.ctc import Decoded, Lexicon
    from ocrkit.data.progress import Progress
    from ocrkit.data.records import BadRow, Prediction, Sample
    from ocrkit.text.charset import Charset
    from ocrkit.text.scripts import Script

__all__ = [
    "AugmentationSpec",
    "Backbone",
    "BackboneSpec",
    "BatchDegradation",
    "CommandSpec",
    "Decoder",
    "DecoderOptions",
    "DecoderSpec",
    "Head",
    "HeadSpec",
    "LineNumbers",
    "ModelSpec",
    "RendererSpec",
    "SourceOptions",
    "SourceSpec",
    "TensorDecoder",
]


class Backbone(Protocol):
    """The role of the module that ``BackboneSpec.build`` returns: an ``nn.Module`` besides."""

    out_channels: int

    def frames(self, width: int) -> int:
        """The number of output frames T for an image ``width`` px wide; also right elementwise on a tensor."""
        ...

    def __call__(self, images: Tensor, widths: Tensor) -> Tensor:
        """Turn (B, 1, H, W) images, each ``widths[b]`` px wide, into (B, out_channels, T) features.

        Columns at or past a line's own width do not change that line's frames.
        """
        ...


@dataclass(frozen=True, slots=True)
class BackboneSpec:
    """A convolutional network that turns a line image into a row of feature columns.

    Attributes:
        name: what ``--backbone`` and model files call it.
        summary: one line for listings.
        height: the line height in px that it was designed for; a model may be built for another.
        options: a frozen dataclass whose fields, each with a default, are the options. A field
            called ``height`` is filled with the model's line height.
        build: makes the module from an instance of ``options``; import torch in here, not above.
    """

    name: str
    summary: str
    height: int
    options: type
    build: Callable[..., nn.Module]


class Head(Protocol):
    """The role of the module that ``HeadSpec.build`` returns: an ``nn.Module`` besides."""

    out_features: int

    def __call__(self, frames: Tensor, lengths: Tensor) -> Tensor:
        """Turn (B, T, C) frames, T at least 1, into (B, T, out_features).

        ``lengths`` (B,) holds each line's frames that count, 0 to T, on the frames' device. What stands past a line's
        length does not change that line's frames, and neither do other lines; what is given there has no meaning.
        """
        ...


@dataclass(frozen=True, slots=True)
class HeadSpec:
    """A network over a backbone's frames: what reads a frame by those around it.

    Attributes:
        name: what ``--head`` and model files call it.
        summary: one line for listings.
        options: a frozen dataclass whose fields, each with a default, are the options. A float field called
            ``dropout`` is filled with the configuration's ``head.dropout``.
        build: makes the module from the features of the frames that come in, C, and an instance of ``options``;
            import torch in here, not above.
    """

    name: str
    summary: str
    options: type
    build: Callable[..., nn.Module]


@dataclass(frozen=True, slots=True)
class DecoderOptions:
    """What the user asked of a decoder; a field left at its default was not asked for.

    A field whose metadata name another under ``of`` means nothing without it.

    Attributes:
        lexicon: the entries that a reading must or should come from.
        prior_weight: the factor of each entry's ln(count / total); the lexicon needs counts.
        beam_width: labellings kept after each frame.
        n_best: hypotheses to return a line.
        language_model: an n-gram model.
        lm_weight: the factor of the language model's log-probability.
        lm_bonus: nats added for each unit.
        separators: labels that may stand between lexicon entries.
        out_of_lexicon: nats that each label costs of what is no lexicon entry.
        threads: worker threads, 0 for every core.
        extra: options of third-party decoders, by name.
    """

    lexicon: Lexicon | None = None
    prior_weight: float | None = field(default=None, metadata={"of": "lexicon"})
    beam_width: int | None = None
    n_best: int = 1
    language_model: object | None = None
    lm_weight: float | None = field(default=None, metadata={"of": "language_model"})
    lm_bonus: float | None = field(default=None, metadata={"of": "language_model"})
    separators: frozenset[int] | None = field(default=None, metadata={"of": "lexicon"})
    out_of_lexicon: float | None = field(default=None, metadata={"of": "lexicon"})
    threads: int = 0
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def asked(self) -> dict[str, object]:
        """What was asked for, by the names of its fields; ``threads``, which changes no reading, is never among it."""
        unasked = DecoderOptions()
        values = {each.name: getattr(self, each.name) for each in fields(DecoderOptions) if each.name != "threads"}
        return {name: value for name, value in values.items() if value != getattr(unasked, name)}


class Decoder(Protocol):
    """The role of what ``DecoderSpec.build`` returns."""

    def decode(self, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        """Decode (B, T, V) natural-log probabilities, of which ``lengths[b]`` frames count; label 0 is the blank."""
        ...


@runtime_checkable
class TensorDecoder(Decoder, Protocol):
    """The role of a decoder that can also take log-probabilities that lie on a device, without a copy of them."""

    def decode_tensor(self, log_probs: Tensor, lengths: NDArray[np.int64]) -> Decoded:
        """What ``decode`` gives, up to rounding, of a (B, T, V) tensor that does not lie in the CPU's memory."""
        ...


@dataclass(frozen=True, slots=True)
class DecoderSpec:
    """A way from log-probabilities to labels.

    Attributes:
        name: what ``--decoder`` calls it.
        summary: one line for listings.
        needs_lexicon: whether it cannot work without one.
        build: makes the decoder for a charset; raises ``OptionError`` for a value out of range. It may be a
            ``TensorDecoder``.
        honours: the fields of ``DecoderOptions`` that it can honour; where another is asked for, it is not built.
            ``threads`` need not be among them, nor ``lexicon`` where it needs one. With ``extra`` among them, ``build``
            raises ``OptionError`` for a name in there that it does not know.
    """

    name: str
    summary: str
    needs_lexicon: bool
    build: Callable[[Charset, DecoderOptions], Decoder]
    honours: frozenset[str] = frozenset()

    @property
    def honoured(self) -> frozenset[str]:
        """All fields that it honours, those included that need not be named."""
        return self.honours | {"threads"} | ({"lexicon"} if self.needs_lexicon else set())


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What a data source may need besides its location.

    Attributes:
        charset: the charset that the samples are for, where one is known already.
        seed: where the source draws at random, the seed of it.
        count: how many samples an endless source should have.
        extra: settings of one source, by name; a source raises ``ConfigError`` for one that it does not know.
        report: told of each row that is left out because something is wrong with it; where None, the first such row
            is raised as a ``DataError``.
        progress: told now and then of how much has been listed, of how much, in whatever the source counts.
        scripts: what is known of scripts; ``open_samples`` gives those that are registered.
        charsets: finds a charset, or a union, by name; ``open_samples`` gives those that are registered.
    """

    charset: Charset | None = None
    seed: int = 0
    count: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    report: Callable[[BadRow], None] | None = None
    progress: Progress | None = None
    scripts: tuple[Script, ...] = ()
    charsets: Callable[[str], Charset] | None = None


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A data format that gives samples.

    Attributes:
        name: what ``--format`` calls it.
        summary: one line for listings.
        recognises: whether a file or folder is surely of this format; never raises, reads little.
        open: lists the samples at a location (None for a source that makes them up), without opening images.
        precedence: of the formats that recognise a folder, the one of the highest precedence is taken.
        walks: whether ``open`` of a folder reads the folders below too, so that one is taken for this format where
            nothing is recognised in it itself, and only this below it.
    """

    name: str
    summary: str
    recognises: Callable[[Path], bool]
    open: Callable[[Path | None, SourceOptions], Sequence[Sample]]
    precedence: int = 0
    walks: bool = False


class LineNumbers(Protocol):
    """The role of what a batch's degradation draws from: numbers of each line's own, whatever else is in the batch."""

    def uniform(self, count: int) -> Tensor:
        """(B, count) numbers from 0 to below 1, others at each call."""
        ...

    def noise(self) -> Tensor:
        """(B, 1, H, W) numbers, one a pixel, of mean 0 and deviation 1."""
        ...


class BatchDegradation(Protocol):
    """The role of what ``AugmentationSpec.batched`` gives: a degradation of many lines at once, on their device."""

    def __call__(self, ink: Tensor, widths: Tensor, strengths: Tensor, draws: LineNumbers, /) -> Tensor:
        """Map (B, 1, H, W) float32 ink, 0 for paper and 1 for black, to such ink; leave the input as it is.

        Args:
            ink: the lines, with paper to the right of the shorter ones. What is put there is made paper again.
            widths: (B,) px, int64.
            strengths: (B,) from 0 (next to nothing) to 1 (the worst that is still legible).
            draws: the only source of chance, by which a line comes out alone as in a batch.
        """
        ...


@dataclass(frozen=True, slots=True)
class AugmentationSpec:
    """A degradation of a drawn or photographed line.

    Attributes:
        name: what configurations call it.
        summary: one line for listings.
        apply: maps a grey uint8 (H, W) image, 255 for paper, to another, drawing only from the generator given;
            the strength runs from 0 (next to nothing) to 1 (the worst that is still legible).
        batched: gives the same for batches, which training then takes in the place of ``apply``; import torch in
            here, not above. None where there is no such form.
    """

    name: str
    summary: str
    apply: Callable[[NDArray[np.uint8], np.random.Generator, float], NDArray[np.uint8]]
    batched: Callable[[], BatchDegradation] | None = None


@dataclass(frozen=True, slots=True)
class RendererSpec:
    """A format that predictions are written in.

    Attributes:
        name: what ``--to`` calls it.
        summary: one line for listings.
        suffix: the usual ending of such a file, with its dot.
        render: yields the text piece by piece, as predictions come in.
    """

    name: str
    summary: str
    suffix: str
    render: Callable[[Iterable[Prediction]], Iterator[str]]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A trained model that is ready to read.

    A distribution yields its models in the order in which they should be taken where several would do: the most
    accurate first.

    Attributes:
        name: what ``--model`` and ``--load`` call it.
        summary: one line for listings.
        path: the model file.
        languages: those that it reads, as BCP 47 names them.
        licence: of the weights, as SPDX names it.
        card: a Markdown file on what the model was made of and how well it reads; None where there is none.
        task: ``recognition`` of lines, or ``segmentation`` of pages.
    """

    name: str
    summary: str
    path: Path
    languages: tuple[str, ...]
    licence: str
    card: Path | None = None
    task: str = "recognition"


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command of the command line: ``ocrkit NAME``.

    Attributes:
        name: the word after ``ocrkit``.
        summary: one sentence for ``ocrkit --help``, which does not load the command.
        load: imports and returns the Typer application, when the command is invoked.
    """

    name: str
    summary: str
    load: Callable[[], typer.Typer]
