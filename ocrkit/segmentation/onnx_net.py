"""The learned page labeller from an ONNX file, without torch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.checkpoint import read_metadata
from ocrkit.errors import CheckpointError
from ocrkit.onnx_session import in_one_line, open_session
from ocrkit.segmentation.looking import look_at
from ocrkit.segmentation.maps import MAPS
from ocrkit.segmentation.net_description import check_description, provenance_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["OnnxSegmentationNet"]

_INK, _MAPS = "ink", "maps"  # what goes in and comes out, as ``ocrkit.nets.exporting.export_labeller`` calls them


class OnnxSegmentationNet:
    """A network in onnxruntime with what its file says of it; several threads may look at once.

    Args:
        path: the file.
        device: where it computes, as ``ocrkit.onnx_session.open_session`` takes it.
        threads: on a CPU; 0 for one a core.

    Attributes:
        provenance: how it came to be.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is damaged, holds something else, or was trained for other maps.
        OptionError: there is no such device.
        DependencyError: onnxruntime is not installed.
    """

    def __init__(self, path: str | os.PathLike[str], *, device: str = "cpu", threads: int = 0) -> None:
        metadata = read_metadata(path)
        check_description(metadata, path)
        self.provenance = provenance_of(metadata)
        self._path = os.fspath(path)
        self._session, _ = open_session(path, metadata, device=device, threads=threads)
        self._parameters = _count(metadata)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if [each.name for each in inputs] != [_INK] or _MAPS not in [each.name for each in outputs]:
            raise CheckpointError(f"its graph does not make {_MAPS!r} of {_INK!r} alone; export it again", path)

    def maps(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The seven maps of a picture in working scale; see ``ocrkit.segmentation.looking.look_at``.

        Raises:
            CheckpointError: the graph cannot be computed, or gives no such maps.
        """
        return look_at(picture, self._labelled)

    def parameters(self) -> int:
        """How many weights it has, by what its file says; 0 where it does not."""
        return self._parameters

    def _labelled(self, ink: NDArray[np.float32]) -> NDArray[np.float32]:
        batch = np.ascontiguousarray(ink)[None, None]
        try:
            (made,) = self._session.run([_MAPS], {_INK: batch})
        except Exception as error:  # onnxruntime's have no base of their own
            raise CheckpointError(f"its graph cannot be computed: {in_one_line(error)}", self._path) from error
        maps: NDArray[np.float32] = made
        rows, columns = (-(-length // 2) for length in ink.shape)
        if maps.ndim != 4 or maps.shape[1] != len(MAPS) or maps.shape[2] < rows or maps.shape[3] < columns:
            raise CheckpointError(
                f"its maps have shape {maps.shape} for {ink.shape} px; expected (1, {len(MAPS)}, {rows}, {columns}) "
                "or larger; export it again",
                self._path,
            )
        first: NDArray[np.float32] = maps[0]
        return first


def _count(metadata: Mapping[str, object]) -> int:
    own = metadata.get("onnx")
    count = own.get("parameters") if isinstance(own, Mapping) else None
    return count if isinstance(count, int) else 0
