"""Which way up a page is, by its readings: what finds lines may see them as well upside down."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from ocrkit.data.records import Sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ocrkit.data.records import Prediction
    from ocrkit.layout.records import Layout, Line, Points
    from ocrkit.pages.cutting import FoundLine
    from ocrkit.pages.line_reader import LineReader

__all__ = ["half_turned", "is_doubtful", "stands_on_its_head"]

_SURE = -0.12  # nats a label in the mean; real pages read upright have -0.26 to 0, upside down -0.56 to -0.2
_BETTER = 0.5  # of these nats, at most, a reading of the turned lines may cost
_LINES = 4  # that are read both ways


def is_doubtful(readings: Sequence[Prediction]) -> bool:
    """Whether the labels of a page's readings are so unsure that it may have been read upside down.

    What was rejected for its confidence has no labels; a page of which most lines were is doubtful, too.
    """
    if 2 * sum(reading.is_doubtful for reading in readings) > len(readings):
        return True
    labels = _nats(readings)
    return bool(labels) and sum(labels) / len(labels) < _SURE


def stands_on_its_head(recognizer: LineReader, lines: Sequence[FoundLine]) -> bool:
    """Whether some of a page's lines read far better turned by 180 degrees; the longest are tried."""
    pictures = [found.cut.image for found in lines if found.cut is not None]
    pictures = sorted(pictures, key=lambda picture: picture.width / picture.height, reverse=True)[:_LINES]
    as_found = _nats(recognizer.read([Sample("as found", picture.copy) for picture in pictures]))
    half_turn = Image.Transpose.ROTATE_180
    turned = _nats(recognizer.read([Sample("turned", picture.transpose(half_turn).copy) for picture in pictures]))
    if not turned:
        return False
    if not as_found:
        return True
    return sum(turned) / len(turned) > _BETTER * sum(as_found) / len(as_found)


def half_turned(layout: Layout, width: int, height: int) -> Layout:
    """The layout of a picture turned by 180 degrees, in the pixels of the picture as it was.

    Args:
        layout: of the turned picture.
        width: px of the picture.
        height: px of the picture.
    """

    def back(points: Points) -> Points:
        return tuple((width - 1 - x, height - 1 - y) for x, y in points)

    def line_back(line: Line) -> Line:
        return replace(line, baseline=back(line.baseline), outline=back(line.outline))

    regions = (
        replace(region, outline=back(region.outline), lines=tuple(map(line_back, region.lines)))
        for region in layout.regions
    )
    return replace(layout, regions=tuple(regions), rotation=(layout.rotation + 180) % 360)


def _nats(readings: Iterable[Prediction]) -> list[float]:
    """The ln of each label's probability."""
    return [math.log(max(label.confidence, 1e-9)) for reading in readings for label in reading.characters]
