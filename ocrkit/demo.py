"""The demonstration: train on drawn Malayalam words, read words and faces that were never seen, with a lexicon too."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.config import from_table
from ocrkit.ctc import Lexicon
from ocrkit.data.image_file import open_image
from ocrkit.drawing.sheet import SheetRow, draw_sheet, write_sheet
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
from ocrkit.evaluation import Evaluation, evaluate
from ocrkit.model import Model
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer
from ocrkit.text.metrics import count_errors
from ocrkit.training import Observer, RunConfig, read_recipe, train
from ocrkit.training.folder import (
    CONFIG_FILE,
    LAST_FILE,
    LOG_FILE,
    METRICS_FILE,
    MODEL_FILE,
    SAMPLES_FILE,
    STATE_FILE,
    check_free,
)
from ocrkit.training.layering import lay_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ocrkit.config import Table
    from ocrkit.data.records import Sample
    from ocrkit.text.charset import Charset

__all__ = ["Demonstration", "demonstrate"]

_UNSEEN = ("Manjari", "Meera", "AnjaliOldLipi")
_DRAFTS = 20  # words drawn for each that is wanted, since many are drawn twice or were trained on
_TEST_SEED, _LEXICON_SEED = 7_000_000, 8_000_000
_ROWS = 25  # of a sheet
_REPORT = "report.json"
_OWN = (_REPORT, CONFIG_FILE, LAST_FILE, LOG_FILE, METRICS_FILE, MODEL_FILE, SAMPLES_FILE, STATE_FILE)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the demonstration showed.

    Attributes:
        folder: the run's folder.
        greedy: greedy readings of the held-out pictures.
        lexicon: readings with a lexicon that holds their words.
        lexicon_size: its entries.
        unseen_faces: the families that training never saw, in which half of the pictures are drawn.
        seconds: in all.
        sheets: pictures of readings.
    """

    folder: Path
    greedy: Evaluation
    lexicon: Evaluation
    lexicon_size: int
    unseen_faces: tuple[str, ...]
    seconds: float
    sheets: tuple[Path, ...]

    def to_dict(self) -> dict[str, object]:
        """What ``report.json`` says; rates are fractions of 1."""
        unseen = [line for line in self.greedy.lines if line.sample.group in self.unseen_faces]
        errors = count_errors((line.truth, line.prediction.text) for line in unseen)
        return {
            "greedy": _numbers(self.greedy),
            "lexicon": _numbers(self.lexicon),
            "lexicon_size": self.lexicon_size,
            "unseen_faces": list(self.unseen_faces),
            "greedy_on_unseen_faces": {"cer": errors.cer, "exact": errors.exact, "count": errors.lines},
            "seconds": round(self.seconds, 1),
        }


def demonstrate(
    folder: Path = Path("runs/demo"),
    *,
    changes: Table | None = None,
    pictures: int = 600,
    lexicon_size: int = 1000,
    observer: Observer | None = None,
) -> Demonstration:
    """Train the ``demo`` recipe, and read words that it never saw, half of them in faces that it never saw.

    Args:
        folder: where everything goes; what an earlier demonstration left there is replaced, and nothing else.
        changes: a table laid over the recipe.
        pictures: how many are read; an even number.
        lexicon_size: words of the lexicon, at least ``pictures``, so that it holds all of theirs.
        observer: whom to tell of progress.

    Raises:
        FontError: there are no Malayalam faces, or text cannot be shaped.
        ConfigError: the folder holds a run that is no demonstration.
        KeyboardInterrupt: the training was interrupted.
    """
    begun = time.monotonic()
    observer = observer or Observer()
    config = from_table(RunConfig, lay_over(read_recipe("demo"), changes or {}))
    unseen = _held_out_families(config)
    config = replace(config, synthetic={**config.synthetic, "without_families": list(unseen)})
    _clear(folder)
    check_free(folder)
    _mark(folder)
    outcome = train(config, output=folder, observer=observer)
    if outcome.reason == "interrupted":
        raise KeyboardInterrupt
    model = Model.load(outcome.model)
    samples, words = _held_out(config, model.charset, unseen, pictures=pictures, lexicon_size=lexicon_size)
    greedy = evaluate(Recognizer(model, decoder="greedy"), samples, progress=_telling(observer, "reading greedily"))
    options = DecoderOptions(lexicon=Lexicon.from_words(words, model.charset))
    constrained = evaluate(
        Recognizer(model, decoder="lexicon", options=options),
        samples,
        progress=_telling(observer, "reading with the lexicon"),
    )
    sheets = _draw_sheets(folder, greedy, constrained, unseen)
    seconds = time.monotonic() - begun
    result = Demonstration(folder, greedy, constrained, len(words), unseen, seconds, sheets)
    (folder / _REPORT).write_text(json.dumps(result.to_dict(), ensure_ascii=False, indent=2) + "\n", "utf-8")
    return result


def _held_out_families(config: RunConfig) -> tuple[str, ...]:
    """Families that can draw Malayalam and are kept from training: those that are usual, else the last third."""
    families = _drawn(config, count=64, seed=0).families
    usual = tuple(name for name in _UNSEEN if name in families)
    return usual if usual and len(usual) < len(families) else families[-max(1, len(families) // 3) :]


def _held_out(
    config: RunConfig, charset: Charset, unseen: Sequence[str], *, pictures: int, lexicon_size: int
) -> tuple[list[Sample], list[str]]:
    """Test pictures of distinct words that training has not drawn, and a lexicon with those words among others."""
    half = pictures // 2
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


def _draw_sheets(folder: Path, greedy: Evaluation, constrained: Evaluation, unseen: Sequence[str]) -> tuple[Path, ...]:
    paths = []
    for name, result in (("greedy", greedy), ("lexicon", constrained)):
        for faces, is_unseen in (("seen", False), ("unseen", True)):
            lines = [line for line in result.lines if (line.sample.group in unseen) == is_unseen][:_ROWS]
            rows = [SheetRow(open_image(line.sample), line.truth, line.prediction.text) for line in lines]
            path = folder / f"readings-{name}-{faces}-faces.png"
            write_sheet(draw_sheet(rows, title=f"{name}, {faces} faces"), path)
            paths.append(path)
    return tuple(paths)


def _numbers(result: Evaluation) -> dict[str, float]:
    return {"cer": result.cer, "exact": result.exact, "count": result.count}


def _telling(observer: Observer, stage: str) -> Callable[[int, int], None]:
    return lambda done, total: observer.preparing(stage, done, total)


def _clear(folder: Path) -> None:
    """Remove what an earlier demonstration left, finished or not, and nothing that another run or a user did."""
    if (folder / _REPORT).is_file():
        for path in (*(folder / name for name in _OWN), *folder.glob("readings-*-faces.png")):
            path.unlink(missing_ok=True)


def _mark(folder: Path) -> None:
    """Leave a sign that what follows is a demonstration's, so that the next one may replace it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _REPORT).write_text('{"finished": false}\n', "utf-8")
