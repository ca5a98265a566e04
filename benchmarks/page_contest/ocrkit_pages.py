"""Reads the pages of a list with ocrkit: image names on stdin, a page of JSON a line on stdout.

Called with the name of a model and that of a segmenter, ``NAME`` or ``NAME=MODEL``: ``truth`` takes the lines of the
PAGE or ALTO file beside.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.layout.reading import read_layout
from ocrkit.layout.records import Layout
from ocrkit.pages.finding import Segmenting, choose_segmenter
from ocrkit.pages.opening import open_scans
from ocrkit.pages.reader import PageReader
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from PIL.Image import Image

    from ocrkit.layout.scan import Scan


def main(model: str, segmenter: str) -> None:
    """Read the pages that stdin names."""
    recognizer = Recognizer.load(model, threads=1)
    if segmenter == "truth":
        find = _true_lines
    else:
        name, _, weights = segmenter.partition("=")
        chosen = choose_segmenter(name or None, weights=weights or None)
        find = Segmenting(chosen.segmenter, recognizer.model.charset)
    reader = PageReader(recognizer, find)
    scans = open_scans(map(str.strip, sys.stdin))
    for read in reader.read(scans, errors="raise"):
        lines = [
            {"outline": line.outline, "baseline": line.baseline, "text": line.text or ""} for line in read.page.lines
        ]
        print(json.dumps(lines), flush=True)


def _true_lines(scan: Scan, _grey: Image) -> Layout:
    return Layout(read_layout((scan.path or Path(scan.name)).with_suffix(".xml")).regions)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
