"""The check of labelled data for a charset and a network: the data are opened, the network's frames found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocrkit.config import from_table
from ocrkit.data.checking import Checker, Frames, fault_of_row
from ocrkit.errors import DataError, OptionError
from ocrkit.installed import find_model
from ocrkit.model import Architecture, Model
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.datasets import open_samples
from ocrkit.plugin.registry import Registry, default_registry
from ocrkit.plugin.specs import SourceOptions
from ocrkit.training.recipes import read_recipe
from ocrkit.training.settings import RunConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ocrkit.data.checking import Fault
    from ocrkit.data.records import BadRow, Sample
    from ocrkit.text.charset import Charset

__all__ = ["DataCheck", "open_check"]


@dataclass(slots=True)
class DataCheck:
    """Opened data with all that is needed to check them.

    Attributes:
        charset: what the labels are to be spelled in.
        network: in words, the network whose frames labels have to fit.
        checker: checks the samples.
        bad_rows: the rows of which no sample could be made.
    """

    charset: Charset
    network: str
    checker: Checker
    bad_rows: list[BadRow] = field(repr=False)

    @property
    def checked(self) -> int:
        """Rows and samples that have been checked so far."""
        return len(self.bad_rows) + self.checker.checked

    @property
    def left_out(self) -> int:
        """Samples that are not in ``remainder``, bad rows aside, once ``faults`` has come to its end."""
        return self.checker.left_out

    def faults(self, progress: Callable[[str, int, int], None]) -> Iterator[Fault]:
        """Every fault, as it is found; ``progress`` is told the stage, how many are done, and of how many."""
        yield from map(fault_of_row, self.bad_rows)
        yield from self.checker.faults(progress)

    def remainder(self) -> Iterator[Sample]:
        """The clean samples of the data, once ``faults`` has come to its end."""
        return self.checker.remainder()


def open_check(
    location: str | Path,
    *,
    validation: str | Path | None = None,
    charset: str | None = None,
    model: str | None = None,
    recipe: str | None = None,
    format: str | None = None,  # noqa: A002 - the name of the flag
    workers: int = -1,
    registry: Registry | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> DataCheck:
    """Open data to check them, without opening an image.

    Args:
        location: a folder or a table of labelled lines.
        validation: other lines, which should have no picture in common with those.
        charset: a charset expression; None for that of the model or the recipe.
        model: a model file, a run's folder or an installed model, whose frames labels have to fit.
        recipe: the recipe whose network's frames they have to fit, where no model is named; None for the network that
            ``ocrkit train`` builds by itself.
        format: the name of a source; None to guess it.
        workers: processes that open images; -1 for one a core once there is work for them, 0 for none.
        registry: where names are looked up; None for the default one.
        progress: told how far the listing is: a stage, how much is done, and of how much.

    Raises:
        OptionError: neither a charset nor a model nor a recipe, or both a model and a recipe.
        OcrkitError: the data, the charset, the model or the recipe cannot be opened.
    """
    registry = registry or default_registry()
    if model is not None and recipe is not None:
        raise OptionError("a model and a recipe both say what the network is; give one of them")
    if charset is None and model is None and recipe is None:
        raise OptionError("no charset; name the one that the labels are for, or a model or a recipe that has one")
    bad_rows: list[BadRow] = []
    loaded = None if model is None else Model.load(find_model(model).path, registry=registry)
    sets = [
        _opened(place, format, bad_rows, registry, progress) for place in (location, validation) if place is not None
    ]
    config = from_table(RunConfig, {} if recipe is None else read_recipe(recipe))
    if charset is None and loaded is not None:
        spelled = loaded.charset
    else:
        texts = lambda: (sample.text or "" for sample in sets[0])  # noqa: E731 - asked for only by from-data
        spelled = resolve_charset(charset or config.charset, registry, texts=texts)
    if loaded is None:
        parts = Architecture(config.backbone.name, config.backbone.options, config.head, config.preprocessing)
        loaded = Model.build(spelled, parts, registry=registry)
    frames = Frames(loaded.architecture.preprocessing, loaded.frames)
    checker = Checker(*sets, charset=spelled, frames=frames, workers=workers)
    return DataCheck(spelled, _described(loaded, model, recipe), checker, bad_rows)


def _opened(
    location: str | Path,
    format: str | None,  # noqa: A002
    bad_rows: list[BadRow],
    registry: Registry,
    progress: Callable[[str, int, int], None] | None,
) -> Sequence[Sample]:
    def listed(done: int, total: int) -> None:
        if progress is not None:
            progress("listing", done, total)

    before = len(bad_rows)
    options = SourceOptions(report=bad_rows.append, progress=listed)
    try:
        return open_samples(location, format=format, options=options, registry=registry)
    except DataError:
        if len(bad_rows) == before:
            raise
        return []  # every row is bad, and is told


def _described(loaded: Model, model: str | None, recipe: str | None) -> str:
    parts = loaded.architecture
    width = "" if parts.preprocessing.width is None else f" and {parts.preprocessing.width} px wide"
    shape = f"backbone {parts.backbone!r}, lines {parts.preprocessing.height} px high{width}"
    if model is not None:
        return f"the model {model} ({shape})"
    if recipe is not None:
        return f"the recipe {recipe!r} ({shape})"
    return f"the network that training builds by itself ({shape}), as neither --model nor --recipe names another"
