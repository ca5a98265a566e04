"""How readings with and without corrections are shown side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.evaluation.correction import Correction, RateBeside

__all__ = ["print_correction"]


def print_correction(correction: Correction, more: Sequence[tuple[str, float, float]] = ()) -> None:
    """Print the rates without and with corrections, and what became of words.

    Args:
        correction: what came of the lines.
        more: further rates, each with its name, without and with.
    """
    print(f"corrected by {correction.corrector}: {correction.changed} of {correction.lines} lines")
    print("           without  with     change")
    for name, rate in (("CER", correction.cer), ("by akshara", correction.akshara_cer), ("WER", correction.wer)):
        print(f"{_row(name, rate.without, rate.corrected)}  ({_interval(rate)})")
    for name, without, corrected in more:
        print(_row(name, without, corrected))
    words = correction.words
    ratio = words.mended_per_spoiled
    per_spoiled = "" if ratio is None else f", {ratio:.1f} mended for each spoiled"
    print(
        f"words      {words.mended} mended, {words.spoiled} spoiled{per_spoiled}; {words.altered} altered and still "
        f"wrong, {words.left} left wrong, of {words.words}"
    )


def _row(name: str, without: float, corrected: float) -> str:
    return f"{name:<10} {without:.4f}   {corrected:.4f}   {corrected - without:+.4f}"


def _interval(rate: RateBeside) -> str:
    return f"{rate.low:+.4f} to {rate.high:+.4f}"
