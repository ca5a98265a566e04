"""The demonstration from end to end, its report, and what it may replace."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.demo.installed import InstalledReading, read_by_installed
from ocrkit.demo.reading import numbers, rates
from ocrkit.demo.teaching import TaughtReading, lesson, teach
from ocrkit.training import Observer
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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ocrkit.config import Table

__all__ = ["Demonstration", "demonstrate"]

_REPORT = "report.json"
_OWN = (_REPORT, CONFIG_FILE, LAST_FILE, LOG_FILE, METRICS_FILE, MODEL_FILE, SAMPLES_FILE, STATE_FILE)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the demonstration showed.

    Attributes:
        folder: the run's folder.
        installed: what the installed models read.
        taught: what one of them read of another script, before it was taught that and after.
        seconds: in all.
    """

    folder: Path
    installed: tuple[InstalledReading, ...]
    taught: TaughtReading
    seconds: float

    def to_dict(self) -> dict[str, object]:
        """What ``report.json`` says; rates are fractions of 1."""
        taught = self.taught
        return {
            "greedy": numbers(taught.greedy),
            "lexicon": numbers(taught.lexicon),
            "lexicon_size": taught.lexicon_size,
            "unseen_faces": list(taught.unseen_faces),
            "greedy_on_unseen_faces": rates(
                line for line in taught.greedy.lines if line.sample.group in taught.unseen_faces
            ),
            "before": numbers(taught.before),
            "installed": _installed(self.installed),
            "seconds": round(self.seconds, 1),
        }


def demonstrate(
    folder: Path = Path("runs/demo"),
    *,
    changes: Table | None = None,
    lines: int = 16,
    pictures: int = 400,
    lexicon_size: int = 1000,
    observer: Observer | None = None,
    shown: Callable[[InstalledReading], None] = lambda _: None,
    teaching: Callable[[], None] = lambda: None,
) -> Demonstration:
    """Read worn lines with the installed models; teach one of them another script by the recipe ``demo``; read that.

    Args:
        folder: where everything goes; what an earlier demonstration left there is replaced, and nothing else.
        changes: a table laid over the recipe.
        lines: read by each installed model.
        pictures: of the other script, read before and after; an even number.
        lexicon_size: words of each lexicon, at least ``pictures``, so that it holds all of theirs.
        observer: whom to tell of progress.
        shown: told of each installed model's readings as soon as they are there.
        teaching: told when those are done and the lesson begins.

    Raises:
        MissingFileError: a model is not installed.
        FontError: there are no faces for a script, or text cannot be shaped.
        ConfigError: the folder holds a run that is no demonstration.
        KeyboardInterrupt: the training was interrupted. What was read until then is in the folder, and the run there
            can be gone on with.
    """
    begun = time.monotonic()
    observer = observer or Observer()
    config = lesson(changes)
    _clear(folder)
    check_free(folder)
    _write(folder, {"finished": False})
    installed = []
    for reading in read_by_installed(folder, lines=lines, lexicon_size=lexicon_size, observer=observer):
        installed.append(reading)
        _write(folder, {"finished": False, "installed": _installed(installed)})
        shown(reading)
    teaching()
    taught = teach(folder, config, pictures=pictures, lexicon_size=lexicon_size, observer=observer)
    result = Demonstration(folder, tuple(installed), taught, time.monotonic() - begun)
    _write(folder, result.to_dict())
    return result


def _installed(readings: Sequence[InstalledReading]) -> dict[str, object]:
    return {
        one.model: {
            "greedy": numbers(one.greedy),
            "lexicon": numbers(one.lexicon),
            "lexicon_size": one.lexicon_size,
        }
        for one in readings
    }


def _clear(folder: Path) -> None:
    """Remove what an earlier demonstration left, finished or not, and nothing that another run or a user did."""
    if (folder / _REPORT).is_file():
        for path in (*(folder / name for name in _OWN), *folder.glob("readings-*.png")):
            path.unlink(missing_ok=True)


def _write(folder: Path, report: dict[str, object]) -> None:
    """Write the report; there from the start, it is the sign that the folder is a demonstration's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
