"""What a model file says beside its weights: charset, architecture, plugins, provenance and calibration."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, field

from ocrkit.config import Table, from_table, to_table
from ocrkit.data.image import Preprocessing
from ocrkit.errors import CheckpointError, OcrkitError, OptionError
from ocrkit.nets.options import HeadOptions
from ocrkit.text.calibration import Calibration
from ocrkit.text.charset import Charset

__all__ = ["Architecture", "Description", "read_description"]


@dataclass(frozen=True, slots=True)
class Architecture:
    """Everything about a network but its weights and its charset.

    Attributes:
        backbone: the name of a backbone.
        options: the backbone's options, as a table; its ``height`` is the preprocessing's.
        head: the layers after the backbone.
        preprocessing: how images become inputs.
    """

    backbone: str = "vgg"
    options: Mapping[str, object] = field(default_factory=dict)
    head: HeadOptions = field(default_factory=HeadOptions)
    preprocessing: Preprocessing = field(default_factory=Preprocessing)


@dataclass(frozen=True, slots=True)
class Description:
    """Everything about a model but its weights.

    Attributes:
        charset: what its labels stand for; label 0 is the blank.
        architecture: what the network was built from, every option spelled out.
        plugins: the distributions, by name with their versions, that its parts came from.
        provenance: how it was trained.
        calibration: what its confidences are worth; None where nobody looked.
    """

    charset: Charset
    architecture: Architecture
    plugins: Mapping[str, str]
    provenance: Mapping[str, object]
    calibration: Calibration | None

    def to_dict(self) -> dict[str, object]:
        """The metadata of a model file, as ``read_description`` takes it."""
        calibration = {} if self.calibration is None else {"calibration": self.calibration.to_dict()}
        return {
            **calibration,
            "kind": "model",
            "ocrkit": importlib.metadata.version("ocrkit"),
            "plugins": dict(self.plugins),
            "charset": self.charset.to_dict(),
            "architecture": to_table(self.architecture),
            "provenance": dict(self.provenance),
        }


def read_description(metadata: Mapping[str, object], where: str) -> Description:
    """What a file's metadata says of a model that reads lines.

    Args:
        metadata: what the file says.
        where: begins the errors.

    Raises:
        CheckpointError: it is not the description of such a model, or contradicts itself.
    """
    if metadata.get("kind") == "segmentation":
        raise CheckpointError("is a model that finds lines on pages; expected one that reads them", where)
    if metadata.get("kind") != "model":
        raise CheckpointError(f"holds a {metadata.get('kind')!r}, not a model", where)
    charset, parts, plugins, provenance = (
        _table(metadata, key, where) for key in ("charset", "architecture", "plugins", "provenance")
    )
    try:
        return Description(
            charset=Charset.from_dict(charset),
            architecture=from_table(Architecture, _as_it_was(parts)),
            plugins={str(name): str(version) for name, version in plugins.items()},
            provenance=provenance,
            calibration=_calibration(metadata.get("calibration"), where),
        )
    except CheckpointError:
        raise
    except OcrkitError as error:
        raise CheckpointError(f"its metadata is damaged: {error}", where) from error


def _table(metadata: Mapping[str, object], key: str, where: str) -> Table:
    table = metadata.get(key)
    if not isinstance(table, Mapping):
        raise CheckpointError(f"its metadata is damaged: it has no table {key!r}", where)
    return table


def _as_it_was(parts: Table) -> Table:
    """The parts of a network, in which what an older file does not say is what held when it was written."""
    preprocessing = parts.get("preprocessing", {})
    if not isinstance(preprocessing, Mapping):
        return parts  # damaged, which whoever reads it says
    return {**parts, "preprocessing": {"contrast": "keep", **preprocessing}}


def _calibration(table: object, where: str) -> Calibration | None:
    try:
        return None if table is None else Calibration.from_dict(table)
    except OptionError as error:
        raise CheckpointError(f"its metadata is damaged: of its calibration {error}", where) from error
