"""Data formats to write, one a module, and what writes any samples in any of them."""

from ocrkit.data.writers.convert import Converted, convert, write_all
from ocrkit.data.writers.encoded import EncodedSample, encode
from ocrkit.data.writers.formats import FORMATS, Writer, WriterSpec, format_for
from ocrkit.data.writers.replacing import replacing
from ocrkit.data.writers.split import Part, Split, split

__all__ = [
    "FORMATS",
    "Converted",
    "EncodedSample",
    "Part",
    "Split",
    "Writer",
    "WriterSpec",
    "convert",
    "encode",
    "format_for",
    "replacing",
    "split",
    "write_all",
]
