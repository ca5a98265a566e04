"""``ocrkit models calibrate`` and ``ocrkit decode --reject``, on pictures of bars whose grey lies between letters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
import tiny_onnx
from PIL import Image

from ocrkit.model import Model
from ocrkit.onnx_weights import told_of_weights
from ocrkit.text.calibration import Calibration, CoveragePoint

if TYPE_CHECKING:
    from command import RunOcrkit

CURVE = (CoveragePoint(0.9, 500, 4), CoveragePoint(0.0, 1000, 300))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a model, calibrated and not, and lines of which ``b.png`` is half way between a and b."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    model = bars.reader()
    model.save("plain.safetensors")
    model.calibration = Calibration(1.0, 1000, "drawn lines", 0.1, 0.05, CURVE)
    model.save("m.safetensors")
    Path("lines").mkdir()
    bars.picture("ab").save("lines/a.png")
    # The letters are at 1/3 and 2/3 of black.
    row = np.repeat(np.array([128, 255], np.uint8), 4)
    Image.fromarray(np.tile(row, (4, 1))).save("lines/b.png")
    bars.picture("ca").save("lines/c.png")
    return tmp_path


def test_doubtful_readings_leave_an_empty_text_in_their_place(place: Path, run_ocrkit: RunOcrkit) -> None:
    tsv = run_ocrkit("decode", "-m", "m.safetensors", "--reject", "0.01", "lines")
    text = run_ocrkit("decode", "-m", "m.safetensors", "--reject", "0.01", "--to", "text", "lines")

    assert (tsv.code, tsv.out) == (0, "lines/a.png\tab\nlines/b.png\t\nlines/c.png\tca\n")
    assert tsv.err == "1 of 3 readings left out, as --reject 0.01 asks for surer ones\n"
    assert text.out == "ab\n\nca\n"


def test_json_says_which_are_rejected_and_how_sure_they_were(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-m", "m.safetensors", "--reject", "0.01", "--to", "jsonl", "lines")

    a, b, _ = map(json.loads, ran.out.splitlines())
    assert (a["rejected"], b["rejected"]) == (False, True)
    assert (b["text"], b["characters"], b["alternatives"]) == ("", [], [])
    assert b["confidence"] == pytest.approx(0.5, abs=0.05)


def test_a_share_that_all_lines_keep_leaves_nothing_out(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-m", "m.safetensors", "--reject", "0.4", "lines")

    assert ran.err == "0 of 3 readings left out, as --reject 0.4 asks for surer ones\n"


def test_saved_log_probabilities_are_left_out_too(place: Path, run_ocrkit: RunOcrkit) -> None:
    sure = np.full((2, 1, 4), np.log([0.005, 0.985, 0.005, 0.005]), np.float32)
    sure[1] = np.log([0.2, 0.4, 0.3, 0.1])
    np.save("p.npy", sure)

    ran = run_ocrkit("decode", "-m", "m.safetensors", "--reject", "0.01", "p.npy")

    assert ran.out == "p.npy#0\ta\np.npy#1\t\n"
    alone = run_ocrkit("decode", "-c", "ascii-basic", "--reject", "0.01", "p.npy")
    assert (alone.code, alone.out) == (1, "")
    assert "the model is not calibrated" in alone.err


@pytest.mark.parametrize(
    ("model", "reject", "message"),
    [
        ("plain", "0.05", "--reject is 0.05, and the model is not calibrated"),
        ("m", "0.001", "--reject is 0.001, and by the 1000 lines that the model was calibrated on no confidence keeps"),
        ("m", "2", "--reject is 2.0; expected the share of wrong readings to stay below, between 0 and 1"),
    ],
)
def test_what_cannot_be_kept_is_an_error_and_nothing_is_read(
    place: Path, run_ocrkit: RunOcrkit, model: str, reject: str, message: str
) -> None:
    ran = run_ocrkit("decode", "-m", f"{model}.safetensors", "--reject", reject, "lines")

    assert (ran.code, ran.out) == (1, "")
    assert message in ran.err


def test_a_model_is_calibrated_on_labelled_lines_and_reads_as_before(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("labelled"), {f"{number:03}.png": "ab" for number in range(150)})
    lines = Path("labelled/labels.tsv").read_text("utf-8").splitlines()
    # Every tenth label is not what stands there.
    wrong = [line.replace("ab", "ba") if number % 10 == 0 else line for number, line in enumerate(lines)]
    Path("labelled/labels.tsv").write_text("\n".join(wrong) + "\n", "utf-8")
    before = run_ocrkit("decode", "-m", "plain.safetensors", "lines").out

    ran = run_ocrkit("models", "calibrate", "plain.safetensors", "labelled", "--workers", "0", "-o", "new.safetensors")

    assert ran.code == 0
    found = Model.load("new.safetensors").calibration
    assert found is not None
    assert (found.lines, found.data, found.curve[-1].kept, found.curve[-1].wrong) == (150, "labelled", 150, 15)
    # All are as sure as can be, and a tenth is wrong: the flattest of the temperatures, or one that says 0.9.
    assert found.temperature > 1
    assert found.error < found.error_before == pytest.approx(0.1, abs=0.01)
    learnt = f"temperature {found.temperature:.3g}, learnt from 150 lines of labelled"
    assert ran.out.startswith(f"{learnt}; calibration error ")
    assert run_ocrkit("decode", "-m", "new.safetensors", "lines").out == before
    assert Model.load("plain.safetensors").calibration is None
    shown = run_ocrkit("models", "show", "new.safetensors").out
    assert f"calibration   {learnt}" in shown


def test_without_an_output_the_model_file_itself_is_calibrated(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("labelled"), {"1.png": "ab", "2.png": "c"})

    ran = run_ocrkit("models", "calibrate", "plain.safetensors", "labelled", "--workers", "0")

    found = Model.load("plain.safetensors").calibration
    assert found is not None
    assert (found.lines, found.temperature) == (2, 1.0)
    assert "2 lines are too few to learn a temperature from" in ran.err


def test_a_file_that_an_onnx_file_has_its_weights_in_is_not_changed(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("labelled"), {"1.png": "ab", "2.png": "c"})
    tiny_onnx.write(Path("plain.onnx"), weights=told_of_weights("plain.safetensors"))
    before = Path("plain.safetensors").read_bytes()

    ran = run_ocrkit("models", "calibrate", "plain.safetensors", "labelled", "--workers", "0")

    assert ran.code == 1
    assert "'plain.onnx' has its weights in 'plain.safetensors', and would not fit what is written there" in ran.err
    assert Path("plain.safetensors").read_bytes() == before


def test_the_other_form_of_what_is_calibrated_is_named(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("labelled"), {"1.png": "ab", "2.png": "c"})
    tiny_onnx.write(Path("plain.onnx"))

    ran = run_ocrkit("models", "calibrate", "plain.safetensors", "labelled", "--workers", "0")

    assert "note: plain.onnx is the same model in another form, and stays as it was" in ran.err


def test_a_model_without_a_calibration_is_shown_so(place: Path, run_ocrkit: RunOcrkit) -> None:
    assert "calibration   none" in run_ocrkit("models", "show", "plain.safetensors").out
