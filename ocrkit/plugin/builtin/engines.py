"""The way to have many pages read that comes with ocrkit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.plugin.engine_specs import EngineSpec
from ocrkit.plugin.hookspec import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrkit.plugin.engine_specs import Engine

__all__ = ["LocalOptions", "ocrkit_engines"]


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """Options of the engine ``local``."""

    workers: int = -1
    """Processes; -1 for as many as there are cores and memory for."""


def _local(options: LocalOptions) -> Engine:
    from ocrkit.plugin.local_engine import LocalEngine

    return LocalEngine(options.workers)


@hookimpl
def ocrkit_engines() -> Iterable[EngineSpec]:
    """Processes of this machine."""
    return (EngineSpec("local", "Processes of this machine, each with a model of its own.", LocalOptions, _local),)
