"""The model that training begins with: fresh weights, or those of another model, for its charset or a wider one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.model import Architecture, Model
from ocrkit.model_files import find_model
from ocrkit.training.settings import RunConfig

if TYPE_CHECKING:
    from ocrkit.plugin.registry import Registry
    from ocrkit.text.charset import Charset

__all__ = ["initial_model", "load_base"]


def load_base(config: RunConfig, *, registry: Registry) -> Model | None:
    """The model that ``config.load`` names: a file, a run's folder or an installed one; None where it names none.

    Raises:
        OptionError: the configuration asks for another network, or other inputs, than that model's.
        OcrkitError: there is no such model, or it is damaged.
    """
    if not config.load:
        return None
    base = Model.load(find_model(config.load).path, registry=registry)
    parts, standard = base.architecture, RunConfig()
    wanted = config.backbone
    same_backbone = wanted.name == parts.backbone and all(
        parts.options.get(key) == value for key, value in wanted.options.items()
    )
    for name, said, agrees in (
        ("backbone", wanted != standard.backbone, same_backbone),
        ("head", config.head != standard.head, config.head == parts.head),
        ("preprocessing", config.preprocessing != standard.preprocessing, config.preprocessing == parts.preprocessing),
    ):
        if said and not agrees:
            raise OptionError(
                f"{name} is not that of the model {config.load!r}, whose network is taken as it is; "
                f"leave {name} out, or train without `load`"
            )
    return base


def initial_model(config: RunConfig, charset: Charset, base: Model | None, registry: Registry) -> Model:
    """``base`` for that charset, or without one a model with fresh weights from torch's generator."""
    if base is None:
        parts = Architecture(config.backbone.name, config.backbone.options, config.head, config.preprocessing)
        return Model.build(charset, parts, registry=registry)
    return base if charset == base.charset else base.with_charset(charset, registry=registry)
