"""How far the confidences of an evaluation can be trusted: numbers by hand, the picture, and the command."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import bars
import pytest
from PIL import Image

from ocrkit.ctc import Lexicon
from ocrkit.data.records import Sample
from ocrkit.errors import DataError, OptionError
from ocrkit.evaluation import Evaluation, calibrate_reader, draw_coverage, evaluate
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from pathlib import Path

    from command import RunOcrkit


def lines(right: int, wrong: int) -> list[Sample]:
    picture = bars.picture("ab")
    texts = ["ab"] * right + ["ba"] * wrong
    return [Sample(f"{number}", picture.copy, text) for number, text in enumerate(texts)]


def evaluated(right: int, wrong: int) -> Evaluation:
    return evaluate(Recognizer(bars.reader(), device="cpu"), lines(right, wrong))


def test_readings_that_are_all_certain_are_off_by_the_share_that_is_wrong() -> None:
    result = evaluated(6, 2)

    # Every confidence is 1 but for rounding: a quarter is wrong.
    assert result.calibration_error == pytest.approx(0.25, abs=1e-3)
    assert result.brier == pytest.approx(0.25, abs=1e-3)
    assert [(point.threshold, point.kept, point.wrong) for point in result.coverage] == [(0.0, 8, 2)]


def test_a_line_without_a_reading_is_not_right() -> None:
    short = Sample("short", bars.picture("a").copy, "")
    lexicon = Lexicon.from_words(["abcabc"], bars.ABC)

    result = evaluate(Recognizer.load(bars.reader(), device="cpu", lexicon=lexicon), [short])

    assert (result.rejected, result.coverage[-1].wrong) == (1, 1)


def test_the_json_has_the_numbers_and_the_curve(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    bars.reader().save(tmp_path / "m.safetensors")
    folder = bars.write(tmp_path / "lines", {"1.png": "ab", "2.png": "c"})

    told = json.loads(run_ocrkit("evaluate", folder, "-m", tmp_path / "m.safetensors", "--json").out)

    assert told["calibration_error"] == pytest.approx(0, abs=1e-3)
    assert told["brier"] == pytest.approx(0, abs=1e-3)
    assert told["coverage"][-1] == {"threshold": 0.0, "kept": 2, "wrong": 0}


def test_the_command_prints_both_and_draws_the_curve(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    pytest.importorskip("matplotlib")
    model = bars.reader()
    model.calibration = calibrate_reader(Recognizer(model, device="cpu"), lines(3, 1))
    model.save(tmp_path / "m.safetensors")
    folder = bars.write(tmp_path / "lines", {"1.png": "ab", "2.png": "c"})

    ran = run_ocrkit("evaluate", folder, "-m", tmp_path / "m.safetensors", "--coverage", tmp_path / "c.png")

    assert "confidence calibration error 0.0001, Brier score 0.0000" in ran.out  # it is never quite certain
    with Image.open(tmp_path / "c.png") as drawn:
        assert drawn.size == (720, 540)


def test_a_missing_matplotlib_is_said_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_ocrkit: RunOcrkit
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    bars.reader().save(tmp_path / "m.safetensors")
    folder = bars.write(tmp_path / "lines", {"1.png": "ab"})

    ran = run_ocrkit("evaluate", folder, "-m", tmp_path / "m.safetensors", "--coverage", tmp_path / "c.png")

    assert ran.code == 0
    assert ran.err.count("c.png is not drawn, since matplotlib is missing: pip install 'ocrkit[plot]'") == 1


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")

    with pytest.raises(OptionError, match=r"cannot be written.*expected a file such as curve\.png"):
        draw_coverage(tmp_path / "no" / "c.png", evaluated(1, 1))


def test_nothing_can_be_learnt_from_lines_without_texts() -> None:
    unlabelled = [Sample("1", bars.picture("ab").copy)]

    with pytest.raises(DataError, match="no lines to calibrate on"):
        calibrate_reader(Recognizer(bars.reader(), device="cpu"), unlabelled)
