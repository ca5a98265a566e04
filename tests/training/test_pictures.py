from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.training.pictures import draw_metrics

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("matplotlib", reason="metrics.png needs matplotlib")

EPOCH = {"event": "epoch", "epoch": 0, "step": 4, "loss": 2.0, "validation_loss": 1.5, "cer": 0.5, "exact": 0.25}
UNJUDGED = {"validation_loss": None, "cer": None, "exact": None}


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [{"event": "start"}],
        [EPOCH],
        [EPOCH, {**EPOCH, "epoch": 1, "step": 8, "loss": 0.0, "validation_loss": 0.0}],
        [{**EPOCH, **UNJUDGED}],
    ],
    ids=["empty", "no epoch", "one epoch", "no loss left", "no validation"],
)
def test_any_log_gives_a_picture(tmp_path: Path, entries: list[dict[str, object]]) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")

    assert draw_metrics(tmp_path / "metrics.png", log) == ""

    with Image.open(tmp_path / "metrics.png") as picture:
        assert picture.width > picture.height > 100


def test_of_an_epoch_that_was_trained_twice_the_later_is_drawn(tmp_path: Path) -> None:
    second = {**EPOCH, "loss": 1.0}
    for name, entries in (("twice", [EPOCH, second]), ("once", [second])):
        log = tmp_path / f"{name}.jsonl"
        log.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
        draw_metrics(tmp_path / f"{name}.png", log)

    with Image.open(tmp_path / "twice.png") as twice, Image.open(tmp_path / "once.png") as once:
        assert twice.tobytes() == once.tobytes()
