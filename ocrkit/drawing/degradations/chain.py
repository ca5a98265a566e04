"""All degradations by name, in the order in which they come about, and a random few of them one after another."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocrkit.drawing.degradations import bilevel, geometry, ink, optics, page, paper, scanning
from ocrkit.errors import UnknownNameError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from ocrkit.drawing.degradations.picture import Degradation, Picture

__all__ = ["DEGRADATIONS", "TAKE_DETAIL", "Planned", "check_names", "degrade", "plan"]


class _Step(NamedTuple):
    """A degradation of the chain, its chance at full strength, and whether it takes detail that reading needs."""

    function: Degradation
    likelihood: float
    takes_detail: bool = False

    @property
    def name(self) -> str:
        return self.function.__name__


# In the order in which they come about: type and press, the page, the page under the lamp, the scanner, the file.
_CHAIN = (
    _Step(ink.thicken, 0.9, takes_detail=True),
    _Step(ink.thin, 0.1, takes_detail=True),
    _Step(ink.break_up, 0.4, takes_detail=True),
    _Step(ink.blotch, 0.3),
    _Step(page.neighbours, 0.8),
    _Step(page.rule, 0.06),
    _Step(paper.show_through, 0.12),
    _Step(paper.watermark, 0.08),
    _Step(paper.texture, 0.3),
    _Step(paper.stain, 0.12),
    _Step(geometry.slant, 0.2),
    _Step(geometry.curl, 0.15),
    _Step(geometry.rotate, 0.25),
    _Step(page.crop, 0.75),
    _Step(optics.shade, 0.2),
    _Step(optics.fade, 0.75),
    _Step(optics.blur, 0.9, takes_detail=True),
    _Step(optics.motion, 0.06, takes_detail=True),
    _Step(scanning.grain, 0.35),
    _Step(scanning.sharpen, 0.12),
    _Step(scanning.bleach, 0.5),
    _Step(bilevel.binarise, 0.2, takes_detail=True),
    _Step(bilevel.photocopy, 0.08, takes_detail=True),
    _Step(bilevel.dither, 0.03, takes_detail=True),
    _Step(scanning.speckle, 0.2),
    # Archives make their pictures smaller last of all, after thresholds: hence the grey edges of most.
    _Step(scanning.resample, 0.85, takes_detail=True),
    _Step(scanning.invert, 0.02),
    _Step(scanning.compress, 0.35),
)
_LIKELIHOODS = np.array([step.likelihood for step in _CHAIN])
_TAKE_DETAIL = np.array([step.takes_detail for step in _CHAIN])
# The sum of the amounts of those that take detail; with more, lines at full strength could not be read.
_MOST_DETAIL = 1.5

# Names of those of which too much together leaves nothing to read; their amounts share a budget.
TAKE_DETAIL = frozenset(step.name for step in _CHAIN if step.takes_detail)
DEGRADATIONS: Mapping[str, Degradation] = MappingProxyType({step.name: step.function for step in _CHAIN})


@dataclass(frozen=True, slots=True)
class Planned:
    """One degradation of a picture: its name, how far it goes (0 to 1), and the seed of what it draws."""

    name: str
    amount: float
    seed: int


def degrade(
    picture: Picture, rng: np.random.Generator, strength: float, without: frozenset[str] = frozenset()
) -> Picture:
    """Apply a random few of all degradations, one after another; a strength of 0 leaves the picture as it is.

    Args:
        picture: (H, W) uint8, 255 for paper.
        rng: the only source of chance; each degradation draws from a stream of its own.
        strength: 0 to 1; both the chance of each degradation and how far it goes.
        without: names of degradations to leave out. The others are drawn as they would be with these.

    Raises:
        UnknownNameError: a name of ``without`` is no degradation.
    """
    if without:
        check_names(without)
    for planned in plan(rng, strength):
        if planned.name not in without:
            own = np.random.Generator(np.random.PCG64(planned.seed))
            picture = DEGRADATIONS[planned.name](picture, own, planned.amount)
    return picture


def plan(rng: np.random.Generator, strength: float) -> list[Planned]:
    """What ``degrade`` will do to a picture, in its order; nothing where the strength is 0."""
    if strength <= 0:
        return []
    chances, places = rng.random((2, len(_CHAIN)))
    seeds = rng.integers(2**63, size=len(_CHAIN)).tolist()
    chosen = chances < _LIKELIHOODS * min(1.0, 0.4 + 0.8 * strength)
    amounts = _amounts(places, strength, chosen & _TAKE_DETAIL)
    return [Planned(_CHAIN[k].name, amounts[k], seeds[k]) for k in np.flatnonzero(chosen).tolist()]


def check_names(names: Iterable[str]) -> None:
    """Refuse what is no degradation's name, offering the nearest.

    Raises:
        UnknownNameError: as said.
    """
    for name in names:
        if name not in DEGRADATIONS:
            raise UnknownNameError(unknown_name("degradation", name, DEGRADATIONS))


def _amounts(places: NDArray[np.float64], strength: float, taking_detail: NDArray[np.bool_]) -> list[float]:
    """How far each degradation goes: from two fifths of the strength to 1.6 times it, within the budget."""
    least, most = 0.4 * strength, min(1.0, 1.6 * strength)
    amounts = least + (most - least) * places
    wanted = float(amounts[taking_detail].sum())
    if wanted > _MOST_DETAIL:
        amounts[taking_detail] *= _MOST_DETAIL / wanted
    listed: list[float] = amounts.tolist()
    return listed
