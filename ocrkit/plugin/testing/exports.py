"""Whether a backbone or a head can be exported, and then gives what it gives in torch."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, cast

from ocrkit.errors import DependencyError, ExportError, PluginError
from ocrkit.plugin.specs import BackboneSpec, HeadSpec
from ocrkit.plugin.testing.defaults import default_options
from ocrkit.plugin.testing.verdict import require, running

if TYPE_CHECKING:
    from ocrkit.nets.crnn import Crnn

__all__ = ["check_export", "export_seen"]

_BATCHES, _WIDEST = 8, 240  # px
_LABELS = 12


def check_export(spec: BackboneSpec | HeadSpec, *, options: Any = None) -> None:
    """Export a network with the part in it as ONNX, and compare what onnxruntime and torch make of ragged batches.

    Args:
        spec: the backbone, which gets LSTMs for a head, or the head, which gets a small ``vgg`` for a backbone.
        options: an instance of ``spec.options``; the defaults where None.

    Raises:
        PluginError: it cannot be exported, and what is in the way, or its export gives something else.
        DependencyError: onnx, onnxscript or onnxruntime is not installed.
    """
    import torch

    from ocrkit.nets.exporting import compare_with_torch, export_crnn

    what = f"{'backbone' if isinstance(spec, BackboneSpec) else 'head'} {spec.name!r}"
    # On a fork of the generator, so that a check changes nobody's draws.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        with running(f"{what}: build"):
            network, height = _network(what, spec, options)
        network.eval()
        try:
            compare_with_torch(network, export_crnn(network, height=height), batches=_BATCHES, widest=_WIDEST)
        except ExportError as error:
            raise PluginError(f"{what}: {error}") from error


def export_seen(spec: BackboneSpec | HeadSpec) -> str:
    """What ``check_export`` says, in a few words: parts that cannot be exported are read and trained by torch."""
    try:
        check_export(spec)
    except PluginError as error:
        return f"no ONNX: {error}"
    except DependencyError as error:
        return f"ONNX not tried: {error}"
    return "exports to ONNX"


def _network(what: str, spec: BackboneSpec | HeadSpec, options: Any) -> tuple[Crnn, int]:
    from ocrkit.nets.crnn import Crnn
    from ocrkit.nets.options import HeadOptions, LstmLayer, VggOptions
    from ocrkit.nets.vgg import Vgg

    chosen = options if options is not None else default_options(what, spec.options)
    if isinstance(spec, HeadSpec):
        small = Vgg(VggOptions(height=16, channels=(8, 12), pools=("2x2", "2x2")))
        return Crnn(small, HeadOptions(), _LABELS, context=spec.build(small.out_channels, chosen)), 16
    if options is None and "height" in {field.name for field in fields(chosen)}:
        chosen = replace(chosen, height=spec.height)
    backbone = spec.build(chosen)
    require(isinstance(getattr(backbone, "out_channels", None), int), f"{what} has no out_channels, an int")
    return Crnn(backbone, HeadOptions(rnn=(LstmLayer(8),)), _LABELS), cast(
        "int", getattr(chosen, "height", spec.height)
    )
