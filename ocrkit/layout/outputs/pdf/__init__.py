"""Searchable PDFs: the picture of each page, with what was read on it as text that is not seen."""

from ocrkit.layout.outputs.pdf.document import PdfOptions, text_only_pdf
from ocrkit.layout.outputs.pdf.rendering import render_pdf

__all__ = ["PdfOptions", "render_pdf", "text_only_pdf"]
