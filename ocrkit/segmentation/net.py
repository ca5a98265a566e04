"""The learned page labeller: its file, and the maps that it gives of a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from ocrkit.config import from_table, to_table
from ocrkit.errors import CheckpointError, ConfigError, OptionError
from ocrkit.segmentation.maps import BORDER, HEIGHTS, MAP_STRIDE, MAPS, RIBBON, WORKING_X_HEIGHT

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import torch
    from numpy.typing import NDArray

    from ocrkit.nets.segmentation.labeller import Labeller

__all__ = ["KIND", "SegmentationNet", "check_file", "ink_of", "load_segmentation_net", "read_net", "state_of"]

KIND = "segmentation"
_VERSION = 1
# What the maps mean; a file that says otherwise was trained for other ones.
_MEANING = {
    "maps": list(MAPS),
    "map_stride": MAP_STRIDE,
    "working_x_height": WORKING_X_HEIGHT,
    "ribbon": RIBBON,
    "border": BORDER,
}
_TILE = 2048  # px: a picture of more than this each way is looked at in pieces
_AROUND = 256  # px around each piece that are looked at too
_FAINTEST = 40  # grey levels between paper and ink at the least, so that the grain of an empty page stays faint
_DARKEST, _LIGHTEST = 0.5, 80.0  # percentiles of a page's pixels, taken for ink and paper


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
        """The seven maps of a picture in working scale, as ``ocrkit.segmentation.maps`` says.

        Args:
            picture: (H, W) grey, 255 for white, in which small letters are about ``WORKING_X_HEIGHT`` px high; left as
                it is.
        """
        ink = ink_of(picture)
        height, width = ink.shape
        found = np.zeros((len(MAPS), math.ceil(height / MAP_STRIDE), math.ceil(width / MAP_STRIDE)), np.float32)
        for top, bottom in _pieces(height):
            for left, right in _pieces(width):
                self._fill(found, ink, (top, bottom), (left, right))
        return found

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
        metadata = {
            "kind": KIND,
            "version": _VERSION,
            **_MEANING,
            "network": to_table(self.network.options),
            "provenance": dict(self.provenance),
        }
        write_checkpoint(path, tensors, metadata)

    def parameters(self) -> int:
        """How many weights it has."""
        return sum(parameter.numel() for parameter in self.network.parameters())

    def _fill(
        self, found: NDArray[np.float32], ink: NDArray[np.float32], rows: tuple[int, int], columns: tuple[int, int]
    ) -> None:
        """Write the maps of a piece of the picture, looked at with what is around it."""
        top, left = max(0, rows[0] - _AROUND), max(0, columns[0] - _AROUND)
        part = ink[top : rows[1] + _AROUND, left : columns[1] + _AROUND]
        maps = self._labelled(part)
        above, before = (rows[0] - top) // MAP_STRIDE, (columns[0] - left) // MAP_STRIDE
        target = found[:, rows[0] // MAP_STRIDE :, columns[0] // MAP_STRIDE :]
        height = min(math.ceil((rows[1] - rows[0]) / MAP_STRIDE), target.shape[1])
        width = min(math.ceil((columns[1] - columns[0]) / MAP_STRIDE), target.shape[2])
        target[:, :height, :width] = maps[:, above : above + height, before : before + width]

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


def load_segmentation_net(path: str | os.PathLike[str], *, device: str = "cpu") -> SegmentationNet:
    """A labeller from its file, ready to be used: its batch norms are taken into its convolutions.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is damaged, holds something else, or was trained for other maps.
        OptionError: there is no such device.
    """
    import torch

    from ocrkit.nets.device import resolve_device

    place = resolve_device(device)
    net = read_net(path)
    network = net.network.eval().fold().to(place, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return SegmentationNet(network, net.provenance)


def read_net(path: str | os.PathLike[str]) -> SegmentationNet:
    """A labeller from its file, ready to be trained further; raises as ``load_segmentation_net`` does."""
    import torch

    from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions

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
    provenance = checkpoint.metadata.get("provenance")
    return SegmentationNet(network, provenance if isinstance(provenance, dict) else {})


def check_file(path: str | os.PathLike[str]) -> Checkpoint:
    """A labeller's file, as far as it can be checked without a network.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is damaged, holds something else, or was trained for other maps.
    """
    checkpoint = read_checkpoint(path)
    _check(checkpoint.metadata, path)
    if not all(bool(np.isfinite(array).all()) for array in checkpoint.tensors.values()):
        raise CheckpointError("damaged: some of its weights are not finite; copy or train it again", path)
    return checkpoint


def state_of(network: Labeller) -> dict[str, NDArray[np.generic]]:
    """The network's tensors by name, as files keep them."""
    return {name: np.array(tensor.detach().cpu().numpy(), order="C") for name, tensor in network.state_dict().items()}


def ink_of(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W) ink of a grey picture, 0 for its paper and 1 for its darkest."""
    if picture.size == 0:
        return np.zeros(picture.shape, np.float32)
    darkest, paper = np.percentile(picture[::3, ::3], (_DARKEST, _LIGHTEST))
    reach = np.float32(max(_FAINTEST, paper - darkest))
    ink: NDArray[np.float32] = np.clip((np.float32(paper) - picture) / reach, 0, 1, dtype=np.float32)
    return ink


def _check(metadata: Mapping[str, object], path: str | os.PathLike[str]) -> None:
    kind, version = metadata.get("kind"), metadata.get("version")
    if kind == "model":
        raise CheckpointError(
            "is a model that reads lines; expected one that finds them: 'ocrkit train-segmenter' makes one, and "
            "ocrkit-models brings one",
            path,
        )
    if kind != KIND:
        raise CheckpointError(f"holds a {kind!r}, not a network that finds lines", path)
    if version != _VERSION:
        raise CheckpointError(
            f"is of version {version!r}; this ocrkit knows version {_VERSION} of what finds lines: update ocrkit", path
        )
    for key, expected in _MEANING.items():
        if metadata.get(key) != expected:
            found = metadata.get(key)
            raise CheckpointError(
                f"was trained for other maps: its {key} is {found!r}, expected {expected!r}; train it again", path
            )


def _widened(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor


def _pieces(length: int) -> Iterator[tuple[int, int]]:
    """Begin and end of pieces of a length, the begins multiples of the tile."""
    for begin in range(0, max(1, length), _TILE):
        yield begin, min(begin + _TILE, length)
