"""Files to send: good ones of every kind, made here, and what chance and malice make of them."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["BOMBS", "good_files", "hostile_files", "mutated", "saved", "small_page"]

FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP", "PPM", "PDF")
_EXTREMES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\xff\xff", b"\x80\0\0\0")


def saved(image: Image.Image, name: str, **options: object) -> bytes:
    """The picture as a file."""
    written = io.BytesIO()
    image.save(written, name, **options)
    return written.getvalue()


def small_page(width: int = 240, height: int = 120) -> Image.Image:
    """Bars where words would stand."""
    page = Image.new("L", (width, height), 240)
    draw = ImageDraw.Draw(page)
    for top in range(12, height - 16, 28):
        for left in range(10, width - 24, 34):
            draw.rectangle((left, top, left + 22, top + 12), fill=20)
    return page


@cache
def good_files() -> tuple[bytes, ...]:
    """A small page in each format, and several pages in those that hold them."""
    page, files = small_page(), []
    for name in FORMATS:
        files.append(saved(page, name))
        if name in ("TIFF", "GIF", "PDF"):
            files.append(saved(page, name, save_all=True, append_images=[small_page(200), small_page(160)]))
    files.append(saved(page, "JPEG", progressive=True))
    files.append(saved(page.convert("P"), "PNG"))
    files.append(saved(page.convert("RGBA"), "PNG"))
    files.append(saved(page, "TIFF", compression="tiff_lzw"))
    files.append(saved(page.convert("1"), "TIFF", compression="group4"))
    return tuple(files)


def hostile_files(folder: Path | None) -> tuple[bytes, ...]:
    """The files of a folder of files made to harm; none where there is no such folder."""
    if folder is None or not folder.is_dir():
        return ()
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(path.read_bytes() for path in paths if path.stat().st_size < 4_000_000)


def mutated(rng: random.Random, data: bytes) -> bytes:
    """The file, changed in one to four ways."""
    for _ in range(rng.randint(1, 4)):
        data = rng.choice(_CHANGES)(rng, data)
    return data


def _flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 30)):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _flipped_in_head(rng: random.Random, data: bytes) -> bytes:
    return _flipped(rng, data[:100]) + data[100:]


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randint(0, len(data))]


def _extreme(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(max(1, min(len(data), rng.choice((64, len(data) or 1)))))
    return data[:place] + rng.choice(_EXTREMES) + data[place + 4 :]


def _twice(rng: random.Random, data: bytes) -> bytes:
    first, last = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
    return data[:last] + data[first:]


def _gone(rng: random.Random, data: bytes) -> bytes:
    first = rng.randint(0, len(data))
    return data[:first] + data[first + rng.randint(1, 200) :]


def _joined(rng: random.Random, data: bytes) -> bytes:
    other = rng.choice(good_files())
    return data[: rng.randint(0, len(data))] + other[rng.randint(0, len(other)) :]


def _strewn(rng: random.Random, data: bytes) -> bytes:
    place = rng.randint(0, len(data))
    return data[:place] + rng.randbytes(rng.randint(1, 300)) + data[place:]


_CHANGES = (_flipped, _flipped, _flipped_in_head, _cut, _extreme, _extreme, _twice, _gone, _joined, _strewn)


def _png(width: int, height: int, packed: bytes, *, extra: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def _png_that_claims_much() -> bytes:
    return _png(60_000, 60_000, zlib.compress(bytes(1000)))


def _png_that_is_much() -> bytes:
    return _png(9_000, 9_000, zlib.compress(bytes(9_000 * 1_126), 9))


def _png_of_texts() -> bytes:
    text = b"a\0\0" + zlib.compress(bytes(60_000_000), 9)
    extra = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    return _png(8, 8, zlib.compress(bytes(16)), extra=extra)


def _gif_of_many_frames() -> bytes:
    frames = [Image.new("L", (2, 2), 255 * (number % 2)) for number in range(1500)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


def _gif_of_a_large_screen() -> bytes:
    data = bytearray(saved(small_page(), "GIF"))
    data[6:10] = b"\xff\xff\xff\xff"
    return bytes(data)


def _tiff_of_many_frames() -> bytes:
    frames = [Image.new("1", (1, 1), number % 2) for number in range(600)]
    return saved(frames[0], "TIFF", save_all=True, append_images=frames[1:])


def _tiff_in_a_circle() -> bytes:
    data = saved(Image.new("1", (8, 8)), "TIFF")
    first = struct.unpack("<I", data[4:8])[0]
    entries = struct.unpack("<H", data[first : first + 2])[0]
    place = first + 2 + 12 * entries
    return data[:place] + struct.pack("<I", first) + data[place + 4 :]


def _pnm_that_claims_much() -> bytes:
    return b"P6 99999999 99999999 255\n" + bytes(300)


def _bmp_that_claims_much() -> bytes:
    data = bytearray(saved(small_page(), "BMP"))
    data[18:26] = struct.pack("<ii", 2_000_000_000, -2_000_000_000)
    return bytes(data)


def _pdf_of(*objects: bytes) -> bytes:
    """Objects numbered from 1, the first the catalogue."""
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer


def _pdf_of_a_large_page() -> bytes:
    page = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 1e9 1e9]>>"
    return _pdf_of(b"<</Type /Catalog /Pages 2 0 R>>", b"<</Type /Pages /Kids [3 0 R] /Count 1>>", page)


def _pdf_of_many_pages() -> bytes:
    page = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>"
    kids = b" ".join([b"3 0 R"] * 5000)
    return _pdf_of(b"<</Type /Catalog /Pages 2 0 R>>", b"<</Type /Pages /Kids [%s] /Count 5000>>" % kids, page)


def _pdf_in_a_circle() -> bytes:
    pages = b"<</Type /Pages /Kids [2 0 R] /Count 3>>"
    return _pdf_of(b"<</Type /Catalog /Pages 2 0 R>>", pages)


def _pdf_that_inflates() -> bytes:
    packed = zlib.compress(b"0 0 m 9 9 l S\n" * 2_000_000, 9)
    content = b"<</Length %d /Filter /FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)
    page = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R>>"
    return _pdf_of(b"<</Type /Catalog /Pages 2 0 R>>", b"<</Type /Pages /Kids [3 0 R] /Count 1>>", page, content)


def _nothing_but_arrays() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000


BOMBS: tuple[tuple[str, Callable[[], bytes]], ...] = tuple(
    (made.__name__.strip("_").replace("_", " "), cache(made))
    for made in (
        _png_that_claims_much,
        _png_that_is_much,
        _png_of_texts,
        _gif_of_many_frames,
        _gif_of_a_large_screen,
        _tiff_of_many_frames,
        _tiff_in_a_circle,
        _pnm_that_claims_much,
        _bmp_that_claims_much,
        _pdf_of_a_large_page,
        _pdf_of_many_pages,
        _pdf_in_a_circle,
        _pdf_that_inflates,
        _nothing_but_arrays,
    )
)
