"""What each degradation is worth: small models trained on drawn lines without it, and read on real ones.

``python benchmarks/renderer_trials.py TEXT DATA...`` trains a model on clean lines of running text, goes on from it for
a little with all degradations, for several seeds, and with each one left out, and prints a table of the errors on DATA,
folders or tables of labelled lines. It takes about ten minutes and two for each degradation, on one core.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ocrkit.drawing.degradations.chain import DEGRADATIONS

BASE = """
charset = "malayalam"
[preprocessing]
height = 40
[backbone]
name = "vgg"
[backbone.options]
channels = [16, 32, 64, 64, 96, 96]
pools = ["2x2", "2x2", "", "2x1", "", "2x1"]
batch_norm = [true]
[head]
rnn = [{ size = 96, merge = "concat" }]
dropout = 0.1
"""
LINES = """
[data]
validation_count = {validation}
[synthetic]
text = {text}
count = {count}
line_words = [1, 5]
degrade = {degrade}
without_degradations = {without}
[training]
epochs = {epochs}
batch_size = 16
lrate = {lrate}
quit = "fixed"
seed = {seed}
"""
SEEDS = (1, 2, 3)


def main() -> None:
    """Train, evaluate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path, help="running text to draw lines of")
    parser.add_argument("data", nargs="+", help="labelled lines that the models are tried on")
    parser.add_argument("--output", type=Path, default=Path("runs/renderer-trials"), help="where the runs go")
    parser.add_argument("--only", nargs="*", default=list(DEGRADATIONS), help="leave only these out, one at a time")
    options = parser.parse_args()
    trials = Trials(options.text.resolve(), options.output)
    clean = trials.train("clean", epochs=4, count=16_000, validation=200, degrade=0.0, lrate=0.003)
    print("| left out |", " | ".join(options.data), "|\n|---|", "--:|" * len(options.data))
    print(row("all: the model before", clean, options.data))
    for seed in SEEDS:
        print(row(f"none, seed {seed}", trials.train(f"none-{seed}", start=clean, seed=seed), options.data))
    for name in options.only:
        print(row(f"`{name}`", trials.train(name, start=clean, without=(name,)), options.data), flush=True)


class Trials:
    """Runs in one folder; one that is there is not trained again."""

    def __init__(self, text: Path, folder: Path) -> None:
        self._text = text
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def train(
        self,
        name: str,
        *,
        start: Path | None = None,
        epochs: int = 1,
        count: int = 8_000,
        validation: int = 50,
        degrade: float = 0.5,
        lrate: float = 0.0015,
        without: tuple[str, ...] = (),
        seed: int = 1,
    ) -> Path:
        """The model of a run, from fresh weights or from those of ``start``."""
        run = self._folder / name
        if not (run / "model.safetensors").exists():
            lines = LINES.format(
                text=json.dumps(str(self._text)),
                count=count,
                validation=validation,
                degrade=degrade,
                without=json.dumps(without),
                epochs=epochs,
                lrate=lrate,
                seed=seed,
            )
            config = self._folder / f"{name}.toml"
            config.write_text(('charset = "malayalam"\n' if start else BASE) + lines, "utf-8")
            loaded = ["-i", str(start)] if start else []
            ocrkit("train", "--config", str(config), "-o", str(run), *loaded)
        return run / "model.safetensors"


def row(name: str, model: Path, data: list[str]) -> str:
    """A table's row: the character error rate on each data set, and by akshara."""
    results: list[dict[str, Any]] = [
        json.loads(ocrkit("evaluate", place, "--model", str(model), "--json")) for place in data
    ]
    return f"| {name} | " + " | ".join(f"{one['cer']:.3f} ({one['akshara_cer']:.3f})" for one in results) + " |"


def ocrkit(*arguments: str) -> str:
    """What the command prints; its talk goes to this process's stderr."""
    return subprocess.run(
        [sys.executable, "-m", "ocrkit", *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


if __name__ == "__main__":
    main()
