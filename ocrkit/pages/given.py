"""Pages that a program holds in memory: Pillow images, arrays, samples, and the bytes of image files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.data.image import to_grey
from ocrkit.data.image_file import open_framed
from ocrkit.data.transparency import shows_through

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from ocrkit.data.records import Sample

__all__ = ["HeldScan"]


@dataclass(frozen=True, slots=True)
class HeldScan:
    """The picture of a sample as a page.

    Attributes:
        sample: makes the picture.
        dpi: pixels an inch, where that is known.
    """

    sample: Sample
    dpi: float | None = None

    @property
    def name(self) -> str:
        """What the sample is called."""
        return self.sample.name

    @property
    def path(self) -> Path | None:
        """None: it is in no file."""
        return None

    @property
    def number(self) -> int:
        """1."""
        return 1

    def image(self) -> Image:
        """The picture, upright, grey or in colour.

        Raises:
            ImageError: it is no picture, or cannot be opened.
        """
        image = open_framed(self.sample).image
        if image.mode in ("L", "RGB") and "transparency" not in image.info:
            return image
        return to_grey(image) if image.mode[0] in "1LIF" or shows_through(image) else image.convert("RGB")

    def jpeg(self) -> bytes | None:
        """None."""
        return None
