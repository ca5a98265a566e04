"""The learned page labeller: its file, and the maps that it gives of a picture."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ocrkit.checkpoint import Checkpoint, read_checkpoint, read_metadata, write_checkpoint
from ocrkit.config import from_table, to_table
from ocrkit.errors import CheckpointError, ConfigError, OptionError
from ocrkit.onnx_file import is_onnx
from ocrkit.segmentation.looking import ink_of, look_at
from ocrkit.segmentation.maps import HEIGHTS, MAPS
from ocrkit.segmentation.net_description import KIND, check_description, described, provenance_of
from ocrkit.segmentation.onnx_net import OnnxSegmentationNet
from ocrkit.torch_extra import need_torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from numpy.typing import NDArray

    from ocrkit.nets.segmentation.labeller import Labeller

__all__ = [
    "KIND",
    "LabellingNet",
    "SegmentationNet",
    "check_file",
    "ink_of",
    "load_segmentation_net",
    "read_net",
    "state_of",
]


@dataclass(slots=True)
class SegmentationNet:
    """A network with what its file says of it.

    Attributes:
        network: in the state in which it is used or trained.
        provenance: how it came to be.
    """

    network: Labeller
    provenance: Mapping[str, object] = field(default_factory=dict)

    def maps(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The seven maps of a picture in working scale; see ``ocrkit.segmentation.looking.look_at``."""
        return look_at(picture, self._labelled)

    def save(self, path: str | os.PathLike[str], *, half: bool = False) -> None:
        """Write the file whole or not at all.

        Args:
            path: where.
            half: whether weights are kept in float16.

        Raises:
            CheckpointError: it cannot be written.
        """
        tensors = state_of(self.network)
        if half:
            tensors = {
                name: array.astype(np.float16) if array.dtype == np.float32 else array
                for name, array in tensors.items()
            }
        write_checkpoint(path, tensors, self.description())

    def description(self) -> dict[str, object]:
        """What the file says beside the tensors."""
        return described(to_table(self.network.options), self.provenance)

    def parameters(self) -> int:
        """How many weights it has."""
        return sum(parameter.numel() for parameter in self.network.parameters())

    def _labelled(self, ink: NDArray[np.float32]) -> NDArray[np.float32]:
        import torch

        multiple = self.network.multiple
        height, width = (max(multiple, math.ceil(length / multiple) * multiple) for length in ink.shape)
        padded = np.zeros((1, 1, height, width), np.float32)
        padded[0, 0, : ink.shape[0], : ink.shape[1]] = ink
        device = next(self.network.parameters()).device
        with torch.inference_mode():
            batch = torch.from_numpy(padded).to(device, memory_format=torch.channels_last)
            logits = self.network(batch)[0].float()
            heights = [MAPS.index(name) for name in HEIGHTS]
            maps = torch.sigmoid(logits)
            maps[heights] = logits[heights].clamp_(min=0)
        array: NDArray[np.float32] = maps.contiguous().cpu().numpy()
        return array


class LabellingNet(Protocol):
    """A network that is ready to be used: a ``SegmentationNet`` is one, and an ``OnnxSegmentationNet``."""

    @property
    def provenance(self) -> Mapping[str, object]:
        """How it came to be."""
        ...

    def maps(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The seven maps of a picture in working scale."""
        ...

    def parameters(self) -> int:
        """How many weights it has."""
        ...


def load_segmentation_net(path: str | os.PathLike[str], *, device: str = "cpu", threads: int = 0) -> LabellingNet:
    """A labeller from its file, ready to be used: an ONNX file in onnxruntime, any other in torch.

    Args:
        path: the file.
        device: where it computes.
        threads: those of onnxruntime on a CPU, 0 for one a core; torch has its own.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is damaged, holds something else, or was trained for other maps.
        OptionError: there is no such device.
        DependencyError: onnxruntime, or torch, is not installed.
    """
    if is_onnx(path):
        return OnnxSegmentationNet(path, device=device, threads=threads)
    need_torch(f"{os.fspath(path)!r}", instead="name an ONNX file, as 'ocrkit export' writes one")
    import torch

    from ocrkit.nets.device import resolve_device

    place = resolve_device(device)
    net = read_net(path)
    # Its batch norms are taken into its convolutions.
    network = net.network.eval().fold().to(place, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return SegmentationNet(network, net.provenance)


def read_net(path: str | os.PathLike[str]) -> SegmentationNet:
    """A labeller from its file, ready to be trained further; raises as ``load_segmentation_net`` does."""
    import torch

    from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions

    if is_onnx(path):
        raise CheckpointError(
            "is an ONNX file, which cannot be trained further; expected the .safetensors file that it was made of", path
        )
    checkpoint = check_file(path)
    table = checkpoint.metadata.get("network")
    try:
        if not isinstance(table, dict):
            raise ConfigError("it says nothing of its network")
        options = from_table(LabellerOptions, table)
    except (ConfigError, OptionError) as error:
        raise CheckpointError(f"damaged: {error}", path) from error
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in checkpoint.tensors.items()}
    with torch.device("meta"):  # so that a file cannot ask for more memory than its tensors take
        expected = {name: tuple(tensor.shape) for name, tensor in Labeller(options).state_dict().items()}
    if expected != {name: tuple(tensor.shape) for name, tensor in tensors.items()}:
        raise CheckpointError("damaged: its tensors are not those of its network; copy or train it again", path)
    network = Labeller(options)
    network.load_state_dict({name: _widened(tensor) for name, tensor in tensors.items()})
    return SegmentationNet(network, provenance_of(checkpoint.metadata))


def check_file(path: str | os.PathLike[str]) -> Checkpoint:
    """A labeller's file, as far as it can be checked without a network.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is damaged, holds something else, or was trained for other maps.
    """
    if is_onnx(path):
        metadata = read_metadata(path)
        check_description(metadata, path)
        return Checkpoint({}, metadata)
    checkpoint = read_checkpoint(path)
    check_description(checkpoint.metadata, path)
    if not all(bool(np.isfinite(array).all()) for array in checkpoint.tensors.values()):
        raise CheckpointError("damaged: some of its weights are not finite; copy or train it again", path)
    return checkpoint


def state_of(network: Labeller) -> dict[str, NDArray[np.generic]]:
    """The network's tensors by name, as files keep them."""
    return {name: np.array(tensor.detach().cpu().numpy(), order="C") for name, tensor in network.state_dict().items()}


def _widened(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor
