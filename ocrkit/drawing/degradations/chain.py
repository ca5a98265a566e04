"""All degradations by name, in the order in which they come about, and a random few of them one after another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from ocrkit.drawing.chance import generator
from ocrkit.drawing.degradations import bilevel, geometry, ink, optics, page, paper, scanning, thermal, typed
from ocrkit.errors import UnknownNameError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ocrkit.drawing.degradations.picture import Degradation, Picture

__all__ = ["DEGRADATIONS", "MANNERS", "TAKE_DETAIL", "Manner", "Planned", "check_names", "degrade", "plan"]


# What a line is, which says how likely each degradation is.
Manner: TypeAlias = Literal["print", "typescript", "receipt", "scene"]


class _Step(NamedTuple):
    """A degradation, its chance at full strength by manner, and whether it takes detail that reading needs."""

    function: Degradation
    likelihoods: tuple[float, float, float, float]
    takes_detail: bool = False

    @property
    def name(self) -> str:
        return self.function.__name__


MANNERS: tuple[Manner, ...] = get_args(Manner)
# In the order in which they come about: type and press, the page, the page under the lamp, the scanner, the file.
_STEPS = (
    _Step(typed.ribbon, (0, 0.4, 0, 0)),
    _Step(thermal.dots, (0, 0, 0.6, 0), takes_detail=True),
    _Step(thermal.bands, (0, 0, 0.5, 0)),
    _Step(ink.thicken, (0.9, 0.5, 0.35, 0.15), takes_detail=True),
    _Step(ink.thin, (0.1, 0.2, 0.15, 0.1), takes_detail=True),
    _Step(ink.break_up, (0.4, 0.3, 0.2, 0.05), takes_detail=True),
    _Step(ink.blotch, (0.3, 0.35, 0.2, 0.05)),
    _Step(typed.carbon, (0, 0.25, 0, 0), takes_detail=True),
    _Step(page.neighbours, (0.8, 0.35, 0.4, 0)),
    _Step(page.crowd, (0, 0.6, 0.25, 0)),
    _Step(page.rule, (0.06, 0.05, 0.04, 0.03)),
    _Step(paper.show_through, (0.12, 0.1, 0.03, 0)),
    _Step(paper.watermark, (0.08, 0.03, 0.03, 0)),
    _Step(paper.texture, (0.3, 0.45, 0.4, 0.1)),
    _Step(paper.stain, (0.12, 0.12, 0.05, 0.03)),
    _Step(geometry.slant, (0.2, 0.06, 0.15, 0.2)),
    _Step(geometry.curl, (0.15, 0.15, 0.2, 0.1)),
    _Step(geometry.rotate, (0.25, 0.35, 0.3, 0.15)),
    _Step(page.crop, (0.75, 0.75, 0.9, 0)),
    _Step(optics.shade, (0.2, 0.25, 0.3, 0.2)),
    _Step(optics.fade, (0.75, 0.6, 0.8, 0)),
    _Step(optics.dim, (0, 0.45, 0.07, 0)),
    _Step(optics.blur, (0.9, 0.8, 0.7, 0.5), takes_detail=True),
    _Step(optics.motion, (0.06, 0.04, 0.06, 0.12), takes_detail=True),
    _Step(scanning.grain, (0.35, 0.4, 0.45, 0.45)),
    _Step(scanning.sharpen, (0.12, 0.15, 0.3, 0.12)),
    _Step(scanning.bleach, (0.5, 0.35, 0.4, 0)),
    _Step(bilevel.binarise, (0.2, 0.2, 0.12, 0), takes_detail=True),
    _Step(bilevel.photocopy, (0.08, 0.1, 0.05, 0), takes_detail=True),
    _Step(bilevel.dither, (0.03, 0.02, 0.02, 0), takes_detail=True),
    _Step(scanning.speckle, (0.2, 0.3, 0.15, 0.04)),
    # Archives make their pictures smaller last of all, after thresholds: hence the grey edges of most.
    _Step(scanning.resample, (0.85, 0.75, 0.85, 0.65), takes_detail=True),
    _Step(scanning.invert, (0.02, 0.01, 0.01, 0)),
    _Step(scanning.compress, (0.35, 0.5, 0.4, 0.7)),
)
# Of each manner those that it ever meets, with their chances.
_CHAINS: Mapping[Manner, tuple[tuple[_Step, float], ...]] = MappingProxyType(
    {
        manner: tuple((step, step.likelihoods[k]) for step in _STEPS if step.likelihoods[k])
        for k, manner in enumerate(MANNERS)
    }
)
# The sum of the amounts of those that take detail; with more, lines at full strength could not be read.
_MOST_DETAIL = 1.5

# Names of those of which too much together leaves nothing to read; their amounts share a budget.
TAKE_DETAIL = frozenset(step.name for step in _STEPS if step.takes_detail)
DEGRADATIONS: Mapping[str, Degradation] = MappingProxyType({step.name: step.function for step in _STEPS})


@dataclass(frozen=True, slots=True)
class Planned:
    """One degradation of a picture: its name, how far it goes (0 to 1), and the seed of what it draws."""

    name: str
    amount: float
    seed: int


def degrade(
    picture: Picture,
    rng: np.random.Generator,
    strength: float,
    without: frozenset[str] = frozenset(),
    *,
    manner: Manner = "print",
) -> Picture:
    """Apply a random few of all degradations, one after another; a strength of 0 leaves the picture as it is.

    Args:
        picture: (H, W) uint8, 255 for paper.
        rng: the only source of chance; each degradation draws from a stream of its own.
        strength: 0 to 1; both the chance of each degradation and how far it goes.
        without: names of degradations to leave out. The others are drawn as they would be with these.
        manner: what the line is, ``print``, ``typescript``, ``receipt`` or ``scene``, which says how likely each is.

    Raises:
        UnknownNameError: a name of ``without`` is no degradation.
    """
    if without:
        check_names(without)
    for planned in plan(rng, strength, manner):
        if planned.name not in without:
            picture = DEGRADATIONS[planned.name](picture, generator(planned.seed), planned.amount)
    return picture


def plan(rng: np.random.Generator, strength: float, manner: Manner = "print") -> list[Planned]:
    """What ``degrade`` will do to a picture, in its order; nothing where the strength is 0."""
    chain = _CHAINS[manner]
    if strength <= 0:
        return []
    chances, places = rng.random((2, len(chain))).tolist()
    # As whole numbers of 63 bits are drawn.
    seeds = (rng.bit_generator.random_raw(len(chain)) >> np.uint64(1)).tolist()
    share = min(1.0, 0.4 + 0.8 * strength)
    # From two fifths of the strength to 1.6 times it.
    least, most = 0.4 * strength, min(1.0, 1.6 * strength)
    planned = [
        Planned(step.name, least + (most - least) * place, seed)
        for (step, likelihood), chance, place, seed in zip(chain, chances, places, seeds, strict=True)
        if chance < likelihood * share
    ]
    wanted = sum(one.amount for one in planned if one.name in TAKE_DETAIL)
    if wanted <= _MOST_DETAIL:
        return planned
    return [
        replace(one, amount=one.amount * (_MOST_DETAIL / wanted)) if one.name in TAKE_DETAIL else one for one in planned
    ]


def check_names(names: Iterable[str]) -> None:
    """Refuse what is no degradation's name, offering the nearest.

    Raises:
        UnknownNameError: as said.
    """
    for name in names:
        if name not in DEGRADATIONS:
            raise UnknownNameError(unknown_name("degradation", name, DEGRADATIONS))
