"""Whether a head leaves a line alone beside its padding and other lines, can be trained, and can be exported."""

from __future__ import annotations

import copy
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, cast

from ocrkit.plugin.testing.verdict import require, require_summary, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

    from ocrkit.plugin.specs import HeadSpec

__all__ = ["check_head"]

_LENGTHS = (41, 1, 0, 2, 7, 18, 40)
_TOLERANCE = 1e-4  # relative to the largest feature, where that is above 1


def check_head(spec: HeadSpec, *, options: Any = None, features: int = 24, lengths: Sequence[int] = _LENGTHS) -> None:
    """Check that a line's frames depend on nothing but itself, that gradients reach all, and that nothing is looked at.

    Args:
        spec: the head.
        options: an instance of ``spec.options``; the defaults where None.
        features: C, of the frames that come in.
        lengths: frames of the lines to try, the first the longest.

    Raises:
        PluginError: a pass fails or has another shape than ``out_features`` says; reads the padding or another line;
            writes to its input; leaves a weight or a line without a gradient; or hangs on the values of a tensor, as by
            ``item()`` or packed sequences, which graphs and exports cannot.
    """
    import torch

    what = f"head {spec.name!r}"
    require_summary(what, spec.summary)
    chosen = options if options is not None else _default_options(spec, what)
    # On a fork of the generator, so that a check changes nobody's draws.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        with running(f"{what}: build"):
            module = spec.build(features, chosen)
        _check_module(what, module)
        module.eval()
        frames = torch.randn(len(lengths), max(lengths), features)
        _check_lines(what, module, frames, lengths)
        _check_gradients(what, module, frames, lengths)
        _check_precision(what, module, frames, lengths)
        _check_blind(what, module, frames, lengths)


def _default_options(spec: HeadSpec, what: str) -> Any:
    require(
        is_dataclass(spec.options) and isinstance(spec.options, type),
        f"{what}: options is {spec.options!r}; expected a frozen dataclass",
    )
    with running(f"{what}: options() with nothing given"):
        return cast("Any", spec.options)()


def _check_module(what: str, module: object) -> None:
    import torch

    require(isinstance(module, torch.nn.Module), f"{what} builds a {type(module).__name__}; expected an nn.Module")
    given = getattr(module, "out_features", None)
    require(
        isinstance(given, int) and given > 0,
        f"{what}: out_features is {given!r}; expected the number of features a frame, an int above 0",
    )


def _forward(what: str, module: nn.Module, frames: Tensor, lengths: Sequence[int]) -> Tensor:
    import torch

    before = frames.detach().clone()
    with running(f"{what}: forward on frames of shape {tuple(frames.shape)}"):
        found = module(frames, torch.tensor(lengths, device=frames.device))
    require(isinstance(found, torch.Tensor), f"{what}: forward gives a {type(found).__name__}; expected a tensor")
    expected = (*frames.shape[:2], cast("Any", module).out_features)
    require(
        tuple(found.shape) == expected,
        f"{what}: frames of shape {tuple(frames.shape)} give the shape {tuple(found.shape)}; expected {expected}: "
        "as many frames, of out_features features",
    )
    if frames.device.type != "meta":
        require(torch.equal(before, frames.detach()), f"{what}: forward writes to the frames that it is given")
    return cast("Tensor", found)


def _check_lines(what: str, module: nn.Module, frames: Tensor, lengths: Sequence[int]) -> None:
    """Compare each line in a batch, with noise for padding, to the same line alone."""
    import torch

    with torch.no_grad():
        together = _forward(what, module, frames, lengths)
        for row, length in enumerate(lengths):
            if length == 0:
                continue
            alone = _forward(what, module, frames[row : row + 1, :length].contiguous(), [length])[0]
            require(bool(alone.isfinite().all()), f"{what}: a line of {length} frames gives NaN or infinite features")
            apart = (together[row, :length] - alone).abs().max().item()
            require(
                apart <= _TOLERANCE * max(1.0, alone.abs().max().item()),
                f"{what}: a line of {length} frames has other features in a padded batch than alone, by {apart:.2g}; "
                "set the frames past each line's length to zero before every layer that looks at neighbours, and "
                "take means over a line's own frames",
            )


def _check_gradients(what: str, module: nn.Module, frames: Tensor, lengths: Sequence[int]) -> None:
    """Sum what comes out of the own frames of all lines, and look what that gives a gradient to."""
    import torch

    given = frames.clone().requires_grad_()
    own = (torch.arange(frames.shape[1]) < torch.tensor(lengths)[:, None])[:, :, None]
    found = _forward(what, module, given, lengths)
    with running(f"{what}: backward"):
        torch.autograd.backward((found * torch.randn_like(found) * own).sum())
    reached = torch.zeros_like(frames) if given.grad is None else given.grad
    require(bool(reached.isfinite().all()), f"{what}: gradients are NaN or infinite")
    for row, length in enumerate(lengths):
        require(
            length == 0 or bool(reached[row, :length].abs().sum() > 0),
            f"{what}: no gradient reaches the frames of a line of {length}; does forward detach them?",
        )
    require(not bool((reached * ~own).abs().sum() > 0), f"{what}: frames past a line's length get a gradient")
    idle = [name for name, weight in module.named_parameters() if weight.requires_grad and weight.grad is None]
    require(not idle, f"{what}: no gradient reaches the weights {', '.join(idle)}; leave out what is not used")
    module.zero_grad()


def _check_precision(what: str, module: nn.Module, frames: Tensor, lengths: Sequence[int]) -> None:
    import torch

    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        found = _forward(f"{what} in bfloat16", module, frames, lengths)
    own = torch.arange(frames.shape[1]) < torch.tensor(lengths)[:, None]
    require(bool(found[own].isfinite().all()), f"{what}: under autocast to bfloat16 features are NaN or infinite")


def _check_blind(what: str, module: nn.Module, frames: Tensor, lengths: Sequence[int]) -> None:
    """Run it on tensors without values, where whatever would look at one fails."""
    import torch

    shadow = copy.deepcopy(module).to("meta")
    with torch.no_grad(), torch.device("meta"):
        _forward(f"{what} on tensors without values", shadow, frames.to("meta"), lengths)
