"""The seven maps of a page, which the network predicts and lines are made of.

A page is looked at in its working scale, at which small letters are about ``WORKING_X_HEIGHT`` px high. Maps are an
array (7, h, w), float32, with one value for each ``MAP_STRIDE`` x ``MAP_STRIDE`` px of that picture: a picture of
(H, W) has maps of (ceil(H / 2), ceil(W / 2)), and value (r, c) lies at y = 2 r + 0.5, x = 2 c + 0.5.

====================  ====================================================================================
``baseline``          a ribbon about the foot of each line's letters, ``RIBBON`` px wide; 0 to 1
``body``              the band of small letters, from the baseline up to the x-height; 0 to 1
``end``               bars across both ends of each baseline, ``RIBBON`` px wide, as high as the body; 0 to 1
``ascender``          how far the line's ink reaches above its baseline, in units of ``WORKING_X_HEIGHT`` px of
                      the working picture; means something on the baseline's ribbon alone
``descender``         the same below it
``border``            what parts columns and regions, ``BORDER`` px wide; 0 to 1
``not_text``          ink that is no text: rules, ornaments, pictures, show-through; 0 to 1
====================  ====================================================================================
"""

from __future__ import annotations

__all__ = ["BORDER", "HEIGHTS", "MAPS", "MAP_STRIDE", "PROBABILITIES", "RIBBON", "WORKING_X_HEIGHT"]

MAPS = ("baseline", "body", "end", "ascender", "descender", "border", "not_text")
HEIGHTS = ("ascender", "descender")
PROBABILITIES = tuple(name for name in MAPS if name not in HEIGHTS)

WORKING_X_HEIGHT = 10.0
"""px that small letters are high in the working picture."""

MAP_STRIDE = 2
"""px of the working picture, across and down, that one value of a map stands for."""

RIBBON = 5.0
"""px of the working picture: how wide ribbons of baselines and bars at their ends are."""

BORDER = 7.0
"""px of the working picture: how wide ribbons of borders are."""
