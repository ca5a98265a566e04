"""What the registry knows: the kinds of things, who offers which, and what is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from ocrkit.plugin.page_specs import PageRendererSpec, SegmenterSpec
from ocrkit.plugin.specs import (
    AugmentationSpec,
    BackboneSpec,
    CommandSpec,
    DecoderSpec,
    HeadSpec,
    ModelSpec,
    RendererSpec,
    SourceSpec,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocrkit.plugin.corrector_specs import CorrectorSpec
    from ocrkit.plugin.engine_specs import EngineSpec
    from ocrkit.text.charset import Charset
    from ocrkit.text.scripts import Script

__all__ = [
    "AUGMENTATION",
    "BACKBONE",
    "CHARSET",
    "COMMAND",
    "CORRECTOR",
    "DECODER",
    "ENGINE",
    "HEAD",
    "KINDS",
    "MODEL",
    "PAGE_RENDERER",
    "RENDERER",
    "SCRIPT",
    "SEGMENTER",
    "SOURCE",
    "Broken",
    "Kind",
    "Offer",
    "Provider",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of thing that plugins offer, and the hook that they offer it by.

    Attributes:
        name: the word for one of them, as messages and listings use it.
        hook: the hook's name.
        record: gives the type that the hook must yield; called only when the hook is.
    """

    name: str
    hook: str
    record: Callable[[], type[T]]


def _charset_type() -> type[Charset]:
    from ocrkit.text.charset import Charset

    return Charset


def _script_type() -> type[Script]:
    from ocrkit.text.scripts import Script

    return Script


def _corrector_type() -> type[CorrectorSpec]:
    from ocrkit.plugin.corrector_specs import CorrectorSpec

    return CorrectorSpec


def _engine_type() -> type[EngineSpec]:
    from ocrkit.plugin.engine_specs import EngineSpec

    return EngineSpec


CHARSET: Kind[Charset] = Kind("charset", "ocrkit_charsets", _charset_type)
BACKBONE: Kind[BackboneSpec] = Kind("backbone", "ocrkit_backbones", lambda: BackboneSpec)
HEAD: Kind[HeadSpec] = Kind("head", "ocrkit_heads", lambda: HeadSpec)
DECODER: Kind[DecoderSpec] = Kind("decoder", "ocrkit_decoders", lambda: DecoderSpec)
SOURCE: Kind[SourceSpec] = Kind("source", "ocrkit_sources", lambda: SourceSpec)
AUGMENTATION: Kind[AugmentationSpec] = Kind("augmentation", "ocrkit_augmentations", lambda: AugmentationSpec)
RENDERER: Kind[RendererSpec] = Kind("renderer", "ocrkit_renderers", lambda: RendererSpec)
SEGMENTER: Kind[SegmenterSpec] = Kind("segmenter", "ocrkit_segmenters", lambda: SegmenterSpec)
PAGE_RENDERER: Kind[PageRendererSpec] = Kind("page renderer", "ocrkit_page_renderers", lambda: PageRendererSpec)
CORRECTOR: Kind[CorrectorSpec] = Kind("corrector", "ocrkit_correctors", _corrector_type)
ENGINE: Kind[EngineSpec] = Kind("engine", "ocrkit_engines", _engine_type)
SCRIPT: Kind[Script] = Kind("script", "ocrkit_scripts", _script_type)
MODEL: Kind[ModelSpec] = Kind("model", "ocrkit_models", lambda: ModelSpec)
COMMAND: Kind[CommandSpec] = Kind("command", "ocrkit_commands", lambda: CommandSpec)

KINDS: tuple[Kind[object], ...] = (  # type: ignore[assignment]  # Kind is invariant, and here only read
    CHARSET,
    BACKBONE,
    HEAD,
    DECODER,
    SOURCE,
    AUGMENTATION,
    RENDERER,
    SEGMENTER,
    PAGE_RENDERER,
    CORRECTOR,
    ENGINE,
    SCRIPT,
    MODEL,
    COMMAND,
)


@dataclass(frozen=True, slots=True, order=True)
class Provider:
    """The distribution that something comes from."""

    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"


@dataclass(frozen=True, slots=True)
class Offer(Generic[T_co]):
    """One thing that a plugin offers.

    Attributes:
        kind: the word for such things, as ``Kind.name``.
        name: what the user calls it.
        origin: who offers it.
        summary: one line for listings.
        value: the record itself.
    """

    kind: str
    name: str
    origin: Provider
    summary: str
    value: T_co

    @property
    def distribution(self) -> str:
        """The name of the distribution that offers it."""
        return self.origin.distribution

    @property
    def version(self) -> str:
        """The version of the distribution that offers it."""
        return self.origin.version


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin, or one hook of it, that failed and is set aside.

    Attributes:
        origin: whose plugin it is.
        where: ``import``, ``registration``, ``OCRKIT_PLUGINS``, or the name of the hook that failed.
        reason: what went wrong, whole; it may have several lines, which ``str`` puts on one.
    """

    origin: Provider
    where: str
    reason: str

    def __str__(self) -> str:
        return f"plugin {self.origin} is off (at {self.where}): {' '.join(self.reason.split())}"
