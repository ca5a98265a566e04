"""A whole recogniser as an ONNX model."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from ocrkit.errors import ExportError
from ocrkit.nets.exporting.backbones import add_backbone, knows_backbone
from ocrkit.nets.exporting.foreign import add_foreign_backbone, add_foreign_head
from ocrkit.nets.exporting.graph import Graph
from ocrkit.nets.exporting.heads import add_blstms, add_mixer, knows_head
from ocrkit.nets.exporting.layers import add_linear
from ocrkit.nets.exporting.widths import Widths, add_count
from ocrkit.nets.mixer import Mixer

if TYPE_CHECKING:
    import onnx

    from ocrkit.nets.crnn import Crnn
    from ocrkit.nets.heads import Blstms

__all__ = ["export_crnn"]

_WIDEST_FRAME = 4096  # px


def export_crnn(network: Crnn, *, height: int, portable: bool = False) -> onnx.ModelProto:
    """A recogniser that any reader of ONNX computes: what ``Crnn.forward`` gives in evaluation mode, in float32.

    Its inputs are ``images`` (B, 1, H, W) float32 ink, of any number of lines from 1 and any width, and ``widths`` (B,)
    int64: each line's own, 0 to W; what lies past it is ignored, be it NaN. Its outputs are ``log_probs`` (B, T, V)
    float32 and ``lengths`` (B,) int64, the frames that count. As in torch, T is what W gives, and may be 0; what stands
    past a line's length has no meaning, and is not what torch gives there.

    Args:
        network: left as it is, on any device, in any mode.
        height: H, px.
        portable: have LSTMs without lengths, lines being reversed by nodes of their own.

    Raises:
        ExportError: a part of the network cannot be exported.
        DependencyError: the distribution ``onnx`` is not installed.
    """
    graph = Graph("recogniser")
    images = graph.input("images", np.float32, ("batch", 1, height, "width"))
    given = graph.input("widths", np.int64, ("batch",))
    room = add_count(graph, images, 3)
    own = graph.add("Min", graph.add("Max", given, graph.integers(0)), room)
    needed = _narrowest(network)
    columns = _add_clean(graph, images, own, room, needed=needed)
    with graph.within("backbone"):
        widths, backbone = Widths(graph, own, room), network.backbone
        if knows_backbone(backbone):
            features, widths = add_backbone(graph, columns, widths, backbone)
        else:
            features, widths = add_foreign_backbone(graph, columns, widths, backbone, height=height, needed=needed)
    with graph.within("rnn"):
        frames = _add_context(graph, features, widths, network, portable=portable)  # (B, T, C)
    logits = add_linear(graph, frames, "output", network.output.weight, network.output.bias)  # (B, T, V)
    skipped = graph.integers(network.skip_frames)
    # The frames of a batch too narrow for one are those that it was widened for.
    log_probs = graph.add("Slice", graph.add("LogSoftmax", logits, axis=2), skipped, widths.room, graph.integers(1))
    lengths = graph.add("Max", graph.add("Sub", widths.own, skipped), graph.integers(0))
    graph.output("log_probs", log_probs, np.float32, ("batch", "frames", network.labels))
    graph.output("lengths", lengths, np.int64, ("batch",))
    return graph.model()


def _add_clean(graph: Graph, images: str, own: str, room: str, *, needed: int) -> str:
    """Images with zeros past each line's own width, and wide enough for one frame."""
    missing = graph.add("Max", graph.add("Sub", graph.integers(needed), room), graph.integers(0))  # (1,)
    images = graph.add("Pad", images, graph.add("Concat", graph.integers(*[0] * 7), missing, axis=0))
    # A product would keep the NaN that may stand in the padding of what comes from outside.
    return graph.add("Where", Widths(graph, own, room).owned(images), images, graph.number(0))


def _add_context(graph: Graph, features: str, widths: Widths, network: Crnn, *, portable: bool) -> str:
    head = network.rnn
    if not knows_head(head):
        count = cast("int", network.backbone.out_channels)
        return add_foreign_head(graph, features, widths, head, count=count)
    if isinstance(head, Mixer):
        return add_mixer(graph, features, widths, head)
    # A line without a frame has one that nobody reads.
    lengths = graph.add("Max", widths.own, graph.integers(1))
    return add_blstms(graph, features, lengths, cast("Blstms", head), portable=portable)


def _narrowest(network: Crnn) -> int:
    """The least width, in px, that gives the backbone a frame."""
    frames = network.backbone.frames
    for width in range(1, _WIDEST_FRAME):
        if cast("int", frames(width)) > 0:  # type: ignore[operator]  # an nn.Module of that role
            return width
    raise ExportError(f"its backbone gives no frame for a line of {_WIDEST_FRAME} px; expected one")
