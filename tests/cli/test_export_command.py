"""``ocrkit export``."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest
from PIL import Image
from stroke_page import StrokePage

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from ocrkit.exporting import int8_finder
from ocrkit.exporting.findings import Findings
from ocrkit.model_files import models_folder
from ocrkit.nets.exporting.parity import open_session
from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions
from ocrkit.segmentation.net import SegmentationNet

if TYPE_CHECKING:
    from command import RunOcrkit
    from conftest import Distribute

TEXTS = ["ab", "ca", "bcb", "a", "cc", "bac"]
BRINGING = """
    from pathlib import Path
    from ocrkit import ModelSpec

    @hookimpl
    def ocrkit_models():
        yield ModelSpec("best", "Reads.", Path(__file__).parent / "best.safetensors", ("und",), "MIT", None)
"""
PARTS = """
    from dataclasses import dataclass
    from ocrkit import BackboneSpec

    @dataclass(frozen=True)
    class Options:
        height: int = 8

    def build(options):
        import torch

        class Sorted(torch.nn.Module):
            out_channels = 8

            def frames(self, width):
                return width

            def forward(self, images, widths):
                if images.sum().item() < 0:
                    raise ValueError("never")
                return images[:, 0].sort(dim=1).values

        return Sorted()

    @hookimpl
    def ocrkit_backbones():
        yield BackboneSpec("sorted", "Sorts.", 8, Options, build)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with one model of the user's own, and labelled lines."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.chdir(tmp_path)
    bars.reader().save("runs/abc-1/model.safetensors")
    bars.write(tmp_path / "lines", {f"{k:02}.png": text for k, text in enumerate(TEXTS * 6)})
    return tmp_path


@pytest.mark.usefixtures("no_plugins")
def test_without_a_model_the_newest_run_is_taken_and_named(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("export", "--check", "2")

    assert (ran.code, ran.out) == (0, "runs/abc-1/model.onnx\n")
    taken, compared = ran.err.splitlines()
    assert taken == "exporting runs/abc-1/model.safetensors (the newest run)"
    assert compared.startswith("2 batches give what they give in torch: at most ")
    assert open_session(Path("runs/abc-1/model.onnx")).get_outputs()[0].name == "log_probs"


@pytest.mark.usefixtures("no_plugins")
def test_eight_bits_say_what_they_cost_and_bring(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("export", "runs/abc-1", "--int8", "lines", "--check", "1", "-o", "small.onnx")

    assert (ran.code, ran.out) == (0, "small.onnx\n")
    said = [line.split()[0] for line in ran.err.splitlines()]
    assert said == ["1", "calibrated", "CER", "exact", "speed", "size"]
    assert "calibrated on 12 lines, measured on 24 others\n" in ran.err
    assert "CER        0.0000 in 8 bits, 0.0000 before\n" in ran.err
    size = f"{os.path.getsize('small.onnx') / 1e6:.1f} MB instead of "
    assert size in ran.err


def finder(file: str) -> None:
    """A network that is to find lines, and has learnt nothing."""
    SegmentationNet(Labeller(LabellerOptions(channels=(4, 8), dilations=(1,)))).save(file)


@pytest.mark.usefixtures("no_plugins")
def test_a_model_that_finds_lines_is_quantised_by_pages(
    place: Path, run_ocrkit: RunOcrkit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(int8_finder, "compare_findings", lambda *_: Findings(4, (50, 51), 50, 1.9))
    finder("finder.safetensors")
    page = StrokePage(400, 160)
    page.write([(40, 60), (340, 60)])
    Image.fromarray(page.grey).save("page.png")

    ran = run_ocrkit("export", "finder.safetensors", *["page.png"] * 6, "--int8", "--check", "1")

    assert (ran.code, ran.out) == (0, "finder-int8.onnx\n")
    assert ran.err.splitlines()[1:-1] == [
        "calibrated on 2 pages, measured on 4 others",
        "lines      51 in 8 bits, 50 before, 50 in both",
        "F.7        0.9901",
        "speed      1.90 times as fast here, by one thread",
    ]


@pytest.mark.usefixtures("no_plugins")
def test_pages_have_no_format_of_lines(place: Path, run_ocrkit: RunOcrkit) -> None:
    finder("finder.safetensors")

    ran = run_ocrkit("export", "finder.safetensors", "lines", "--int8", "--format", "filename")

    assert ran.code == 1
    assert "--format is of labelled lines, and this model is quantised by pages; leave it out" in ran.err


@pytest.mark.usefixtures("no_plugins")
def test_an_export_in_eight_bits_has_a_name_of_its_own(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("export", "runs/abc-1", "lines", "--int8", "--check", "1")

    assert (ran.code, ran.out) == (0, "runs/abc-1/model-int8.onnx\n")


def test_an_installed_model_is_exported_by_its_name(
    place: Path, run_ocrkit: RunOcrkit, distribute: Distribute, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = distribute("ocrkit-best", BRINGING)
    bars.reader().save(site / "best.safetensors")
    monkeypatch.setenv("OCRKIT_PLUGINS", "ocrkit-best")
    from ocrkit.plugin.registry import default_registry

    default_registry.cache_clear()
    ran = run_ocrkit("export", "best", "--check", "1")
    default_registry.cache_clear()

    assert (ran.code, ran.out) == (0, "best.onnx\n")
    assert Path("best.onnx").is_file()


@pytest.mark.usefixtures("no_plugins")
def test_a_model_of_the_users_folder_has_its_export_beside_it(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.reader().save(models_folder() / "latin.safetensors")

    ran = run_ocrkit("export", "latin", "--check", "1")

    assert (ran.code, ran.out) == (0, f"{models_folder() / 'latin.onnx'}\n")


@pytest.mark.usefixtures("no_plugins")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "error: no model file or folder 'nothing'"),
        (
            ["runs/abc-1", "-o", "missing/a.onnx"],
            "error: no folder 'missing' to write 'a.onnx' into; make it, or give ",
        ),
        (["runs/abc-1", "-o", "a.safetensors"], "error: --output 'a.safetensors' does not end in .onnx"),
        (["runs/abc-1", "lines"], "error: LINES is of use with --int8 alone; add that, or leave it out"),
        (["runs/abc-1", "--format", "filename"], "error: --format is of use with --int8 alone"),
        (["runs/abc-1", "--int8", "nowhere"], "error: no file or folder 'nowhere'"),
    ],
)
def test_what_cannot_be_is_one_line_with_the_way_out(
    place: Path, run_ocrkit: RunOcrkit, arguments: list[str], said: str
) -> None:
    before = sorted(os.listdir())

    ran = run_ocrkit("export", *arguments)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(said)
    assert ran.err.count("\n") == 1
    assert sorted(os.listdir()) == before


@pytest.mark.usefixtures("no_plugins")
def test_comparing_nothing_is_wrong_usage(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("export", "runs/abc-1", "--check", "0")

    assert ran.code == 2
    assert "--check" in ran.err


@pytest.mark.usefixtures("no_plugins")
@pytest.mark.parametrize("missing", ["onnx", "onnxruntime"])
def test_a_missing_distribution_is_told_before_anything_is_done(
    place: Path, run_ocrkit: RunOcrkit, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *rest: None if name == missing else find(name, *rest))

    ran = run_ocrkit("export", "runs/abc-1")

    assert ran.code == 1
    assert ran.err == f"error: an export needs {missing}, which is not installed; pip install 'ocrkit[export]'\n"


def test_a_plugins_part_that_cannot_be_exported_is_named(
    place: Path, run_ocrkit: RunOcrkit, distribute: Distribute, monkeypatch: pytest.MonkeyPatch
) -> None:
    distribute("ocrkit-sorted", PARTS)
    monkeypatch.setenv("OCRKIT_PLUGINS", "ocrkit-sorted")
    from ocrkit.data.image import Preprocessing
    from ocrkit.model import Architecture, Model
    from ocrkit.nets.options import HeadOptions
    from ocrkit.plugin.registry import default_registry

    default_registry.cache_clear()
    Model.build(bars.ABC, Architecture("sorted", {}, HeadOptions(rnn=()), Preprocessing(height=8))).save(
        "s.safetensors"
    )
    ran = run_ocrkit("export", "s.safetensors")
    default_registry.cache_clear()

    assert ran.code == 1
    assert "cannot be exported" in ran.err
    assert not Path("s.onnx").exists()
