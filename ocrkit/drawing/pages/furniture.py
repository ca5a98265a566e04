"""What is on a page and is no text: rules, frames of ornaments, crests, pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from ocrkit.drawing.chance import between
from ocrkit.drawing.degradations.fields import noise, surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.pages.sheet import PageSheet

__all__ = ["crest", "draw_crest", "draw_frame", "draw_picture", "draw_rule"]


def draw_rule(sheet: PageSheet, begin: tuple[float, float], end: tuple[float, float], rng: np.random.Generator) -> None:
    """A level or upright rule: single, double, thick and thin, dotted, or a row of ornaments."""
    level = abs(end[0] - begin[0]) >= abs(end[1] - begin[1])
    length = abs(end[0] - begin[0]) + abs(end[1] - begin[1])
    x = sheet.x_height
    kind = rng.random()
    if level and length < 30 * x and kind < 0.35:
        _swelled_rule(sheet, begin, length, rng)
        return
    if kind < 0.6:
        sheet.rule(begin, end, between(rng, 0.08, 0.3) * x)
        if kind < 0.2:
            aside = between(rng, 0.3, 0.6) * x
            dx, dy = (0.0, aside) if level else (aside, 0.0)
            thick = between(rng, 0.08, 0.4) * x
            sheet.rule((begin[0] + dx, begin[1] + dy), (end[0] + dx, end[1] + dy), thick)
        return
    if kind < 0.75:
        motif = np.full((max(1, round(0.15 * x)), max(1, round(0.2 * x))), 255, np.uint8)
        step = between(rng, 0.35, 0.9) * x
    else:
        motif = _motif(rng, max(4, round(between(rng, 0.6, 1.6) * x)))
        step = motif.shape[1] * between(rng, 0.9, 1.5)
    left, top = min(begin[0], end[0]), min(begin[1], end[1])
    for k in range(max(1, int(length / step))):
        place = (left + k * step, top) if level else (left, top + k * step)
        sheet.mark(motif if level else motif.T, place[0], place[1])


def _swelled_rule(sheet: PageSheet, begin: tuple[float, float], length: float, rng: np.random.Generator) -> None:
    """A rule that is thick in its middle, or has a knot there."""
    x = sheet.x_height
    height = max(3, round(between(rng, 0.3, 1.2) * x))
    width = max(4, round(length))
    image = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(image)
    middle = height / 2
    if rng.random() < 0.5:
        draw.polygon([(0, middle), (width / 2, 0), (width, middle), (width / 2, height)], fill=255)
    else:
        draw.line([(0, middle), (width, middle)], fill=255, width=max(1, round(0.1 * x)))
        for _ in range(int(rng.integers(1, 3))):
            reach = between(rng, 0.3, 1.0) * middle
            box = (width / 2 - reach, middle - reach, width / 2 + reach, middle + reach)
            if rng.random() < 0.5:
                draw.ellipse(box, fill=255 if rng.random() < 0.5 else 0, outline=255)
            else:
                draw.polygon([(box[0], middle), (width / 2, box[1]), (box[2], middle), (width / 2, box[3])], fill=255)
    sheet.mark(np.asarray(image), begin[0], begin[1])


def draw_frame(sheet: PageSheet, box: tuple[float, float, float, float], rng: np.random.Generator) -> float:
    """A frame about a box of left, top, right and bottom px, of rules or of ornaments; how far in it reaches, px."""
    left, top, right, bottom = box
    x = sheet.x_height
    kind = rng.random()
    if kind < 0.4:
        reach = 0.0
        for _ in range(int(rng.integers(1, 3))):
            thick = between(rng, 0.1, 0.5) * x
            for begin, end in (
                ((left, top), (right, top)),
                ((left, bottom), (right + thick, bottom)),
                ((left, top), (left, bottom)),
                ((right, top), (right, bottom)),
            ):
                sheet.rule(begin, end, thick)
            step = between(rng, 0.4, 1.0) * x
            left, top, right, bottom = left + step, top + step, right - step, bottom - step
            reach += step
        return reach
    motif = _motif(rng, max(5, round(between(rng, 0.7, 2.4) * x)))
    if rng.random() < 0.5:
        # Long ones, as leaves on a rod.
        long = round(motif.shape[1] * between(rng, 1.5, 3.5))
        motif = np.asarray(Image.fromarray(motif).resize((long, motif.shape[0]), Image.Resampling.BILINEAR)).copy()
        if rng.random() < 0.6:
            middle, thick = motif.shape[0] // 2, max(1, motif.shape[0] // 12)
            motif[middle : middle + thick] = 255
    step = motif.shape[1] * between(rng, 0.95, 1.3)
    for k in range(max(1, int((right - left) / step))):
        sheet.mark(motif, left + k * step, top)
        sheet.mark(motif[::-1], left + k * step, bottom)
    for k in range(1, max(1, int((bottom - top) / step))):
        sheet.mark(np.ascontiguousarray(motif.T), left, top + k * step)
        sheet.mark(np.ascontiguousarray(motif.T[:, ::-1]), right, top + k * step)
    corner = _motif(rng, max(5, round(motif.shape[0] * between(rng, 1.0, 1.6))))
    for corner_x, corner_y in ((left, top), (right, top), (left, bottom), (right, bottom)):
        sheet.mark(corner, corner_x, corner_y)
    return float(motif.shape[0])


def draw_crest(sheet: PageSheet, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """A crest or an emblem with its middle at x and upper edge at y."""
    ink = crest(rng, max(8, round(size)))
    sheet.mark(ink, x - ink.shape[1] / 2, y)


def crest(rng: np.random.Generator, size: int) -> NDArray[np.uint8]:
    """A figure of leaves, limbs and lines, alike on both sides, (size, size) uint8, 255 where its ink is full."""
    half = surface(rng, (size, size // 2 + 1), cell=max(2.0, size * between(rng, 0.06, 0.2))).astype(np.int16)
    fine = noise(rng, (min(size, 512), min(size // 2 + 1, 512)), grain=float(rng.choice([1.6, 2.5, 4.0])))
    grown = np.resize(fine, half.shape)
    rows, columns = np.mgrid[0:size, 0 : size // 2 + 1]
    away = np.hypot((rows - size / 2) / (size / 2), columns / (size / 2))
    ridges = np.abs((half + grown * between(rng, 0.3, 1.0)) % between(rng, 40, 110) - 20)
    ink = np.where((ridges < between(rng, 8, 22)) & (away < between(rng, 0.8, 1.0)), 255, 0).astype(np.uint8)
    if rng.random() < 0.4:
        # Printed from a worn block, or copied too often.
        ink[grown > between(rng, 5, 30)] = 0
    whole = np.concatenate([ink[:, ::-1], ink[:, 1:]], axis=1)
    image = Image.fromarray(whole)
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(0, 3))):
        reach = size / 2 * between(rng, 0.5, 0.98)
        box = (size / 2 - reach, size / 2 - reach, size / 2 + reach, size / 2 + reach)
        draw.ellipse(box, outline=255, width=max(1, size // 40))
    return np.asarray(image)


def draw_picture(sheet: PageSheet, box: tuple[float, float, float, float], rng: np.random.Generator) -> None:
    """A picture: a photograph in greys, a screen of dots, or a drawing of lines."""
    left, top, right, bottom = (round(side) for side in box)
    height, width = bottom - top, right - left
    if min(height, width) < 8:
        return
    hills = surface(rng, (height, width), cell=max(3.0, height * between(rng, 0.03, 0.4)))
    kind = rng.random()
    if kind < 0.5:
        rough = np.resize(noise(rng, (min(height, 256), min(width, 512)), grain=2.5), (height, width))
        ink = np.clip(hills * between(rng, 0.5, 0.9) + rough * between(rng, 0.1, 0.8) + 20, 0, 255).astype(np.uint8)
    elif kind < 0.65:
        ink = np.asarray(Image.fromarray(hills).convert("1").convert("L"))
    elif kind < 0.85:
        ink = _engraved(hills, sheet.x_height, rng)
    else:
        ink = np.where(hills % np.uint8(rng.integers(16, 60)) < 6, 255, 0).astype(np.uint8)
    if rng.random() < 0.5:
        ink = ink.copy()
        ink[:2], ink[-2:], ink[:, :2], ink[:, -2:] = 255, 255, 255, 255
    sheet.mark(ink, left, top)


def _engraved(hills: NDArray[np.uint8], x_height: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Lines close together, thick where it is dark: level, upright or aslant, as engravers shade."""
    rows, columns = np.mgrid[0 : hills.shape[0], 0 : hills.shape[1]]
    period, angle = max(3.0, between(rng, 0.3, 1.2) * x_height), between(rng, 0, np.pi) if rng.random() < 0.5 else 0.0
    away = rows * np.cos(angle) + columns * np.sin(angle) + hills * between(rng, 0, 0.15)
    ink: NDArray[np.uint8] = np.where(away % period < period * (hills / 300.0), 255, 0).astype(np.uint8)
    return ink


def _motif(rng: np.random.Generator, size: int) -> NDArray[np.uint8]:
    """One ornament of a frame: a leaf, a knot, a star, (size, about size) uint8."""
    large = 4 * size
    image = Image.new("L", (large, large), 0)
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(1, 4))):
        x, y = (between(rng, 0.2, 0.8) * large for _ in range(2))
        reach = between(rng, 0.1, 0.35) * large
        shape = rng.random()
        box = (x - reach, y - reach, x + reach, y + reach)
        if shape < 0.4:
            draw.ellipse(box, fill=255 if rng.random() < 0.6 else 0, outline=255, width=max(2, large // 14))
        elif shape < 0.7:
            draw.polygon([(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)], fill=255)
        else:
            draw.arc(
                box, float(rng.integers(0, 180)), float(rng.integers(180, 360)), fill=255, width=max(2, large // 10)
            )
    half = np.asarray(image.resize((size, size), Image.Resampling.BOX))
    whole = np.maximum(half, half[:, ::-1])
    return whole if whole.any() else np.full((size, size), 255, np.uint8)
