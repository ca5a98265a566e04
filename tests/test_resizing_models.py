"""A trained model for another charset reads as before until it is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from ocrkit import BackboneSpec, hookimpl
from ocrkit.ctc import greedy
from ocrkit.data.image import Preprocessing
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions, LstmLayer
from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.slow

BACKBONES = [
    ("vgg", {"channels": [4, 6], "pools": ["2x2", "2x1"]}),
    ("resnet", {"stem": [4], "channels": [6], "blocks": [1], "pools": ["2x2"]}),
    ("columns", {}),
]
IMAGES, WIDTHS = torch.rand(3, 1, 16, 60, generator=torch.Generator().manual_seed(4)), torch.tensor([60, 33, 8])


@dataclass(frozen=True, slots=True)
class ColumnsOptions:
    height: int = 16


class Columns(nn.Module):
    """A stranger's backbone: each column of pixels is a frame."""

    def __init__(self, options: ColumnsOptions) -> None:
        super().__init__()
        self.out_channels = options.height
        self.scale = nn.Parameter(torch.rand(1, options.height, 1))

    def frames(self, width: int) -> int:
        return width

    def forward(self, images: Tensor, widths: Tensor) -> Tensor:
        return images[:, 0] * self.scale


class Stranger:
    @hookimpl
    def ocrkit_backbones(self) -> list[BackboneSpec]:
        return [BackboneSpec("columns", "Each column of pixels is a frame.", 16, ColumnsOptions, Columns)]


@pytest.fixture(scope="module")
def registry() -> Registry:
    registry = load_registry("none")
    registry.register(Stranger(), distribution="ocrkit-columns")
    return registry


@pytest.fixture(params=BACKBONES, ids=[name for name, _ in BACKBONES])
def model(request: pytest.FixtureRequest, registry: Registry) -> Model:
    """A model of a, b and c that is sure of itself, as a trained one is."""
    torch.manual_seed(3)
    name, options = request.param
    parts = Architecture(name, options, HeadOptions((LstmLayer(6),)), Preprocessing(height=16))
    model = Model.build(charset("abc"), parts, registry=registry)
    nn.init.normal_(model.network.output.weight, std=50)
    nn.init.zeros_(model.network.output.bias)
    model.network.eval()
    return model


@pytest.mark.parametrize("letters", ["abcxyz", "xcyb", "xabc", "bca"], ids=["union", "new", "moved", "reordered"])
def test_kept_symbols_have_the_same_logits(model: Model, registry: Registry, letters: str) -> None:
    other = model.with_charset(charset(letters), registry=registry)
    other.network.eval()

    kept = [symbol for symbol in charset(letters).symbols if symbol in model.charset.symbols]
    (before, summed), (after, summed_after) = (logits(each, kept) for each in (model, other))
    # To the bit, where as many rows are multiplied; how BLAS rounds depends on their number.
    assert torch.equal(before, after)
    torch.testing.assert_close(summed, summed_after, rtol=1e-5, atol=1e-5)


def test_a_wider_charset_reads_what_was_read(model: Model, registry: Registry) -> None:
    other = model.with_charset(charset("abc" + "defghijklmnopqrstuvwxyz"), registry=registry)
    other.network.eval()

    assert readings(other) == readings(model)
    assert any(readings(model))


def charset(letters: str) -> Charset:
    return Charset("letters", ("", *letters))


def logits(model: Model, symbols: Sequence[str]) -> tuple[Tensor, Tensor]:
    """(B, T, symbols), before the softmax: by the rows of those symbols alone, and as the network gives them."""
    seen: list[tuple[Tensor, Tensor]] = []
    output, rows = model.network.output, [model.charset.symbols.index(symbol) for symbol in symbols]
    handle = output.register_forward_hook(lambda module, inputs, logits: seen.append((inputs[0], logits)))
    with torch.inference_mode():
        model.network(IMAGES, WIDTHS)
        [(features, given)] = seen
        alone = functional.linear(features, output.weight[rows], output.bias[rows])
    handle.remove()
    return alone, given[:, :, rows]


def readings(model: Model) -> list[str]:
    with torch.inference_mode():
        log_probs, lengths = model.network(IMAGES, WIDTHS)
    return model.charset.texts(greedy(log_probs.numpy(), lengths.numpy()))
