"""The check of labelled data for a charset and a network: the data are opened, the network's frames found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.checking import Checker, Frames, fault_of_row, fault_of_set
from ocrkit.config import from_table
from ocrkit.data.writers import FORMATS, format_for, replacing, write_all
from ocrkit.errors import DataError, OptionError, Origin
from ocrkit.model import Architecture, Model
from ocrkit.model_files import find_model
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.datasets import guess_format, open_samples
from ocrkit.plugin.registry import Registry, default_registry
from ocrkit.plugin.specs import SourceOptions
from ocrkit.training.recipes import read_recipe
from ocrkit.training.settings import RunConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocrkit.checking import Fault
    from ocrkit.data.progress import Progress, StageProgress
    from ocrkit.data.records import BadRow, Sample
    from ocrkit.text.charset import Charset

__all__ = ["DataCheck", "open_check"]


_TABLES = (".tsv", ".csv", ".jsonl")


@dataclass(slots=True)
class DataCheck:
    """Opened data with all that is needed to check them.

    Attributes:
        location: of the data.
        format: the name of their source.
        charset: what the labels are to be spelled in.
        network: in words, the network whose frames labels have to fit.
        checker: checks the samples.
        beforehand: what was found while the data were listed.
        bad_rows: rows of which no sample could be made, in both sets.
    """

    location: Path
    format: str
    charset: Charset
    network: str
    checker: Checker
    beforehand: list[Fault] = field(repr=False)
    bad_rows: int

    @property
    def checked(self) -> int:
        """Rows and samples that have been checked so far."""
        return self.bad_rows + self.checker.checked

    def faults(self, progress: StageProgress) -> Iterator[Fault]:
        """Every fault, as it is found; ``progress`` gives what is told how many are done, by the stage's name."""
        yield from self.beforehand
        yield from self.checker.faults(progress)

    def write_remainder(self, destination: Path, *, to: str | None = None, progress: Progress) -> tuple[int, int]:
        """Write the clean samples of the data, once ``faults`` has come to its end; how many, and how many are not.

        Labels are written in normal spelling. Of what is there twice the first is written, and nothing that the
        validation lines have; of an image with two labels nothing, since one of them is wrong.

        Args:
            destination: a new folder or file.
            to: a format to write; None for what the destination's ending tells, or else that of the data.
            progress: told of how many are done, of how many.

        Raises:
            DataError: the destination is there already, nothing is clean, or the format cannot hold a text.
            OcrkitError: there is no such format, or it lacks an extra.
        """
        left_out = self.checker.left_out
        count = self.checker.first - left_out
        if not count:
            raise DataError("nothing in it is without a fault, so nothing is written", self.location)
        spec = format_for(destination, to or self._format_to_write(destination))
        with replacing(destination, source=self.location) as path:
            write_all(
                self.checker.remainder(),
                path,
                spec,
                count=count,
                progress=progress,
            )
        return count, left_out

    def _format_to_write(self, destination: Path) -> str | None:
        if destination.suffix.lower() in (".lmdb", ".parquet"):
            return None
        if self.format == "labels":
            tables = [self.location, *(self.location / f"labels{suffix}" for suffix in _TABLES)]
            suffixes = (table.suffix.lower() for table in tables if table.is_file())
            return f"labels-{next((suffix for suffix in suffixes if suffix in _TABLES), '.tsv')[1:]}"
        return self.format if self.format in FORMATS else "labels-tsv"


def open_check(
    location: str | Path,
    *,
    validation: str | Path | None = None,
    charset: str | None = None,
    model: str | None = None,
    recipe: str | None = None,
    format: str | None = None,  # noqa: A002 - the name of the flag
    pattern: str | None = None,
    workers: int = -1,
    registry: Registry | None = None,
    progress: Progress | None = None,
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
        pattern: which part of file names is the text, for format ``filename``; None for the whole name.
        workers: processes that open images; -1 for one a core once there is work for them, 0 for none.
        registry: where names are looked up; None for the default one.
        progress: told how far the listing is: how much is done, and of how much.

    Raises:
        OptionError: neither a charset nor a model nor a recipe, or both a model and a recipe; or one location twice.
        OcrkitError: the data, the charset, the model or the recipe cannot be opened.
    """
    registry = registry or default_registry()
    if model is not None and recipe is not None:
        raise OptionError("a model and a recipe both say what the network is; give one of them")
    if charset is None and model is None and recipe is None:
        raise OptionError("no charset; name the one that the labels are for, or a model or a recipe that has one")
    loaded = None
    if model is not None:
        loaded = Model.load(find_model(model, runtime="torch", registry=registry).path, registry=registry)
    places = [Path(place) for place in (location, validation) if place is not None]
    if len({place.resolve() for place in places}) < len(places):
        raise OptionError(f"{places[0]}: given as the lines to check and as those for validation; name another set")
    listing = _Listing(registry, pattern, progress)
    sets = [listing.opened(place, format) for place in places]
    config = from_table(RunConfig, {} if recipe is None else read_recipe(recipe))
    spelled = _charset(charset, loaded, config, sets[0], registry)
    if loaded is None:
        parts = Architecture(config.backbone.name, config.backbone.options, config.head, config.preprocessing)
        loaded = Model.build(spelled, parts, registry=registry)
    frames = Frames(loaded.architecture.preprocessing, loaded.frames)
    return DataCheck(
        places[0],
        format or guess_format(places[0], registry=registry).name,
        spelled,
        _described(loaded, model, recipe),
        Checker(*sets, charset=spelled, frames=frames, doubtful=listing.doubtful, workers=workers),
        listing.faults,
        listing.bad_rows,
    )


class _Listing:
    """Opens sets of samples, and gathers what is wrong with their rows."""

    def __init__(self, registry: Registry, pattern: str | None, progress: Progress | None) -> None:
        self.faults: list[Fault] = []
        self.doubtful: set[Origin] = set()
        self.bad_rows = 0
        self._registry = registry
        self._extra = {} if pattern is None else {"pattern": pattern}
        self._progress = progress

    def opened(self, location: Path, format: str | None) -> Sequence[Sample]:  # noqa: A002
        """The samples at a location; none where it cannot be listed, which is a fault as well."""
        name = format or guess_format(location, registry=self._registry).name
        before = len(self.faults)
        options = SourceOptions(extra=self._extra, report=self._take, progress=self._progress)
        try:
            return open_samples(location, format=name, options=options, registry=self._registry)
        except DataError as error:
            if len(self.faults) == before:  # else every row is bad, and told
                self.faults.append(fault_of_set(str(location), error))
            return []

    def _take(self, row: BadRow) -> None:
        self.bad_rows += 1
        self.faults.append(fault_of_row(row))
        if row.earlier:
            self.doubtful.add(Origin(row.path, row.earlier))


def _charset(
    expression: str | None, model: Model | None, config: RunConfig, samples: Sequence[Sample], registry: Registry
) -> Charset:
    if expression is None and model is not None:
        return model.charset
    return resolve_charset(
        expression or config.charset, registry, texts=lambda: (sample.text or "" for sample in samples)
    )


def _described(loaded: Model, model: str | None, recipe: str | None) -> str:
    parts = loaded.architecture
    width = "" if parts.preprocessing.width is None else f" and {parts.preprocessing.width} px wide"
    shape = f"backbone {parts.backbone!r}, lines {parts.preprocessing.height} px high{width}"
    if model is not None:
        return f"the model {model} ({shape})"
    if recipe is not None:
        return f"the recipe {recipe!r} ({shape})"
    return f"the network that training builds by itself ({shape}), as neither `model` nor `recipe` names another"
