"""Which samples train and which validate, and the charset that they are spelled in."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.records import Sample
from ocrkit.data.sources.lazy import ChainedSamples
from ocrkit.errors import DataError
from ocrkit.model import Model, check_charset_fits, check_order_fits
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.datasets import open_samples
from ocrkit.plugin.specs import SourceOptions
from ocrkit.text.charset import Charset
from ocrkit.text.expression import FROM_DATA, parse_expression
from ocrkit.training.evaluation_sets import WITHOUT_NAME, judging_set, named_places

if TYPE_CHECKING:
    from ocrkit.plugin.registry import Registry
    from ocrkit.training.settings import RunConfig

__all__ = ["Sets", "open_sets"]

_SYNTHETIC = "synthetic"
# Drawn validation lines come from a stream of their own, whatever the run's seed.
_VALIDATION_SEED = 1_000_003


@dataclass(frozen=True, slots=True)
class Sets:
    """Labelled samples to train on and to validate with, and their charset.

    Attributes:
        charset: what spells them.
        training: the samples to train on.
        validation: those to validate with, by the names of their sets; none of them is empty.
    """

    charset: Charset
    training: Sequence[Sample]
    validation: Mapping[str, Sequence[Sample]]


def open_sets(config: RunConfig, *, registry: Registry, base: Model | None = None, resuming: bool = False) -> Sets:
    """Open what the configuration names, or draw lines where it names nothing.

    Args:
        config: the run's configuration.
        registry: where charsets and sources are looked up.
        base: the model that training starts from, whose charset the labels may have to fit.
        resuming: whether the charset is settled, and is that of ``base``.

    Raises:
        OcrkitError: a location, a format or the charset is not what it should be.
    """
    places = named_places(config.data.evaluation)
    unnamed = [WITHOUT_NAME] if config.draws_lines or config.data.validation_fraction else []
    judging_set(places or unnamed, config.training.judge)
    if resuming and base is not None:
        named: Charset | None = base.charset
    elif config.keeps_charset and base is not None:
        named = base.charset
    else:
        named = _named_charset(config, registry)
    opened: Sequence[Sample] = () if config.draws_lines else _opened(config.data.training, config, named, registry)
    charset = named if named is not None else _charset_of(opened, config, registry)
    if not resuming:
        charset = _final_charset(charset, config, base)
    validation = {name: _opened(at, config, charset, registry) for name, at in places.items()}
    if config.draws_lines:
        seed, count = config.training.seed, config.data.validation_count
        training = _drawn(config, charset, seed, None, registry)
        others = {} if validation else {WITHOUT_NAME: _drawn(config, charset, seed + _VALIDATION_SEED, count, registry)}
        return Sets(charset, training, validation or others)
    if validation:
        return Sets(charset, opened, validation)
    training, share = _split(opened, config.data.validation_fraction, config.training.seed)
    return Sets(charset, training, {WITHOUT_NAME: share} if share else {})


def _named_charset(config: RunConfig, registry: Registry) -> Charset | None:
    """The charset that the configuration names; None where it is made from training texts that are there."""
    if FROM_DATA in parse_expression(config.charset) and not config.draws_lines:
        return None
    return resolve_charset(config.charset, registry)


def _charset_of(samples: Sequence[Sample], config: RunConfig, registry: Registry) -> Charset:
    return resolve_charset(config.charset, registry, texts=lambda: (sample.text or "" for sample in samples))


def _final_charset(charset: Charset, config: RunConfig, base: Model | None) -> Charset:
    if base is None or config.resize == "new":
        return charset
    if config.resize == "union":
        check_order_fits(base, charset)
        return base.charset + charset if charset.symbols != base.charset.symbols else base.charset
    check_charset_fits(base, charset)
    return base.charset


def _opened(
    locations: Sequence[str], config: RunConfig, charset: Charset | None, registry: Registry
) -> Sequence[Sample]:
    form = config.data.format or None
    pattern = {"pattern": config.data.pattern} if config.data.pattern else {}
    extra = config.synthetic if form == _SYNTHETIC else pattern
    options = SourceOptions(charset=charset, seed=config.training.seed, extra=extra)
    return ChainedSamples.of(
        open_samples(place, format=form, options=options, registry=registry) for place in locations
    )


def _drawn(config: RunConfig, charset: Charset, seed: int, count: int | None, registry: Registry) -> Sequence[Sample]:
    options = SourceOptions(charset=charset, seed=seed, count=count, extra=config.synthetic)
    return open_samples(None, format=config.data.format or _SYNTHETIC, options=options, registry=registry)


def _split(samples: Sequence[Sample], fraction: float, seed: int) -> tuple[Sequence[Sample], Sequence[Sample]]:
    """A seeded share of the samples for validation, the rest for training, both in their given order."""
    count = round(len(samples) * fraction)
    if fraction and not 0 < count < len(samples):
        lines = "1 line is" if len(samples) == 1 else f"{len(samples)} lines are"
        raise DataError(
            f"{lines} too few to set a share of {fraction:g} aside for validation; "
            "name validation lines with `data.evaluation`, or `data.validation_fraction=0`"
        )
    chosen = set(np.random.default_rng(seed).permutation(len(samples))[:count].tolist())
    rest = array("q", (index for index in range(len(samples)) if index not in chosen))
    whole = ChainedSamples.of([samples])  # of which none is made before it is asked for
    return replace(whole, numbers=rest), replace(whole, numbers=sorted(chosen))
