"""What can be exported: a recogniser or a segmenter, from its file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ocrkit.checkpoint import read_metadata
from ocrkit.errors import ExportError
from ocrkit.exporting.int8 import quantise_model
from ocrkit.exporting.int8_finder import quantise_finder
from ocrkit.model_files import SEGMENTATION
from ocrkit.onnx_file import is_onnx

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import onnx

    from ocrkit.data.progress import StageProgress
    from ocrkit.exporting.int8 import Int8
    from ocrkit.exporting.quantised import Quantised
    from ocrkit.model import Model
    from ocrkit.nets.exporting import Parity
    from ocrkit.plugin.registry import Registry
    from ocrkit.segmentation.net import SegmentationNet

__all__ = ["RecogniserSource", "SegmenterSource", "Source", "open_source"]


class Source(Protocol):
    """A model that can be exported.

    Attributes:
        metadata: what its file says beside its tensors.
    """

    metadata: Mapping[str, object]

    def graph(self, *, portable: bool) -> onnx.ModelProto:
        """Its network as an ONNX graph."""
        ...

    def compare(self, graph: onnx.ModelProto | Path, *, batches: int) -> Parity:
        """Hold a graph, or the file of one, against the network in torch."""
        ...

    def table(self, *, portable: bool) -> dict[str, object]:
        """What a reader without torch needs to know of the graph."""
        ...

    def quantise(
        self, graph: onnx.ModelProto, wanted: Int8, *, stages: StageProgress, registry: Registry | None
    ) -> Quantised:
        """The graph with convolutions in 8 bits, and what it is worth."""
        ...


@dataclass(slots=True)
class RecogniserSource:
    """A model that reads lines."""

    metadata: Mapping[str, object]
    model: Model

    def graph(self, *, portable: bool) -> onnx.ModelProto:
        """Images and widths to log-probabilities and lengths, see ``ocrkit.nets.exporting.export_crnn``."""
        from ocrkit.nets.exporting import export_crnn

        height = self.model.architecture.preprocessing.height
        return export_crnn(self.model.network, height=height, portable=portable)

    def compare(self, graph: onnx.ModelProto | Path, *, batches: int) -> Parity:
        """Read ragged batches both ways."""
        from ocrkit.nets.exporting import compare_with_torch

        return compare_with_torch(self.model.network, graph, batches=batches)

    def table(self, *, portable: bool) -> dict[str, object]:
        """Where its frames lie, and what goes in and out."""
        network = self.model.network
        return {
            "form": "portable" if portable else "sequence",
            "stride": float(network.stride),
            "offset": float(network.offset),
            "skip_frames": network.skip_frames,
            "labels": network.labels,
            "height": self.model.architecture.preprocessing.height,
            "parameters": self.model.parameters(),
        }

    def quantise(
        self, graph: onnx.ModelProto, wanted: Int8, *, stages: StageProgress, registry: Registry | None
    ) -> Quantised:
        """By labelled lines, which are read before and after."""
        if wanted.pages is not None:
            raise ExportError("a model that reads lines is quantised by labelled lines; give those, and no pages")
        return quantise_model(graph, self.model, wanted, stages=stages, registry=registry)


@dataclass(slots=True)
class SegmenterSource:
    """A model that finds the lines of pages."""

    metadata: Mapping[str, object]
    net: SegmentationNet

    def graph(self, *, portable: bool) -> onnx.ModelProto:  # noqa: ARG002 - it has no LSTMs, so it is portable anyway
        """Ink to maps, see ``ocrkit.nets.exporting.export_labeller``."""
        from ocrkit.nets.exporting import export_labeller

        return export_labeller(self.net.network, heights=_heights())

    def compare(self, graph: onnx.ModelProto | Path, *, batches: int) -> Parity:
        """Label pictures both ways."""
        from ocrkit.nets.exporting import compare_labeller_with_torch

        return compare_labeller_with_torch(self.net.network, graph, heights=_heights(), pictures=batches)

    def table(self, *, portable: bool) -> dict[str, object]:  # noqa: ARG002 - as above
        """What goes in."""
        return {"form": "portable", "multiple": self.net.network.multiple, "parameters": self.net.parameters()}

    def quantise(
        self,
        graph: onnx.ModelProto,
        wanted: Int8,
        *,
        stages: StageProgress,
        registry: Registry | None,  # noqa: ARG002 - pages are drawn by what ocrkit brings
    ) -> Quantised:
        """By pages, whose lines are found before and after."""
        if wanted.samples is not None:
            raise ExportError("a model that finds lines is quantised by pages; give those, and no labelled lines")
        return quantise_finder(graph, wanted.pages, stages=stages)


def open_source(path: str | os.PathLike[str], *, registry: Registry | None = None) -> Source:
    """The model in a file, of either kind.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it holds no model, or a damaged one.
        ExportError: it is an ONNX file already.
        PluginError: a plugin that it was made with is missing.
    """
    file = Path(path)
    if is_onnx(file) and file.exists():
        raise ExportError(
            f"{str(file)!r} is an ONNX file already; give the model that it was made of, a .safetensors file"
        )
    metadata = read_metadata(file)
    if metadata.get("kind") == SEGMENTATION:
        from ocrkit.segmentation.net import read_net

        net = read_net(file)
        net.network.eval()
        return SegmenterSource(metadata, net)
    from ocrkit.model import Model

    return RecogniserSource(metadata, Model.load(file, registry=registry))


def _heights() -> list[int]:
    from ocrkit.segmentation.maps import HEIGHTS, MAPS

    return [MAPS.index(name) for name in HEIGHTS]
