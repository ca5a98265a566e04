"""``ocrkit train-segmenter``: what its flags come to, how it ends, how it goes on."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import block_pages
import pytest

from ocrkit.segmentation.net import load_segmentation_net

if TYPE_CHECKING:
    from command import RunOcrkit

TINY = """
channels = [4, 8]
dilations = [1]
[training]
crop = 64
crops_a_page = 2
pages_at_once = 2
workers = 0
threads = 1
device = "cpu"
"""
ALL_REAL = ("--share", "1", "--config", "tiny.toml")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: two pages in ``pages``, and ``tiny.toml``."""
    monkeypatch.chdir(tmp_path)
    block_pages.write_block_pages(Path("pages"), 2)
    Path("tiny.toml").write_text(TINY)
    return tmp_path


def config_of(run: str) -> dict[str, dict[str, object]]:
    return tomllib.loads(Path(run, "config.toml").read_text("utf-8"))


def test_the_model_is_named_on_stdout_and_talk_is_on_stderr(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("train-segmenter", "pages", *ALL_REAL, "--steps", "2", "-B", "2", "-e", "pages/p0.xml")

    assert (ran.code, ran.out) == (0, "runs/segmenter-1/model.safetensors\n")
    assert "step 2: evaluation loss" in ran.err
    assert "all steps done after 2 steps; evaluation loss" in ran.err
    assert load_segmentation_net("runs/segmenter-1/model.safetensors").provenance["steps"] == 2


def test_flags_are_settings(place: Path, run_ocrkit: RunOcrkit) -> None:
    run_ocrkit(
        "train-segmenter", "pages", *ALL_REAL, "--steps", "1", "-B", "3", "-r", "0.004", "--seed", "5", "-o", "own",
        "--set", "training.clip=2", "-c", "english", "--precision", "float32",
    )  # fmt: skip

    training = config_of("own")["training"]
    assert {key: training[key] for key in ("steps", "batch_size", "lrate", "seed", "clip", "precision", "crop")} == {
        "steps": 1, "batch_size": 3, "lrate": 0.004, "seed": 5, "clip": 2.0, "precision": "float32", "crop": 64,
    }  # fmt: skip
    assert config_of("own")["data"]["drawn"] == {"charsets": {"english": 1.0}}


def test_a_run_goes_on_with_more_steps(place: Path, run_ocrkit: RunOcrkit) -> None:
    run_ocrkit("train-segmenter", "pages", *ALL_REAL, "--steps", "1", "-B", "2", "-o", "own")

    ran = run_ocrkit("train-segmenter", "--resume", "own", "--steps", "2")

    assert (ran.code, ran.out) == (0, "own/model.safetensors\n")
    assert "after 2 steps" in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "no file or folder 'nowhere'"),
        (("pages", "--share", "2"), "share 2.0 is out of range"),
        (("pages", "--set", "training.crops=3"), "crops"),
        (("--resume", "pages"), "holds no run to resume"),
        (("--resume", "pages", "-o", "other"), "--resume goes on with a run as it was set up"),
        (("pages", "--load", "tiny.toml", "--share", "1"), "tiny.toml: is not a safetensors file"),
        (("pages", "--precision", "float16"), "float16"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(
    place: Path, run_ocrkit: RunOcrkit, arguments: tuple[str, ...], message: str
) -> None:
    ran = run_ocrkit("train-segmenter", *arguments)

    assert (ran.code, ran.out) == (1, "")
    assert message in ran.err.splitlines()[-1]
