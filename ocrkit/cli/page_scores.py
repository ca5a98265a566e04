"""What ``ocrkit evaluate --pages`` does: lines found on whole pages, and read, beside those that are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.evaluation import Comparison
    from ocrkit.evaluation.pages import PageScores, PagesEvaluation, TextScores
    from ocrkit.recognition import Recognizer
    from ocrkit.text.charset import Charset

__all__ = ["Found", "evaluate_places", "refuse_without_pages"]

_HEADS = (
    "lines", "found", "F.5", "F.7", "F.9", "missed", "false", "split", "merged", "order", "ink", "base", "CER",
    "lines", "words", "CER*", "lines*",
)  # fmt: skip
_LONGEST = 32  # characters of a page's name


@dataclass(frozen=True, slots=True)
class Found:
    """What a command line says of how lines are found, and of which there are."""

    segmenter: str | None
    model: str | None
    partial: bool
    lines_only: bool
    runtime: str = "auto"


def refuse_without_pages(found: Found) -> None:
    """Refuse what is of whole pages alone, where labelled lines are evaluated."""
    from ocrkit.errors import OptionError

    asked = {
        "--segmenter": found.segmenter, "--segmenter-model": found.model, "--partial": found.partial,
        "--lines-only": found.lines_only,
    }  # fmt: skip
    if passed_over := next((flag for flag, value in asked.items() if value), ""):
        raise OptionError(f"{passed_over} is for whole pages; give --pages with it, or leave it out")


def evaluate_places(
    places: list[str], found: Found, charset: Charset, recognizer: Recognizer | None, comparison: Comparison | None,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Find and read the lines of all pages at places, and print what came of them."""
    from ocrkit.cli import page_options
    from ocrkit.cli.progress import counting
    from ocrkit.evaluation.pages import evaluate_pages, true_pages

    files = true_pages(places)
    find, _ = page_options.finder(charset, found.segmenter, found.model, runtime=found.runtime)
    with counting("reading pages") as progress:
        result = evaluate_pages(
            files, find, recognizer, comparison=comparison, partial=found.partial, progress=progress
        )
    _report_bad(result)
    if as_json:
        from ocrkit.cli.listing import print_json

        print_json(result.to_dict())
    else:
        _print(result)


def _report_bad(result: PagesEvaluation) -> None:
    """Name the pages that were left out."""
    from ocrkit.cli.notes import say

    for bad in result.bad:
        say(f"left out {bad}")
    if result.bad:
        say(f"{len(result.bad)} of {len(result.bad) + len(result.pages)} pages were left out")


def _print(result: PagesEvaluation) -> None:
    """A row for each page, one for all, and what the columns are."""
    from ocrkit.cli.own_lexicons import interval

    rows = [["page", *_HEADS], *(_row(page.name, page.scores, page.given) for page in result.pages)]
    total = result.scores
    rows.append(_row(f"all {total.pages}", total, result.given))
    used = [place for place in range(len(rows[0])) if any(row[place] for row in rows[1:])]
    widths = [max(len(row[place]) for row in rows) for place in used]
    for row in rows:
        cells = (row[place].rjust(width) for place, width in zip(used[1:], widths[1:], strict=True))
        print("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    print()
    for line in _legend(result):
        print(line)
    print(f"found      {total.recall(0.5):.4f} of the lines ({interval(result.recall_interval)})")
    if result.correction is not None:
        from ocrkit.cli.correction_table import print_correction

        print_correction(result.correction, list(_pages_rates(result)))
    seconds = sum(page.seconds for page in result.pages)
    print(f"time       {seconds / max(1, total.pages):.2f} s of one processor a page to find the lines")


def _pages_rates(result: PagesEvaluation) -> Iterator[tuple[str, float, float]]:
    """Rates of the text of the lines that were found, without corrections and with."""
    without, text = result.without, result.scores.text
    if without is not None and text is not None:
        yield "page CER", without.cer, text.cer
        yield "any order", without.line_cer, text.line_cer
        yield "page words", without.bag_wer, text.bag_wer


def _row(name: str, scores: PageScores, given: TextScores | None) -> list[str]:
    followed, text = scores.baselines, scores.text
    counts = [scores.missed, scores.elsewhere or scores.false, scores.split, scores.merged]
    return [
        name if len(name) <= _LONGEST else f"…{name[1 - _LONGEST :]}",
        str(scores.truth),
        str(scores.found),
        *(f"{scores.f(threshold):.3f}" for threshold in (0.5, 0.7, 0.9)),
        *map(str, counts),
        f"{scores.order:.3f}",
        f"{scores.coverage:.3f}",
        "" if followed is None else f"{followed[2]:.3f}",
        *(("", "", "") if text is None else (f"{text.cer:.4f}", f"{text.line_cer:.4f}", f"{text.bag_wer:.4f}")),
        *(("", "") if given is None else (f"{given.cer:.4f}", f"{given.line_cer:.4f}")),
    ]


def _legend(result: PagesEvaluation) -> Iterator[str]:
    total = result.scores
    yield "F.5 …      2 hits / (lines + found), where a hit shares half of its ink, counted together, or 0.7, or 0.9"
    if total.elsewhere:
        yield "false      found lines of which the truth says nothing; they do not count as found"
    yield "order      pairs of lines in the true order; ink: a line's own that was found; base: F of baselines (READ)"
    if total.text is not None:
        yield "CER        in the order of reading; lines: in any order; words: WER in any order; *: of the true lines"
