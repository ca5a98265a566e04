"""What finds the lines of pages, by the names that requests may give."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ocrkit.errors import OcrkitError
from ocrkit.pages.finding import ChosenSegmenter, choose_segmenter
from ocrkit.plugin.registry import default_registry
from ocrkit_serve.work.records import Refused

if TYPE_CHECKING:
    from ocrkit.plugin.registry import Registry

__all__ = ["Segmenters"]


class Segmenters:
    """Segmenters, each made once, when it is first asked for.

    Args:
        usual: the name of the one that is taken where none is asked for; None for the best that is installed.
        registry: knows what is installed; None for the default one.
        runtime: what computes their models, where they have any.
    """

    def __init__(self, usual: str | None = None, registry: Registry | None = None, runtime: str = "auto") -> None:
        self._usual = usual
        self._runtime = runtime
        self._registry = registry
        self._lock = threading.Lock()
        self._made: dict[str | None, ChosenSegmenter] = {}

    def load(self) -> None:
        """Make the usual one.

        Raises:
            OcrkitError: there is none of that name, or it lacks its model.
        """
        self._made[None] = choose_segmenter(self._usual, runtime=self._runtime, registry=self._registry)

    def check(self, name: str | None) -> None:
        """See that there is one of a name.

        Raises:
            Refused: there is none.
        """
        names = [offer.name for offer in (self._registry or default_registry()).segmenters()]
        if name is not None and name not in names:
            raise Refused(400, f"no segmenter {name!r}; take one of {', '.join(names)}")

    def get(self, name: str | None) -> ChosenSegmenter:
        """The one of a name, or the usual one.

        Raises:
            Refused: there is none.
        """
        with self._lock:
            if name not in self._made:
                self.check(name)
                try:
                    self._made[name] = choose_segmenter(name, runtime=self._runtime, registry=self._registry)
                except OcrkitError as error:
                    raise Refused(400, f"the segmenter {name!r} cannot be used here; leave it out") from error
            return self._made[name]
