"""Plugins that raise while a command is under way: the error names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest

from ocrkit.plugin import registry

if TYPE_CHECKING:
    from command import RunOcrkit

Distribute = Callable[..., Path]

BAD = """
from ocrkit import AugmentationSpec, SourceSpec

def apply(image, rng, strength):
    raise RuntimeError("no ink left")

class Samples:
    def __len__(self):
        return 3
    def __getitem__(self, index):
        raise KeyError("row")

class Decoder:
    def decode(self, log_probs, lengths):
        raise ValueError("no way out")

def render(predictions):
    for prediction in predictions:
        raise ZeroDivisionError("nothing to share")
        yield ""

@hookimpl
def ocrkit_augmentations():
    yield AugmentationSpec("badaugmentation", "Fails.", apply)
    yield AugmentationSpec("badpicture", "Gives no picture.", lambda image, rng, strength: image[:0])

@hookimpl
def ocrkit_sources():
    yield SourceSpec("badsource", "Fails.", lambda place: False, lambda place, options: Samples())

@hookimpl
def ocrkit_decoders():
    yield DecoderSpec("baddecoder", "Fails.", False, build=lambda charset, options: Decoder())

@hookimpl
def ocrkit_renderers():
    yield RendererSpec("badrenderer", "Fails.", "txt", render)
"""


@pytest.fixture
def place(tmp_path: Path, distribute: Distribute, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A model of bars and a few lines, with a plugin installed of which nothing works."""
    distribute("ocrkit-bad", BAD, version="0.3")
    monkeypatch.setenv("OCRKIT_PLUGINS", "ocrkit-bad")
    bars.reader().save(tmp_path / "m.safetensors")
    bars.write(tmp_path / "lines", {f"{n}.png": "ab" for n in range(20)})
    monkeypatch.chdir(tmp_path)
    registry.default_registry.cache_clear()
    yield tmp_path
    registry.default_registry.cache_clear()


SMALL = ("-c", "from-data", "-N", "1", "-d", "cpu", "--workers", "0", "-o", "run")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("train", "lines", *SMALL, "--set", "augmentation.badaugmentation=1"), "RuntimeError: no ink left"),
        (("train", "lines", *SMALL, "--format", "badsource"), "KeyError: 'row'"),
        (("decode", "-m", "m.safetensors", "lines", "--decoder", "baddecoder"), "ValueError: no way out"),
        (("decode", "-m", "m.safetensors", "lines", "--to", "badrenderer"), "ZeroDivisionError: nothing to share"),
        (("evaluate", "-m", "m.safetensors", "lines", "--format", "badsource"), "KeyError: 'row'"),
        (("data", "convert", "lines", "out", "--to", "labels-tsv", "--format", "badsource"), "KeyError: 'row'"),
        (("data", "check", "lines", "--model", "m.safetensors", "--format", "badsource"), "KeyError: 'row'"),
    ],
)
@pytest.mark.usefixtures("place")
def test_a_plugin_that_raises_in_mid_run_is_named(run_ocrkit: RunOcrkit, command: tuple[str, ...], said: str) -> None:
    ran = run_ocrkit(*command)

    assert ran.code == 1
    assert ran.err.splitlines()[-1].startswith(f"error: plugin ocrkit-bad 0.3 failed: {said}; put --debug")


@pytest.mark.usefixtures("place")
def test_an_augmentation_that_gives_no_picture_is_named(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("train", "lines", *SMALL, "--set", "augmentation.badpicture=1")

    assert ran.code == 1
    assert ran.err.splitlines()[-1].startswith("error: augmentation 'badpicture' gave uint8 (0, ")
