"""Predictions as text: tab-separated, plain, and JSON lines; one line a prediction, in the order that they come."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.data.records import Prediction

__all__ = ["render_jsonl", "render_text", "render_tsv"]

_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNSAFE = re.compile("[\t\n\r\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("[\n\r]+")


def render_tsv(predictions: Iterable[Prediction]) -> Iterator[str]:
    r"""Yield ``name<TAB>text`` lines.

    A tab or line break in either is written ``\t``, ``\n`` or ``\r``, and a byte of a file name that is not UTF-8 as
    ``\udcXX``, so that a line always has two columns. Backslashes stay as they are; where that is not enough to tell
    them apart, JSON lines are.
    """
    for prediction in predictions:
        yield f"{_escaped(prediction.name)}\t{_escaped(prediction.text)}\n"


def render_text(predictions: Iterable[Prediction]) -> Iterator[str]:
    """Yield each text on a line of its own, empty where nothing was read; a line break within it becomes a space."""
    for prediction in predictions:
        yield _SURROGATE.sub(_unicode_escape, _BREAKS.sub(" ", prediction.text)) + "\n"


def render_jsonl(predictions: Iterable[Prediction]) -> Iterator[str]:
    """Yield one JSON object a line, in UTF-8 with nothing escaped that need not be.

    Keys: ``name``, ``text``, ``score`` (nats), ``confidence`` (0 to 1), ``rejected``, ``alternatives`` (each ``text``,
    ``score``; best first), ``characters`` (each ``text``, ``left``, ``right``, ``confidence``; x pixels of the image
    set upright, half open), ``frame`` (``width`` and ``height`` of the image set upright, and the EXIF ``orientation``
    by which it was, 1 where that is how the file has it; null where no image was read). A number that is infinite or
    none at all is ``null``, since JSON has no other word for it. Where a corrector altered the line, ``original`` is
    what was read, and ``changes`` has of each ``start`` and ``end`` in it, ``before``, ``after`` and ``gain`` (nats).
    ``proposals`` likewise has what a corrector offers, with places in ``text``.
    """
    for prediction in predictions:
        record: dict[str, object] = {
            "name": prediction.name,
            "text": prediction.text,
            "score": _finite(prediction.score),
            "confidence": _finite(prediction.confidence),
            "rejected": bool(prediction.rejected),
            "alternatives": [{"text": other.text, "score": _finite(other.score)} for other in prediction.alternatives],
            "characters": [
                {
                    "text": span.text,
                    "left": int(span.left),
                    "right": int(span.right),
                    "confidence": _finite(span.confidence),
                }
                for span in prediction.characters
            ],
            "frame": asdict(prediction.frame) if prediction.frame is not None else None,
        }
        if prediction.changes:
            record["original"] = prediction.original
            record["changes"] = [asdict(change) for change in prediction.changes]
        if prediction.proposals:
            record["proposals"] = [asdict(change) for change in prediction.proposals]
        line = json.dumps(record, ensure_ascii=False, allow_nan=False)
        yield _SURROGATE.sub(_unicode_escape, line) + "\n"


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _escaped(text: str) -> str:
    return _UNSAFE.sub(lambda match: _ESCAPES.get(match[0]) or _unicode_escape(match), text)


def _unicode_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
