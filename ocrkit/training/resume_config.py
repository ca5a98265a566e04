"""What may change when a run goes on after a break."""

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

# Anything else decides which weights there are, or what their training has met so far.
_SETTINGS = "clip device epochs lag lrate minutes precision quit save_every schedule warmup weight_decay workers"
_MAY_CHANGE = {"data": {"cache", "max_bad"}, "training": set(_SETTINGS.split())}


def changed_config(folder: Path, changes: Table) -> RunConfig:
    """The configuration of the run in a folder, with a table laid over it.

    Raises:
        ConfigError: the table changes what cannot change in the middle of a run.
    """
    path = folder / CONFIG_FILE
    before = read_toml(path)
    config = from_table(RunConfig, merge(before, changes), where=str(path))
    stood, stands = to_table(from_table(RunConfig, before, where=str(path))), to_table(config)
    for section, value in stands.items():
        may = _MAY_CHANGE.get(section, set())
        changed = _changed(stood[section], value) - may
        if changed:
            name = ".".join(filter(None, (section, min(changed))))
            allowed = ", ".join(f"{part}.{key}" for part, keys in _MAY_CHANGE.items() for key in sorted(keys))
            raise ConfigError(
                f"{name} cannot change in the middle of a run; what can: {allowed}; "
                f"`load={str(folder)!r}` begins another run with this one's weights"
            )
    return config


def _changed(before: object, after: object) -> set[str]:
    """The keys whose values differ; the empty string where the two are no tables."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return set() if before == after else {""}
