"""Train, use and measure recognisers of text lines, for any script."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocrkit.data.changes import Change as Change
    from ocrkit.data.records import Prediction as Prediction
    from ocrkit.data.records import Sample as Sample
    from ocrkit.errors import OcrkitError as OcrkitError
    from ocrkit.errors import Origin as Origin
    from ocrkit.evaluation import evaluate as evaluate
    from ocrkit.model import Model as Model
    from ocrkit.pages.by_keyword import read_pages as read_pages
    from ocrkit.plugin.charset_expression import resolve_charset as resolve_charset
    from ocrkit.plugin.corrector_specs import CorrectorSpec as CorrectorSpec
    from ocrkit.plugin.corrector_specs import LineReading as LineReading
    from ocrkit.plugin.engine_specs import EngineSpec as EngineSpec
    from ocrkit.plugin.hookspec import hookimpl as hookimpl
    from ocrkit.plugin.page_specs import PageRendererSpec as PageRendererSpec
    from ocrkit.plugin.page_specs import SegmenterSpec as SegmenterSpec
    from ocrkit.plugin.specs import AugmentationSpec as AugmentationSpec
    from ocrkit.plugin.specs import BackboneSpec as BackboneSpec
    from ocrkit.plugin.specs import CommandSpec as CommandSpec
    from ocrkit.plugin.specs import DecoderSpec as DecoderSpec
    from ocrkit.plugin.specs import HeadSpec as HeadSpec
    from ocrkit.plugin.specs import ModelSpec as ModelSpec
    from ocrkit.plugin.specs import RendererSpec as RendererSpec
    from ocrkit.plugin.specs import SourceSpec as SourceSpec
    from ocrkit.recognition import Recognizer as Recognizer
    from ocrkit.text.charset import Charset as Charset
    from ocrkit.text.scripts import Script as Script
    from ocrkit.training.by_keyword import train as train

__version__ = "0.1.0"

# Where each public name lives: looked up on first use, so that `import ocrkit` stays light.
_HOMES = {
    "AugmentationSpec": "ocrkit.plugin.specs",
    "BackboneSpec": "ocrkit.plugin.specs",
    "Change": "ocrkit.data.changes",
    "Charset": "ocrkit.text.charset",
    "CommandSpec": "ocrkit.plugin.specs",
    "CorrectorSpec": "ocrkit.plugin.corrector_specs",
    "DecoderSpec": "ocrkit.plugin.specs",
    "EngineSpec": "ocrkit.plugin.engine_specs",
    "HeadSpec": "ocrkit.plugin.specs",
    "LineReading": "ocrkit.plugin.corrector_specs",
    "Model": "ocrkit.model",
    "ModelSpec": "ocrkit.plugin.specs",
    "OcrkitError": "ocrkit.errors",
    "Origin": "ocrkit.errors",
    "PageRendererSpec": "ocrkit.plugin.page_specs",
    "Prediction": "ocrkit.data.records",
    "Recognizer": "ocrkit.recognition",
    "RendererSpec": "ocrkit.plugin.specs",
    "Sample": "ocrkit.data.records",
    "Script": "ocrkit.text.scripts",
    "SegmenterSpec": "ocrkit.plugin.page_specs",
    "SourceSpec": "ocrkit.plugin.specs",
    "evaluate": "ocrkit.evaluation",
    "read_pages": "ocrkit.pages.by_keyword",
    "hookimpl": "ocrkit.plugin.hookspec",
    "resolve_charset": "ocrkit.plugin.charset_expression",
    "train": "ocrkit.training.by_keyword",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'ocrkit' has no attribute {name!r}")
    try:
        home = import_module(_HOMES[name])
    except ModuleNotFoundError as error:
        from ocrkit.torch_extra import lacks_torch, torch_is_missing

        if not lacks_torch(error):
            raise
        raise torch_is_missing(f"ocrkit.{name}") from error
    return getattr(home, name)


def __dir__() -> list[str]:
    return __all__
