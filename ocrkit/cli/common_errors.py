"""What ``ocrkit evaluate --errors`` shows: the commonest errors, with pictures of lines that have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.drawing.sheet import SheetRow
    from ocrkit.evaluation import Comparison, Evaluation, Judged
    from ocrkit.evaluation.common_errors import CommonError

__all__ = ["first_rows", "print_errors", "rows_of_errors", "visible", "write_rows"]

_FIRST = 20  # lines of a sheet


def print_errors(errors: Sequence[CommonError]) -> None:
    """A line for each error, with the first line that shows it."""
    print("errors (count, text, read, lines with it, such as)")
    for error in errors:
        confusion, example = error.confusion, error.examples[0]
        seen = f"{visible(confusion.reference)}  {visible(confusion.read)}"
        print(f"{confusion.count:6}  {seen}  {error.lines}  {example.sample.name}")


def rows_of_errors(result: Evaluation, errors: Sequence[CommonError], comparison: Comparison) -> list[SheetRow]:
    """The pictures of a sheet: for each error the lines that show it, and then as many lines that went worst."""
    from ocrkit.evaluation import worst_lines

    rows = []
    for number, error in enumerate(errors, 1):
        confusion = error.confusion
        often = "once" if confusion.count == 1 else f"{confusion.count} times, in {error.lines} of the lines"
        heading = f"{number}. {visible(confusion.reference)} read as {visible(confusion.read)}: {often}"
        rows += _headed(heading, error.examples, comparison)
    worst = worst_lines(result, comparison, len(errors))
    return rows + _headed("The lines with the most errors", worst, comparison)


def first_rows(result: Evaluation, comparison: Comparison) -> list[SheetRow]:
    """The pictures of the first lines, whatever was read."""
    return _headed("", result.lines[:_FIRST], comparison)


def write_rows(rows: Sequence[SheetRow], path: str) -> None:
    """Draw a sheet and write it."""
    from ocrkit.drawing.sheet import draw_sheet, write_sheet
    from ocrkit.errors import OptionError

    try:
        write_sheet(draw_sheet(rows), path)
    except (OSError, ValueError) as error:  # ValueError: an ending that no picture format has
        raise OptionError(f"--sheet {path} cannot be written: {error}; expected a file such as sheet.png") from error


def visible(akshara: str) -> str:
    """What can be seen of it: a lone mark sits on a dotted circle, and what is blank is named."""
    import unicodedata

    if not akshara or akshara == " ":
        return "(space)" if akshara else "(nothing)"
    return f"\u25cc{akshara}" if unicodedata.category(akshara[0])[0] == "M" else akshara


def _headed(heading: str, lines: Sequence[Judged], compared: Comparison) -> list[SheetRow]:
    """The lines with their texts as they were compared, a heading above the first."""
    from ocrkit.data.image import open_image
    from ocrkit.drawing.sheet import SheetRow

    rows = []
    for place, line in enumerate(lines):
        missed, wrong = compared.edited_parts(line.truth, line.prediction.text)
        rows.append(
            SheetRow(
                open_image(line.sample),
                compared(line.truth),
                compared(line.prediction.text),
                heading=heading if place == 0 else "",
                wrong=tuple(wrong),
                missed=tuple(missed),
            )
        )
    return rows
