"""What the user may ask of the corrector ``spelling``."""

from __future__ import annotations

from dataclasses import dataclass

from ocrkit.errors import OptionError

__all__ = ["SpellingOptions"]

_MOST_EDITS = 3


@dataclass(frozen=True, slots=True)
class SpellingOptions:
    """The options of ``--correct spelling``, each ``--correct-option NAME=VALUE``.

    Attributes:
        words: files of known words, commas between them: a word or ``word<TAB>count`` a line, or hunspell's ``.dic``;
            empty for what is installed of the charset's languages.
        lm: an n-gram model of characters in ARPA format, which then weighs words in their lines instead of the
            frequencies of the list.
        lm_weight: the factor of the model's log-probabilities.
        below: a word is looked at where the confidence of one of its characters is below this.
        margin: nats by which a word must be likelier than what was read.
        edits: letters, or aksharas, in which they may differ, 1 to 3.
        names: whether words in capitals inside of running text may be changed too.
        confusions: counted confusions, for lines of which there are no log-probabilities: what ``ocrkit evaluate
            --json`` printed, or lines ``text<TAB>read<TAB>count``; without, each is as likely as any other.
    """

    words: str = ""
    lm: str = ""
    lm_weight: float = 1.0
    below: float = 0.99
    margin: float = 1.0
    edits: int = 2
    names: bool = False
    confusions: str = ""

    def check(self) -> None:
        """Raise ``OptionError`` for the first value out of range."""
        if not 0 < self.below <= 1:
            raise OptionError(f"below is {self.below}; expected a confidence above 0, at most 1")
        if not 1 <= self.edits <= _MOST_EDITS:
            raise OptionError(f"edits is {self.edits}; expected 1 to {_MOST_EDITS}")
        if not abs(self.margin) < float("inf"):
            raise OptionError(f"margin is {self.margin}; expected nats, such as 2")
        if not 0 <= self.lm_weight < float("inf"):
            raise OptionError(f"lm_weight is {self.lm_weight}; expected 0 or more")
