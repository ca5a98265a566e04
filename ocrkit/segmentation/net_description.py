"""What the file of a network that finds lines says of itself, in either form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.errors import CheckpointError
from ocrkit.segmentation.maps import BORDER, MAP_STRIDE, MAPS, RIBBON, WORKING_X_HEIGHT

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

__all__ = ["KIND", "check_description", "described", "provenance_of"]

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


def described(network: Mapping[str, object], provenance: Mapping[str, object]) -> dict[str, object]:
    """What a file says of a network of these options that came to be so."""
    return {"kind": KIND, "version": _VERSION, **_MEANING, "network": dict(network), "provenance": dict(provenance)}


def provenance_of(metadata: Mapping[str, object]) -> Mapping[str, object]:
    """How a file says that its network came to be; empty where it does not."""
    provenance = metadata.get("provenance")
    return provenance if isinstance(provenance, dict) else {}


def check_description(metadata: Mapping[str, object], path: str | os.PathLike[str]) -> None:
    """See that a file is one of a network for the maps that this ocrkit makes lines of.

    Raises:
        CheckpointError: it holds something else, or was trained for other maps.
    """
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
