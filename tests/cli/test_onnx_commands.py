"""Commands with ONNX files: read, measured, calibrated and shown as other models are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest
from onnx_form import write_onnx

from ocrkit.errors import OptionError
from ocrkit.onnx_model import OnnxModel

if TYPE_CHECKING:
    from command import RunOcrkit


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a model in both forms, a run, and labelled lines."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    bars.reader().save("m.safetensors")
    write_onnx(bars.reader(), Path("m.onnx"))
    write_onnx(bars.reader(), Path("runs/one/model.onnx"))
    write_onnx(bars.reader(), tmp_path / "share/ocrkit/models/abc.onnx")
    bars.write(Path("lines"), {"1.png": "abc", "2.png": "cab"})
    return tmp_path


@pytest.mark.parametrize("name", ["m.onnx", "runs/one", "abc"])
def test_lines_are_read_with_a_file_a_run_or_a_name(run_ocrkit: RunOcrkit, name: str) -> None:
    ran = run_ocrkit("decode", "-m", name, "--runtime", "onnx", "lines/1.png", "lines/2.png")

    assert (ran.code, ran.out, ran.err) == (0, "lines/1.png\tabc\nlines/2.png\tcab\n", "")


def test_the_newest_run_may_be_an_onnx_file(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "lines/1.png")

    assert ran.out == "lines/1.png\tabc\n"
    assert ran.err == "reading with runs/one/model.onnx (the newest run)\n"


@pytest.mark.parametrize(
    ("command", "usual", "widest"),
    [
        (("decode", *["lines/1.png"] * 32), "onnx", "onnx"),
        (("decode", *["lines/1.png"] * 33), "torch", "onnx"),
        (("decode", "lines/1.png", "--device", "cpu", "--precision", "float32"), "onnx", "onnx"),
        (("decode", "lines/1.png", "--device", "cuda"), "torch", "torch"),
        (("decode", "lines/1.png", "--precision", "bfloat16"), "torch", "torch"),
        (("evaluate", "lines"), "torch", "onnx"),
        (("read", "lines/1.png"), "onnx", "onnx"),
        (("read", "lines/1.png", "lines/2.png"), "torch", "onnx"),
        (("read", "lines/1.png", "-o", "out"), "torch", "onnx"),
        (("read", "lines/1.png", "--device", "cuda"), "torch", "torch"),
    ],
)
def test_short_jobs_are_done_sooner_by_onnxruntime_and_on_some_processors_all_are(
    run_ocrkit: RunOcrkit, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], usual: str, widest: str
) -> None:
    asked = []

    def find(*_: object, sooner: str, **__: object) -> None:
        asked.append(sooner)
        raise OptionError("that is enough")

    monkeypatch.setattr("ocrkit.model_files.find_model", find)
    monkeypatch.setattr("ocrkit.runtime_choice.may_have_gpu", lambda: False)
    for wide in (False, True):
        monkeypatch.setattr("ocrkit.runtime_choice.is_widest_in_float32", lambda wide=wide: wide)

        ran = run_ocrkit(*command)

        assert "that is enough" in ran.err
    assert asked == [usual, widest]


@pytest.mark.parametrize(
    ("model", "wanted"), [("m.onnx", "onnx"), ("m.safetensors", "auto"), ("m.onnx --runtime onnx", "onnx")]
)
def test_what_reads_one_page_finds_its_lines_too(
    run_ocrkit: RunOcrkit, monkeypatch: pytest.MonkeyPatch, model: str, wanted: str
) -> None:
    asked = []

    def settled(*_: object, runtime: str, **__: object) -> None:
        asked.append(runtime)
        raise OptionError("that is enough")

    monkeypatch.setattr("ocrkit.pages.finding.settle_segmenter", settled)

    ran = run_ocrkit("read", "lines/1.png", "-m", *model.split())

    assert "that is enough" in ran.err
    assert asked == [wanted]


def test_its_errors_are_measured(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "-m", "m.onnx", "--runtime", "onnx", "--json", "lines")

    assert json.loads(ran.out)["cer"] == 0.0


def test_a_file_for_torch_is_refused_where_onnx_is_asked_for(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-m", "m.safetensors", "--runtime", "onnx", "lines/1.png")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith("is no ONNX file, and runtime is 'onnx', which reads only those; take 'm.onnx'\n")


def test_bfloat16_is_refused(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-m", "m.onnx", "--precision", "bfloat16", "lines/1.png")

    assert ran.code == 1
    assert "onnxruntime computes this model in float32; take auto or float32" in ran.err


def test_saved_log_probabilities_are_decoded_with_its_charset(run_ocrkit: RunOcrkit) -> None:
    import numpy as np

    log_probs = np.log(np.array([[[0.1, 0.7, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7]]], np.float32))
    np.save("saved.npy", log_probs)

    assert run_ocrkit("decode", "-m", "m.onnx", "saved.npy").out == "saved.npy#0\tac\n"


def test_it_is_calibrated_in_its_own_file(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("models", "calibrate", "m.onnx", "lines")

    assert ran.code == 0
    assert OnnxModel.load("m.onnx").calibration is not None
    assert run_ocrkit("decode", "-m", "m.onnx", "lines/1.png").out == "lines/1.png\tabc\n"


def test_a_calibrated_model_is_not_written_under_the_other_forms_name(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("models", "calibrate", "m.onnx", "lines", "-o", "new.safetensors")

    assert ran.code == 1
    assert "the output is 'new.safetensors', and the model 'm.onnx'; give a name that ends as that" in ran.err
    assert not Path("new.safetensors").exists()


def test_show_tells_what_computes_it(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("models", "show", "m.onnx")

    rows = dict(line.split(maxsplit=1) for line in ran.out.splitlines())
    assert rows["runtime"] == "onnx (form sequence, precision float32, opset 20)"
    assert rows["weights"] == "10"
    assert rows["backbone"] == "vgg"
    assert "other form    m.safetensors\n" in ran.out


def test_the_list_tells_what_computes_each(run_ocrkit: RunOcrkit) -> None:
    write_onnx(bars.reader(), Path("runs/two/model.onnx"))
    bars.reader().save("runs/two/model.safetensors")

    told = {record["name"]: record for record in json.loads(run_ocrkit("models", "list", "--json").out)}

    assert told["abc"]["runtimes"] == ["onnx"]
    assert told["runs/one"]["runtimes"] == ["onnx"]
    assert told["runs/two"]["runtimes"] == ["torch", "onnx"]


def test_training_from_it_says_what_to_take(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("train", "lines", "--load", "m.onnx")

    assert ran.code == 1
    assert "m.onnx: is an ONNX file, which is for reading alone; take the safetensors file" in ran.err
