"""The same lines read twice, greedily and with a lexicon, and sheets of what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.ctc import Lexicon
from ocrkit.data.image_file import open_image
from ocrkit.drawing.sheet import SheetRow, draw_sheet, write_sheet
from ocrkit.evaluation import Evaluation, Judged, evaluate
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer
from ocrkit.text.metrics import comparable, count_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ocrkit.data.records import Sample
    from ocrkit.model import Model
    from ocrkit.training import Observer

__all__ = ["both_readings", "draw_readings", "is_right", "numbers", "rates", "telling"]


def both_readings(
    model: Model,
    samples: Sequence[Sample],
    words: Sequence[str],
    observer: Observer,
    *,
    whose: str,
    decoder: str | None = None,
) -> tuple[Evaluation, Evaluation]:
    """What the model reads greedily, and with a lexicon of those words.

    Args:
        model: reads.
        samples: lines with their texts.
        words: of the lexicon.
        observer: whom to tell of progress.
        whose: stands before the stage in what it is told.
        decoder: with the lexicon; None for the usual one.
    """
    greedy = Recognizer(model, decoder="greedy")
    options = DecoderOptions(lexicon=Lexicon.from_words(words, model.charset))
    constrained = Recognizer(model, decoder=decoder, options=options)
    return (
        evaluate(greedy, samples, progress=telling(observer, f"{whose} reading greedily")),
        evaluate(constrained, samples, progress=telling(observer, f"{whose} reading with a lexicon")),
    )


def draw_readings(lines: Iterable[Judged], path: Path, *, title: str) -> None:
    """Write a sheet of the pictures, with what was read in each."""
    rows = []
    for line in lines:
        read = line.truth if is_right(line) else line.prediction.text
        rows.append(SheetRow(open_image(line.sample), line.truth, read))
    write_sheet(draw_sheet(rows, title=title), path)


def is_right(line: Judged) -> bool:
    """Whether a line is read without an error, as rates count errors: two spaces for one are none."""
    return comparable(line.prediction.text) == comparable(line.truth)


def numbers(result: Evaluation) -> dict[str, float]:
    """What the report says of a reading; rates are fractions of 1."""
    return {"cer": result.cer, "exact": result.exact, "count": result.count}


def rates(lines: Iterable[Judged]) -> dict[str, float]:
    """The same of some of its lines."""
    errors = count_errors((line.truth, line.prediction.text) for line in lines)
    return {"cer": errors.cer, "exact": errors.exact, "count": errors.lines}


def telling(observer: Observer, stage: str) -> Callable[[int, int], None]:
    """Tells the observer of a stage's progress."""
    return lambda done, total: observer.preparing(stage, done, total)
