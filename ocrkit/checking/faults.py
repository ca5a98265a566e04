"""A fault of a data set: what kind it is, where it stands, and what is wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from ocrkit.errors import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.data.records import BadRow, Sample
    from ocrkit.errors import DataError

__all__ = ["KINDS", "Fault", "fault_of_image", "fault_of_label", "fault_of_row", "fault_of_set"]

KINDS: Final[Mapping[str, str]] = {
    "unreadable": "The whole set: its file is damaged, or not of the format that it looks like.",
    "row": "A row of a table that cannot be read: columns, quotes, bytes that are not UTF-8, a line break in a text.",
    "missing": "An image that is listed and is not there.",
    "image": "An image that cannot be decoded, or that no network takes: no pixels, too many, far too wide.",
    "empty": "A label that is empty, or white space alone.",
    "unencodable": "A label with a character that the charset lacks.",
    "unnormalised": "A label in another spelling than the charset's, or with spaces that cannot be seen.",
    "too-long": "A label that needs more frames than its image has.",
    "blank": "An image that shows nothing, with a label.",
    "aspect": "An image that is far too narrow, or far too wide, for its label.",
    "duplicate": "The pixels of an earlier image, with the same label.",
    "near-duplicate": "An earlier image in another size or brightness, with the same label.",
    "contradiction": "An earlier image, or that in another size or brightness, with another label.",
}
"""Every kind of fault, in the order of the summary, with what it means; names are stable."""

_ROW_KINDS = {"empty-text": "empty", "two-texts": "contradiction"}
_OF_LABELS = ("empty", "unencodable", "unnormalised")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        path: the file that it stands in: the table, or the image or text of a format without tables.
        line: the table's line, from 1; None where there is no table.
        kind: one of ``KINDS``.
        detail: what is wrong.
        image: the image's name; None where it is unknown, as of a row that cannot be read.
    """

    path: str
    line: int | None
    kind: str
    detail: str
    image: str | None = None

    def __str__(self) -> str:
        # A label's fault is in the table itself; of an image's one has to know which image.
        shown = self.image not in (None, self.path) and self.kind not in _OF_LABELS
        named = f"{self.image}: " if shown else ""
        return f"{Origin(self.path, self.line)}: {self.kind}: {named}{self.detail}"

    def to_dict(self) -> dict[str, object]:
        """What JSON says of it: every part."""
        return asdict(self)


def fault_of_image(sample: Sample, kind: str, detail: str) -> Fault:
    """A fault of a sample's image, which is named where a table lists it."""
    origin = sample.origin
    if origin is None or origin.line is None:
        return Fault(sample.name, None, kind, detail, sample.name)
    return Fault(origin.path, origin.line, kind, detail, sample.name)


def fault_of_label(sample: Sample, kind: str, detail: str) -> Fault:
    """A fault of a sample's text, wherever that is written."""
    origin = sample.origin or Origin(sample.name)
    return Fault(origin.path, origin.line, kind, detail, sample.name)


def fault_of_set(location: str, error: DataError) -> Fault:
    """The fault of data that cannot be listed at all."""
    origin = error.origin or Origin(location)
    return Fault(origin.path, origin.line, "unreadable", error.reason)


def fault_of_row(row: BadRow) -> Fault:
    """The fault of a row from which no sample could be made."""
    return Fault(row.origin.path, row.origin.line, _ROW_KINDS.get(row.kind, "row"), row.reason)
