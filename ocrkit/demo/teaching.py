"""An installed model is taught a script that it cannot read, and reads words and faces that it never saw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from ocrkit.config import from_table
from ocrkit.demo.installed import installed_model
from ocrkit.demo.reading import both_readings, draw_readings, telling
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
from ocrkit.evaluation import Evaluation, evaluate
from ocrkit.model import Model
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.recognition import Recognizer
from ocrkit.training import Observer, RunConfig, read_recipe, train
from ocrkit.training.layering import lay_over

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ocrkit.config import Table
    from ocrkit.data.records import Sample


__all__ = ["TaughtReading", "lesson", "teach", "unseen_families"]

_UNSEEN = ("DejaVu Serif",)
_DRAFTS = 20  # words drawn for each that is wanted, since many are drawn twice or were trained on
_TEST_SEED, _LEXICON_SEED = 7_000_000, 8_000_000
_ROWS = 25  # of a sheet


@dataclass(frozen=True, slots=True)
class TaughtReading:
    """Held-out words before the lesson and after it.

    Attributes:
        before: greedy readings by the installed model.
        greedy: greedy readings by the taught one.
        lexicon: its readings with a lexicon that holds the words.
        lexicon_size: its entries.
        unseen_faces: the families that training never saw, in which half of the pictures are drawn.
        model: the taught one's file.
        sheets: pictures of readings.
    """

    before: Evaluation
    greedy: Evaluation
    lexicon: Evaluation
    lexicon_size: int
    unseen_faces: tuple[str, ...]
    model: Path
    sheets: tuple[Path, ...]


def lesson(changes: Table | None = None) -> RunConfig:
    """The recipe ``demo`` with changes laid over it, its model found, and the unseen families kept from it.

    Raises:
        MissingFileError: the model to teach is not installed.
        FontError: there are no faces for the script.
    """
    config = from_table(RunConfig, lay_over(read_recipe("demo"), changes or {}))
    unseen = list(unseen_families(config))
    # By its file, since the user may have a model of that name too.
    return replace(
        config, load=str(installed_model(config.load)), synthetic={**config.synthetic, "without_families": unseen}
    )


def teach(folder: Path, config: RunConfig, *, pictures: int, lexicon_size: int, observer: Observer) -> TaughtReading:
    """Train by the lesson, and read words that training never drew, half of them in faces that it never drew.

    Args:
        folder: the run's.
        config: the lesson.
        pictures: how many are read; an even number.
        lexicon_size: words of the lexicon, at least ``pictures``, so that it holds all of theirs.
        observer: whom to tell of progress.

    Raises:
        FontError: there are no faces for the script.
        KeyboardInterrupt: the training was interrupted.
    """
    unseen = unseen_families(config)
    samples, words = _held_out(config, unseen, pictures=pictures, lexicon_size=lexicon_size)
    untaught = Recognizer(Model.load(config.load), decoder="greedy")
    before = evaluate(untaught, samples, progress=telling(observer, "before: reading greedily"))
    outcome = train(config, output=folder, observer=observer)
    if outcome.reason == "interrupted":
        raise KeyboardInterrupt
    model = Model.load(outcome.model)
    greedy, lexicon = both_readings(model, samples, words, observer, whose="after:", decoder="lexicon")
    readings = {"before": before, "greedy": greedy, "lexicon": lexicon}
    return TaughtReading(
        before, greedy, lexicon, len(words), unseen, outcome.model, _draw_sheets(folder, readings, unseen)
    )


def unseen_families(config: RunConfig) -> tuple[str, ...]:
    """Families that can draw the script and are kept from training: the usual one, else the last third."""
    faces = _drawn(config, count=64, seed=0, families=(), without_families=()).families
    usual = tuple(name for name in _UNSEEN if name in faces)
    families = _drawn(config, count=64, seed=0, without_families=()).families
    return usual if usual and set(families) - set(usual) else families[-max(1, len(families) // 3) :]


def _held_out(
    config: RunConfig, unseen: Sequence[str], *, pictures: int, lexicon_size: int
) -> tuple[list[Sample], list[str]]:
    """Test pictures of distinct words that training has not drawn, and a lexicon with those words among others."""
    half, charset = pictures // 2, resolve_charset(config.charset)
    trained = {sample.text for sample in _drawn(config, seed=config.training.seed)}
    seen_faces = _drawn(config, count=_DRAFTS * half, seed=_TEST_SEED)
    unseen_faces = _drawn(config, count=_DRAFTS * half, seed=_TEST_SEED + 1, families=unseen, without_families=())
    samples = list(islice(_distinct(seen_faces, trained), half))
    samples += islice(_distinct(unseen_faces, trained), half)
    words = [charset.normalize(sample.text or "") for sample in samples]
    others = _distinct(_drawn(config, count=_DRAFTS * lexicon_size, seed=_LEXICON_SEED), trained)
    words += [other.text or "" for other in islice(others, lexicon_size - len(words))]
    return samples, words


def _distinct(samples: Sequence[Sample], known: set[str | None]) -> Iterator[Sample]:
    """The samples whose word is not known yet; it is from then on."""
    for sample in samples:
        if sample.text not in known:
            known.add(sample.text)
            yield sample


def _drawn(config: RunConfig, *, seed: int, **changes: object) -> Synthetic:
    options = from_table(SyntheticOptions, {**config.synthetic, **changes})
    return Synthetic(resolve_charset(config.charset), options, seed=seed)


def _draw_sheets(folder: Path, readings: dict[str, Evaluation], unseen: Sequence[str]) -> tuple[Path, ...]:
    paths = []
    for name, result in readings.items():
        for faces, is_unseen in (("seen", False), ("unseen", True)):
            lines = [line for line in result.lines if (line.sample.group in unseen) == is_unseen][:_ROWS]
            path = folder / f"readings-{name}-{faces}-faces.png"
            draw_readings(lines, path, title=f"{name}, {faces} faces")
            paths.append(path)
    return tuple(paths)
