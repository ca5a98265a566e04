"""A language model from texts, in one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.text.language_model.arpa import write_arpa
from ocrkit.text.language_model.counting import count_ngrams
from ocrkit.text.language_model.kneser_ney import check_prune, kneser_ney
from ocrkit.text.language_model.units import read_units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ocrkit.text.charset import Charset
    from ocrkit.text.language_model.kneser_ney import Discounts
    from ocrkit.text.language_model.units import Unit

__all__ = ["BuiltLanguageModel", "build_language_model"]

_ORDERS = {"character": 6, "word": 3}
_HIGHEST_ORDER = 20


@dataclass(frozen=True, slots=True)
class BuiltLanguageModel:
    """What was made of which text.

    Attributes:
        ngrams: how many n-grams of each order the file has.
        discounts: those of each order, and why they are not estimated where they are not.
        lines: how many lines the text had, or pieces of lines.
        units: how many units they had, their ends not counted.
        unknown: how many of them were ``<unk>``.
    """

    ngrams: tuple[int, ...]
    discounts: tuple[Discounts, ...]
    lines: int
    units: int
    unknown: int


def build_language_model(
    texts: Sequence[Path],
    output: Path,
    *,
    unit: Unit = "character",
    order: int | None = None,
    charset: Charset | None = None,
    prune: Sequence[int] = (),
    vocabulary: Sequence[str] | None = None,
    line_words: tuple[int, int] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> BuiltLanguageModel:
    """Write an n-gram model of texts as an ARPA file, by interpolated modified Kneser-Ney smoothing.

    Args:
        texts: files in UTF-8, plain or gzipped; a line ``text<TAB>count`` counts that often.
        output: the file to write, whole or not at all; gzipped where its name ends in ``.gz``.
        unit: ``character`` or ``word``; ``read_units`` says what that is.
        order: the most units of an n-gram; 6 characters or 3 words where it is None. It is lower where no line is as
            long.
        charset: how the texts are spelled, and which characters there are.
        prune: for each order, which n-grams are left out: those that occur so often or less often.
        vocabulary: the words that are units; others are ``<unk>``.
        line_words: the fewest and the most words of the pieces that the texts' lines are cut into.
        progress: told the stage, and how much of how much of it is done.

    Raises:
        OptionError: an option has a value that it cannot have, or ``output`` cannot be written.
        MissingFileError: there is no such text.
        DataError: one cannot be read, or there is nothing in all of them.
        LanguageModelError: the charset has a label that no such file can spell.
    """
    if unit not in _ORDERS:
        raise OptionError(f"`unit` is {unit!r}; expected character or word")
    order = _ORDERS[unit] if order is None else order
    if not 1 <= order <= _HIGHEST_ORDER:
        raise OptionError(f"`order` is {order}; expected 1 to {_HIGHEST_ORDER}")
    check_prune(prune, order)
    _check_output(output)

    def telling(stage: str) -> Callable[[int, int], None] | None:
        return None if progress is None else lambda done, total: progress(stage, done, total)

    row = read_units(
        texts,
        unit=unit,
        charset=charset,
        vocabulary=vocabulary,
        line_words=line_words,
        progress=telling("reading"),
    )
    levels = count_ngrams(row, order, progress=telling("counting"))
    thresholds = check_prune(prune, order)[: len(levels)]
    smoothed = kneser_ney(levels, prune=thresholds, progress=telling("smoothing"))
    try:
        write_arpa(output, row.symbols, smoothed, progress=telling("writing"))
    except OSError as error:
        raise OptionError(f"`output` {output} cannot be written: {error.strerror}") from error
    return BuiltLanguageModel(
        tuple(int(level.kept.sum()) for level in smoothed),
        tuple(level.discounts for level in smoothed),
        row.lines,
        len(row.numbers) - 2 * row.lines,
        row.unknown,
    )


def _check_output(output: Path) -> None:
    """Refuse, before anything is read, a name at which nothing can be written."""
    if output.is_dir():
        raise OptionError(f"`output` {output} is a folder; give a file's name, such as model.arpa")
    if not output.parent.is_dir():
        raise OptionError(f"`output` {output}: there is no folder {str(output.parent)!r}; make it, or name another")
