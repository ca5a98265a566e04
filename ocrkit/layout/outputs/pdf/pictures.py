"""Pictures as PDF holds them: JPEG as it is in its file, one bit as fax, the rest deflated."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from ocrkit.data.image_file import quiet_pillow
from ocrkit.layout.outputs.pdf.placing import Affine

if TYPE_CHECKING:
    from ocrkit.layout.scan import Scan

__all__ = ["Picture", "picture_of"]

_ORIENTATION = 0x0112
_SPACES = {"L": b"/DeviceGray", "RGB": b"/DeviceRGB", "CMYK": b"/DeviceCMYK"}
_FULL = b" /Decode [1 0 1 0 1 0 1 0]"


class Picture(NamedTuple):
    """A picture for a PDF.

    Attributes:
        entries: of its stream's dictionary, but for its length.
        data: its stream.
        width: px, upright.
        height: px, upright.
        placed: from PDF's square of a picture to the pixels that it covers, upright.
    """

    entries: bytes
    data: bytes
    width: int
    height: int
    placed: Affine


def picture_of(scan: Scan, quality: int = 0) -> Picture:
    """A page's picture.

    Args:
        scan: the page.
        quality: of the JPEG that it becomes where its file has none; 0 keeps every pixel.

    Raises:
        ImageError: it cannot be opened.
    """
    data = scan.jpeg()
    passed = None if data is None else _passed_through(data)
    if passed is not None:
        return passed
    image = scan.image()
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    if image.mode == "L" and _is_bilevel(image):
        return _fax(image)
    if quality:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        return _picture(image.size, _SPACES[image.mode], b"/DCTDecode", file.getvalue())
    return _deflated(image)


def _picture(
    size: tuple[int, int], space: bytes, kind: bytes, data: bytes, *, bits: int = 8, further: bytes = b"", turn: int = 1
) -> Picture:
    entries = (
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %b /BitsPerComponent %d /Filter %b%b"
        % (*size, space, bits, kind, further)
    )
    width, height = size if turn < 5 else size[::-1]
    return Picture(entries, data, width, height, _upright(turn, width, height))


def _upright(orientation: int, width: int, height: int) -> Affine:
    """From the square of a picture, (0, 0) its lower left as stored, to upright pixels from the upper left."""
    # Where the stored upper left, upper right and lower left come to lie. Source: Exif 2.32, tag 274.
    w, h = float(width), float(height)
    corners = {
        1: ((0, 0), (w, 0), (0, h)),
        2: ((w, 0), (0, 0), (w, h)),
        3: ((w, h), (0, h), (w, 0)),
        4: ((0, h), (w, h), (0, 0)),
        5: ((0, 0), (0, h), (w, 0)),
        6: ((w, 0), (w, h), (0, 0)),
        7: ((w, h), (w, 0), (0, h)),
        8: ((0, h), (0, 0), (w, h)),
    }
    (x, y), (right_x, right_y), (left_x, left_y) = corners[orientation]
    return Affine(right_x - x, right_y - y, x - left_x, y - left_y, left_x, left_y)


def _passed_through(data: bytes) -> Picture | None:
    """A JPEG as it is; None for one that PDF does not take, or that cannot be decoded whole."""
    try:
        with quiet_pillow(), Image.open(io.BytesIO(data)) as image:
            orientation = image.getexif().get(_ORIENTATION, 1)
            if image.format not in ("JPEG", "MPO") or image.mode not in _SPACES:
                return None
            turn = orientation if orientation in range(1, 9) else 1
            # Adobe's programs write CMYK the other way round, and say so by a mark of their own.
            further = _FULL if image.mode == "CMYK" and "adobe" in image.info else b""
            return _picture(image.size, _SPACES[image.mode], b"/DCTDecode", data, further=further, turn=turn)
    except Exception:  # Pillow raises nearly anything
        return None


def _is_bilevel(image: Image.Image) -> bool:
    histogram = image.histogram()
    return histogram[0] + histogram[255] == image.width * image.height


def _fax(image: Image.Image) -> Picture:
    """Black and white by CCITT's group 4, which libtiff writes, a strip for the whole."""
    file = io.BytesIO()
    with quiet_pillow():
        image.convert("1", dither=Image.Dither.NONE).save(
            file, "TIFF", compression="group4", tiffinfo={278: image.height}, strip_size=1 << 30
        )
    data = _only_strip(file.getvalue())
    if data is None:
        return _deflated(image)
    strip, inverted = data
    further = b" /DecodeParms << /K -1 /Columns %d /Rows %d /BlackIs1 %b >>" % (
        *image.size,
        b"true" if inverted else b"false",
    )
    return _picture(image.size, b"/DeviceGray", b"/CCITTFaxDecode", strip, bits=1, further=further)


def _only_strip(tiff: bytes) -> tuple[bytes, bool] | None:
    """The data of a TIFF of one strip, and whether 1 is white in it."""
    with Image.open(io.BytesIO(tiff)) as image:
        tags = getattr(image, "tag_v2", {})
        offsets, counts = tags.get(273, ()), tags.get(279, ())
        if len(offsets) != 1 or tags.get(266, 1) != 1:
            return None
        return tiff[offsets[0] : offsets[0] + counts[0]], tags.get(262) == 1


def _deflated(image: Image.Image) -> Picture:
    """Every pixel, as PNG packs them: each row as what differs from the one above, whichever way packs best."""
    file = io.BytesIO()
    image.save(file, "PNG")
    data = b"".join(_png_data(file.getvalue()))
    colours = len(image.getbands())
    further = b" /DecodeParms << /Predictor 15 /Colors %d /BitsPerComponent 8 /Columns %d >>" % (colours, image.width)
    return _picture(image.size, _SPACES[image.mode], b"/FlateDecode", data, further=further)


def _png_data(png: bytes) -> list[bytes]:
    place, parts = 8, []
    while place < len(png):
        length, kind = struct.unpack(">L4s", png[place : place + 8])
        if kind == b"IDAT":
            parts.append(png[place + 8 : place + 8 + length])
        place += 12 + length
    return parts
