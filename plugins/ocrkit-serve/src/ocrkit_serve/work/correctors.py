"""What mends words, by the names that requests may give."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from ocrkit.correcting import LineCorrector, make_corrector
from ocrkit.errors import OcrkitError
from ocrkit.plugin.registry import default_registry
from ocrkit_serve.work.records import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.plugin.registry import Registry
    from ocrkit.text.charset import Charset

__all__ = ["Correctors"]

_log = logging.getLogger("ocrkit")


class Correctors:
    """Correctors, each made once for each charset that it is asked for.

    Args:
        named: those that may be asked for; None for all that are installed and need no options.
        registry: knows what is installed; None for the default one.

    Attributes:
        names: of those that may be asked for.

    Raises:
        UnknownNameError: there is none of a name.
    """

    def __init__(self, named: Sequence[str] | None = None, registry: Registry | None = None) -> None:
        for name in named or ():
            (registry or default_registry()).corrector(name)
        self.names: tuple[str, ...] = ()
        self._named = named
        self._registry = registry
        self._lock = threading.Lock()
        self._made: dict[tuple[str, Charset], LineCorrector] = {}

    def load(self, charset: Charset) -> None:
        """Make those that may be asked for, for a charset.

        Raises:
            OcrkitError: one that was named cannot be made.
        """
        registry = self._registry or default_registry()
        names = [offer.name for offer in registry.correctors()] if self._named is None else self._named
        usable = []
        for name in dict.fromkeys(names):
            try:
                self._made[name, charset] = make_corrector(name, charset, registry=self._registry)
                usable.append(name)
            except OcrkitError as error:
                if self._named is not None:
                    raise
                _log.warning("the corrector %s is left out: %s", name, error)
        self.names = tuple(usable)

    def check(self, *names: str | None) -> None:
        """See that there are such ones.

        Raises:
            Refused: there is none of a name.
        """
        for name in names:
            if name is not None and name not in self.names:
                listed = f"take one of {', '.join(self.names)}" if self.names else "none is offered here: leave it out"
                raise Refused(400, f"no corrector {name!r}; {listed}")

    def get(self, name: str | None, charset: Charset) -> LineCorrector | None:
        """The one of a name for a charset; None where none is named.

        Raises:
            Refused: there is none, or it does not know the charset.
        """
        if name is None:
            return None
        self.check(name)
        with self._lock:
            if (name, charset) not in self._made:
                try:
                    self._made[name, charset] = make_corrector(name, charset, registry=self._registry)
                except OcrkitError as error:
                    told = f"the corrector {name!r} cannot be used with this model; leave it out"
                    raise Refused(400, told) from error
            return self._made[name, charset]
