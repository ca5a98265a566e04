"""Grey pictures as PNGs, five times as fast as Pillow writes them, and hardly larger."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

from ocrkit._drawing import filtered_rows

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["grey_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_WINDOW, _MEMORY = 15, 9  # bits of zlib's window, and how much it may keep in hand; the most of both


def grey_png(image: Image.Image) -> bytes:
    """The bytes of a PNG of 8 bits a pixel, of an image of mode ``L``; nothing but its pixels goes into it.

    Rows are deflated with runs of one byte alone: to look for longer repetitions takes ten times as long, and finds
    little in scans, whose noise repeats nothing.
    """
    width, height = image.size
    deflater = zlib.compressobj(1, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_RLE)
    deflated = deflater.compress(filtered_rows(np.asarray(image)).data) + deflater.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"".join((_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", deflated), _END))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return b"".join((len(data).to_bytes(4, "big"), kind, data, zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big")))
