from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import pytest

from ocrkit.config import from_table, to_table, write_toml
from ocrkit.errors import ConfigError
from ocrkit.training.resume_config import changed_config
from ocrkit.training.settings import RunConfig

if TYPE_CHECKING:
    from pathlib import Path

MAY_CHANGE = {
    "data": ("cache", "max_bad"),
    "training": (
        "clip", "deterministic", "device", "epochs", "lag", "lrate", "minutes", "precision", "quit", "save_every",
        "schedule", "steps", "tensorboard", "threads", "warmup", "weight_decay", "workers",
    ),
}  # fmt: skip
# What a run may be given in the place of its default, where another value of the same type would not do.
OTHERS: dict[str, object] = {
    "augmentation": {"blur": 0.5}, "synthetic": {"words": "w"}, "resize": "new", "preprocessing.fit": "stretch",
    "backbone.options": {"channels": [8]}, "head.rnn": [{"size": 12}], "head.dropout": 0.1, "preprocessing.width": 32,
    "head.options": {"blocks": 2}, "preprocessing.contrast": "keep", "preprocessing.rows": "trim",
    "data.unencodable": "skip", "training.optimizer": "adam", "training.schedule": "constant",
    "training.precision": "float32", "training.quit": "fixed",
    "preprocessing.foot": 2, "training.rates": {"head": 0.5}, "training.freeze": ["head"],
}  # fmt: skip


def every_setting() -> list[tuple[str, str]]:
    """The table and key of every setting; an empty key for one that is in no table."""
    found = []
    standard = RunConfig()
    for field in fields(standard):
        value = getattr(standard, field.name)
        if field.init:
            found += [(field.name, key.name) for key in fields(value)] if is_dataclass(value) else [(field.name, "")]
    return found


def another(section: str, key: str) -> object:
    """A value that is not the default."""
    name = f"{section}.{key}" if key else section
    if name in OTHERS:
        return OTHERS[name]
    standard = getattr(RunConfig(), section)
    value = getattr(standard, key) if key else standard
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bool):
        return not value
    return [*value, "x"] if isinstance(value, tuple) else value + 1 if isinstance(value, int) else value / 2 + 0.01


@pytest.fixture
def run(tmp_path: Path) -> Path:
    table = {
        "charset": "malayalam",
        "load": "base",
        "data": {"training": ["lines"]},
        "preprocessing": {"width": 64},
        "training": {"freeze": ["backbone"]},
    }
    write_toml(tmp_path / "config.toml", to_table(from_table(RunConfig, table)))
    return tmp_path


@pytest.mark.parametrize(("section", "key"), every_setting())
def test_every_setting_may_change_or_is_refused_with_a_reason(run: Path, section: str, key: str) -> None:
    value = another(section, key)
    changes = {section: {key: value}} if key else {section: value}

    if key in MAY_CHANGE.get(section, ()):
        assert getattr(getattr(changed_config(run, changes), section), key) == value
        return
    with pytest.raises(ConfigError) as raised:
        changed_config(run, changes)
    name, _, rest = str(raised.value).partition(" cannot change in the middle of a run: ")
    reason, _, way_out = rest.partition("; what can: ")
    assert name.startswith(f"{section}.{key}" if key else section)
    assert len(reason) > 30
    assert "data.cache, data.max_bad, training.clip" in way_out
    assert way_out.endswith(f"; `load={str(run)!r}` begins another run with this one's weights")


def test_what_is_as_it_was_may_be_said_again(run: Path) -> None:
    said = {"charset": "malayalam", "data": {"training": ["lines"]}, "training": {"seed": 0, "batch_size": 32}}

    assert changed_config(run, said) == changed_config(run, {})


def test_the_reason_for_the_batch_size_is_the_order_of_the_lines(run: Path) -> None:
    with pytest.raises(ConfigError, match="the order of the lines, and the place in the epoch, are counted in batches"):
        changed_config(run, {"training": {"batch_size": 9}})
