"""What ``ocrkit align`` says of pages as they go by, and at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocrkit.errors import FileError
    from ocrkit.layout.scan import Scan
    from ocrkit.pages.aligning import AlignedPage

__all__ = ["AlignmentTalk"]

_SHOWN = 60  # characters of what is left over


@dataclass(slots=True)
class AlignmentTalk:
    """Leaves out lines that are not sure, counts the others, and names what did not fit.

    Attributes:
        least: the confidence of a line below which it is left out.
        kept: lines that have their text.
        bad: pages that could not be used.
    """

    least: float
    kept: int = 0
    bad: int = 0
    _pages: list[dict[str, object]] = field(default_factory=list)
    _lines: int = 0
    _doubtful: int = 0
    _empty: int = 0
    _unknown: dict[str, None] = field(default_factory=dict)

    def take(self, aligned: AlignedPage) -> AlignedPage:
        """The page with the text of those lines alone that are sure enough; what is left over is said."""
        from ocrkit.cli.notes import say

        sure = aligned.sure(self.least)
        name = aligned.scan.name
        with_text = sum(each.line.text is not None for each in aligned.lines)
        kept = sum(each.line.text is not None for each in sure.lines)
        self._lines += len(aligned.lines)
        self.kept += kept
        self._doubtful += with_text - kept
        self._empty += len(aligned.lines) - with_text
        self._unknown.update(dict.fromkeys(aligned.unknown))
        for left in aligned.left_over:
            where = f"after line {left.after}" if left.after else "before the first line"
            say(f"{name}: no line has {_shortened(left.text)!r}, {where}")
        self._pages.append(
            {
                "name": name,
                "lines": [
                    {
                        "id": each.line.id,
                        "text": each.line.text,
                        "confidence": each.line.confidence,
                        "kept": after.line.text is not None,
                    }
                    for each, after in zip(aligned.lines, sure.lines, strict=True)
                ],
                "left_over": [{"text": left.text, "after": left.after} for left in aligned.left_over],
                "unknown": list(aligned.unknown),
                "error": "",
            }
        )
        return sure

    def leave_out(self, scan: Scan, error: FileError) -> None:
        """Name a page that cannot be used."""
        from ocrkit.cli.notes import say

        self.bad += 1
        said = str(error)
        say(f"left out {said if said.startswith(scan.name) else f'{scan.name}: {said}'}")
        self._pages.append({"name": scan.name, "lines": [], "left_over": [], "unknown": [], "error": said})

    def report(self, as_json: bool) -> None:
        """Say what came of all of them, and print it as JSON where that is wanted."""
        from ocrkit.cli.notes import say
        from ocrkit.text.naming import described

        say(
            f"{self.kept} of {self._lines} lines have their text; {self._empty} got none, and {self._doubtful} are not "
            f"sure enough (--min-confidence {self.least:g})"
        )
        if self._unknown:
            named = ", ".join(map(described, list(self._unknown)[:10]))
            say(f"note: the model has no label for {named}; what stands there was taken on trust")
        if self.bad:
            say(f"{self.bad} of {len(self._pages)} pages were left out")
        if as_json:
            from ocrkit.cli.listing import print_json

            print_json(self._pages)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN // 2]}…{text[-_SHOWN // 2 :]}"
