"""The demonstration at the smallest size: what it keeps apart, and what it leaves."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
import torch
from PIL import Image

from ocrkit.config import from_table, merge
from ocrkit.demo import Demonstration, demonstrate
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
from ocrkit.errors import ConfigError
from ocrkit.plugin.registry import default_registry
from ocrkit.training import Observer, RunConfig, read_recipe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no faces here")

TINY = {
    "preprocessing": {"height": 16},
    "backbone": {"options": {"channels": [8, 8], "pools": ["2x2", "2x2"]}},
    "head": {"rnn": [{"size": 8}]},
    "data": {"validation_count": 8, "max_bad": 1.0},
    "synthetic": {"count": 60},
    "training": {"epochs": 1, "minutes": 0.0, "workers": 0, "device": "cpu"},
}
REPORT = {"greedy", "lexicon", "lexicon_size", "unseen_faces", "seconds"}


class Stages(Observer):
    def __init__(self) -> None:
        self.finished: list[str] = []

    def preparing(self, stage: str, done: int, total: int) -> None:
        if done == total:
            self.finished.append(stage)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demonstration, Stages]]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    stages = Stages()
    yield (
        demonstrate(tmp_path_factory.mktemp("demo"), changes=TINY, pictures=12, lexicon_size=30, observer=stages),
        stages,
    )
    torch.set_num_threads(threads)


def drawn_for_training(result: Demonstration) -> Synthetic:
    recipe = from_table(RunConfig, merge(read_recipe("demo"), TINY))
    options = {**recipe.synthetic, "without_families": list(result.unseen_faces)}
    return Synthetic(default_registry().charset("malayalam"), from_table(SyntheticOptions, options), seed=0)


def test_the_words_that_are_read_are_distinct_and_were_never_trained_on(
    shown: tuple[Demonstration, Stages],
) -> None:
    words = [line.truth for line in shown[0].greedy.lines]

    assert len(set(words)) == len(words) == 12
    assert not set(words) & {sample.text for sample in drawn_for_training(shown[0])}


def test_half_are_drawn_in_faces_that_training_never_saw(shown: tuple[Demonstration, Stages]) -> None:
    result, _ = shown
    unseen = set(result.unseen_faces)

    groups = [line.sample.group for line in result.greedy.lines]

    assert unseen
    assert sum(group in unseen for group in groups) == 6
    assert not unseen & set(drawn_for_training(result).families)


def test_the_lexicon_holds_every_word_that_is_read(shown: tuple[Demonstration, Stages]) -> None:
    result, _ = shown

    assert result.lexicon_size == 30
    assert [line.truth for line in result.lexicon.lines] == [line.truth for line in result.greedy.lines]
    assert result.lexicon.rejected == 0


def test_the_report_has_what_the_readme_says(shown: tuple[Demonstration, Stages]) -> None:
    result, _ = shown

    told = json.loads((result.folder / "report.json").read_text("utf-8"))

    assert told.keys() >= REPORT
    assert told["greedy"] == {"cer": result.greedy.cer, "exact": result.greedy.exact, "count": 12}
    assert told["lexicon"]["count"] == 12
    assert told["unseen_faces"] == list(result.unseen_faces)


def test_sheets_of_readings_are_pictures(shown: tuple[Demonstration, Stages]) -> None:
    assert len(shown[0].sheets) == 4
    for path in shown[0].sheets:
        with Image.open(path) as sheet:
            assert sheet.width > 100


def test_every_stage_is_told(shown: tuple[Demonstration, Stages]) -> None:
    assert shown[1].finished[-2:] == ["reading greedily", "reading with the lexicon"]


def test_another_demonstration_replaces_the_first_and_nothing_else(shown: tuple[Demonstration, Stages]) -> None:
    folder = shown[0].folder
    (folder / "mine.txt").write_text("mine")

    again = demonstrate(folder, changes=TINY, pictures=4, lexicon_size=8)

    assert again.greedy.count == 4
    assert (folder / "mine.txt").read_text() == "mine"


def test_a_run_that_is_no_demonstration_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine = true\n")

    with pytest.raises(ConfigError, match="holds a run already"):
        demonstrate(tmp_path, changes=TINY, pictures=4, lexicon_size=8)

    assert (tmp_path / "config.toml").read_text() == "mine = true\n"
