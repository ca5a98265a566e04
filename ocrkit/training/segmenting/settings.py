"""What a training of the network that finds lines is told: the tables of its ``config.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ocrkit.config import from_table
from ocrkit.drawing.pages.options import PageOptions
from ocrkit.errors import OptionError
from ocrkit.training.settings import TrainingSettings

__all__ = ["PageData", "SegmentingConfig", "SegmentingSettings"]

_CROP_MULTIPLE = 32
_CHARSETS = {"malayalam": 1.0, "english+ascii": 1.0}
_MANY = 10**9  # pages; as many are drawn as the steps need
_DRAWN_X_HEIGHT = (11.0, 15.0)  # px; a little more than crops show, which are scaled down from it


@dataclass(frozen=True, slots=True)
class PageData:
    """Where the pages come from.

    Attributes:
        training: PAGE or ALTO files with their pictures, or folders of them; none for drawn pages alone.
        evaluation: such files or folders to measure by, which are not trained on.
        share: of the pages that are those of ``training``, where there are such and drawn ones too.
        drawn: how pages are drawn: the options of drawn pages, such as ``charsets``, ``kinds``, ``fonts`` or ``text``.
    """

    training: tuple[str, ...] = ()
    evaluation: tuple[str, ...] = ()
    share: float = 1 / 3
    drawn: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise OptionError(f"share {self.share} is out of range; expected 0 to 1")
        self.page_options()

    @property
    def real_share(self) -> float:
        """The share of real pages: none where none are named."""
        return self.share if self.training else 0.0

    def page_options(self) -> PageOptions:
        """How pages are drawn, with what is usual in training where nothing was said."""
        usual: dict[str, object] = {"x_height": list(_DRAWN_X_HEIGHT), "charsets": _CHARSETS, "count": _MANY}
        return from_table(PageOptions, {**usual, **self.drawn})


@dataclass(frozen=True, slots=True)
class SegmentingSettings:
    """How the network is trained.

    Attributes:
        steps: optimiser steps; the learning rate falls to nothing by then.
        batch_size: crops a step.
        crop: px that a crop is wide and high.
        crops_a_page: that are cut of a page, at several scales, before another one takes its place.
        pages_at_once: whose crops are mixed.
        x_heights: least and greatest height of small letters in crops, px.
        lrate: the highest learning rate.
        warmup: the share of the steps in which the rate rises.
        weight_decay: of AdamW.
        clip: the largest gradient norm; 0 for any.
        averaging: how much of the mean of the weights stays at each step; the mean is what is kept. 0 for the last
            weights themselves.
        precision: as for lines: ``auto``, ``float32`` or ``bfloat16``.
        device: ``auto`` (CUDA if there is one), or what torch calls it.
        seed: of weights, pages, crops and their order.
        workers: processes that draw pages and cut crops; -1 for one a core, 0 for none.
        threads: that the network takes on a CPU; 0 for all.
        save_every: seconds between two resume points, at which the model file is written too.
    """

    steps: int = 20_000
    batch_size: int = 8
    crop: int = 512
    crops_a_page: int = 16
    pages_at_once: int = 16
    x_heights: tuple[float, float] = (7.0, 14.0)
    lrate: float = 0.003
    warmup: float = 0.02
    weight_decay: float = 0.01
    clip: float = 1.0
    averaging: float = 0.999
    precision: str = "auto"
    device: str = "auto"
    seed: int = 0
    workers: int = -1
    threads: int = 0
    save_every: float = 120.0

    def __post_init__(self) -> None:
        if self.crop < 2 * _CROP_MULTIPLE or self.crop % _CROP_MULTIPLE:
            raise OptionError(f"crop {self.crop} is out of range; expected a multiple of {_CROP_MULTIPLE}, 64 or more")
        for name, least in (("steps", 1), ("crops_a_page", 1), ("pages_at_once", 1)):
            if getattr(self, name) < least:
                raise OptionError(f"{name} {getattr(self, name)} is out of range; expected {least} or more")
        low, high = self.x_heights
        if not 3 <= low <= high <= 100:
            raise OptionError(f"x_heights {self.x_heights} is no range; expected two numbers from 3 to 100, as [7, 14]")
        if not 0 <= self.averaging < 1:
            raise OptionError(f"averaging {self.averaging} is out of range; expected 0 to less than 1")
        if self.precision == "float16":
            raise OptionError("precision 'float16' is none that finding lines is trained in; try bfloat16 or float32")
        self.as_of_lines()

    def as_of_lines(self) -> TrainingSettings:
        """The settings that a training on lines would have, whose checks and whose course of the rate are the same."""
        return TrainingSettings(
            steps=self.steps,
            batch_size=self.batch_size,
            lrate=self.lrate,
            schedule="linear",
            warmup=self.warmup,
            weight_decay=self.weight_decay,
            clip=self.clip,
            precision=self.precision,
            device=self.device,
            seed=self.seed,
            workers=self.workers,
            threads=self.threads,
            save_every=self.save_every,
        )


@dataclass(frozen=True, slots=True)
class SegmentingConfig:
    """All of ``config.toml``.

    Attributes:
        load: a model file to start from; empty to begin anew.
        channels: of the network's levels, the first at half of the picture's scale.
        dilations: of its deepest level.
        data: where the pages come from.
        training: how the network is trained.
    """

    load: str = ""
    channels: tuple[int, ...] = (16, 32, 64, 96, 128)
    dilations: tuple[int, ...] = (1, 2, 4)
    data: PageData = field(default_factory=PageData)
    training: SegmentingSettings = field(default_factory=SegmentingSettings)
