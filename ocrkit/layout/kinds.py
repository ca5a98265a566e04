"""What regions are called: SegmOnto's zones, and what PAGE and other vocabularies call the same.

Source: SegmOnto, segmonto.github.io; the PAGE content schema of 2019-07-15, ``TextTypeSimpleType``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KIND_OF_ELEMENT", "kind_called", "page_type"]

_PAGE_TYPES: Final[Mapping[str, str]] = {
    "MainZone": "paragraph",
    "TitlePageZone": "heading",
    "RunningTitleZone": "header",
    "NumberingZone": "page-number",
    "MarginTextZone": "marginalia",
    "DropCapitalZone": "drop-capital",
    "QuireMarksZone": "signature-mark",
}
_KINDS: Final[Mapping[str, str]] = {
    **{page_type: kind for kind, page_type in _PAGE_TYPES.items()},
    "caption": "GraphicZone:caption",
    "catch-word": "QuireMarksZone:catchword",
    "footer": "RunningTitleZone",
    "footnote": "MarginTextZone:footnote",
    "footnote-continued": "MarginTextZone:footnote",
    "endnote": "MarginTextZone:footnote",
    # As eScriptorium calls them in new projects.
    "Main": "MainZone",
    "Title": "TitlePageZone",
    "Commentary": "MarginTextZone",
    "Illustration": "GraphicZone",
}
KIND_OF_ELEMENT: Final[Mapping[str, str]] = {
    "TextRegion": "MainZone",
    "TextBlock": "MainZone",
    "TableRegion": "TableZone",
    "MusicRegion": "MusicZone",
    **dict.fromkeys(
        ("ImageRegion", "LineDrawingRegion", "GraphicRegion", "ChartRegion", "MapRegion", "Illustration"), "GraphicZone"
    ),
}
"""The kinds of elements of PAGE and ALTO that tell it by their name; others are custom zones of theirs."""


def kind_called(label: str) -> str:
    """The zone that a label of any vocabulary means; a custom zone for one that is not known."""
    if not label or label.partition(":")[0].endswith("Zone"):
        return label or "MainZone"
    return _KINDS.get(label) or f"CustomZone:{label}"


def page_type(kind: str) -> str:
    """The nearest of PAGE's types of text regions."""
    if kind == "MarginTextZone:footnote":
        return "footnote"
    return _PAGE_TYPES.get(kind.partition(":")[0], "other")
