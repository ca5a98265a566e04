"""Heads on CUDA, compared with the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from ocrkit.plugin.builtin.heads import ocrkit_heads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.plugin.specs import HeadSpec

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here"),
]

LENGTHS = [70, 1, 0, 33]


@pytest.fixture(autouse=True)
def exact_products() -> Iterator[None]:
    """Without TF32, whose products have ten bits of mantissa."""
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    yield
    torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before


def passed(spec: HeadSpec, device: str, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """The own frames of all lines, and the gradients of all that came in, on the CPU."""
    torch.manual_seed(0)
    head, frames = spec.build(24, spec.options()).to(device), torch.randn(len(LENGTHS), 70, 24)
    frames, lengths = frames.to(device).requires_grad_(), torch.tensor(LENGTHS, device=device)
    own = torch.arange(70, device=device) < lengths[:, None]
    with torch.autocast(device, dtype=dtype, enabled=dtype != torch.float32):
        found = head(frames, lengths)[own].float()
    # Squares would not do: a layer norm gives every frame the same sum of them.
    (found * torch.randn(found.shape).to(device)).sum().backward()
    assert frames.grad is not None
    return found.detach().cpu(), frames.grad.cpu()


@pytest.mark.parametrize("spec", list(ocrkit_heads()), ids=lambda spec: spec.name)
def test_a_head_gives_on_cuda_what_it_gives_on_the_cpu(spec: HeadSpec) -> None:
    expected, found = passed(spec, "cpu", torch.float32), passed(spec, "cuda", torch.float32)

    for one, other in zip(expected, found, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=["bfloat16", "float16"])
@pytest.mark.parametrize("spec", list(ocrkit_heads()), ids=lambda spec: spec.name)
def test_a_head_in_half_precision_is_near_the_whole(spec: HeadSpec, dtype: torch.dtype) -> None:
    (expected, _), (found, gradients) = passed(spec, "cuda", torch.float32), passed(spec, "cuda", dtype)

    assert gradients.isfinite().all()
    torch.testing.assert_close(found, expected, rtol=0.1, atol=0.1)
