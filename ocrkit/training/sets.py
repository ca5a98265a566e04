"""Which samples train and which validate, and the charset that they are spelled in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.records import Sample
from ocrkit.errors import ConfigError, DataError
from ocrkit.model import Model, check_charset_fits
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.datasets import open_samples
from ocrkit.plugin.specs import SourceOptions
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from ocrkit.plugin.registry import Registry
    from ocrkit.training.settings import RunConfig

__all__ = ["Sets", "open_sets"]

# Drawn validation lines come from a stream of their own, whatever the run's seed.
_VALIDATION_SEED = 1_000_003
_FROM_DATA = "from-data"


@dataclass(frozen=True, slots=True)
class Sets:
    """Labelled samples to train on and to validate with, and their charset."""

    charset: Charset
    training: Sequence[Sample]
    validation: Sequence[Sample]

    def digest(self) -> str:
        """SHA-256 over the names and texts of the training samples, in order."""
        state = hashlib.sha256()
        for sample in self.training:
            state.update(f"{sample.name}\0{sample.text}\0".encode("utf-8", "surrogateescape"))
        return state.hexdigest()


def open_sets(config: RunConfig, *, base: Model | None, registry: Registry) -> Sets:
    """Open what the configuration names, or draw lines where it names nothing.

    Args:
        config: the run's configuration.
        base: the model that training starts from, whose charset the labels may have to fit.
        registry: where charsets and sources are looked up.

    Raises:
        OcrkitError: a location, a format or the charset is not what it should be.
    """
    if config.draws_lines:
        if config.charset == _FROM_DATA:
            raise ConfigError("charset 'from-data' takes the characters of labelled data, and none is given")
        charset = _final_charset(resolve_charset(config.charset, registry), config, base)
        training = _drawn(config, charset, config.training.seed, None, registry)
        validation = _given(config, registry) or _drawn(
            config, charset, config.training.seed + _VALIDATION_SEED, config.data.validation_count, registry
        )
        return Sets(charset, training, validation)
    samples = _opened(config.data.training, config, registry)
    if config.charset == _FROM_DATA:
        charset = Charset.from_texts(sample.text or "" for sample in samples)
    else:
        charset = resolve_charset(config.charset, registry)
    charset = _final_charset(charset, config, base)
    validation = _given(config, registry)
    if validation:
        return Sets(charset, samples, validation)
    return Sets(charset, *_split(samples, config.data.validation_fraction, config.training.seed))


def _final_charset(charset: Charset, config: RunConfig, base: Model | None) -> Charset:
    if base is None or config.resize == "new":
        return charset
    if config.resize == "union":
        return base.charset + charset if charset.symbols != base.charset.symbols else base.charset
    check_charset_fits(base, charset)
    return base.charset


def _given(config: RunConfig, registry: Registry) -> list[Sample]:
    return _opened(config.data.evaluation, config, registry)


def _opened(locations: Sequence[str], config: RunConfig, registry: Registry) -> list[Sample]:
    form = config.data.format or None
    return [sample for place in locations for sample in open_samples(place, format=form, registry=registry)]


def _drawn(config: RunConfig, charset: Charset, seed: int, count: int | None, registry: Registry) -> Sequence[Sample]:
    options = SourceOptions(charset=charset, seed=seed, count=count, extra=config.synthetic)
    return open_samples(None, format=config.data.format or "synthetic", options=options, registry=registry)


def _split(samples: Sequence[Sample], fraction: float, seed: int) -> tuple[list[Sample], list[Sample]]:
    """A seeded share of the samples for validation, the rest for training, both in their given order."""
    count = round(len(samples) * fraction)
    if fraction and not count:
        raise DataError(
            f"{len(samples)} lines are too few to set a share of {fraction:g} aside for validation; "
            "name validation lines with -e, or --set data.validation_fraction=0"
        )
    chosen = set(np.random.default_rng(seed).permutation(len(samples))[:count].tolist())
    training = [sample for index, sample in enumerate(samples) if index not in chosen]
    return training, [samples[index] for index in sorted(chosen)]
