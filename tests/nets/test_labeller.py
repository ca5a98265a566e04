"""The network that labels pixels."""

from __future__ import annotations

import pytest
import torch

from ocrkit.errors import ModelError, OptionError
from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions

SMALL = LabellerOptions(channels=(4, 4, 8), dilations=(1, 2))


def test_it_gives_its_maps_at_half_scale() -> None:
    assert Labeller(SMALL)(torch.rand(2, 1, 24, 40)).shape == (2, 7, 12, 20)


@pytest.mark.parametrize("shape", [(1, 1, 20, 16), (1, 3, 16, 16), (1, 16, 16)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match="multiples of 8"):
        Labeller(SMALL)(torch.rand(shape))


def test_folded_norms_give_the_same() -> None:
    torch.manual_seed(1)
    network = Labeller(SMALL)
    network(torch.rand(4, 1, 32, 32))  # which moves the running statistics
    ink = torch.rand(1, 1, 32, 32)
    plain = network.eval()(ink)

    torch.testing.assert_close(network.fold()(ink), plain, atol=1e-4, rtol=1e-4)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())


@pytest.mark.parametrize(
    "options",
    [{"channels": (4,)}, {"channels": (4, 6)}, {"channels": (4,) * 9}, {"dilations": (0,)}, {"maps": 0}],
)
def test_sizes_that_cannot_be_are_refused(options: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(OptionError, match="expected"):
        LabellerOptions(**options)  # type: ignore[arg-type]
