"""The corrector for a charset, by its name and the options that the user gives; what it answers is held to its word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ocrkit.config import from_table
from ocrkit.data.changes import fault_in
from ocrkit.errors import OptionError, PluginError
from ocrkit.plugin.corrector_specs import Proposer
from ocrkit.plugin.registry import Registry, default_registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.config import Table
    from ocrkit.data.changes import Change
    from ocrkit.plugin.corrector_specs import Corrector, LineReading
    from ocrkit.text.charset import Charset

__all__ = ["LineCorrector", "as_line_corrector", "chosen_corrector", "make_corrector"]


@dataclass(frozen=True, slots=True)
class LineCorrector:
    """A corrector, and the charset in whose spelling it must answer.

    Attributes:
        corrector: what answers.
        charset: that of the lines.
        name: what messages call it.
    """

    corrector: Corrector
    charset: Charset
    name: str = "given"

    @property
    def proposes(self) -> bool:
        """Whether it can also say what it would offer."""
        return isinstance(self.corrector, Proposer)

    def changes(self, reading: LineReading) -> tuple[Change, ...]:
        """The changes to make in a line, in order; none in one without text.

        Raises:
            PluginError: they are not in order, overlap, or do not stand where they say.
        """
        if not reading.text.strip():
            return ()
        return self._spelt(self.corrector.correct(reading), reading.text, alone=True)

    def proposals(self, reading: LineReading) -> tuple[Change, ...]:
        """What it would offer in a line, by place, the likelier first; what it would change, if it cannot offer.

        Raises:
            PluginError: as ``changes``.
        """
        if not reading.text.strip():
            return ()
        if not isinstance(self.corrector, Proposer):
            return self.changes(reading)
        return self._spelt(self.corrector.propose(reading), reading.text, alone=False)

    def _spelt(self, changes: Sequence[Change], text: str, *, alone: bool) -> tuple[Change, ...]:
        """The changes in the charset's spelling, by which one may turn out to be none."""
        if fault := fault_in(changes, text, alone=alone):
            raise PluginError(f"corrector {self.name!r} on {text!r}: {fault}")
        spelt = (replace(change, after=self.charset.normalize(change.after)) for change in changes)
        return tuple(change for change in spelt if change.after != change.before)


def as_line_corrector(given: Corrector | LineCorrector, charset: Charset) -> LineCorrector:
    """A corrector that a program gives, for a charset."""
    if isinstance(given, LineCorrector):
        return given
    if not callable(getattr(given, "correct", None)):
        raise OptionError(f"corrector is a {type(given).__name__}; expected a Corrector, as make_corrector(name) gives")
    return LineCorrector(given, charset)


def chosen_corrector(
    name: str | None, charset: Charset, options: Table | None = None, *, registry: Registry | None = None
) -> LineCorrector | None:
    """The corrector of that name, as ``make_corrector`` gives it; None where none is named.

    Raises:
        OptionError: there are options, and no corrector.
        OcrkitError: as ``make_corrector``.
    """
    if name is not None:
        return make_corrector(name, charset, options, registry=registry)
    if options:
        raise OptionError("there is no corrector for `correct_options` to apply to; name one with `correct`")
    return None


def make_corrector(
    name: str, charset: Charset, options: Table | None = None, *, registry: Registry | None = None
) -> LineCorrector:
    """The corrector of that name, for a charset.

    Args:
        name: as ``ocrkit plugins list`` shows it.
        charset: that of the lines.
        options: the corrector's own, by their names.
        registry: where it is looked up; None for the default one.

    Raises:
        UnknownNameError: there is no such corrector.
        ConfigError: it has no such option, or a value is of another type.
        OptionError: it cannot use a value, or cannot do without one that was not given.
    """
    spec = (registry or default_registry()).corrector(name)
    chosen: Any = from_table(spec.options, options or {}, where=f"corrector {name!r}")
    try:
        return LineCorrector(spec.build(charset, chosen), charset, name)
    except OptionError as error:
        raise OptionError(f"corrector {name!r}: {error}") from error
