"""The other checks, each on something that breaks the contract in one place."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
import typer
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from ocrkit.data.records import Prediction, Sample
from ocrkit.errors import PluginError
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.specs import (
    AugmentationSpec,
    BackboneSpec,
    BatchDegradation,
    CommandSpec,
    LineNumbers,
    RendererSpec,
    SourceOptions,
    SourceSpec,
)
from ocrkit.plugin.testing import (
    check_augmentation,
    check_backbone,
    check_command,
    check_offer,
    check_renderer,
    check_source,
)


@pytest.mark.parametrize(
    "offer",
    [
        offer
        for offer in load_registry("none").everything()
        if offer.kind not in ("command", "decoder", "backbone", "head")
    ],
    ids=lambda offer: f"{offer.kind}-{offer.name}",
)
def test_every_built_in_keeps_its_contract(offer: object) -> None:
    check_offer(offer)  # type: ignore[arg-type]


@dataclass(frozen=True)
class NetOptions:
    height: int = 16
    masked: bool = True
    stride: int = 4
    claimed_stride: int = 4


class Net(nn.Module):
    """One convolution over whole columns, masked or not."""

    def __init__(self, options: NetOptions) -> None:
        super().__init__()
        self.options = options
        self.out_channels = 3
        self.convolution = nn.Conv2d(1, 3, (options.height, 3), stride=(1, options.stride), padding=(0, 1))

    def frames(self, width: int) -> int:
        return (width - 1) // self.options.claimed_stride + 1

    def forward(self, images: torch.Tensor, widths: torch.Tensor) -> torch.Tensor:
        if self.options.masked:
            images = images * (torch.arange(images.shape[3]) < widths[:, None, None, None])
        return self.convolution(images)[:, :, 0]


NET = BackboneSpec("net", "For the test.", height=16, options=NetOptions, build=Net)


def test_a_backbone_that_keeps_its_contract_passes() -> None:
    check_backbone(NET)


def test_a_check_of_a_backbone_leaves_the_random_generator_alone() -> None:
    before = torch.random.get_rng_state()

    check_backbone(NET)

    assert torch.equal(before, torch.random.get_rng_state())


def test_a_backbone_is_built_for_the_height_that_its_spec_names() -> None:
    check_backbone(replace(NET, height=24))


def test_wrong_frames_are_told() -> None:
    with pytest.raises(
        PluginError, match=r"gives the shape \(1, 3, 6\); out_channels and frames\(24\) say \(1, 3, 12\)"
    ):
        check_backbone(NET, options=NetOptions(claimed_stride=2))


def test_a_backbone_that_reads_padding_is_told() -> None:
    with pytest.raises(PluginError, match="set the columns past each line's width to zero"):
        check_backbone(NET, options=NetOptions(masked=False))


def test_a_backbone_that_is_no_module_is_told() -> None:
    with pytest.raises(PluginError, match=r"builds a NetOptions; expected an nn\.Module"):
        check_backbone(replace(NET, build=lambda options: options))


def test_options_without_defaults_are_told() -> None:
    @dataclass(frozen=True)
    class Demanding:
        width: int

    with pytest.raises(PluginError, match=r"options\(\) with nothing given raised TypeError"):
        check_backbone(replace(NET, options=Demanding))


def render(predictions: Iterable[Prediction]) -> Iterator[str]:
    for item in predictions:
        yield f"{item.text}\n"


RENDERER = RendererSpec("mine", "For the test.", ".txt", render)


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        (replace(RENDERER, suffix="txt"), "suffix 'txt'"),
        (replace(RENDERER, summary=""), "expected one line of text"),
        (replace(RENDERER, render=lambda items: (item.text.encode() for item in items)), "yields a bytes"),
        (
            replace(RENDERER, render=lambda items: (item.text for item in list(items)[:1])),
            "leaves out the reading 'dog'",
        ),
        (replace(RENDERER, render=lambda items: reversed([item.text for item in items])), "out of order"),
        (replace(RENDERER, render=lambda items: (f"{item.text}{time.monotonic_ns()}" for item in items)), "two ways"),
        (
            replace(RENDERER, render=lambda items: iter([next(iter(items)).text])),
            "on 0 predictions raised StopIteration",
        ),
    ],
)
def test_a_renderer_that_breaks_its_contract_is_told(spec: RendererSpec, complaint: str) -> None:
    with pytest.raises(PluginError, match=complaint):
        check_renderer(spec)


Apply = Callable[[NDArray[np.uint8], np.random.Generator, float], NDArray[np.uint8]]


def brighten_in_place(image: NDArray[np.uint8], generator: np.random.Generator, strength: float) -> NDArray[np.uint8]:
    image += 1
    return image


def draw_globally(image: NDArray[np.uint8], generator: np.random.Generator, strength: float) -> NDArray[np.uint8]:
    random.random()
    return image


@pytest.mark.parametrize(
    ("apply", "complaint"),
    [
        (brighten_in_place, "read-only"),
        (draw_globally, "global generator"),
        (lambda image, generator, strength: image / 255, "gives float64"),
        (lambda image, generator, strength: image[None], r"shape \(1, 32, 120\)"),
        (lambda image, generator, strength: image + np.uint8(time.monotonic_ns() % 251), "two images for one seed"),
    ],
)
def test_an_augmentation_that_breaks_its_contract_is_told(apply: Apply, complaint: str) -> None:
    with pytest.raises(PluginError, match=complaint):
        check_augmentation(AugmentationSpec("mine", "For the test.", apply))


def half(ink: Tensor, _widths: Tensor, strengths: Tensor, _draws: LineNumbers, /) -> Tensor:
    return ink * (1 - strengths[:, None, None, None] / 2)


def by_the_batch(ink: Tensor, _widths: Tensor, strengths: Tensor, _draws: LineNumbers, /) -> Tensor:
    return half(ink, _widths, strengths, _draws) * ink.shape[-1] / 100


def narrower(ink: Tensor, _widths: Tensor, _strengths: Tensor, _draws: LineNumbers, /) -> Tensor:
    return ink[..., 1:]


def in_place(ink: Tensor, _widths: Tensor, _strengths: Tensor, _draws: LineNumbers, /) -> Tensor:
    return ink.mul_(0.5)


def brighter(ink: Tensor, _widths: Tensor, _strengths: Tensor, _draws: LineNumbers, /) -> Tensor:
    return ink * 2


def afresh(ink: Tensor, _widths: Tensor, _strengths: Tensor, _draws: LineNumbers, /) -> Tensor:
    return ink * torch.rand(())


def test_a_good_form_for_batches_is_let_through() -> None:
    check_augmentation(AugmentationSpec("mine", "For the test.", lambda image, rng, strength: image, lambda: half))


@pytest.mark.parametrize(
    ("batched", "complaint"),
    [
        (narrower, r"gives torch.float32 of shape \(3, 1, 32, 79\); expected torch.float32 of shape"),
        (in_place, "writes to the lines that it is given"),
        (brighter, "expected 0 to 1"),
        (afresh, "draw only from those given"),
        (by_the_batch, "does something else to a line alone than in a batch"),
    ],
)
def test_a_form_for_batches_that_breaks_its_contract_is_told(batched: BatchDegradation, complaint: str) -> None:
    spec = AugmentationSpec("mine", "For the test.", lambda image, rng, strength: image, lambda: batched)

    with pytest.raises(PluginError, match=complaint):
        check_augmentation(spec)


def images(location: Path | None, options: SourceOptions) -> list[Sample]:
    assert location is not None
    return [Sample(str(path), path) for path in sorted(location.glob("*.png"))]


SOURCE = SourceSpec("mine", "For the test.", lambda path: any(path.glob("*.png")), images)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.png", "b.png"):
        Image.new("L", (8, 8)).save(tmp_path / name)
    return tmp_path


def test_a_source_that_keeps_its_contract_passes(folder: Path) -> None:
    check_source(SOURCE, folder, samples=2)


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        (
            replace(SOURCE, recognises=lambda path: bool(next(path.iterdir()))),
            r"recognises\('empty'\) raised StopIteration",
        ),
        (replace(SOURCE, recognises=lambda path: True), "expected False, for nothing is there"),
        (replace(SOURCE, open=lambda location, options: iter(())), "expected a sequence of Sample"),
        (replace(SOURCE, open=lambda location, options: ["a.png", "b.png"]), "sample 0 is a str; expected a Sample"),
        (replace(SOURCE, open=lambda location, options: [Sample("x", Path("/no/x.png"))] * 2), "there is no file"),
        (replace(SOURCE, open=lambda location, options: []), "lists 0 samples of 2"),
    ],
)
def test_a_source_that_breaks_its_contract_is_told(spec: SourceSpec, complaint: str, folder: Path) -> None:
    with pytest.raises(PluginError, match=complaint):
        check_source(spec, folder, samples=2)


def test_samples_that_cannot_travel_to_a_worker_are_told(folder: Path) -> None:
    def open_here(location: Path | None, options: SourceOptions) -> list[Sample]:
        return [Sample("drawn", lambda: Image.new("L", (8, 8)))]

    with pytest.raises(PluginError, match="as worker processes need"):
        check_source(replace(SOURCE, open=open_here), folder)


def test_a_command_that_is_no_application_is_told() -> None:
    with pytest.raises(PluginError, match=r"loads a int; expected a typer\.Typer"):
        check_command(CommandSpec("mine", "For the test.", lambda: 3))  # type: ignore[arg-type,return-value]


def test_an_application_without_a_command_is_told() -> None:
    with pytest.raises(PluginError, match="without a command"):
        check_command(CommandSpec("mine", "For the test.", typer.Typer))
