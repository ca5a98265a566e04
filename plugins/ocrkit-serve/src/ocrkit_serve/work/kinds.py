"""Kinds of files, told by how they begin, and never by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit_serve.work.records import Refused

if TYPE_CHECKING:
    from typing import Final

__all__ = ["JPEG", "PDF", "PILLOW_FORMATS", "kind_of"]

JPEG: Final = "image/jpeg"
PDF: Final = "application/pdf"

PILLOW_FORMATS: Final = ("PNG", "JPEG", "MPO", "TIFF", "WEBP", "BMP", "DIB", "GIF", "PPM")
"""What Pillow calls the kinds of pictures that are read; MPO is a JPEG with further pictures behind it."""

_PDF_MARK = (b"%PDF-", 1024)  # which may stand anywhere in so many bytes
_MARKS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    *((b"P%d" % digit, "image/x-portable-anymap") for digit in range(1, 7)),
)
_OTHERS = (
    (0, b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"AT&TFORM", "DjVu"),
    (0, b"%!PS", "PostScript"),
    (0, b"PK\x03\x04", "a ZIP archive, or a document of an office program"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old document of an office program"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!", "a RAR archive"),
    (4, b"ftypavif", "AVIF"),
    *((4, b"ftyp" + brand, "HEIC") for brand in (b"heic", b"heix", b"hevc", b"mif1", b"msf1")),
)
_EXPECTED = "expected PNG, JPEG, TIFF, WebP, BMP, GIF, PNM or PDF"


def kind_of(start: bytes) -> str:
    """The MIME type of a file that begins so, 1024 bytes of it.

    Raises:
        Refused: it is empty, or of a kind that is not read.
    """
    if not start:
        raise Refused(422, f"the file is empty; {_EXPECTED}")
    for mark, kind in _MARKS:
        if start.startswith(mark):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if _PDF_MARK[0] in start[: _PDF_MARK[1]]:
        return PDF
    raise Refused(415, f"the file is {_called(start)}, which is not read here; {_EXPECTED}: save it as one of these")


def _called(start: bytes) -> str:
    for place, mark, name in _OTHERS:
        if start[place : place + len(mark)] == mark:
            return name
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return "HTML, SVG or other markup"
    if all(byte >= 0x20 or byte in b"\t\n\r\f" for byte in start):
        return "text"
    return "of a kind that is unknown"
