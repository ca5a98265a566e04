"""Finding one offer by the name that a user typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ocrkit.errors import UnknownNameError, unknown_name
from ocrkit.plugin.loading import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ocrkit.plugin.offers import Broken, Offer

__all__ = ["pick"]

T = TypeVar("T")

# The kinds that have a listing of their own.
_LISTINGS = {
    "charset": "'ocrkit charsets list' shows all",
    "model": "'ocrkit models list' shows all; a file, or a run's folder, works as well",
}


def pick(kind: str, name: str, offers: Sequence[Offer[T]], broken: Iterable[Broken]) -> Offer[T]:
    """The offer called ``name``, or ``distribution:name``.

    Args:
        kind: the word for such things, for messages.
        name: what the user typed.
        offers: all things of that kind.
        broken: the plugins that may have held more of them.

    Raises:
        UnknownNameError: nothing has the name, or more than one thing has.
    """
    distribution, colon, bare = name.rpartition(":")
    found = [offer for offer in offers if offer.name == bare]
    if colon:
        found = [offer for offer in found if canonical(offer.distribution) == canonical(distribution)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownNameError(_clash(kind, bare, found))
    names = {f"{offer.distribution}:{offer.name}" if colon else offer.name for offer in offers}
    raise UnknownNameError(unknown_name(kind, name, names, way_out=_way_out(kind, broken)))


def _clash(kind: str, name: str, found: Sequence[Offer[T]]) -> str:
    origins = sorted({offer.origin for offer in found})
    if len(origins) == 1:
        return f"{kind} {name!r} is given {len(found)} times by {origins[0]}; its author must name them apart"
    choices = " or ".join(repr(f"{origin.distribution}:{name}") for origin in origins)
    return f"{kind} {name!r} is given by {' and by '.join(map(str, origins))}; say {choices}"


def _way_out(kind: str, broken: Iterable[Broken]) -> str:
    listing = _LISTINGS.get(kind, "'ocrkit plugins list' shows all")
    off = "; ".join(str(item) for item in broken)
    return f"{listing}; it may have been in a plugin that failed: {off}" if off else listing
