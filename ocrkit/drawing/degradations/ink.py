"""What type, ink and press do: ink that spreads, that fails to reach the paper, or that lies unevenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ocrkit.drawing.degradations.fields import NOISE_DEVIATION, noise, surface
from ocrkit.drawing.degradations.picture import LEAST_CONTRAST, curve, letter_height, levels, soften

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["blotch", "break_up", "thicken", "thin"]


def thicken(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Let the ink spread, by up to a twelfth of the letters' height, so that small loops fill first; bold type less."""
    reach = strength * rng.uniform(0.5, 1)
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    height = letter_height(picture)
    # Bold type has nowhere to spread: its counters are a pixel or two wide.
    room = max(0.02, 0.31 - _stroke_width(picture, (ink + paper) / 2) / height)
    deviation = reach**0.5 * min(0.075, 0.5 * room) * height
    sureness = min(1.0, 2.2 * reach, 10 * room)
    middle = 0.5 + 0.34 * sureness
    # A step that ends below the paper's grey: what is next to white stays white.
    table = curve(ink, paper, middle=middle, width=1.3 * (1 - middle) + 0.35 * (1 - sureness))
    return np.minimum(picture, table[soften(picture, deviation)])


def thin(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Let the paper win back the strokes' edges, as worn type, little ink and overexposure do."""
    reach = strength * rng.uniform(0.5, 1)
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    table = curve(ink, paper, middle=0.5 - 0.22 * reach, width=1 - 0.3 * reach)
    return np.maximum(picture, table[soften(picture, 0.04 * reach * letter_height(picture))])


def break_up(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Tear gaps into thin strokes and nibble at the edges of thick ones, where paper took no ink."""
    reach = strength * rng.uniform(0.5, 1)
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST or reach <= 0:
        return picture
    scale = letter_height(picture) / 15
    bare = noise(rng, picture.shape, grain=rng.choice((1.6, 2.5, 4.0)) * scale)
    # Bare places lighten what is softened: a thin stroke is light after that, and falls beyond the step first.
    lift = np.clip(bare, 0, 2 * NOISE_DEVIATION) * np.float32(0.45 * reach * (paper - ink) / NOISE_DEVIATION)
    lightened = np.minimum(soften(picture, 0.7 * reach * scale) + lift, 255).astype(np.uint8)
    return np.maximum(picture, curve(ink, paper, middle=0.5, width=1 - 0.6 * reach)[lightened])


def blotch(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Ink some places less: patches a letter or a word wide in which the strokes are down to a third as dark."""
    paper = levels(picture)[1]
    hills = surface(rng, picture.shape, cell=max(4.0, picture.shape[0] * rng.uniform(0.3, 1.5)))
    # Up to half of the hills' height counts, so that other patches keep all of their ink.
    share = np.maximum(hills.astype(np.int16) - 80, 0) * np.float32(0.7 * strength * rng.uniform(0.5, 1) / 175)
    lighter = picture + np.maximum(paper - picture.astype(np.int16), 0) * share
    blotched: Picture = lighter.astype(np.uint8)
    return blotched


def _stroke_width(picture: Picture, middle: float) -> float:
    """How thick the strokes are, px: twice the ink's area over the length of its edge."""
    ink = picture < middle
    # A slanting edge is met as often across as down, hence pi / 4 of its steps is its length.
    edge = np.count_nonzero(ink[:, 1:] != ink[:, :-1]) + np.count_nonzero(ink[1:] != ink[:-1])
    return 2 * np.count_nonzero(ink) / max(1.0, edge * np.pi / 4)
