"""Baselines as hOCR has them: a slope, and where they meet the left edge of the line's box; or an angle of the line.

Source: the hOCR specification 1.2, properties ``baseline`` and ``textangle``. Tesseract, too, writes no baseline for a
line that is turned.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.layout.outputs.places import Box
    from ocrkit.layout.records import Points

__all__ = ["straight_baseline", "straight_points"]

_STEEPEST = 1.0  # of a slope: what is steeper is written as turned


def straight_baseline(baseline: Points, box: Box) -> dict[str, str]:
    """The properties that come nearest to a baseline.

    Args:
        baseline: two points or more that differ, px, in the direction of reading upright.
        box: the line's.
    """
    (x0, y0), (x1, y1) = baseline[0], baseline[-1]
    if x1 <= x0 or abs(y1 - y0) > _STEEPEST * (x1 - x0):
        quarter = round(math.degrees(math.atan2(y0 - y1, x1 - x0)) / 90) * 90 % 360
        return {"textangle": f"{quarter}"} if quarter else {}
    slope = round(_slope(baseline), 5) + 0.0  # never -0
    middle_x, middle_y = (sum(axis) / len(baseline) for axis in zip(*baseline, strict=True))
    # From the bottom left corner of the box, whose edge is behind its last row, and upwards below 0.
    intercept = round(middle_y + slope * (box.left - middle_x) - (box.bottom + 1))
    return {"baseline": f"{slope:.5f}".rstrip("0").rstrip(".") + f" {intercept}"}


def straight_points(properties: Mapping[str, str], box: Box) -> Points:
    """The baseline that properties tell, from the left to the right edge of the line's box, or none."""
    spelt = properties.get("baseline", "").split()
    try:
        slope, intercept = map(float, spelt)
    except ValueError:  # a polynomial of another degree, or none
        return ()
    at_left = box.bottom + 1 + intercept
    at_right = at_left + slope * (box.right - box.left)
    if not math.isfinite(at_left) or not math.isfinite(at_right):
        return ()
    points = ((box.left, round(at_left)), (box.right, round(at_right)))
    return points if box.right > box.left else ()


def _slope(baseline: Points) -> float:
    """That of the straight line which is nearest to the points."""
    count = len(baseline)
    middle_x, middle_y = (sum(axis) / count for axis in zip(*baseline, strict=True))
    spread = sum((x - middle_x) ** 2 for x, _ in baseline)
    return sum((x - middle_x) * (y - middle_y) for x, y in baseline) / spread if spread else 0.0
