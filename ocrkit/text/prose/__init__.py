"""Running text out of files that were made for other programs: collections of sayings, a dictionary."""

from ocrkit.text.prose.paragraphs import read_paragraphs

__all__ = ["read_paragraphs"]
