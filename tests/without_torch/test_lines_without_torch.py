"""Lines read and measured, and models shown, where torch is not installed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import bars
import pytest
from onnx_form import write_onnx

from ocrkit.ctc import Lexicon

if TYPE_CHECKING:
    from pathlib import Path

    from torchless import Torchless


@pytest.fixture
def place(torchless: Torchless, tmp_path: Path) -> Path:
    """A folder with models in one form and in both, an installed one, and labelled lines."""
    write_onnx(bars.reader(), tmp_path / "m.onnx")
    write_onnx(bars.reader(), tmp_path / "runs/one/model.onnx")
    bars.reader().save(tmp_path / "runs/one/model.safetensors")
    bars.reader().save(tmp_path / "runs/newest/model.safetensors")
    bars.reader().save(tmp_path / "alone.safetensors")
    write_onnx(bars.reader(), torchless.folder / "data/ocrkit/models/installed.onnx")
    bars.write(tmp_path / "lines", {"1.png": "abc", "2.png": "cab"})
    (tmp_path / "words.txt").write_text("abb\ncab\n", "utf-8")
    Lexicon.from_words(["abb", "cab"], bars.ABC).save(tmp_path / "words.lexicon")
    return tmp_path


@pytest.mark.parametrize("model", ["m.onnx", "runs/one", "installed"])
def test_lines_are_read_by_a_file_a_run_and_a_name(torchless: Torchless, place: Path, model: str) -> None:
    ran = torchless.ocrkit("decode", "-m", model, "lines/1.png", "lines/2.png", cwd=place)

    assert (ran.code, ran.out, ran.err) == (0, "lines/1.png\tabc\nlines/2.png\tcab\n", "")


def test_without_a_name_a_model_is_taken_that_can_be_read(torchless: Torchless, place: Path) -> None:
    ran = torchless.ocrkit("decode", "lines/1.png", cwd=place)

    assert (ran.code, ran.out) == (0, "lines/1.png\tabc\n")
    assert ran.err == "reading with runs/one/model.onnx (the newest run)\n"


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("--decoder beam --n-best 2", "abc"),
        ("--lexicon words.txt --decoder lexicon", "abb"),
        ("--lexicon words.lexicon --decoder text", "abb"),
        ("--lm lm.arpa --lm-weight 0.1", "abc"),
        ("--workers 2 --batch-size 1 --threads 1 --device cpu --precision float32 --runtime onnx", "abc"),
    ],
)
def test_decoders_and_what_they_take_need_no_torch(torchless: Torchless, place: Path, asked: str, read: str) -> None:
    (place / "corpus.txt").write_text("abc\ncab\nabc\n", "utf-8")
    built = torchless.ocrkit("lm", "build", "corpus.txt", "-o", "lm.arpa", "--order", "2", cwd=place)

    ran = torchless.ocrkit("decode", "-m", "m.onnx", *asked.split(), "lines/1.png", cwd=place)

    assert built.code == 0
    assert (ran.code, ran.out, ran.err) == (0, f"lines/1.png\t{read}\n", "")


def test_errors_are_measured_without_torch(torchless: Torchless, place: Path) -> None:
    ran = torchless.ocrkit("evaluate", "-m", "m.onnx", "--json", "lines", cwd=place)

    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["cer"] == 0.0


def test_a_model_is_calibrated_without_torch(torchless: Torchless, place: Path) -> None:
    ran = torchless.ocrkit("models", "calibrate", "m.onnx", "lines", "-o", "warm.onnx", cwd=place)

    assert ran.code == 0, ran.err
    assert "calibration   none" not in torchless.ocrkit("models", "show", "warm.onnx", cwd=place).out


@pytest.mark.parametrize("model", ["m.onnx", "alone.safetensors", "runs/one"])
def test_models_are_shown_without_torch(torchless: Torchless, place: Path, model: str) -> None:
    ran = torchless.ocrkit("models", "show", model, cwd=place)

    rows = dict(line.split(maxsplit=1) for line in ran.out.splitlines())
    assert (ran.code, ran.err) == (0, "")
    assert (rows["weights"], rows["charset"]) == ("10", "abc, 4 labels with the blank")


def test_models_are_listed_without_torch(torchless: Torchless, place: Path) -> None:
    told = json.loads(torchless.ocrkit("models", "list", "--json", cwd=place).out)

    by_name = {record["name"]: record["runtimes"] for record in told}
    assert by_name["installed"] == ["onnx"]
    assert by_name["runs/one"] == ["torch", "onnx"]


@pytest.mark.parametrize("model", ["alone.safetensors", "runs/newest"])
def test_a_file_that_only_torch_reads_says_both_ways_out(torchless: Torchless, place: Path, model: str) -> None:
    ran = torchless.ocrkit("decode", "-m", model, "lines/1.png", cwd=place)

    assert (ran.code, ran.out) == (1, "")
    [line] = ran.err.splitlines()
    assert "needs torch, which is not installed; pip install 'ocrkit[train]' brings it; or make an ONNX file" in line


def test_a_file_for_torch_names_the_one_beside_it(torchless: Torchless, place: Path) -> None:
    ran = torchless.ocrkit("decode", "-m", "runs/one/model.safetensors", "lines/1.png", cwd=place)

    assert ran.code == 1
    assert ran.err.endswith("brings it; or take 'runs/one/model.onnx'\n")


@pytest.mark.parametrize("given", ["alone.safetensors", "m.onnx"])
def test_saved_log_probabilities_take_the_charset_of_any_model(torchless: Torchless, place: Path, given: str) -> None:
    code = "import numpy; numpy.save('saved.npy', numpy.log(numpy.array([[[.1, .7, .1, .1]]], numpy.float32)))"
    torchless.python("-c", code, cwd=place)

    ran = torchless.ocrkit("decode", "-m", given, "saved.npy", cwd=place)

    assert (ran.code, ran.out, ran.err) == (0, "saved.npy#0\ta\n", "")
