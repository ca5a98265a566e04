"""The font of text that is not seen: one glyph without ink, and codes that mean the code points of the document.

Readers copy and search what ToUnicode says of the codes, and know from the widths where a code stands. A code for each
code point, all of one width, is what poppler, PDFium, pdfminer and pdf.js all read as it was written; shaping, a code
for a cluster and codes without width each lose text in one of them.
"""

from __future__ import annotations

import struct
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.layout.outputs.pdf.objects import PdfWriter

__all__ = ["EM_WIDTH", "Codes", "font_program", "to_unicode", "units_of", "write_font"]

EM_WIDTH = 0.5
"""The width of a code, in ems."""

_NAME = b"/OCRKIT+Invisible"
_BLOCK = 100  # most mappings in a block of a CMap
_MOST = 0xFFFF


class Codes:
    """The codes of a document's code points, numbered from 1 as they are met."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def encoded(self, text: str) -> bytes:
        """A text as a hexadecimal string of two bytes a code point."""
        numbers = self.numbers
        codes = [numbers.setdefault(unit, min(len(numbers) + 1, _MOST)) for unit in units_of(text)]
        return b"<" + struct.pack(f">{len(codes)}H", *codes).hex().upper().encode() + b">"


def units_of(text: str) -> list[str]:
    """The parts of a text that have a code each: code points, and joiners with what they stand beside.

    pdf.js leaves out a code that means a mark of format and nothing else, as joiners are. One stays in a code with the
    mark without width before it, as the virama is, or with the letter behind it.
    """
    units: list[str] = []
    for character in text:
        last = units[-1] if units else ""
        if (_is_format(character) and last and unicodedata.category(last[0]) == "Mn") or (
            last and character != " " and all(map(_is_format, last))
        ):
            units[-1] += character
        else:
            units.append(character)
    return units


def _is_format(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


def write_font(writer: PdfWriter, font: int, codes: Codes) -> Iterator[bytes]:
    """Write the font of a document, when all of its codes are known."""
    program, to_codes, glyphs, descriptor, descendant = (writer.reserve() for _ in range(5))
    data = font_program()
    yield from writer.stream(program, b"/Length1 %d" % len(data), data)
    yield from writer.stream(to_codes, b"", to_unicode(codes))
    # All codes have glyph 1: Acrobat takes glyph 0 for a glyph that is missing.
    yield from writer.stream(glyphs, b"", b"\0\1" * (len(codes.numbers) + 1))
    yield writer.written(
        descriptor,
        b"<< /Type /FontDescriptor /FontName %b /Flags 4 /FontBBox [0 -250 500 750] /ItalicAngle 0 /Ascent 750 "
        b"/Descent -250 /CapHeight 750 /StemV 80 /FontFile2 %d 0 R >>" % (_NAME, program),
    )
    yield writer.written(
        descendant,
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont %b /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        b"/Supplement 0 >> /FontDescriptor %d 0 R /DW %d /CIDToGIDMap %d 0 R >>"
        % (_NAME, descriptor, EM_WIDTH * 1000, glyphs),
    )
    yield writer.written(
        font,
        b"<< /Type /Font /Subtype /Type0 /BaseFont %b /Encoding /Identity-H /DescendantFonts [%d 0 R] "
        b"/ToUnicode %d 0 R >>" % (_NAME, descendant, to_codes),
    )


def to_unicode(codes: Codes) -> bytes:
    """The CMap that says which code point a code means. Source: Adobe Technical Note 5411."""
    pairs = [
        b"<%04X> <%b>" % (code, character.encode("utf-16-be", "surrogatepass").hex().upper().encode())
        for character, code in codes.numbers.items()
    ]
    blocks = [pairs[place : place + _BLOCK] for place in range(0, len(pairs), _BLOCK)]
    lines = [
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap",
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def",
        b"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange",
        *(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks),
        b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n",
    ]
    return b"\n".join(lines)


def font_program() -> bytes:
    """A TrueType font of two glyphs without ink, half an em wide. Source: OpenType 1.9, chapters of its tables.

    The second one has an outline, a line there and back: PDFium drops text on its side whose letters have no height,
    and programs mark what is chosen as high as they have it.
    """
    units, width = 1000, int(EM_WIDTH * 1000)
    # A contour of two points, (0, -250) and (width, 750), each with a flag that says that it lies on the curve.
    glyph = struct.pack(">hhhhhHHBBhhhh", 1, 0, -250, width, 750, 1, 0, 1, 1, 0, width, -250, 1000)
    tables = {
        b"OS/2": struct.pack(
            ">HhHHHhhhhhhhhhhh10s4L4sHHHhhhHH",
            *(3, width, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0),
            *(b"\0" * 10, 0, 0, 0, 0, b"NONE", 64, 0, 0xFFFF, 750, -250, 0, 750, 250),
        )
        + struct.pack(">LLhhHHH", 1, 0, 500, 750, 0, 32, 1),
        # A cmap of no character: what codes mean stands in the PDF.
        b"cmap": struct.pack(">HHHHL", 0, 1, 3, 1, 12)
        + struct.pack(">HHHHHHHHHHhH", 4, 24, 0, 2, 2, 0, 0, 0xFFFF, 0, 0xFFFF, 1, 0),
        b"glyf": glyph,
        b"head": struct.pack(
            ">LLLLHHqqhhhhHHhhh",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 3, units, 0, 0, 0, -250, width, 750, 0, 8, 2, 1, 0),
        ),
        b"hhea": struct.pack(">LhhhHhhhhhhhhhhhH", 0x10000, 750, -250, 0, width, 0, 0, 0, 1, *(0,) * 7, 2),
        b"hmtx": struct.pack(">HhHh", width, 0, width, 0),
        b"loca": struct.pack(">LLL", 0, 0, len(glyph)),
        b"maxp": struct.pack(">L14H", 0x10000, 2, 2, 1, 0, 0, 2, *(0,) * 8),
        b"name": _names("Invisible"),
        b"post": struct.pack(">LLhhLLLLL", 0x30000, 0, -100, 50, 1, 0, 0, 0, 0),
    }
    return _assembled(tables)


def _names(name: str) -> bytes:
    texts = {1: name, 2: "Regular", 3: name, 4: name, 5: "Version 1.0", 6: name}
    records, storage = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, number, len(encoded), len(storage))
        storage += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + storage


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    head = struct.pack(">LHHHH", 0x10000, count, 16 << power, power, (count << 4) - (16 << power))
    place = len(head) + 16 * count
    directory, body, adjustment = b"", b"", 0
    for tag, data in sorted(tables.items()):
        padded = data + b"\0" * (-len(data) % 4)
        directory += struct.pack(">4sLLL", tag, _checksum(padded), place + len(body), len(data))
        if tag == b"head":
            adjustment = place + len(body) + 8
        body += padded
    whole = head + directory + body
    balance = (0xB1B0AFBA - _checksum(whole)) & 0xFFFFFFFF
    return whole[:adjustment] + struct.pack(">L", balance) + whole[adjustment + 4 :]


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f">{len(data) // 4}L", data))
    return total & 0xFFFFFFFF
