from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from ocrkit.errors import PluginError, UnknownNameError
from ocrkit.nets.degrading import BATCHED
from ocrkit.training.augmenter import Augmenter
from ocrkit.training.batch_augmenter import BatchAugmenter

if TYPE_CHECKING:
    from torch import Tensor

    from ocrkit.plugin.registry import Registry
    from ocrkit.plugin.specs import BatchDegradation, LineNumbers

WIDTHS = torch.tensor([60, 90, 20, 75])
LINES = np.array([3, 8, 1000, 4])


@pytest.fixture
def ink() -> Tensor:
    """(4, 1, 16, 90) ink, with paper to the right of the shorter lines."""
    some = torch.rand((4, 1, 16, 90), generator=torch.Generator().manual_seed(1))
    return some * (torch.arange(90) < WIDTHS[:, None, None, None])


def noting(met: list[tuple[list[int], list[float]]]) -> BatchDegradation:
    def note(ink: Tensor, widths: Tensor, strengths: Tensor, draws: LineNumbers, /) -> Tensor:
        met.append((widths.tolist(), strengths.tolist()))
        return ink + 0

    return note


def test_a_line_meets_a_degradation_with_a_chance_of_a_half_and_any_strength_up_to_its_own() -> None:
    met: list[tuple[list[int], list[float]]] = []
    augmenter = BatchAugmenter((("note", noting(met), 0.6),), seed=1)

    augmenter(torch.zeros(2000, 1, 2, 2), torch.full((2000,), 2), lines=np.arange(2000), epoch=0)

    [(_, strengths)] = met
    assert len(strengths) == pytest.approx(1000, abs=110)  # five standard deviations
    assert np.mean(strengths) == pytest.approx(0.3, abs=0.03)
    assert max(strengths) <= 0.6
    assert min(strengths) < 0.03


def test_degradations_are_met_apart_from_each_other() -> None:
    one: list[tuple[list[int], list[float]]] = []
    other: list[tuple[list[int], list[float]]] = []
    augmenter = BatchAugmenter((("one", noting(one), 1.0), ("other", noting(other), 1.0)), seed=1)

    augmenter(torch.zeros(2000, 1, 2, 2), torch.arange(2000), lines=np.arange(2000), epoch=0)

    both = set(one[0][0]) & set(other[0][0])
    assert len(both) == pytest.approx(500, abs=100)


def test_a_line_comes_out_alone_as_in_a_batch_and_afresh_in_each_epoch(ink: Tensor) -> None:
    augmenter = BatchAugmenter(tuple((name, each, 1.0) for name, each in BATCHED.items()), seed=1)

    together = augmenter(ink, WIDTHS, lines=LINES, epoch=2)
    others = augmenter(ink, WIDTHS, lines=LINES, epoch=3)

    for line, width in enumerate(WIDTHS.tolist()):
        own = ink[line : line + 1, ..., :width]
        alone = augmenter(own, WIDTHS[line : line + 1], lines=LINES[line : line + 1], epoch=2)
        torch.testing.assert_close(together[line : line + 1, ..., :width], alone, rtol=0, atol=1e-3)
        assert not together[line, ..., width:].any()
        assert not torch.equal(together[line], others[line])


def test_the_lines_given_stay_as_they_are(ink: Tensor) -> None:
    before = ink.clone()

    BatchAugmenter(tuple((name, each, 1.0) for name, each in BATCHED.items()), seed=1)(
        ink, WIDTHS, lines=LINES, epoch=2
    )

    assert torch.equal(ink, before)


def test_each_name_is_done_on_the_device_or_line_by_line(registry: Registry) -> None:
    strengths = {"blur": 0.5, "speckle": 0.3, "cut_out": 1.0}

    batched = BatchAugmenter.named(strengths, seed=1, registry=registry)
    alone = Augmenter.named(strengths, seed=1, registry=registry)

    assert [(name, most) for name, _, most in batched.degradations] == [("blur", 0.5), ("cut_out", 1.0)]
    assert [(spec.name, most) for spec, most in alone.degradations] == [("speckle", 0.3)]


def test_an_unknown_augmentation_offers_the_nearest(registry: Registry) -> None:
    with pytest.raises(UnknownNameError, match="no augmentation 'blurr'; did you mean 'blur'"):
        BatchAugmenter.named({"blurr": 1}, seed=0, registry=registry)


def test_what_is_no_batch_of_the_same_shape_is_refused(ink: Tensor) -> None:
    augmenter = BatchAugmenter((("cropping", lambda ink, widths, strengths, draws: ink[..., 1:], 1.0),), seed=1)

    with pytest.raises(PluginError, match=r"augmentation 'cropping' gave torch.float32 \(\d+, 1, 16, 89\); expected"):
        augmenter(ink.repeat(10, 1, 1, 1), WIDTHS.repeat(10), lines=np.arange(40), epoch=0)
