"""A model: charset, backbone, CRNN and preprocessing together, built from names, saved and loaded whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch

from ocrkit.checkpoint import Shapes, halved, read_checkpoint, write_checkpoint
from ocrkit.config import from_table, to_table
from ocrkit.errors import CheckpointError, ModelError, OcrkitError, OptionError, PluginError, UnknownNameError
from ocrkit.forward_pass import ForwardPass
from ocrkit.model_description import Architecture, Description, read_description
from ocrkit.nets.crnn import Crnn
from ocrkit.nets.device import resolve_device
from ocrkit.nets.options import BlstmOptions, HeadOptions
from ocrkit.nets.relabelling import relabel
from ocrkit.nets.skeleton import without_initialisation
from ocrkit.plugin.offers import BACKBONE, HEAD
from ocrkit.plugin.registry import Registry, default_registry

if TYPE_CHECKING:
    import numpy as np
    from _typeshed import DataclassInstance
    from torch import Tensor

    from ocrkit.plugin.specs import BackboneSpec, HeadSpec
    from ocrkit.text.calibration import Calibration
    from ocrkit.text.charset import Charset

__all__ = ["Architecture", "Model", "check_charset_fits", "check_order_fits", "to_array"]

_NAMED = 3  # tensors in a message


@dataclass(slots=True)
class Model:
    """A recogniser's network with all that is needed to use it.

    Attributes:
        charset: what its labels stand for; label 0 is the blank.
        architecture: what the network was built from, every option spelled out.
        network: (B, 1, H, W) ink values and (B,) widths in px -> (B, T, V) log-probabilities and (B,) frames.
        plugins: the distributions, by name with their versions, that its parts came from.
        provenance: how it was trained.
        calibration: what its confidences are worth; None where nobody looked. What changes the weights drops it.
    """

    charset: Charset
    architecture: Architecture
    network: Crnn
    plugins: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, object] = field(default_factory=dict)
    calibration: Calibration | None = None

    @classmethod
    def build(cls, charset: Charset, architecture: Architecture, *, registry: Registry | None = None) -> Model:
        """A model with fresh weights, drawn from torch's generator.

        Raises:
            UnknownNameError: no backbone, or no head, has the name.
            ConfigError: the backbone or the head has no such option, or not of that type.
            OptionError: the options do not fit together.
        """
        registry = registry or default_registry()
        offers = registry.offer(BACKBONE, architecture.backbone), registry.offer(HEAD, architecture.head.name)
        spec, head_spec = offers[0].value, offers[1].value
        options = _backbone_options(spec, architecture)
        head_options = _head_options(head_spec, architecture.head)
        backbone = spec.build(options)
        context = head_spec.build(backbone.out_channels, head_options)
        network = Crnn(backbone, architecture.head, len(charset), context=context)
        head = _resolved(architecture.head, head_options)
        resolved = Architecture(architecture.backbone, to_table(options), head, architecture.preprocessing)
        plugins = {offer.origin.distribution: offer.origin.version for offer in offers}
        return cls(charset, resolved, network, plugins=plugins)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, registry: Registry | None = None) -> Model:
        """Read a model file; the network is on the CPU, in evaluation mode.

        Raises:
            MissingFileError: there is no such file.
            CheckpointError: it is not a model of ocrkit, is damaged, or its tensors do not fit its description.
            PluginError: a plugin that it was made with is missing.
            OptionError: ``path`` is no name.
        """
        if not isinstance(path, str | os.PathLike):
            raise OptionError(f"the model file is {path!r}; expected the name of one")
        checkpoint = read_checkpoint(path)
        shapes = {name: array.shape for name, array in checkpoint.tensors.items()}
        model = cls.from_description(checkpoint.metadata, shapes, where=os.fspath(path), registry=registry)
        _fill(model.network, checkpoint.tensors, os.fspath(path))
        model.network.eval()
        return model

    @classmethod
    def from_description(
        cls, metadata: Mapping[str, object], shapes: Shapes, *, where: str, registry: Registry | None = None
    ) -> Model:
        """A model with fresh weights, from what a file says beside its tensors.

        Args:
            metadata: what the file says.
            shapes: those of the file's tensors, by their names in the network. They are compared before memory is
                taken for any, so that a file cannot ask for more than it holds itself.
            where: begins the errors.
            registry: None for the default one.

        Raises:
            CheckpointError: it is not the description of a model, contradicts itself, or is that of other tensors.
            PluginError: a plugin that the model was made with is missing.
        """
        told = read_description(metadata, where)
        try:
            _check_shapes(told.charset, told.architecture, shapes, where, registry or default_registry())
            model = cls.build(told.charset, told.architecture, registry=registry)
        except UnknownNameError as error:
            makers = ", ".join(f"{name} {version}" for name, version in told.plugins.items())
            raise PluginError(f"{where}: needs the plugins {makers}: {error}") from error
        except CheckpointError:
            raise
        except OcrkitError as error:
            raise CheckpointError(f"its metadata is damaged: {error}", where) from error
        except (RuntimeError, MemoryError) as error:  # what torch raises where memory does not suffice
            raise CheckpointError(f"its network cannot be built: {_in_one_line(error)}", where) from error
        model.plugins = told.plugins
        model.provenance = told.provenance
        model.calibration = told.calibration
        return model

    def save(self, path: str | os.PathLike[str], *, half: bool = False) -> None:
        """Write the model as one safetensors file, whole or not at all.

        Args:
            path: where; an existing file is replaced at the last moment.
            half: keep weights in float16 where they bear it (see ``ocrkit.checkpoint.halved``), in half the bytes.
                What is loaded from such a file computes in float32, as any.

        Raises:
            CheckpointError: the folder cannot be written.
        """
        tensors = {name: to_array(tensor) for name, tensor in self.network.state_dict().items()}
        write_checkpoint(path, halved(tensors) if half else tensors, self.description())

    def description(self) -> dict[str, object]:
        """What the file says beside the tensors."""
        told = Description(self.charset, self.architecture, self.plugins, self.provenance, self.calibration)
        return told.to_dict()

    def with_charset(self, charset: Charset, *, registry: Registry | None = None) -> Model:
        """The same network for another charset.

        Symbols that both have keep their logits to the bit; new ones are not read before they are trained, see
        ``ocrkit.nets.relabelling``.
        """
        other = Model.build(charset, self.architecture, registry=registry)
        weights = {name: tensor for name, tensor in self.network.state_dict().items() if not name.startswith("output.")}
        other.network.load_state_dict(weights, strict=False)
        place = {symbol: label for label, symbol in enumerate(self.charset.symbols)}
        relabel(other.network.output, self.network.output, [place.get(symbol) for symbol in charset.symbols])
        return other

    def with_architecture(self, architecture: Architecture, *, registry: Registry | None = None) -> Model:
        """The same weights in another network, whose tensors are alike: one with other dropout, say.

        Raises:
            ConfigError, OptionError: as ``build`` does.
            ModelError: its tensors are others.
        """
        other = Model.build(self.charset, architecture, registry=registry)
        try:
            other.network.load_state_dict(self.network.state_dict())
        except RuntimeError as error:
            raise ModelError(f"the weights do not fit the other network: {_in_one_line(error)}") from error
        other.provenance = self.provenance
        return other

    def parameters(self) -> int:
        """The number of trained weights."""
        return sum(parameter.numel() for parameter in self.network.parameters())

    def frames(self, width: int) -> int:
        """The number of frames, after those that are skipped, of a line ``width`` px wide at the model's height."""
        return self.network.frames(width)

    def pixels(self, frame: float) -> tuple[float, float]:
        """Left and right edge, in px of the network's input image, of an output frame counted after those skipped."""
        return self.network.pixels(frame)

    def forward_pass(self, device: str = "auto", precision: str = "auto", threads: int = 0) -> ForwardPass:
        """What runs the network, which is moved to the device; see ``ForwardPass``.

        Raises:
            OptionError: there is no such device or precision.
        """
        return ForwardPass(self.network, resolve_device(device), precision, threads)


def to_array(tensor: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    """A tensor as a contiguous array on the CPU."""
    # Not np.ascontiguousarray, which makes a scalar a vector.
    return tensor.detach().cpu().contiguous().numpy()


def _backbone_options(spec: BackboneSpec, architecture: Architecture) -> DataclassInstance:
    table = dict(architecture.options)
    if "height" in getattr(spec.options, "__dataclass_fields__", {}):
        table["height"] = architecture.preprocessing.height
    options: DataclassInstance = from_table(spec.options, table, where=f"backbone {spec.name}")
    return options


def _head_options(spec: HeadSpec, head: HeadOptions) -> DataclassInstance:
    where, table = f"head {spec.name}", dict(head.options)
    if head.rnn is not None:
        table["rnn"] = [to_table(layer) for layer in head.rnn]
    if "dropout" in getattr(spec.options, "__dataclass_fields__", {}):
        table["dropout"] = head.dropout or 0.0
    elif head.dropout:
        raise OptionError(f"head.dropout is {head.dropout!r}, and {where} drops nothing; expected 0")
    options: DataclassInstance = from_table(spec.options, table, where=where)
    return options


def _resolved(head: HeadOptions, options: DataclassInstance) -> HeadOptions:
    """The head with every option of its own spelled out; LSTMs where model files have always had them."""
    if isinstance(options, BlstmOptions):
        return replace(head, rnn=options.rnn, options={})
    return replace(head, options={key: value for key, value in to_table(options).items() if key != "dropout"})


def _check_shapes(charset: Charset, architecture: Architecture, shapes: Shapes, where: str, registry: Registry) -> None:
    """Refuse tensors that are not those of the description, by a network that takes no memory."""
    try:
        with torch.device("meta"), without_initialisation():
            expected = Model.build(charset, architecture, registry=registry).network.state_dict()
    except (RuntimeError, TypeError, OverflowError) as error:
        # A plugin's network may do with its tensors what only real ones can; ocrkit's do not.
        parts = registry.offer(BACKBONE, architecture.backbone), registry.offer(HEAD, architecture.head.name)
        if any(offer.distribution != "ocrkit" for offer in parts):
            return
        raise CheckpointError(f"its network cannot be built: {_in_one_line(error)}", where) from error
    _compare({name: tuple(tensor.shape) for name, tensor in expected.items()}, shapes, where)


def _compare(expected: Shapes, found: Shapes, where: str) -> None:
    for what, names in (("lacks", expected.keys() - found.keys()), ("adds", found.keys() - expected.keys())):
        if names:
            first = ", ".join(sorted(names)[:_NAMED])
            raise CheckpointError(f"its tensors do not fit its description: it {what} {len(names)}: {first}", where)
    for name, shape in expected.items():
        if shape != found[name]:
            raise CheckpointError(f"{name} is {found[name]}; its description needs {shape}", where)


def _in_one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or "memory has run out"


def _fill(network: Crnn, tensors: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]], where: str) -> None:
    expected = network.state_dict()
    # A plugin's network may not have been compared before it was built.
    shapes = {name: tuple(tensor.shape) for name, tensor in expected.items()}
    _compare(shapes, {name: array.shape for name, array in tensors.items()}, where)
    for name, tensor in expected.items():
        if (tensors[name].dtype.kind == "f") != tensor.is_floating_point():
            raise CheckpointError(f"{name} holds {tensors[name].dtype}; its network needs {tensor.dtype}", where)
    network.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in tensors.items()})


def check_order_fits(model: Model, charset: Charset) -> None:
    """Refuse a charset whose labels stand in another order than the model's: as on paper, or as in the text.

    Raises:
        ModelError: they do, and it matters, as letters run from right to left.
    """
    ours, theirs = model.charset, charset
    if ours.runs_leftward and theirs.runs_leftward and ours.order != theirs.order:
        stand = {"visual": "as on paper", "logical": "in the order of the text"}
        raise ModelError(
            f"the model's labels stand {stand[ours.order]} (order {ours.order!r}), those of charset {theirs.name!r} "
            f'{stand[theirs.order]}; give a charset file with order = "{ours.order}", or learn the other order by '
            "`resize='new'`"
        )


def check_charset_fits(model: Model, charset: Charset) -> None:
    """Refuse a charset whose labels are not the model's.

    Raises:
        ModelError: they differ, or stand in another order; the message says how, and the way out.
    """
    check_order_fits(model, charset)
    if charset.symbols == model.charset.symbols:
        return
    added = sorted(set(charset.symbols) - set(model.charset.symbols))
    lost = sorted(set(model.charset.symbols) - set(charset.symbols))
    parts = [f"{len(added)} symbols are new ({_shown(added)})"] if added else []
    parts += [f"{len(lost)} would be lost ({_shown(lost)})"] if lost else []
    difference = ", ".join(parts) or "the symbols are the same, in another order"
    raise ModelError(
        f"the model reads charset {model.charset.name!r}, not {charset.name!r}: {difference}; "
        "`resize='union'` keeps the model's symbols and adds the others, `resize='new'` takes the new charset"
    )


def _shown(symbols: list[str], most: int = 10) -> str:
    return "".join(symbols[:most]) + (" …" if len(symbols) > most else "")
