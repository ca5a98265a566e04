"""The registry: what the built-ins and the installed plugins offer, by kind and name."""

from __future__ import annotations

import importlib.metadata
import logging
import os
import re
import traceback
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pluggy

from ocrkit.plugin import builtin, hookspec
from ocrkit.plugin.loading import ENVIRONMENT, installed_plugins, select
from ocrkit.plugin.lookup import pick
from ocrkit.plugin.offers import (
    AUGMENTATION,
    BACKBONE,
    CHARSET,
    COMMAND,
    CORRECTOR,
    DECODER,
    ENGINE,
    HEAD,
    KINDS,
    MODEL,
    PAGE_RENDERER,
    RENDERER,
    SCRIPT,
    SEGMENTER,
    SOURCE,
    Broken,
    Kind,
    Offer,
    Provider,
)

if TYPE_CHECKING:
    from ocrkit.plugin.corrector_specs import CorrectorSpec
    from ocrkit.plugin.engine_specs import EngineSpec
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
    from ocrkit.text.charset import Charset
    from ocrkit.text.scripts import Script

__all__ = ["Registry", "default_registry", "load_registry"]

T = TypeVar("T")

# What can stand on a command line, in `distribution:name` and in `charset+charset`.
_NAME = re.compile(r"\w[\w.-]*")
_HOOKS = frozenset(kind.hook for kind in KINDS)
# A plugin that exits while it is imported must not take the program along.
_GUARDED = (Exception, SystemExit)

_log = logging.getLogger("ocrkit.plugin")


@cache
def default_registry() -> Registry:
    """The registry of the built-ins and the installed plugins, built once, at first use."""
    return load_registry(os.environ.get(ENVIRONMENT))


def load_registry(selection: str | None = None) -> Registry:
    """A registry of the built-ins and the installed plugins.

    Args:
        selection: ``none``, or distribution names with commas between; None or empty for all.

    Raises:
        Exception: whatever a built-in raises. A third-party failure becomes a ``Broken`` instead.
    """
    registry = Registry()
    own_version = importlib.metadata.version("ocrkit")
    for module in builtin.modules():
        registry.register(module, distribution="ocrkit", version=own_version, trusted=True)
    chosen, missing = select(installed_plugins(), selection)
    registry.set_aside(*missing)
    for plugin in chosen:
        try:
            loaded = plugin.entry.load()
        except _GUARDED as error:
            registry.set_aside(_broken(plugin.origin, "import", error))
        else:
            registry.register(loaded, distribution=plugin.origin.distribution, version=plugin.origin.version)
    return registry


class Registry:
    """What a set of plugins offers; empty until ``register`` is called.

    A hook is called when something of its kind is first asked for, and never again. A third-party hook that raises,
    or that yields something of another type, is set aside whole, with all that it yielded; the plugin's other hooks
    stand. Names are looked up as ``name`` or as ``distribution:name``.
    """

    def __init__(self) -> None:
        self._pluggy = pluggy.PluginManager(hookspec.PROJECT)
        self._pluggy.add_hookspecs(hookspec)
        self._plugins: list[tuple[object, Provider, bool]] = []
        self._offers: dict[str, tuple[Offer[Any], ...]] = {}
        self._broken: list[Broken] = []

    def register(
        self, plugin: object, *, distribution: str = "unnamed", version: str = "0", trusted: bool = False
    ) -> None:
        """Take in a plugin, a module or any object whose functions are marked by ``@hookimpl``.

        Args:
            plugin: the module or object.
            distribution: whose it is.
            version: the version of that distribution.
            trusted: whether its failures are raised, here and when its hooks are called, instead of set aside.
        """
        origin = Provider(distribution, version)
        try:
            self._pluggy.register(plugin, name=f"{distribution}:{len(self._plugins)}")
            self._check_hooks(plugin)
        except _GUARDED as error:
            if self._pluggy.is_registered(plugin) and all(plugin is not other for other, _, _ in self._plugins):
                self._pluggy.unregister(plugin)
            if trusted:
                raise
            self.set_aside(_broken(origin, "registration", error))
        else:
            self._plugins.append((plugin, origin, trusted))
            self._offers.clear()

    def set_aside(self, *broken: Broken) -> None:
        """Record failures that happened before a plugin could be registered, or while its hook was called."""
        self._broken += [item for item in broken if item not in self._broken]

    @property
    def broken(self) -> tuple[Broken, ...]:
        """What has failed so far; a hook that was not called yet cannot have failed."""
        return tuple(self._broken)

    def culprit(self, error: BaseException) -> Provider | None:
        """The plugin in whose code an exception was raised, the innermost one; None where it was in none's.

        What was raised in a worker process brings its traceback as a note.
        """
        strangers = [(plugin, origin) for plugin, origin, trusted in self._plugins if not trusted]
        roots = {getattr(plugin, "__name__", "").partition(".")[0]: origin for plugin, origin in strangers}
        found = [
            roots[root]
            for frame, _ in traceback.walk_tb(error.__traceback__)
            if (root := str(frame.f_globals.get("__name__", "")).partition(".")[0]) in roots
        ]
        notes = "".join(getattr(error, "__notes__", ()))
        files = {getattr(plugin, "__file__", None) or "": origin for plugin, origin in strangers}
        found += [origin for file, origin in files.items() if file and f'"{file}"' in notes]
        return found[-1] if found else None

    def everything(self) -> tuple[Offer[object], ...]:
        """Every offer of every kind; calls all hooks, so that ``broken`` is complete afterwards."""
        return tuple(offer for kind in KINDS for offer in self.offers(kind))

    def offers(self, kind: Kind[T]) -> tuple[Offer[T], ...]:
        """Every offer of one kind, the built-ins' first."""
        if kind.name not in self._offers:
            self._offers[kind.name] = tuple(offer for entry in self._plugins for offer in self._ask(kind, *entry))
        return self._offers[kind.name]

    def offer(self, kind: Kind[T], name: str) -> Offer[T]:
        """The one thing of a kind that has a name, with the distribution that it comes from.

        Raises:
            UnknownNameError: nothing has the name, or two plugins have one.
        """
        offers = self.offers(kind)
        return pick(kind.name, name, offers, self.suspects(kind))

    def suspects(self, kind: Kind[T]) -> list[Broken]:
        """What has failed and may have held more of a kind."""
        return [item for item in self._broken if item.where not in _HOOKS or item.where == kind.hook]

    def charsets(self) -> tuple[Offer[Charset], ...]:
        """Every charset."""
        return self.offers(CHARSET)

    def charset(self, name: str) -> Charset:
        """The charset of that name; ``offer(CHARSET, name)`` tells whose it is as well."""
        return self.offer(CHARSET, name).value

    def backbones(self) -> tuple[Offer[BackboneSpec], ...]:
        """Every backbone."""
        return self.offers(BACKBONE)

    def backbone(self, name: str) -> BackboneSpec:
        """The backbone of that name."""
        return self.offer(BACKBONE, name).value

    def heads(self) -> tuple[Offer[HeadSpec], ...]:
        """Every head."""
        return self.offers(HEAD)

    def head(self, name: str) -> HeadSpec:
        """The head of that name."""
        return self.offer(HEAD, name).value

    def decoders(self) -> tuple[Offer[DecoderSpec], ...]:
        """Every decoder."""
        return self.offers(DECODER)

    def decoder(self, name: str) -> DecoderSpec:
        """The decoder of that name."""
        return self.offer(DECODER, name).value

    def sources(self) -> tuple[Offer[SourceSpec], ...]:
        """Every data format."""
        return self.offers(SOURCE)

    def source(self, name: str) -> SourceSpec:
        """The data format of that name."""
        return self.offer(SOURCE, name).value

    def augmentations(self) -> tuple[Offer[AugmentationSpec], ...]:
        """Every degradation."""
        return self.offers(AUGMENTATION)

    def augmentation(self, name: str) -> AugmentationSpec:
        """The degradation of that name."""
        return self.offer(AUGMENTATION, name).value

    def renderers(self) -> tuple[Offer[RendererSpec], ...]:
        """Every output format."""
        return self.offers(RENDERER)

    def renderer(self, name: str) -> RendererSpec:
        """The output format of that name."""
        return self.offer(RENDERER, name).value

    def segmenters(self) -> tuple[Offer[SegmenterSpec], ...]:
        """Every way to find a page's lines."""
        return self.offers(SEGMENTER)

    def segmenter(self, name: str) -> SegmenterSpec:
        """The way to find a page's lines of that name."""
        return self.offer(SEGMENTER, name).value

    def page_renderers(self) -> tuple[Offer[PageRendererSpec], ...]:
        """Every output format of pages."""
        return self.offers(PAGE_RENDERER)

    def page_renderer(self, name: str) -> PageRendererSpec:
        """The output format of pages of that name."""
        return self.offer(PAGE_RENDERER, name).value

    def correctors(self) -> tuple[Offer[CorrectorSpec], ...]:
        """Every way to mend lines."""
        return self.offers(CORRECTOR)

    def corrector(self, name: str) -> CorrectorSpec:
        """The way to mend lines of that name."""
        return self.offer(CORRECTOR, name).value

    def engines(self) -> tuple[Offer[EngineSpec], ...]:
        """Every way to have many pages read."""
        return self.offers(ENGINE)

    def engine(self, name: str) -> EngineSpec:
        """The way to have many pages read of that name."""
        return self.offer(ENGINE, name).value

    def scripts(self) -> tuple[Offer[Script], ...]:
        """Everything known of scripts; of two with one ISO 15924 code, the later counts."""
        return self.offers(SCRIPT)

    def script(self, name: str) -> Script:
        """The script of that name."""
        return self.offer(SCRIPT, name).value

    def models(self) -> tuple[Offer[ModelSpec], ...]:
        """Every model that a distribution brings; ``ocrkit.model_files`` knows the user's own as well."""
        return self.offers(MODEL)

    def model(self, name: str) -> ModelSpec:
        """The model of that name."""
        return self.offer(MODEL, name).value

    def commands(self) -> tuple[Offer[CommandSpec], ...]:
        """Every command."""
        return self.offers(COMMAND)

    def command(self, name: str) -> CommandSpec:
        """The command of that name."""
        return self.offer(COMMAND, name).value

    def _check_hooks(self, plugin: object) -> None:
        callers = self._pluggy.get_hookcallers(plugin) or []
        unknown = sorted(caller.name for caller in callers if not caller.has_spec())
        if unknown:
            raise TypeError(f"no hook {', '.join(unknown)}; ocrkit's hooks: {', '.join(sorted(_HOOKS))}")
        wrappers = [
            i for c in callers for i in c.get_hookimpls() if i.plugin is plugin and (i.wrapper or i.hookwrapper)
        ]
        if wrappers:
            raise TypeError(f"{wrappers[0].function.__name__} is a wrapper; ocrkit's hooks only yield records")
        marked = {caller.name for caller in callers}
        unmarked = sorted(name for name in _HOOKS - marked if callable(getattr(plugin, name, None)))
        if unmarked:
            raise TypeError(f"{', '.join(unmarked)} is not marked by @hookimpl; import it from ocrkit")
        if not marked:
            raise TypeError(f"no function is marked by @hookimpl; ocrkit's hooks: {', '.join(sorted(_HOOKS))}")

    def _ask(self, kind: Kind[T], plugin: object, origin: Provider, trusted: bool) -> list[Offer[T]]:
        caller = getattr(self._pluggy.hook, kind.hook)
        functions = [
            implementation.function for implementation in caller.get_hookimpls() if implementation.plugin is plugin
        ]
        try:
            # Exhausted here and alone: pluggy's own call stops at the first plugin that raises.
            return [_offer(kind, record, origin) for function in functions for record in _records(function(), kind)]
        except _GUARDED as error:
            if trusted:
                raise
            self.set_aside(_broken(origin, kind.hook, error))
            return []


def _records(answer: object, kind: Kind[T]) -> Iterable[object]:
    if isinstance(answer, Iterable) and not isinstance(answer, str | bytes):
        return answer
    raise TypeError(
        f"{kind.hook} gave {_said(answer)}; expected {kind.record().__name__} records, yielded or in a list"
    )


def _offer(kind: Kind[T], record: object, origin: Provider) -> Offer[T]:
    expected = kind.record()
    if not isinstance(record, expected):
        raise TypeError(f"{kind.hook} yielded {_said(record)}; expected {expected.__name__} records")
    name: object = getattr(record, "name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"{kind.hook} yielded the name {name!r}; expected letters, digits, '_', '-' and '.'")
    return Offer(kind.name, name, origin, _summary(record), record)


def _summary(record: object) -> str:
    written = getattr(record, "summary", None)
    if isinstance(written, str):
        return written
    charset = cast("Charset", record)
    return f"{charset.script}, {', '.join(charset.languages)}; {len(charset)} labels"


def _said(value: object) -> str:
    return f"a {type(value).__name__}" if not isinstance(value, ModuleType) else f"the module {value.__name__}"


def _broken(origin: Provider, where: str, error: BaseException) -> Broken:
    _log.debug("plugin %s failed at %s", origin, where, exc_info=error)
    return Broken(origin, where, f"{type(error).__name__}: {error}")
