"""Degradations of batches, held to loops over the pixels of each line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from ocrkit.nets.degrading import BATCHED
from ocrkit.nets.draws import LineDraws

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Line = NDArray[np.float64]

HEIGHT = 24
WIDTHS = (31, 50, 8, 44)


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Four lines of ink with strokes, noise, and paper to the right of the shorter ones."""
    rng = np.random.default_rng(0)
    ink = np.zeros((len(WIDTHS), 1, HEIGHT, max(WIDTHS)), np.float32)
    for line, width in zip(ink, WIDTHS, strict=True):
        line[0, :, :width] = rng.random((HEIGHT, width)) * (rng.random((HEIGHT, width)) < 0.4)
        line[0, 8:16, 2:5] = 1
    return torch.from_numpy(ink), torch.tensor(WIDTHS)


def draws_for(lines: list[int], shape: torch.Size) -> LineDraws:
    return LineDraws.of("any", np.array(lines), seed=3, epoch=1, shape=shape, device=torch.device("cpu"))


class Numbers:
    """The numbers that one line draws, one after another, and those of its pixels."""

    def __init__(self, line: int, shape: torch.Size) -> None:
        alone = torch.Size((1, *shape[1:]))
        self._uniform = draws_for([line], alone).uniform(40)[0].tolist()
        self.pixels = draws_for([line], alone).noise()[0, 0].numpy()

    def next(self) -> float:
        return float(self._uniform.pop(0))


@pytest.mark.parametrize("strength", [0.2, 1.0])
@pytest.mark.parametrize("name", sorted(BATCHED))
def test_a_degradation_does_to_each_line_what_loops_over_its_pixels_do(name: str, strength: float) -> None:
    ink, widths = batch()
    lines = [7, 2, 40, 41]

    found = BATCHED[name](ink, widths, torch.full((4,), strength), draws_for(lines, ink.shape))

    assert found.shape == ink.shape
    for index, (line, width) in enumerate(zip(lines, WIDTHS, strict=True)):
        own = ink[index, 0, :, :width].double().numpy()
        expected = ORACLES[name](own, strength, Numbers(line, ink.shape))
        np.testing.assert_allclose(found[index, 0, :, :width].numpy(), expected, atol=2e-4)


@pytest.mark.parametrize("name", sorted(BATCHED))
def test_a_strength_of_nothing_leaves_lines_as_they_are(name: str) -> None:
    ink, widths = batch()

    found = BATCHED[name](ink, widths, torch.zeros(4), draws_for([0, 1, 2, 3], ink.shape))

    torch.testing.assert_close(found, ink, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", sorted(BATCHED))
def test_a_line_is_degraded_alone_as_in_a_batch(name: str) -> None:
    ink, widths = batch()
    together = BATCHED[name](ink, widths, torch.ones(4), draws_for([5, 6, 7, 8], ink.shape))

    for index, width in enumerate(WIDTHS):
        own = ink[index : index + 1, ..., :width]
        alone = BATCHED[name](own, widths[index : index + 1], torch.ones(1), draws_for([5 + index], own.shape))

        torch.testing.assert_close(together[index : index + 1, ..., :width], alone, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", sorted(BATCHED))
def test_a_degradation_keeps_to_ink_and_leaves_its_input_alone(name: str) -> None:
    ink, widths = batch()
    before = ink.clone()

    found = BATCHED[name](ink, widths, torch.ones(4), draws_for([0, 1, 2, 3], ink.shape))

    assert torch.equal(ink, before)
    assert not torch.equal(found, ink)
    assert found.min() >= -1e-6
    assert found.max() <= 1 + 1e-6


def far(strength: float, numbers: Numbers) -> float:
    return strength * (0.5 + 0.5 * numbers.next())


def at(line: Line, y: int, x: int) -> float:
    """A pixel, or the paper beyond."""
    height, width = line.shape
    return float(line[y, x]) if 0 <= y < height and 0 <= x < width else 0.0


def between(line: Line, y: float, x: float) -> float:
    """The ink at a place whose px centres are halves, by the four px around it."""
    top, left = math.floor(y - 0.5), math.floor(x - 0.5)
    down, right = y - 0.5 - top, x - 0.5 - left
    upper = (1 - right) * at(line, top, left) + right * at(line, top, left + 1)
    lower = (1 - right) * at(line, top + 1, left) + right * at(line, top + 1, left + 1)
    return (1 - down) * upper + down * lower


def each_pixel(line: Line, value: Callable[[int, int], float]) -> Line:
    return np.array([[value(y, x) for x in range(line.shape[1])] for y in range(line.shape[0])])


def blurred(line: Line, strength: float, numbers: Numbers) -> Line:
    deviation = max(1e-3, HEIGHT / 24 * far(strength, numbers))
    reach = math.ceil(2.5 * HEIGHT / 24)
    weights = [math.exp(-0.5 * (step / deviation) ** 2) for step in range(-reach, reach + 1)]

    def value(y: int, x: int) -> float:
        return (
            sum(
                across * down * at(line, y + j - reach, x + i - reach)
                for j, down in enumerate(weights)
                for i, across in enumerate(weights)
            )
            / sum(weights) ** 2
        )

    return each_pixel(line, value)


def grained(line: Line, strength: float, numbers: Numbers) -> Line:
    deviation = 24 / 255 * far(strength, numbers)
    return each_pixel(line, lambda y, x: min(1.0, max(0.0, line[y, x] + deviation * float(numbers.pixels[y, x]))))


def shaded(line: Line, strength: float, numbers: Numbers) -> Line:
    depth, length, phase, tilt = (numbers.next() for _ in range(4))

    def value(y: int, x: int) -> float:
        wave = math.cos(2 * math.pi * (x / HEIGHT / (3 + 13 * length) + phase))
        slope = (2 * tilt - 1) * (2 * y / (HEIGHT - 1) - 1)
        light = 1 - strength * 0.5 * (0.5 + 0.5 * depth) * ((1 + wave) / 4 + (1 + slope) / 4)
        return 1 - (1 - line[y, x]) * light

    return each_pixel(line, value)


def faded(line: Line, strength: float, numbers: Numbers) -> Line:
    light, dark, bend = (numbers.next() for _ in range(3))
    black, white = 110 / 255 * strength * (0.4 + 0.6 * light), 1 - 70 / 255 * strength * dark
    exponent = 1 - 0.4 * strength + 1.4 * strength * bend
    return each_pixel(line, lambda y, x: 1 - (black + (white - black) * float(max(1 - line[y, x], 1e-6)) ** exponent))


def slanted(line: Line, strength: float, numbers: Numbers) -> Line:
    leaning, width = 0.35 * strength * (2 * numbers.next() - 1), line.shape[1]
    narrower = (width + abs(leaning) * HEIGHT) / width

    def value(y: int, x: int) -> float:
        up = y + 0.5 - HEIGHT / 2
        return between(line, y + 0.5, width / 2 + (x + 0.5 - width / 2) * narrower + up * leaning)

    return each_pixel(line, value)


def shrunk(line: Line, strength: float, numbers: Numbers) -> Line:
    lower, narrower, place = (numbers.next() for _ in range(3))
    share, width = 1 - 0.25 * strength * lower, line.shape[1]
    lift = (2 * place - 1) * (1 - share) * HEIGHT / 2

    def value(y: int, x: int) -> float:
        from_y = HEIGHT / 2 + (y + 0.5 - HEIGHT / 2 - lift) / share
        return between(line, from_y, width / 2 + (x + 0.5 - width / 2) / (1 - 0.1 * strength * narrower))

    return each_pixel(line, value)


def neighbours(line: Line, y: int, x: int) -> list[float]:
    return [at(line, y + j, x + i) for j in (-1, 0, 1) for i in (-1, 0, 1)]


def thickened(line: Line, strength: float, numbers: Numbers) -> Line:
    share = far(strength, numbers)
    return each_pixel(line, lambda y, x: (1 - share) * line[y, x] + share * max(neighbours(line, y, x)))


def thinned(line: Line, strength: float, numbers: Numbers) -> Line:
    share = 0.7 * far(strength, numbers)
    return each_pixel(line, lambda y, x: (1 - share) * line[y, x] + share * min(neighbours(line, y, x)))


def cut(line: Line, strength: float, numbers: Numbers) -> Line:
    patches = [[numbers.next() for _ in range(4)] for _ in range(3)]
    left = line.copy()
    for across, down, wide, high in patches:
        for y, x in np.ndindex(line.shape):
            near = abs(x + 0.5 - across * line.shape[1]) < HEIGHT / 3 * strength * wide / 2
            if near and abs(y + 0.5 - down * HEIGHT) < HEIGHT / 3 * strength * high / 2:
                left[y, x] = 0
    return left


ORACLES: dict[str, Callable[[Line, float, Numbers], Line]] = {
    "blur": blurred,
    "grain": grained,
    "shade": shaded,
    "fade": faded,
    "slant": slanted,
    "shrink": shrunk,
    "thicken": thickened,
    "thin": thinned,
    "cut_out": cut,
}
