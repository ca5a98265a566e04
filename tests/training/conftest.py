"""Small drawn lines, small networks and runs on them, for tests of training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ocrkit.config import from_table, merge
from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.training import Outcome, RunConfig, train

DrawLines = Callable[..., Path]
MakeConfig = Callable[..., RunConfig]

GLYPHS = {
    "a": ["######", "#....#", "#....#", "#....#", "######"],
    "b": ["##....", "##....", "##....", "######", "######"],
    "c": ["..##..", "..##..", "######", "..##..", "..##.."],
    "d": ["#....#", ".#..#.", "..##..", ".#..#.", "#....#"],
}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small tensors take longer on several threads, and much longer where the cores have other work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def registry() -> Registry:
    """What ocrkit brings itself."""
    return load_registry("none")


@pytest.fixture(scope="session")
def lines_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 drawn lines with a ``labels.tsv``; not to be changed."""
    return drawn_lines(tmp_path_factory.mktemp("lines"), 40)


@pytest.fixture
def draw_lines(tmp_path: Path) -> DrawLines:
    """Draw lines that a test may change: ``draw_lines(count)``, 000.png and so on with a ``labels.tsv``."""

    def draw(count: int = 10) -> Path:
        (tmp_path / "lines").mkdir()
        return drawn_lines(tmp_path / "lines", count)

    return draw


@pytest.fixture(scope="session")
def make_config(lines_folder: Path) -> MakeConfig:
    """Make the configuration of a run of a second: ``make_config(training={"epochs": 2})``."""

    def make(**changes: object) -> RunConfig:
        data = {"data": {"training": [str(lines_folder)], "validation_fraction": 0.2}}
        return from_table(RunConfig, merge(SMALL, data, changes))

    return make


@pytest.fixture(scope="module")
def finished(make_config: MakeConfig, registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run of two epochs that has come to its end; not to be changed."""
    return train(make_config(training={"epochs": 2}), output=tmp_path_factory.mktemp("finished"), registry=registry)


SMALL: dict[str, object] = {
    "charset": "from-data",
    "preprocessing": {"height": 16},
    "backbone": {"name": "vgg", "options": {"channels": [8, 12], "pools": ["2x2", "2x1"], "dropout": [0.1]}},
    "head": {"rnn": [{"size": 12}], "dropout": 0.1},
    "augmentation": {"slant": 0.5, "blur": 0.5, "speckle": 0.5},
    "training": {
        "epochs": 3, "batch_size": 8, "lrate": 0.01, "device": "cpu", "precision": "float32", "workers": 0, "seed": 5,
    },
}  # fmt: skip


def drawn_lines(folder: Path, count: int) -> Path:
    """Draw lines of one to four letters into a folder."""
    rng = np.random.default_rng(0)
    rows = []
    for index in range(count):
        text = "".join(rng.choice(list(GLYPHS), rng.integers(1, 5)))
        Image.fromarray(picture_of(text, rng)).save(folder / f"{index:03}.png")
        rows.append(f"{index:03}.png\t{text}\n")
    (folder / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    return folder


def picture_of(text: str, rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A (16, W) uint8 line: each letter 12 px wide and 10 high, on paper with some noise."""
    cells = [np.array([[char == "#" for char in row] for row in GLYPHS[letter]]) for letter in text]
    ink = np.concatenate([np.pad(np.kron(cell, np.ones((2, 2))), ((3, 3), (1, 1))) for cell in cells], axis=1)
    paper = 255 - 200 * np.pad(ink, ((0, 0), (2, 2))) - rng.integers(0, 30, (16, ink.shape[1] + 4))
    return paper.clip(0, 255).astype(np.uint8)
