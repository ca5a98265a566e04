"""What finds the lines of pages: a segmenter by its name, or the best that is installed."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.config import from_table
from ocrkit.errors import MissingFileError, OptionError, UnknownNameError
from ocrkit.model_files import models_in
from ocrkit.model_forms import SUFFIXES, check_runtime, check_twin, form_for, has_form
from ocrkit.plugin.lookup import pick
from ocrkit.plugin.offers import MODEL, SEGMENTER
from ocrkit.plugin.registry import Registry, default_registry

if TYPE_CHECKING:
    from PIL.Image import Image

    from ocrkit.config import Table
    from ocrkit.layout.records import Direction, Layout
    from ocrkit.layout.scan import Scan
    from ocrkit.plugin.offers import Offer
    from ocrkit.plugin.page_specs import Segmenter, SegmenterSpec
    from ocrkit.plugin.specs import ModelSpec
    from ocrkit.text.charset import Charset

__all__ = ["LINES", "ChosenSegmenter", "Segmenting", "choose_segmenter", "segmentation_models", "settle_segmenter"]

LINES, BANDS = "lines", "bands"
"""The segmenter that a model tells, and the one that needs none."""

_SEGMENTATION = "segmentation"  # the task of such models
_IN_RUN = "model"


@dataclass(frozen=True, slots=True)
class ChosenSegmenter:
    """A segmenter, what it is called, and in words why it was taken; empty when the user named it."""

    segmenter: Segmenter
    name: str
    why: str = ""


class Segmenting:
    """Gives the layout of a page by a segmenter, as ``PageReader`` asks for it.

    Args:
        segmenter: finds the lines.
        charset: of what stands on the pages, whose direction is that of their columns.
    """

    def __init__(self, segmenter: Segmenter, charset: Charset) -> None:
        self._segmenter = segmenter
        self._direction: Direction = "rtl" if charset.direction == "rtl" else "ltr"

    def __call__(self, scan: Scan, grey: Image) -> Layout:
        """The layout of a picture in mode ``L``."""
        del scan
        return self._segmenter.segment(np.asarray(grey), direction=self._direction)


def segmentation_models(registry: Registry | None = None) -> tuple[Offer[ModelSpec], ...]:
    """The installed models that find lines, in the order in which they are offered."""
    return tuple(offer for offer in (registry or default_registry()).models() if offer.value.task == _SEGMENTATION)


def choose_segmenter(
    name: str | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    options: Table | None = None,
    runtime: str = "auto",
    registry: Registry | None = None,
) -> ChosenSegmenter:
    """The segmenter that a name means, or the one to take without a name.

    Args:
        name: of a segmenter; None takes ``lines`` where a model for it is named or installed, else ``bands``.
        weights: the model of a segmenter that has one: a file, or an installed one by its name; None for the first
            that is installed.
        options: of the segmenter, by their names.
        runtime: what computes the network: ``torch``, ``onnx``, or ``auto`` for torch where it is installed and the
            model has that form. A file that is named is taken as it is, and another than was asked for is no error: the
            lines of a page may be found in one engine and read in the other.
        registry: knows segmenters and models; None for the default one.

    Raises:
        UnknownNameError: there is no such segmenter, or no such model.
        MissingFileError: it needs a model, and there is none.
        OptionError: it takes no model, and one is named.
        ConfigError: it has no such option, or a value is of another type.
    """
    registry = registry or default_registry()
    name, table, why = settle_segmenter(name, weights=weights, options=options, runtime=runtime, registry=registry)
    spec = registry.offer(SEGMENTER, name).value
    return ChosenSegmenter(spec.build(from_table(spec.options, table, where=f"segmenter {name!r}")), name, why)


def settle_segmenter(
    name: str | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    options: Table | None = None,
    runtime: str = "auto",
    registry: Registry | None = None,
) -> tuple[str, dict[str, object], str]:
    """The name of the segmenter that ``choose_segmenter`` would build, its options, and why; nothing is loaded.

    Raises:
        OcrkitError: as ``choose_segmenter``.
    """
    registry = registry or default_registry()
    installed = segmentation_models(registry)
    why = ""
    if name is None:
        name, why = _best(weights, installed, registry)
    spec = registry.offer(SEGMENTER, name).value
    table = dict(options or {})
    if any(field.name == "weights" for field in fields(spec.options)):
        if weights is not None or "weights" not in table:
            table["weights"] = str(_weights(spec, weights, runtime, installed, registry))
    elif weights is not None:
        raise OptionError(f"segmenter {name!r} takes no model; leave `segmenter_model` out")
    return name, table, why


def _best(
    weights: str | os.PathLike[str] | None, installed: tuple[Offer[ModelSpec], ...], registry: Registry
) -> tuple[str, str]:
    """The name of the segmenter to take, and why."""
    offered = [offer.name for offer in registry.segmenters()]
    if LINES in offered and (weights is not None or installed):
        told = "" if weights is not None else f"the installed model {installed[0].name!r} of {installed[0].origin}"
        return LINES, told
    if BANDS in offered:
        return BANDS, "no model that finds lines is installed; 'pip install ocrkit-models' brings one"
    if offered:
        return offered[0], "the first that is installed"
    raise UnknownNameError("no segmenter is installed, so the lines of pages cannot be found")


def _weights(
    spec: SegmenterSpec,
    named: str | os.PathLike[str] | None,
    runtime: str,
    installed: tuple[Offer[ModelSpec], ...],
    registry: Registry,
) -> Path:
    if named is None:
        if not installed:
            raise MissingFileError(
                f"segmenter {spec.name!r} needs a model and none is installed; 'pip install ocrkit-models' brings one, "
                "`segmenter_model` names a file"
            )
        return _in_form(installed[0].value.path, runtime)
    path = Path(named)
    if path.is_dir() and (of_run := models_in(path, _IN_RUN)):
        return _in_form(of_run[0], runtime)
    if path.exists() and not path.is_dir():
        return path
    if path.suffix in SUFFIXES.values() or "/" in os.fspath(named):
        raise MissingFileError(f"no segmentation model {os.fspath(named)!r}")
    offer = pick("segmentation model", os.fspath(named), installed, registry.suspects(MODEL))
    return _in_form(offer.value.path, runtime)


def _in_form(path: Path, runtime: str) -> Path:
    """The file of a model that the runtime reads, or else the one there is."""
    check_runtime(runtime)
    file = form_for(path, runtime if has_form(path, runtime) else "auto")
    check_twin(file)
    return file
