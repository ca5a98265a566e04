"""In which order the regions of a PAGE file are read, and the lines of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.sources.page_custom import customs_of
from ocrkit.layout.reading.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.data.sources.xml_file import Element

__all__ = ["lines_in_order", "regions_in_order"]


def regions_in_order(page: Element) -> list[list[Element]]:
    """Each region with the elements that it is in, outermost first: those that the page orders, then the others.

    A region within another follows it, but for what is in a table, which is one.
    """
    ranks: dict[str, int] = {}
    order = page.first("ReadingOrder")
    for name in _ordered(order) if order is not None else ():
        ranks.setdefault(name, len(ranks))
    return sorted(_regions([page]), key=lambda around: _rank(around, ranks))


def lines_in_order(around: list[Element]) -> list[list[Element]]:
    """Each line of a region with the elements that it is in, by what they say of their order, else as they stand."""
    region = around[-1]
    if region.name == "TableRegion":
        lines = [around[:-1] + path for path in region.paths_to("TextLine")]
    else:
        lines = [[*around, line] for line in region.all("TextLine")]
    indices = [_index(path[-1]) for path in lines]
    if any(index < 0 for index in indices):
        return lines
    return [lines[at] for at in sorted(range(len(lines)), key=indices.__getitem__)]


def _regions(around: list[Element]) -> Iterator[list[Element]]:
    for element in around[-1].children:
        if not element.name.endswith("Region"):
            continue
        inside = [*around, element]
        nested = [] if element.name == "TableRegion" else list(_regions(inside))
        # One that only holds others is none of its own.
        if not nested or element.first("TextLine") is not None:
            yield inside
        yield from nested


def _rank(around: list[Element], ranks: dict[str, int]) -> int:
    """That of the region, else of the innermost around it that has one."""
    for element in reversed(around):
        rank = ranks.get(element.get("id") or "")
        if rank is not None:
            return rank
    return len(ranks)


def _ordered(group: Element) -> Iterator[str]:
    """The names of regions that a group orders, those of its groups included."""
    members = group.children
    if group.name.startswith("OrderedGroup"):
        members = sorted(members, key=lambda member: number_of(member.get("index"), 0))
    for member in members:
        name = member.get("regionRef")
        if name:
            yield name
        yield from _ordered(member)


def _index(line: Element) -> float:
    """A line's place in its region, by Transkribus' or the schema's attribute; below 0 where neither says it."""
    told = customs_of(line.get("custom")).get("readingOrder", {}).get("index") or line.get("index")
    return number_of(told, -1)
