"""Files that tests send: pages made of the drawn lines of ocrkit-models, and files that are made to harm."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit_serve.work import Limits, Work
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

DRAWN = Path(__file__).parents[2] / "ocrkit-models" / "tests" / "drawn" / "en"
MODEL = "english"


def line(number: int) -> Image.Image:
    with Image.open(DRAWN / f"{number:02}.png") as image:
        return image.convert("L")


def page(numbers: Sequence[int]) -> Image.Image:
    lines = [line(number) for number in numbers]
    drawn = Image.new("L", (80 + max(one.width for one in lines), 80 + sum(one.height + 20 for one in lines)), 255)
    top = 40
    for one in lines:
        drawn.paste(one, (40, top))
        top += one.height + 20
    return drawn


def saved(image: Image.Image, path: Path, form: str = "PNG", **options: object) -> Path:
    image.save(path, form, **options)  # type: ignore[arg-type]
    return path


def tiff(path: Path, pages: Sequence[Image.Image]) -> Path:
    pages[0].save(path, "TIFF", save_all=True, append_images=list(pages[1:]))
    return path


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose header tells of so many pixels, with a few bytes behind it."""
    whole = io.BytesIO()
    Image.new("L", (8, 8), 255).save(whole, "PNG")
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(header) + whole.getvalue()[33:]


@asynccontextmanager
async def serving(**limits: object) -> AsyncIterator[Work]:
    """A service that reads English by ``bands``, which needs no model for lines."""
    work = Work([MODEL], limits=Limits(**limits), segmenter="bands", threads=1)  # type: ignore[arg-type]
    await work.start()
    try:
        yield work
    finally:
        await work.drain(0)


def _chunk(body: bytes) -> bytes:
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
