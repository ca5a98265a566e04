"""Networks of which nothing but the shapes is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.overrides import TorchFunctionMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["without_initialisation"]

_DRAWING = frozenset({"normal_", "uniform_", "trunc_normal_", "bernoulli_", "exponential_"})


class without_initialisation(TorchFunctionMode):  # noqa: N801 - used as ``with without_initialisation():``
    """While its block runs, tensors are drawn no random values: what is drawn on the device ``meta`` is thrown away.

    Without it, torch would first import its compiler to do so, which takes more than a second.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """The tensor itself for what would fill it with random values, and else what was asked for."""
        if getattr(func, "__name__", "") in _DRAWING:
            return args[0] if args else (kwargs or {})["tensor"]  # the name that torch.nn.init gives it
        return func(*args, **(kwargs or {}))
