"""Training on lines that run from right to left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.model import Model
from ocrkit.text.charset import Charset
from ocrkit.training import train
from ocrkit.training.encoding import encode_labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocrkit.plugin.registry import Registry
    from ocrkit.training import RunConfig

    DrawLines = Callable[..., Path]
    MakeConfig = Callable[..., RunConfig]

LETTERS = str.maketrans("abcd", "אבגד")


def relabel(folder: Path) -> None:
    """Take each bar of the lines for a Hebrew letter, so that the first letter is the one at the right."""
    table = folder / "labels.tsv"
    rows = [row.split("\t") for row in table.read_text(encoding="utf-8").splitlines()]
    table.write_text("".join(f"{name}\t{text[::-1].translate(LETTERS)}\n" for name, text in rows), encoding="utf-8")


def test_training_learns_to_read_from_the_right(
    make_config: MakeConfig, draw_lines: DrawLines, tmp_path: Path, registry: Registry
) -> None:
    folder = draw_lines(40)
    relabel(folder)
    config = make_config(
        data={"training": [str(folder)], "validation_fraction": 0.2},
        training={"epochs": 30, "lrate": 0.02, "batch_size": 4, "quit": "fixed"},
        head={"dropout": 0.0},
        augmentation={"slant": 0.0},
    )

    outcome = train(config, output=tmp_path / "run", registry=registry)

    assert outcome.best is not None
    assert outcome.best.exact == 1.0
    charset = Model.load(outcome.model).charset
    assert (charset.direction, charset.order) == ("rtl", "visual")


def test_labels_stand_as_the_frames_do() -> None:
    charset = Charset("hebrew", ("", *"אב 12"), direction="rtl")

    encoded = encode_labels([Sample("line", Path("line.png"), text="אב 12")], charset, unencodable="error")

    assert [charset.symbols[label] for label in encoded.labels[0]] == list("12 בא")
