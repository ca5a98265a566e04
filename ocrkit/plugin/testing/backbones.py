"""Whether a backbone's ``frames`` tells the truth, and whether padding leaves a line alone."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from ocrkit.plugin.testing.verdict import require, require_summary, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

    from ocrkit.plugin.specs import BackboneSpec

__all__ = ["check_backbone"]

# Every remainder of the common strides 2, 4 and 8, and wider lines besides.
_WIDTHS = (*range(24, 33), 57, 97)
_TOLERANCE = 1e-4  # relative to the largest feature, where that is above 1


def check_backbone(spec: BackboneSpec, *, options: Any = None, widths: Sequence[int] = _WIDTHS) -> None:
    """Check ``frames`` against real forward passes, and that a line's features do not depend on its padding.

    Args:
        spec: the backbone.
        options: an instance of ``spec.options``; the defaults, at the spec's own height, where None.
        widths: px, of the images to try; every one must give at least one frame.

    Raises:
        PluginError: a pass fails, has another shape than ``frames`` says, or reads the padding.
    """
    import torch

    what = f"backbone {spec.name!r}"
    require_summary(what, spec.summary)
    require(
        isinstance(spec.height, int) and spec.height > 0, f"{what} has the height {spec.height!r}; expected px above 0"
    )
    chosen = options if options is not None else _default_options(spec, what)
    # On a fork of the generator, so that a check changes nobody's draws.
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        with running(f"{what}: build"):
            module = spec.build(chosen)
        require(isinstance(module, torch.nn.Module), f"{what} builds a {type(module).__name__}; expected an nn.Module")
        module.eval()
        _check_frames(what, module, widths)
        _check_lines(what, module, getattr(chosen, "height", spec.height), widths)


def _default_options(spec: BackboneSpec, what: str) -> Any:
    require(
        is_dataclass(spec.options) and isinstance(spec.options, type),
        f"{what}: options is {spec.options!r}; expected a frozen dataclass",
    )
    with running(f"{what}: options() with nothing given"):
        options = cast("Any", spec.options)()
    return replace(options, height=spec.height) if "height" in {field.name for field in fields(options)} else options


def _check_frames(what: str, module: Any, widths: Sequence[int]) -> None:
    import torch

    require(
        isinstance(getattr(module, "out_channels", None), int),
        f"{what}: out_channels is {getattr(module, 'out_channels', None)!r}; expected the number of channels, an int",
    )
    require(callable(getattr(module, "frames", None)), f"{what} has no method frames(width)")
    with running(f"{what}: frames"):
        single = [module.frames(width) for width in widths]
        together = module.frames(torch.tensor(widths))
    require(
        all(isinstance(frames, int) for frames in single),
        f"{what}: frames({widths[0]}) gives a {type(single[0]).__name__}; expected an int for an int",
    )
    require(
        isinstance(together, torch.Tensor) and together.tolist() == single,
        f"{what}: frames of a tensor of widths is not elementwise what it is of each width",
    )


def _forward(what: str, module: nn.Module, images: Tensor, widths: Sequence[int]) -> Tensor:
    import torch

    with running(f"{what}: forward on images of shape {tuple(images.shape)}"):
        features = module(images, torch.tensor(widths))
    require(isinstance(features, torch.Tensor), f"{what}: forward gives a {type(features).__name__}; expected a tensor")
    return cast("Tensor", features)


def _check_shape(what: str, module: Any, width: int, features: Tensor) -> None:
    frames = module.frames(width)
    require(frames > 0, f"{what}: frames({width}) is {frames}; expected at least 1 at such a width")
    expected = (1, module.out_channels, frames)
    require(
        tuple(features.shape) == expected,
        f"{what}: an image {width} px wide gives the shape {tuple(features.shape)}; "
        f"out_channels and frames({width}) say {expected}",
    )
    require(bool(features.isfinite().all()), f"{what}: an image {width} px wide gives NaN or infinite features")


def _check_lines(what: str, module: Any, height: int, widths: Sequence[int]) -> None:
    """Compare each line in a batch, with noise for padding, to the same line alone, and that to ``frames``."""
    import torch

    batch = torch.rand(len(widths), 1, height, max(widths))
    together = _forward(what, module, batch, widths)
    for row, width in enumerate(widths):
        alone = _forward(what, module, batch[row : row + 1, :, :, :width].contiguous(), [width])
        _check_shape(what, module, width, alone)
        apart = (together[row, :, : alone.shape[2]] - alone[0]).abs().max().item()
        require(
            apart <= _TOLERANCE * max(1.0, alone.abs().max().item()),
            f"{what}: a line {width} px wide has other features in a padded batch than alone, by {apart:.2g}; "
            f"set the columns past each line's width to zero before every layer",
        )
