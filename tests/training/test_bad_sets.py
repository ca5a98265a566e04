"""Sets that are empty, hold one line, or hold none that can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import DataError
from ocrkit.training import Outcome, RunConfig, train

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]
    DrawLines = Callable[..., Path]
    Run = Callable[..., Outcome]


@pytest.fixture
def run(make_config: MakeConfig, registry: Registry, tmp_path: Path) -> Run:
    """Train for an epoch with these settings of ``data``."""

    def start(**data: object) -> Outcome:
        return train(make_config(data=data, training={"epochs": 1}), output=tmp_path / "run", registry=registry)

    return start


@pytest.mark.parametrize("which", ["training", "evaluation"])
def test_an_empty_source_is_named(run: Run, tmp_path: Path, which: str) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "labels.tsv").write_text("")

    with pytest.raises(DataError, match=r"none: no samples; format 'labels' found nothing in it"):
        run(**{which: [str(tmp_path / "none")]})
    assert not (tmp_path / "run").exists()


def test_one_line_has_no_share_for_validation(run: Run, draw_lines: DrawLines, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"1 line is too few .* name validation lines with `data.evaluation`, or"):
        run(training=[str(draw_lines(1))])
    assert not (tmp_path / "run").exists()


def test_one_line_can_be_trained_on(run: Run, draw_lines: DrawLines) -> None:
    outcome = run(training=[str(draw_lines(1))], validation_fraction=0.0)

    assert (outcome.steps, outcome.reason) == (1, "epochs")
    assert outcome.best is not None
    assert outcome.best.cer is None


def test_one_line_can_be_validated_with(run: Run, draw_lines: DrawLines) -> None:
    outcome = run(evaluation={"one": str(draw_lines(1))})

    assert outcome.best is not None
    assert outcome.best.sets["one"].exact in (0.0, 1.0)


@pytest.mark.parametrize(("which", "said"), [("training", "training"), ("evaluation", "validation")])
def test_lines_that_are_all_bad_are_named(
    run: Run, draw_lines: DrawLines, tmp_path: Path, which: str, said: str
) -> None:
    folder = draw_lines(5)
    for picture in folder.glob("*.png"):
        picture.write_bytes(b"no picture")

    with pytest.raises(DataError, match=rf"none of the \d+ {said} lines can be used: .*\.png"):
        run(**{which: [str(folder)]})
    assert not (tmp_path / "run").exists()
