"""PDFs for tests: pages of pictures, of text, of any size and turn."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

__all__ = ["add_page", "add_picture_page", "saved"]


def saved(pdf: Pdf, *, password: str | None = None) -> bytes:
    """The bytes of a PDF, locked by a password where there is one."""
    file = io.BytesIO()
    pdf.save(file, encryption=pikepdf.Encryption(user=password, owner=password) if password else False)
    return file.getvalue()


def add_page(
    pdf: Pdf,
    content: bytes = b"",
    *,
    size: tuple[float, float] = (612, 792),
    rotate: int = 0,
    crop: Sequence[float] | None = None,
    resources: Dictionary | None = None,
) -> None:
    """Add a page that shows a content stream, with Helvetica as /F."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, *size]),
        Rotate=rotate,
        Resources=resources or Dictionary(Font=Dictionary(F=font)),
        Contents=pdf.make_stream(content),
    )
    if crop is not None:
        page.CropBox = Array(list(crop))
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def add_picture_page(
    pdf: Pdf,
    image: Image.Image,
    *,
    size: tuple[float, float] = (612, 792),
    matrix: Sequence[float] | None = None,
    before: bytes = b"",
    after: bytes = b"",
    rotate: int = 0,
    crop: Sequence[float] | None = None,
    jpeg: bool = False,
) -> None:
    """Add a page of a picture of mode L, RGB or 1, over all of the page where there is no matrix."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    resources = Dictionary(XObject=Dictionary(I=_stream(pdf, image, jpeg=jpeg)), Font=Dictionary(F=font))
    place = " ".join(f"{part:g}" for part in matrix or (size[0], 0, 0, size[1], 0, 0)).encode()
    content = before + b" q " + place + b" cm /I Do Q " + after
    add_page(pdf, content, size=size, rotate=rotate, crop=crop, resources=resources)


def _stream(pdf: Pdf, image: Image.Image, *, jpeg: bool) -> Stream:
    if jpeg:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=90)
        stream = Stream(pdf, file.getvalue())
        stream.Filter = Name.DCTDecode
    else:
        stream = Stream(pdf, zlib.compress(image.tobytes()))
        stream.Filter = Name.FlateDecode
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = image.size
    stream.BitsPerComponent = 1 if image.mode == "1" else 8
    stream.ColorSpace = {"RGB": Name.DeviceRGB, "CMYK": Name.DeviceCMYK}.get(image.mode, Name.DeviceGray)
    return stream
