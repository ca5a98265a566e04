"""What may change when a run goes on after a break, and why the rest may not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ocrkit.config import from_table, merge, read_toml, to_table
from ocrkit.errors import ConfigError
from ocrkit.training.folder import CONFIG_FILE
from ocrkit.training.settings import RunConfig

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.config import Table

__all__ = ["changed_config"]

# These only shape what is still to come.
_SETTINGS = """clip deterministic device epochs lag lrate minutes precision quit save_every schedule steps
    tensorboard threads warmup weight_decay workers"""
_MAY_CHANGE = {"data": {"cache", "max_bad"}, "training": set(_SETTINGS.split())}

_BUILT = "the weights are those of the network that it was begun with"
_WHICH = "it decides which lines there are, and the place in the epoch is a place among them"
_JUDGED = "the best epoch so far was judged by the validation lines that it was begun with"
_ALIKE = "a run without a break would have had it from its first step on"
_PARTS = "the optimiser remembers the steps so far by the parts that it was begun with"
# Why anything else may not, by its name or that of its table.
_WHY = {
    "charset": "each of the network's outputs stands for one of its labels",
    "load": "the weights that it was begun with have been trained since",
    "resize": "the labels were settled when it was begun",
    "backbone": _BUILT,
    "head": _BUILT,
    "preprocessing": "the network has learnt to read lines that are fitted in this way",
    "data.training": "the lines are known by their names, and the order of an epoch is one of just these; "
    "lines that have moved are found where a link stands in their old place",
    "data.evaluation": _JUDGED,
    "data.format": _WHICH,
    "data.pattern": "it decides what the lines spell",
    "data.validation_fraction": "with another share, lines that have judged would train, or the other way round",
    "data.validation_count": _JUDGED,
    "data.unencodable": _WHICH,
    "synthetic": "other lines would be drawn than it was begun with",
    "augmentation": "it promises the weights of a run without a break, whose lines are degraded alike from end to end",
    "training.batch_size": "the order of the lines, and the place in the epoch, are counted in batches of that size",
    "training.optimizer": "another cannot go on from what this one remembers of the steps so far",
    "training.judge": "the best epoch so far was chosen by that validation set",
    "training.rates": _PARTS,
    "training.freeze": _PARTS,
    "training.freeze_epochs": _PARTS,
    "training.seed": "the order of the lines, their degradations and what validates follow from it",
}


def changed_config(folder: Path, changes: Table) -> RunConfig:
    """The configuration of the run in a folder, with a table laid over it.

    Raises:
        ConfigError: the table changes what cannot change in the middle of a run; the message says why that cannot.
    """
    path = folder / CONFIG_FILE
    before = read_toml(path)
    config = from_table(RunConfig, merge(before, changes), where=str(path))
    stood, stands = to_table(from_table(RunConfig, before, where=str(path))), to_table(config)
    for section, value in stands.items():
        changed = _changed(stood[section], value) - _MAY_CHANGE.get(section, set())
        if changed:
            raise ConfigError(_refusal(section, min(changed), folder))
    return config


def _refusal(section: str, key: str, folder: Path) -> str:
    name = ".".join(filter(None, (section, key)))
    allowed = ", ".join(f"{part}.{key}" for part, keys in _MAY_CHANGE.items() for key in sorted(keys))
    reason = _WHY.get(name) or _WHY.get(section, _ALIKE)
    return (
        f"{name} cannot change in the middle of a run: {reason}; what can: {allowed}; "
        f"`load={str(folder)!r}` begins another run with this one's weights"
    )


def _changed(before: object, after: object) -> set[str]:
    """The keys whose values differ; the empty string where the two are no tables."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return set() if before == after else {""}
