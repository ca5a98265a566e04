"""The table: on the terminal, and in its section of the documentation."""

from __future__ import annotations

import os
import platform
import textwrap
from importlib import metadata
from typing import TYPE_CHECKING

from peers.opponents import CUT, TOKENS

from ocrkit.ctc import build_info

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from peers.measuring import Pace, Row

BEGIN = "<!-- bench-peers: written by `make bench-peers`; what stands between these two lines is replaced -->"
END = "<!-- bench-peers: end -->"
COLUMNS = ("workload", "ocrkit", "beside", "lines/s", "peer's", "ratio", "quartiles", "answers")
NUMBERS = range(3, 7)


def cells(row: Row) -> tuple[str, ...]:
    """A row's text, column by column."""
    result = row.result
    ratio = (
        ("", "")
        if result.ratio is None
        else (_ratio(result.ratio.median), _quartiles(result.ratio.low, result.ratio.high))
    )
    return (row.workload, row.decoder, row.peer, _rate(result.ours), _rate(result.theirs), *ratio, result.answers)


def _rate(lines: float | None) -> str:
    """Lines a second to three digits."""
    return "" if lines is None else f"{float(f'{lines:.3g}'):,.{0 if lines >= 100 else 1}f}"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _quartiles(low: float, high: float) -> str:
    return f"{_ratio(low)}-{_ratio(high)}"


def table(rows: Iterable[Row]) -> list[str]:
    """A Markdown table, padded so that it reads well as it lies."""
    lines = [COLUMNS, *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    marks = tuple("-" * (width - 1) + ":" if at in NUMBERS else "-" * width for at, width in enumerate(widths))
    return [_line(line, widths) for line in (lines[0], marks, *lines[1:])]


def _line(texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        text.rjust(width) if at in NUMBERS else text.ljust(width)
        for at, (text, width) in enumerate(zip(texts, widths, strict=True))
    )
    return f"| {' | '.join(padded)} |"


def section(rows: Sequence[Row], pace: Pace, *, folder: bool, seed: int) -> str:
    """The section of the documentation, its heading included."""
    given = "; the others are the posteriors that `--posteriors` named" if folder else ""
    head = f"""## Beside the peers

`make bench-peers` measured this, in an environment of its own. `word`, `mal`, `line` and `large`, peaked and flat, are
simulated from seed {seed}{given}. A ratio is the median of {pace.rounds} rounds in which
both decoders read the same lines in turns, on one thread unless the row says otherwise, with the quartiles beside it;
above 1 ocrkit is faster. Python's part, and all arrays of `Decoded`, are included; what peers need prepared
(probabilities, a trie, one more frame) is not.

Answers were compared first. Greedy's labels are NumPy's. A beam of 10 or more errs in no more than two characters, or
0.05 points, more than a beam of 100 without a cut. Lexicon search is proved on every line, and a sample of its scores
compared with brute force. "Equal" is the share of lines that a peer reads alike.

{textwrap.fill(_remarks(pace), width=120)}
"""
    return "\n".join([head, *table(rows)])


def _remarks(pace: Pace) -> str:
    return (
        f"flashlight looks at {TOKENS} labels a frame, and its words end with a separator, without which it loses the "
        "last letter of some and runs others together. fast-ctc-decode looks at no label below "
        f"{CUT:g}. {_versions(pace)}"
    )


def _versions(pace: Pace) -> str:
    features = set()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            features = set(next(line for line in file if line.startswith("flags")).split())
    except (OSError, StopIteration):
        pass
    widest = next((name for name in ("avx512f", "avx2", "sse2") if name in features), "unknown vectors")
    names = ["numpy", *pace.peers]
    versions = ", ".join(f"{name} {pace.peers.get(name) or metadata.version(name)}" for name in names)
    build = build_info()
    return (
        f"Here: {platform.machine()}, {widest}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"ocrkit {build['version']} by {build['compiler']}; {versions}."
    )


def write_section(page: Path, text: str) -> None:
    """Put the section between its marks in `page`, which keeps the rest; without marks, at the page's end."""
    marked = f"{BEGIN}\n{text}\n{END}"
    old = page.read_text("utf-8") if page.exists() else "# How fast the decoders are\n"
    before, found, rest = old.partition(BEGIN)
    if found:
        _, ended, after = rest.partition(END)
        if not ended:
            raise ValueError(f"{page} has the line that begins the section, and not the one that ends it: {END}")
        new = before + marked + after
    else:
        new = f"{old.rstrip()}\n\n{marked}\n"
    page.write_text(new, "utf-8")
