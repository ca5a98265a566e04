"""Whether a corrector's changes stand in the line, and can be relied upon."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ocrkit.data.changes import fault_in
from ocrkit.data.records import CharacterSpan
from ocrkit.errors import OptionError, PluginError
from ocrkit.plugin.corrector_specs import LineReading, Proposer
from ocrkit.plugin.testing.defaults import default_options
from ocrkit.plugin.testing.verdict import require, require_summary, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.plugin.corrector_specs import Corrector, CorrectorSpec
    from ocrkit.text.charset import Charset

__all__ = ["check_corrector"]

# Between them what makes a corrector stumble: spaces at the ends, marks around words, words that no list has, a line of
# one letter, symbols of other charsets.
_TEXTS = (
    "the quick brown fox",
    "the qnick hrown fox jumqs ovcr",
    "  tbe  end ",
    '"Hcllo," she sa1d; O\'Brien-Smith (rnodern)...',
    "a",
    "Xyzzyqwk",
    "വരി one ശ്രീ",
)
_NUMBERS = ("1,234.50", "2026-11-27 10:45", "3")


def check_corrector(spec: CorrectorSpec, *, options: Any = None, charset: Charset | None = None) -> str | None:
    """Check a corrector on clean, garbled, empty and odd lines, with log-probabilities, without, and with text alone.

    Args:
        spec: the corrector.
        options: an instance of ``spec.options``; the defaults where None.
        charset: the charset that it is built for; ASCII where None.

    Returns:
        Why it was not tried, where it cannot be built with its defaults: with a file that the user names, for example.

    Raises:
        PluginError: it fails; its changes are out of order or range, overlap, say of the text what does not stand
            there, or change nothing; it answers one line in two ways, writes to the log-probabilities, alters a number,
            or finds something in an empty line.
    """
    what = f"corrector {spec.name!r}"
    require_summary(what, spec.summary)
    chosen = options if options is not None else default_options(what, spec.options)
    own = charset or _ascii()
    try:
        corrector = spec.build(own, chosen)
    except Exception as error:
        if options is None and isinstance(error, OptionError):
            return f"not tried, for with its defaults it cannot be built: {error}"
        raise PluginError(f"{what}: build raised {type(error).__name__}: {error}") from error
    for text in ("", *_TEXTS, *_NUMBERS):
        for how, reading in _readings(text, own):
            _check_reading(f"{what} on {text!r} {how}", corrector, reading)
    return None


def _ascii() -> Charset:
    from ocrkit.text.shipped import shipped_charset

    return shipped_charset("ascii")


def _readings(text: str, charset: Charset) -> Iterator[tuple[str, LineReading]]:
    characters = tuple(CharacterSpan(letter, 8 * at, 8 * at + 8, 0.4) for at, letter in enumerate(text))
    yield "alone", LineReading(text)
    yield "with characters", LineReading(text, characters)
    sure = tuple(replace(character, confidence=0.9999) for character in characters)
    yield "with sure characters", LineReading(text, sure, ends_page_line=False)
    if all(letter in charset.symbols for letter in text):
        yield "with log-probabilities", _with_frames(LineReading(text, characters), charset)


def _with_frames(reading: LineReading, charset: Charset) -> LineReading:
    """The reading with two frames a character, on the second of which it stands, and which cannot be written to."""
    import numpy as np

    frames = tuple(range(1, 2 * len(reading.text) + 1, 2))
    probabilities = np.full((2 * len(reading.text) + 1, len(charset)), 0.2 / len(charset), dtype=np.float32)
    probabilities[::2, 0] += 0.8
    probabilities[list(frames), [charset.symbols.index(letter) for letter in reading.text]] += 0.8
    log_probs = np.log(probabilities)
    log_probs.flags.writeable = False
    return replace(reading, frames=frames, log_probs=log_probs)


def _check_reading(what: str, corrector: Corrector, reading: LineReading) -> None:
    with running(what):
        changes, again = list(corrector.correct(reading)), list(corrector.correct(reading))
    fault = fault_in(changes, reading.text)
    require(not fault, f"{what}: {fault}")
    require(changes == again, f"{what} answers {changes} and then {again}; expected the same of the same line")
    untouched = not reading.text.strip() or reading.text in _NUMBERS
    require(not (untouched and changes), f"{what} makes {changes}; expected nothing, for there is no word in it")
    if isinstance(corrector, Proposer):
        with running(f"{what}: propose"):
            proposals = list(corrector.propose(reading))
        fault = fault_in(proposals, reading.text, alone=False)
        require(not fault, f"{what}: propose: {fault}")
