"""The main job from the command line: train, decode, evaluate, go on; on dot-matrix letters, then on drawn words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ocrkit
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
from ocrkit.plugin.registry import load_registry

pytestmark = pytest.mark.slow

# Dot-matrix letters, 5 x 7, a row a string.
LETTERS = {
    "a": ("01110", "10001", "10001", "11111", "10001", "10001", "10001"),
    "e": ("11111", "10000", "10000", "11110", "10000", "10000", "11111"),
    "l": ("10000", "10000", "10000", "10000", "10000", "10000", "11111"),
    "o": ("01110", "10001", "10001", "10001", "10001", "10001", "01110"),
    "t": ("11111", "00100", "00100", "00100", "00100", "00100", "00100"),
}
SMALL = """
[preprocessing]
height = 16
[backbone.options]
channels = [12, 24]
pools = ["2x2", "2x2"]
[head]
rnn = [{ size = 24 }]
[training]
epochs = 14
batch_size = 8
lrate = 0.01
schedule = "one-cycle"
quit = "fixed"
workers = 0
device = "cpu"
"""


def ocrkit_command(folder: Path, *arguments: str, plugins: str = "none") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ocrkit", *arguments],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(ocrkit.__file__).parents[1]),
            "OCRKIT_PLUGINS": plugins,
            "OMP_NUM_THREADS": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def draw(word: str, rng: np.random.Generator) -> Image.Image:
    """Dots of 2 px, a dot of paper between letters, on noisy paper, at a place that varies."""
    dots = np.concatenate([np.pad(_dots(letter), ((0, 0), (0, 1))) for letter in word], axis=1)
    ink = np.kron(dots, np.ones((2, 2)))
    ink = np.pad(ink, ((1, 1), (int(rng.integers(1, 5)), int(rng.integers(0, 4)))))
    grey = 230 - 180 * ink + rng.normal(0, 12, ink.shape)
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8))


def _dots(letter: str) -> np.ndarray:
    return np.array([[int(dot) for dot in row] for row in LETTERS[letter]])


def write_words(folder: Path, count: int, seed: int) -> dict[str, str]:
    """Pictures of ``count`` random words of 2 to 5 letters with their table; the words by the pictures' names."""
    rng = np.random.default_rng(seed)
    folder.mkdir()
    words = {f"{n}.png": "".join(rng.choice(list(LETTERS), int(rng.integers(2, 6)))) for n in range(count)}
    for name, word in words.items():
        draw(word, rng).save(folder / name)
    (folder / "labels.tsv").write_text("".join(f"{name}\t{word}\n" for name, word in words.items()))
    return words


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that was trained by the command line, and lines that it never saw."""
    folder = tmp_path_factory.mktemp("end-to-end")
    write_words(folder / "lines", 160, seed=1)
    write_words(folder / "unseen", 40, seed=2)
    (folder / "small.toml").write_text(SMALL)
    trained = ocrkit_command(folder, "train", "lines", "--charset", "from-data", "--config", "small.toml")
    assert trained.returncode == 0, trained.stderr
    assert trained.stdout == "runs/from-data-1/model.safetensors\n"
    return folder


def measured(place: Path, *options: str) -> dict[str, float]:
    shown = ocrkit_command(place, "evaluate", "unseen", "--json", *options)
    assert shown.returncode == 0, shown.stderr
    told: dict[str, float] = json.loads(shown.stdout)
    return told


def test_a_run_leaves_all_that_it_promises(place: Path) -> None:
    run = place / "runs" / "from-data-1"

    assert {"model.safetensors", "config.toml", "state", "log.jsonl", "samples.png"} <= set(os.listdir(run))


def test_words_that_it_never_saw_are_read(place: Path) -> None:
    greedy = measured(place)

    assert greedy["count"] == 40
    assert greedy["cer"] <= 0.03


def test_beam_search_reads_no_worse(place: Path) -> None:
    assert measured(place, "--beam-width", "8")["cer"] <= measured(place)["cer"] + 0.01


def test_a_lexicon_of_the_words_reads_nearly_all_of_them(place: Path) -> None:
    words = [line.split("\t")[1] for line in (place / "unseen" / "labels.tsv").read_text().splitlines()]
    (place / "words.txt").write_text("\n".join(sorted({*words, "ale", "tea", "lot", "eel", "tale"})))

    assert measured(place, "--lexicon", "words.txt")["exact"] >= 0.97


def test_decoding_prints_a_line_a_picture(place: Path) -> None:
    shown = ocrkit_command(place, "decode", "unseen")

    assert shown.returncode == 0
    assert shown.stderr == "reading with runs/from-data-1/model.safetensors (the newest run)\n"
    read = dict(line.split("\t") for line in shown.stdout.splitlines())
    assert list(read) == [f"unseen/{number}.png" for number in range(40)]


def test_a_run_can_go_on(place: Path) -> None:
    resumed = ocrkit_command(place, "train", "--resume", "runs/from-data-1", "-N", "15")

    assert resumed.returncode == 0, resumed.stderr
    log = (place / "runs" / "from-data-1" / "log.jsonl").read_text().splitlines()
    epochs = [entry for entry in map(json.loads, log) if entry["event"] == "epoch"]
    assert len(epochs) == 15


WORDS = "water house bread light stone river paper green apple table chair horse mouth night earth"
SKELETON = """
charset = "english-basic"
[preprocessing]
height = 24
[backbone.options]
channels = [12, 24, 32]
pools = ["2x2", "2x2", "2x1"]
[head]
rnn = [{ size = 48 }]
[data]
validation_count = 60
[synthetic]
words = "words.txt"
families = ["DejaVu Sans"]
count = 600
degrade = 0.2
[training]
epochs = 22
batch_size = 16
lrate = 0.01
quit = "fixed"
workers = 0
device = "cpu"
seed = 3
"""


@pytest.mark.skipif(os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no faces to draw with")
def test_english_words_drawn_with_dejavu_are_learnt(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("\n".join(WORDS.split()))
    (tmp_path / "skeleton.toml").write_text(SKELETON)
    draw_with_dejavu(tmp_path / "unseen", tmp_path / "words.txt", count=60)

    trained = ocrkit_command(tmp_path, "train", "--config", "skeleton.toml")
    greedy = ocrkit_command(tmp_path, "evaluate", "unseen", "--json")
    lexicon = ocrkit_command(tmp_path, "evaluate", "unseen", "--json", "--lexicon", "words.txt")

    assert trained.returncode == 0, trained.stderr
    assert json.loads(greedy.stdout)["cer"] <= 0.10
    assert json.loads(lexicon.stdout)["exact"] >= 0.95


def draw_with_dejavu(folder: Path, words: Path, *, count: int) -> None:
    """Other pictures of the same words, with their table."""
    options = SyntheticOptions(words=str(words), families=("DejaVu Sans",), count=count, degrade=0.2)
    drawn = Synthetic(load_registry("none").charset("english-basic"), options, seed=99)
    folder.mkdir()
    lines = []
    for number, sample in enumerate(drawn):
        assert not isinstance(sample.image, Path)
        sample.image().save(folder / f"{number}.png")
        lines.append(f"{number}.png\t{sample.text}\n")
    (folder / "labels.tsv").write_text("".join(lines), encoding="utf-8")
