"""``ocrkit data check``: every fault of labelled lines, before a training meets it."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocrkit.checking import Fault
    from ocrkit.checking.data_check import DataCheck
    from ocrkit.data.progress import Progress, StageProgress

__all__ = ["check"]

_NAMED = 10  # characters in the summary
_SURROGATE = re.compile("[\ud800-\udfff]")

Source = Annotated[str, typer.Argument(metavar="SRC", help="A folder or a table of labelled lines.")]
Validation = Annotated[
    str | None,
    typer.Option("--validation", metavar="SRC2", help="Other lines, which should have no picture in common with SRC."),
]
CharsetName = Annotated[
    str | None,
    typer.Option("-c", "--charset", metavar="NAME", help="What labels are spelled in; else that of --model, --recipe."),
]
ModelName = Annotated[
    str | None,
    typer.Option("-m", "--model", metavar="MODEL", help="The model whose frames labels have to fit."),
]
Recipe = Annotated[
    str | None,
    typer.Option("--recipe", metavar="NAME", help="The recipe whose network's frames they have to fit instead."),
]
Pattern = Annotated[
    str | None,
    typer.Option("--pattern", metavar="TEXT", help="Which part of file names is the text, as {text}_{}."),
]
Format = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="The format of the data; else it is guessed.")
]
Workers = Annotated[
    int, typer.Option("--workers", metavar="N", help="Processes that open images; -1 for one a core, 0 for none.")
]
Fix = Annotated[
    Path | None,
    typer.Option("--fix", metavar="OUT", help="Write SRC without its faults to OUT, a new folder or file."),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="NAME", help="The format of OUT; else by its ending, or that of SRC.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON: checked, and the faults.")]


def check(
    source: Source,
    validation: Validation = None,
    charset: CharsetName = None,
    model: ModelName = None,
    recipe: Recipe = None,
    format_: Format = None,
    pattern: Pattern = None,
    workers: Workers = -1,
    fix: Fix = None,
    to: To = None,
    as_json: AsJson = False,
) -> None:
    """Find what is wrong with labelled lines, and where.

    Prints a line a fault, path:line: kind: detail, and a count of each kind on stderr. Ends with 1 where there are
    faults and with 0 where there are none.
    """
    from ocrkit.checking.data_check import open_check
    from ocrkit.cli.progress import Stages, say

    _check_destination(fix, to)
    with Stages() as stages:
        on_terminal = sys.stdout.isatty() and sys.stderr.isatty()
        # JSON and a bar on one terminal would be mixed; lines are printed above the bar.
        shown = _not_shown if on_terminal and as_json else stages.progress
        opened = open_check(
            source,
            validation=validation,
            charset=charset,
            model=model,
            recipe=recipe,
            format=format_,
            pattern=pattern,
            workers=workers,
            progress=shown("listing"),
        )
        stages.say(f"labels have to fit the frames of {opened.network}")
        counts: Counter[str] = Counter()
        try:
            if as_json:
                _print_json(opened, shown, counts)
            else:
                _print_lines(opened, shown, counts, stages.say if on_terminal else print)
        except KeyboardInterrupt:
            say("interrupted: what is above is what was found so far")
            _summarise(opened, counts)
            raise
        _summarise(opened, counts)
        if fix is not None:
            written, left_out = opened.write_remainder(fix, to=to, progress=stages.progress("writing"))
            say(f"wrote {written} samples to {fix}; left out {left_out} samples, and every row that cannot be read")
    if counts:
        raise typer.Exit(1)


def _check_destination(fix: Path | None, to: str | None) -> None:
    """Refuse what could not be written before hours are spent on the check."""
    import os

    from ocrkit.data.writers import FORMATS
    from ocrkit.errors import DataError, OptionError, UnknownNameError, unknown_name

    if fix is None and to is not None:
        raise OptionError("--to says how --fix writes, and there is no --fix")
    if to is not None and to not in FORMATS:
        raise UnknownNameError(unknown_name("format to write", to, FORMATS))
    if fix is not None and os.path.lexists(fix):
        raise DataError(f"{fix} is there already; --fix writes a new folder or file, so give another name")


def _print_lines(
    opened: DataCheck, progress: StageProgress, counts: Counter[str], print_line: Callable[[str], object]
) -> None:
    for fault in opened.faults(progress):
        counts[fault.kind] += 1
        # One line a fault, whatever its path or label holds.
        print_line(" ".join(str(fault).splitlines()))


def _print_json(opened: DataCheck, progress: StageProgress, counts: Counter[str]) -> None:
    """Print the faults as they are found, and how many were checked at the end, so that none has to be kept."""
    print('{"faults": [', end="")
    try:
        for fault in opened.faults(progress):
            separator = ",\n" if counts else "\n"
            # At one go, so that Ctrl-C leaves no half of a list.
            print(f"{separator}{_json(fault)}", end="")
            counts[fault.kind] += 1
    finally:
        print(f'\n], "checked": {opened.checked}}}')


def _json(fault: Fault) -> str:
    written = json.dumps(fault.to_dict(), ensure_ascii=False)
    # What is not UTF-8 in a file's name is kept as lone surrogates, which no JSON in UTF-8 may hold as they are.
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


def _summarise(opened: DataCheck, counts: Counter[str]) -> None:
    from ocrkit.checking import KINDS
    from ocrkit.cli.progress import say
    from ocrkit.text.invisible import described_invisible
    from ocrkit.text.naming import described

    for kind in KINDS:
        if counts[kind]:
            say(f"{counts[kind]:8}  {kind}")
    lacking = opened.checker.lacking
    if lacking:
        named = ", ".join(f"{described(character)} {count}x" for character, count in lacking.most_common(_NAMED))
        more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        say(f"charset {opened.charset.name!r} lacks {named}{more}")
    if opened.checker.invisible:
        say(described_invisible(opened.checker.invisible))
    total, checked = counts.total(), opened.checked
    say(f"{total:8}  fault{'s' * (total != 1)} in {checked} sample{'s' * (checked != 1)}")


def _not_shown(_stage: str) -> Progress:
    """A progress of which nothing is seen."""
    return lambda _done, _total: None
