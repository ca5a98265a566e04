"""All degradations by name, in the order in which they come about, and a random few of them one after another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocrkit.drawing.chance import generator
from ocrkit.drawing.degradations import bilevel, geometry, ink, optics, page, paper, scanning
from ocrkit.errors import UnknownNameError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
            picture = DEGRADATIONS[planned.name](picture, generator(planned.seed), planned.amount)
    return picture


def plan(rng: np.random.Generator, strength: float) -> list[Planned]:
    """What ``degrade`` will do to a picture, in its order; nothing where the strength is 0."""
    if strength <= 0:
        return []
    chances, places = rng.random((2, len(_CHAIN))).tolist()
    # As whole numbers of 63 bits are drawn.
    seeds = (rng.bit_generator.random_raw(len(_CHAIN)) >> np.uint64(1)).tolist()
    share = min(1.0, 0.4 + 0.8 * strength)
    # From two fifths of the strength to 1.6 times it.
    least, most = 0.4 * strength, min(1.0, 1.6 * strength)
    planned = [
        Planned(step.name, least + (most - least) * place, seed)
        for step, chance, place, seed in zip(_CHAIN, chances, places, seeds, strict=True)
        if chance < step.likelihood * share
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
