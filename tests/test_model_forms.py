"""Models in two forms, safetensors and ONNX: which file is taken, and what each is read by."""

from __future__ import annotations

import os
from pathlib import Path

import bars
import pytest
from onnx_form import write_onnx

from ocrkit import hookimpl
from ocrkit.errors import CheckpointError, OptionError
from ocrkit.model import Model
from ocrkit.model_files import find_model, installed_models, load_model, models_folder, offered_models
from ocrkit.onnx_model import OnnxModel
from ocrkit.plugin.registry import Registry
from ocrkit.plugin.specs import ModelSpec
from ocrkit.recognition import Recognizer
from ocrkit.text.calibration import Calibration
from ocrkit.text.charset import Charset

pytestmark = pytest.mark.usefixtures("no_plugins")
OTHER = Charset("other", ("", "x", "y"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and an empty folder of installed models."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    models_folder().mkdir(parents=True)
    return tmp_path / "work"


def write(stem: Path, *forms: str, charset: Charset = bars.ABC, age: float = 0) -> Path:
    """Write a model in some forms, ``age`` seconds ago; gives its path without a suffix."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    if "torch" in forms:
        bars.reader(charset).save(stem.with_suffix(".safetensors"))
    if "onnx" in forms:
        write_onnx(bars.reader(charset), stem.with_suffix(".onnx"))
    for suffix in (".safetensors", ".onnx"):
        if (file := stem.with_suffix(suffix)).exists():
            written = file.stat().st_mtime - age
            os.utime(file, (written, written))
    return stem


@pytest.mark.parametrize(
    ("runtime", "taken"), [("auto", "abc.safetensors"), ("torch", "abc.safetensors"), ("onnx", "abc.onnx")]
)
def test_of_an_installed_model_the_form_is_taken_that_is_asked_for(runtime: str, taken: str) -> None:
    write(models_folder() / "abc", "torch", "onnx")

    assert find_model("abc", runtime=runtime).path == models_folder() / taken
    assert installed_models(runtime=runtime) == {"abc": models_folder() / taken}
    assert [offer.name for offer in offered_models()] == ["abc"]


@pytest.mark.parametrize(
    ("runtime", "taken"),
    [("auto", "model.safetensors"), ("torch", "model.safetensors"), ("onnx", "model.onnx")],
)
def test_of_a_run_the_form_is_taken_that_is_asked_for(runtime: str, taken: str) -> None:
    write(Path("runs/one/model"), "torch", "onnx")

    assert find_model("runs/one", runtime=runtime).path == Path("runs/one") / taken
    assert find_model(None, runtime=runtime).path == Path("runs/one") / taken


class Bringing:
    """A plugin that brings one model, ``abc``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @hookimpl
    def ocrkit_models(self) -> tuple[ModelSpec, ...]:
        return (ModelSpec("abc", "Reads.", self._path, ("en",), "Apache-2.0"),)


def brought(*forms: str) -> Registry:
    """A registry in which a distribution brings ``abc`` in these forms."""
    registry = Registry()
    path = write(Path("site/abc"), *forms).with_suffix(".safetensors")
    registry.register(Bringing(path), distribution="ocrkit-abc", version="1.0")
    return registry


@pytest.mark.parametrize(
    ("sooner", "runtime", "taken"),
    [
        ("onnx", "auto", "abc.onnx"),
        ("onnx", "torch", "abc.safetensors"),
        ("torch", "auto", "abc.safetensors"),
        ("torch", "onnx", "abc.onnx"),
    ],
)
def test_a_distributions_model_is_read_by_what_is_done_sooner(sooner: str, runtime: str, taken: str) -> None:
    registry = brought("torch", "onnx")

    for name in (None, "abc"):
        found = find_model(name, sooner=sooner, runtime=runtime, registry=registry)
        assert found.path == Path("site") / taken
        assert found.may_change
    assert installed_models(registry, sooner=sooner, runtime=runtime) == {"abc": Path("site") / taken}


def test_torch_reads_a_model_that_lacks_the_other_form() -> None:
    registry = brought("torch")

    found = find_model("abc", sooner="onnx", registry=registry)

    assert found.path == Path("site/abc.safetensors")
    assert not found.may_change


def test_an_onnx_file_beside_a_model_of_ones_own_may_be_older_and_is_not_taken_for_being_sooner() -> None:
    write(Path("runs/one/model"), "torch", "onnx")
    write(models_folder() / "abc", "torch", "onnx")

    assert find_model(None, sooner="onnx").path == Path("runs/one/model.safetensors")
    assert find_model("runs/one", sooner="onnx").path == Path("runs/one/model.safetensors")
    assert find_model("abc", sooner="onnx").path == models_folder() / "abc.safetensors"
    assert installed_models(Registry(), sooner="onnx") == {"abc": models_folder() / "abc.safetensors"}


def test_a_model_may_be_there_as_onnx_alone() -> None:
    write(models_folder() / "abc", "onnx")
    write(Path("runs/one/model"), "onnx")

    assert find_model("abc").path == models_folder() / "abc.onnx"
    assert find_model("runs/one").path == Path("runs/one/model.onnx")
    assert find_model(None, charset="abc").path == Path("runs/one/model.onnx")


def test_a_file_that_is_named_is_taken_as_it_is() -> None:
    write(Path("m"), "torch", "onnx")

    assert find_model("m.onnx").path == Path("m.onnx")
    assert find_model("m.safetensors").path == Path("m.safetensors")


def test_without_a_name_what_the_runtime_does_not_read_is_passed_over() -> None:
    write(Path("runs/newest/model"), "torch")
    write(Path("runs/older/model"), "onnx", age=100)
    write(models_folder() / "other", "torch", charset=OTHER)

    assert find_model(None, runtime="onnx").path == Path("runs/older/model.onnx")
    assert find_model(None, runtime="torch").path == Path("runs/newest/model.safetensors")


def test_where_nothing_is_for_the_runtime_what_is_installed_is_named() -> None:
    write(models_folder() / "abc", "torch")

    with pytest.raises(OptionError, match=r"runtime is 'onnx', and the model 'abc' has no \.onnx file"):
        find_model(None, runtime="onnx")


@pytest.mark.parametrize(
    ("form", "runtime", "reason"),
    [
        ("torch", "onnx", "has no .onnx file; 'ocrkit export' makes one where torch is installed"),
        ("onnx", "torch", "has no .safetensors file; take runtime onnx"),
    ],
)
def test_a_form_that_is_not_there_is_said(form: str, runtime: str, reason: str) -> None:
    write(models_folder() / "abc", form)
    write(Path("runs/one/model"), form)

    for name in ("abc", "runs/one"):
        with pytest.raises(OptionError) as caught:
            find_model(name, runtime=runtime)
        assert str(caught.value) == f"runtime is {runtime!r}, and the model {name!r} {reason}"


@pytest.mark.parametrize("runtime", ["pytorch", "ONNX", ""])
def test_a_runtime_that_is_none_is_refused(runtime: str) -> None:
    write(Path("m"), "torch")

    for asked in (find_model, load_model):
        with pytest.raises(OptionError, match=f"no runtime {runtime!r}; .*"):
            asked("m.safetensors", runtime=runtime)  # type: ignore[operator]  # either function


def test_a_file_is_read_by_what_it_is_for() -> None:
    write(Path("m"), "torch", "onnx")

    assert isinstance(load_model("m.safetensors"), Model)
    assert isinstance(load_model("m.onnx"), OnnxModel)
    assert isinstance(load_model("m.onnx", runtime="onnx"), OnnxModel)


@pytest.mark.parametrize(
    ("name", "runtime", "reason"),
    [
        ("m.onnx", "torch", "is an ONNX file, and runtime is 'torch', which reads none; take 'm.safetensors'"),
        ("m.safetensors", "onnx", "is no ONNX file, and runtime is 'onnx', which reads only those; take 'm.onnx'"),
        ("n.onnx", "torch", "which reads none; take the safetensors file that it was made of"),
        ("o.safetensors", "onnx", "make an ONNX file of it where torch is installed: 'ocrkit export'"),
    ],
)
def test_a_file_for_the_other_runtime_is_refused_with_the_way_out(name: str, runtime: str, reason: str) -> None:
    write(Path("m"), "torch", "onnx")
    write(Path("n"), "onnx")
    write(Path("o"), "torch")

    with pytest.raises(CheckpointError) as caught:
        load_model(name, runtime=runtime)

    assert str(caught.value).startswith(f"{name}: ")
    assert str(caught.value).endswith(reason)


@pytest.mark.parametrize("skip_frames", [0, 2])
def test_both_forms_read_the_same(skip_frames: int) -> None:
    bars.reader(skip_frames=skip_frames).save("m.safetensors")
    write_onnx(bars.reader(skip_frames=skip_frames), Path("m.onnx"))
    pictures = [bars.picture(text, lead=9) for text in ("abc", "c", "", "cabbac" * 9, "a")]

    by_torch, by_onnx = (
        list(Recognizer.load("m.safetensors", runtime="torch").read(pictures)),
        list(Recognizer.load("m.onnx", runtime="onnx").read(pictures)),
    )

    assert [reading.text for reading in by_onnx] == [reading.text for reading in by_torch]
    assert [reading.characters for reading in by_onnx] == [
        tuple(
            type(each)(each.text, each.left, each.right, pytest.approx(each.confidence, abs=1e-5))
            for each in reading.characters
        )
        for reading in by_torch
    ]


def test_an_onnx_file_of_another_training_is_not_read_in_its_place(home: Path) -> None:
    write(home / "run" / "model", "torch", "onnx")
    model = Model.load(home / "run" / "model.safetensors")
    model.provenance = {"steps": 2}
    model.save(home / "run" / "model.safetensors")

    with pytest.raises(CheckpointError, match=r"model\.onnx: was made of another model than 'model\."):
        find_model("run", runtime="onnx")
    assert find_model("run/model.onnx").path == Path("run/model.onnx")
    assert find_model("run").path == Path("run/model.safetensors")


def test_forms_that_were_calibrated_by_themselves_are_one_model(home: Path) -> None:
    write(home / "run" / "model", "torch", "onnx")
    model = Model.load(home / "run" / "model.safetensors")
    model.calibration = Calibration(2.0, 9, "lines", 0.1, 0.05, ())
    model.save(home / "run" / "model.safetensors")

    assert find_model("run", runtime="onnx").path == Path("run/model.onnx")
