"""What type, ink and press do: ink that spreads, that fails to reach the paper, or that lies unevenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit._drawing import bared, darkened, lightened, paled, stroke_width
from ocrkit.drawing.chance import between, one_of
from ocrkit.drawing.degradations.fields import NOISE_DEVIATION, noise, surface
from ocrkit.drawing.degradations.picture import LEAST_CONTRAST, curve, letters_and_levels, levels, soften

if TYPE_CHECKING:
    import numpy as np

    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["blotch", "break_up", "thicken", "thin"]


def thicken(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Let the ink spread, by up to a twelfth of the letters' height, so that small loops fill first; bold type less."""
    reach = strength * between(rng, 0.5, 1)
    height, ink, paper = letters_and_levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    # Bold type has nowhere to spread: its counters are a pixel or two wide.
    room = max(0.02, 0.31 - stroke_width(picture) / height)
    deviation = reach**0.5 * min(0.075, 0.5 * room) * height
    sureness = min(1.0, 2.2 * reach, 10 * room)
    middle = 0.5 + 0.34 * sureness
    # A step that ends below the paper's grey: what is next to white stays white.
    table = curve(ink, paper, middle=middle, width=1.3 * (1 - middle) + 0.35 * (1 - sureness))
    return darkened(picture, soften(picture, deviation), table)


def thin(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Let the paper win back the strokes' edges, as worn type, little ink and overexposure do."""
    reach = strength * between(rng, 0.5, 1)
    height, ink, paper = letters_and_levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    table = curve(ink, paper, middle=0.5 - 0.22 * reach, width=1 - 0.3 * reach)
    return lightened(picture, soften(picture, 0.04 * reach * height), table)


def break_up(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Tear gaps into thin strokes and nibble at the edges of thick ones, where paper took no ink."""
    reach = strength * between(rng, 0.5, 1)
    height, ink, paper = letters_and_levels(picture)
    if paper - ink < LEAST_CONTRAST or reach <= 0:
        return picture
    scale = height / 15
    bare = noise(rng, picture.shape, grain=one_of(rng, (1.6, 2.5, 4.0)) * scale)
    # Bare places lighten what is softened: a thin stroke is light after that, and falls beyond the step first.
    lifted = bared(soften(picture, 0.7 * reach * scale), bare, 0.45 * reach * (paper - ink) / NOISE_DEVIATION)
    return lightened(picture, lifted, curve(ink, paper, middle=0.5, width=1 - 0.6 * reach))


def blotch(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Ink some places less: patches a letter or a word wide in which the strokes are down to a third as dark."""
    paper = levels(picture)[1]
    hills = surface(rng, picture.shape, cell=max(4.0, picture.shape[0] * between(rng, 0.3, 1.5)))
    # Up to half of the hills' height counts, so that other patches keep all of their ink.
    return paled(picture, hills, paper, 0.7 * strength * between(rng, 0.5, 1) / 175)
