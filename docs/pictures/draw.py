"""Draws the pictures of README.md and docs again: ``python docs/pictures/draw.py``, from the repository's root.

Needs the faces of Debian's fonts-mlym, which are under the Open Font License or the GPL with its font exception.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from ocrkit.data.image import Preprocessing, fit_image
from ocrkit.demo.texts import MALAYALAM
from ocrkit.drawing.degradations.chain import DEGRADATIONS
from ocrkit.drawing.drawn_image import DrawingStyle, DrawnImage
from ocrkit.drawing.pages.drawn_pages import DrawnPages
from ocrkit.drawing.pages.options import KINDS, PageOptions
from ocrkit.drawing.rendering.fonts import find_faces
from ocrkit.drawing.rendering.render import Margins, render_line, size_of
from ocrkit.drawing.sheet import draw_samples
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
from ocrkit.nets.degrading import BATCHED
from ocrkit.nets.draws import LineDraws
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.text.shipped import shipped_charset
from ocrkit.training.batches import ink_of

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import DrawnImage as Drawn

HERE = Path(__file__).parent
TEXT = "മലയാളപുസ്തകം, 1956"
STRENGTHS = (0.25, 0.5, 1.0)
# What these do shows on a scan, not on black letters on white.
ON_A_SCAN = ("dim", "sharpen", "bleach", "binarise", "photocopy", "dither")
# Seeds that show what is typical, where the first shows less.
SEEDS = {"neighbours": 4, "rule": 4, "watermark": 5, "slant": 4, "rotate": 3, "stain": 2}


def clean_line() -> Drawn:
    """Black letters on white, as the renderer draws them."""
    face = next(face for face in find_faces() if (face.family, face.style) == ("Manjari", "Regular"))
    return render_line(TEXT, face, size_of(face, 15), margins=Margins(7, 6, 7, 6))


def scan_of(line: Drawn) -> Drawn:
    """The line as a plain scan of aged paper shows it."""
    for name, strength in (("fade", 0.8), ("texture", 0.7), ("shade", 0.4), ("blur", 0.4)):
        line = DEGRADATIONS[name](line, np.random.default_rng(3), strength)
    return line


def strip(name: str, line: Drawn) -> Image.Image:
    """One degradation at three strengths, with the same draws."""
    seed = SEEDS.get(name, 1)
    worn = [DEGRADATIONS[name](line, np.random.default_rng(seed), strength) for strength in STRENGTHS]
    width = sum(picture.shape[1] + 4 for picture in worn) + 8
    return draw_samples([Image.fromarray(picture) for picture in worn], width=width)


def sheet() -> Image.Image:
    """A hundred drawn samples, as the defaults draw them."""
    samples = Synthetic(shipped_charset("malayalam"), SyntheticOptions(count=100, line_words=(1, 4)), seed=1)
    return draw_samples([sample.image() for sample in samples], width=1000, scale=0.7)  # type: ignore[operator]


def worn_line() -> Image.Image:
    """A line as an old book might have it, for README.md."""
    face = next(face for face in find_faces() if (face.family, face.style) == ("Rachana", "Regular"))
    style = DrawingStyle(0.6, without=frozenset(), letterpress=1.0, reformed=0.0)
    return DrawnImage(MALAYALAM[5], face, 4, 1, style)()


def page() -> Image.Image:
    """A page of two columns below a heading, for README.md and docs/pages.md."""
    with NamedTemporaryFile("w", suffix=".txt") as text:
        text.write("\n".join(MALAYALAM))
        text.flush()
        options = PageOptions(
            count=2,
            x_height=(13, 14),
            kinds={kind: float(kind == "columns") for kind in KINDS},
            text=text.name,
            families=("Manjari", "Meera", "Rachana"),
            degrade=0.15,
            letterpress=0,
            reformed=0,
        )
        return Image.fromarray(DrawnPages(resolve_charset("malayalam+english"), options, seed=3)[1].image)


def on_the_device() -> Image.Image:
    """A line as each degradation of batches leaves it, at half of its strength and at all of it."""
    line = fit_image(clean_line(), Preprocessing(height=40))
    ink = ink_of(torch.from_numpy(line)[None])
    worn = []
    for name, degradation in BATCHED.items():
        for strength in (0.5, 1.0):
            draws = LineDraws.of(name, np.array([1]), seed=4, epoch=0, shape=ink.shape, device=ink.device)
            found = degradation(ink, torch.tensor([line.shape[1]]), torch.tensor([strength]), draws)
            worn.append(Image.fromarray((255 * (1 - found[0, 0].clamp(0, 1))).round().to(torch.uint8).numpy()))
    return draw_samples(worn, width=2 * line.shape[1] + 16)


def save(image: Image.Image, name: str, *, greys: int) -> None:
    """Write the picture beside this file, in few greys, so that it is small."""
    few = image.point([round(grey * (greys - 1) / 255) * 255 // (greys - 1) for grey in range(256)])
    few.quantize(greys, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)


def main() -> None:
    """Write all of them."""
    line = clean_line()
    scan = scan_of(line)
    for name in DEGRADATIONS:
        save(strip(name, scan if name in ON_A_SCAN else line), f"degradation-{name}", greys=48)
    save(sheet(), "samples", greys=16)
    save(worn_line(), "line", greys=48)
    save(on_the_device(), "on-the-device", greys=48)
    save(page(), "page", greys=16)


if __name__ == "__main__":
    main()
