"""The loops of ``ocrkit._ink`` as NumPy and plain Python spell them: slow, and easily seen to be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

BLOCK = 16
REACH = 3


def paper_of(picture: Picture, least: float) -> NDArray[np.float64]:
    """The paper of each block: the upper third of what is around, each block the mean of its brighter half."""
    rows, columns = (-(-side // BLOCK) for side in picture.shape)
    blocks = np.zeros((rows, columns))
    for y in range(rows):
        for x in range(columns):
            block = picture[y * BLOCK : (y + 1) * BLOCK, x * BLOCK : (x + 1) * BLOCK].astype(int)
            blocks[y, x] = block[block >= block.sum() // block.size].mean()
    floor = max(8.0, least * np.sort(blocks.ravel())[blocks.size // 2])
    paper = np.zeros_like(blocks)
    for y in range(rows):
        for x in range(columns):
            around = blocks[max(0, y - REACH) : y + REACH + 1, max(0, x - REACH) : x + REACH + 1]
            paper[y, x] = max(floor, np.sort(around.ravel())[::-1][around.size // 3])
    return paper


def depth(picture: Picture, least: float) -> NDArray[np.float64]:
    """(H, W) 255 less each pixel's share of its paper, not rounded."""
    paper = paper_of(picture, least)

    def placed(length: int, blocks: int) -> NDArray[np.float64]:
        """(length, blocks) the share that each block has in a pixel."""
        at = np.clip((np.arange(length) + 0.5) / BLOCK - 0.5, 0, blocks - 1)
        return np.maximum(0, 1 - np.abs(at[:, None] - np.arange(blocks)))

    upright = placed(picture.shape[0], paper.shape[0])
    level = placed(picture.shape[1], paper.shape[1])
    # Blended down the page as paper, then along the row as its inverse.
    factor = (255 / (upright @ paper)) @ level.T
    return 255 - np.minimum(255, picture * factor)


def components(depths: Picture, edge: int, core: int) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Runs and components by flooding from each pixel that was not reached."""
    height, width = depths.shape
    owner: dict[tuple[int, int], int] = {}
    found: list[list[tuple[int, int]]] = []
    for y, x in np.argwhere(depths >= edge).tolist():
        if (y, x) in owner:
            continue
        flood, waiting = [], [(y, x)]
        owner[y, x] = len(found)
        while waiting:
            v, u = waiting.pop()
            flood.append((v, u))
            for near in ((v + dy, u + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)):
                inside = 0 <= near[0] < height and 0 <= near[1] < width
                if inside and depths[near] >= edge and near not in owner:
                    owner[near] = len(found)
                    waiting.append(near)
        found.append(flood)
    kept = [flood for flood in found if max(depths[at] for at in flood) >= core]
    number = {at: k for k, flood in enumerate(kept) for at in flood}
    runs = []
    for y, x in sorted(number):
        if (y, x - 1) not in number:
            right = next(u for u in range(x, width + 1) if (y, u) not in number)
            runs.append((y, x, right, number[y, x]))
    boxes = []
    for flood in kept:
        ys, xs = [y for y, _ in flood], [x for _, x in flood]
        deepest = max(int(depths[at]) for at in flood)
        boxes.append((min(xs), min(ys), max(xs) + 1, max(ys) + 1, len(flood), deepest))
    return runs, boxes


def raster(
    runs: NDArray[np.int32], counts: Picture, place: tuple[float, ...], height: int, width: int
) -> NDArray[np.float32]:
    laid = np.zeros((height, width), np.float32)
    for y, left, right, component in runs.tolist():
        for x in range(left, right):
            column = np.floor(place[0] * x + place[1] * y + place[2])
            row = np.floor(place[3] * x + place[4] * y + place[5])
            if counts[component] and 0 <= row < height and 0 <= column < width:
                laid[int(row), int(column)] += 1
    return laid
