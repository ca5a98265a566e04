"""Large collections read on a Ray cluster: the engine ``ray``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocrkit import hookimpl
from ocrkit.plugin.engine_specs import EngineSpec
from ocrkit_ray.options import RayOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.plugin.engine_specs import Engine

__version__ = "0.1.0"


@hookimpl
def ocrkit_engines() -> Iterator[EngineSpec]:
    """The engine ``ray``."""
    yield EngineSpec("ray", "Workers on the machines of a Ray cluster, or on this one.", RayOptions, _build)


def _build(options: Any) -> Engine:
    from ocrkit_ray.engine import make_engine

    return make_engine(options)
