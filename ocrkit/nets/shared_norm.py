"""Batch norm whose statistics are those of a batch that several processes hold together."""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import Tensor, nn

from ocrkit.nets.exchange import exchanging

__all__ = ["SharedBatchNorm", "share_batch_norms"]


class SharedBatchNorm(nn.BatchNorm2d):
    """Batch norm over the parts of a batch that all processes of the default group hold, some of them none.

    In training each process gives (B, C, H, W) of its own B, which may be 0, and all take the step at once, forwards
    and backwards. A process' gradients of weight and bias are those of its own part: their sum is the batch's.
    torch has such a module for CUDA alone.

    Source: Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1, the sums taken over all processes.
    """

    def forward(self, columns: Tensor) -> Tensor:
        """Normalise (B, C, H, W), by the statistics of the whole batch in training, by the kept ones else."""
        if not self.training:
            return super().forward(columns)
        values = columns.float()
        own = values.new_full((1,), values.numel() / values.shape[1])
        sums = _summed(torch.cat((values.sum((0, 2, 3)), own)))
        count = sums[-1]
        mean = sums[:-1] / count  # (C,)
        centred = values - _spread(mean)
        variance = _summed(centred.square().sum((0, 2, 3))) / count
        self._remember(mean.detach(), variance.detach(), count.detach())
        scale = torch.rsqrt(variance + self.eps) * self.weight
        return (centred * _spread(scale) + _spread(self.bias)).to(columns.dtype)

    def _remember(self, mean: Tensor, variance: Tensor, count: Tensor) -> None:
        running_mean, running_var, batches = self.running_mean, self.running_var, self.num_batches_tracked
        if running_mean is None or running_var is None or batches is None or self.momentum is None:
            raise AssertionError("a batch norm of this network keeps no running statistics")
        batches.add_(1)
        running_mean.lerp_(mean, self.momentum)
        # What is kept is the unbiased estimate, as torch's own batch norm keeps it.
        running_var.lerp_(variance * count / (count - 1), self.momentum)


def share_batch_norms(network: nn.Module, device: torch.device) -> None:
    """Put such a norm in the place of each batch norm of a network, with its weights and under its name."""
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.BatchNorm2d:
                setattr(module, name, _shared(child, device))


def _shared(norm: nn.BatchNorm2d, device: torch.device) -> nn.Module:
    if device.type == "cuda":
        shared: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(norm)  # type: ignore[no-untyped-call]  # torch does not say
        return shared
    other = SharedBatchNorm(norm.num_features, norm.eps, norm.momentum, norm.affine, norm.track_running_stats)
    other.load_state_dict(norm.state_dict())
    return other.train(norm.training).to(norm.weight.device)


def _spread(channels: Tensor) -> Tensor:
    return channels[None, :, None, None]


def _summed(own: Tensor) -> Tensor:
    """The sum of the tensors of all processes, in each of them."""
    total: Tensor = _Sum.apply(own)  # type: ignore[no-untyped-call]  # torch does not say
    return total


class _Sum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: object, own: Tensor) -> Tensor:  # noqa: ARG004 - the role of a Function
        total = own.clone()
        with exchanging():
            dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> Tensor:  # noqa: ARG004
        # The loss is the sum of what all processes make of the total.
        total = gradient.clone()
        with exchanging():
            dist.all_reduce(total)
        return total
