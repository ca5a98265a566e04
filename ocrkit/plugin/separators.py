"""What may stand between a lexicon's entries, and what to do where the entries are made of just that."""

from __future__ import annotations

import logging
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocrkit.ctc import Lexicon
    from ocrkit.text.charset import Charset

__all__ = ["default_separators", "separators_beside"]

_LOG = logging.getLogger(__name__)
_SHARE = 0.1  # of the entries; a list of words that holds a few numbers is no list of numbers
_LONGEST = 64  # labels of an entry that is looked for
_BUDGET = 10_000  # trie nodes
_MANY = 1_000  # entries
_LOOKED_AT = 100_000  # entries, where there are many


def default_separators(charset: Charset) -> frozenset[int]:
    """The labels of white space, punctuation, symbols and numbers (Unicode Z, P, S, N), which may part words."""
    return frozenset(
        label
        for label, symbol in enumerate(charset.symbols)
        if symbol and all(unicodedata.category(character)[0] in "ZPSN" for character in symbol)
    )


def separators_beside(lexicon: Lexicon, charset: Charset, asked: frozenset[int] | None) -> frozenset[int]:
    """The separators that are asked for, or the default ones but for those that such entries as dates are made of.

    An entry of separators alone allows nothing that is not allowed without it; that is logged as a warning, with what
    has become of it.
    """
    separators = default_separators(charset) if asked is None else asked
    idle, looked_at = _entries_within(lexicon, separators, len(charset))
    if not idle:
        return separators
    example = charset.decode(lexicon.labels(idle[0]).tolist())
    of = f"{len(lexicon):,}" if looked_at == len(lexicon) else f"first {looked_at:,}"
    said = f"{len(idle):,} of the lexicon's {of} entries, such as {example!r}, consist of separators alone"
    if asked is not None or len(idle) < _SHARE * looked_at:
        _LOG.warning("%s, and so constrain nothing; name others with `separators`, or use `decoder='lexicon'`", said)
        return separators
    taken = {label for entry in idle for label in lexicon.labels(entry).tolist()}
    symbols = " ".join(charset.symbols[label] for label in sorted(taken))
    _LOG.warning(
        "%s as they are by default, so these are none here: %s; `separators` names others, and `decoder='lexicon'` "
        "takes a line to be one entry",
        said,
        symbols,
    )
    return separators - taken


def _entries_within(lexicon: Lexicon, labels: frozenset[int], count: int) -> tuple[list[int], int]:
    """The entries that have no other labels than these, of ``count`` labels; and of how many these are all."""
    import numpy as np

    from ocrkit.ctc import lexicon_search

    # Where nothing but these is possible, a search finds them without a look at every entry, unless there are many.
    log_probs = np.full((1, 2 * _LONGEST, count), -np.inf, np.float32)
    log_probs[:, :, [0, *labels]] = -np.log(1 + len(labels))
    found = lexicon_search(log_probs, lexicon=lexicon, n_best=_MANY + 1, budget=_BUDGET)
    if found.proved[0] and len(found[0]) <= _MANY:
        return sorted(one.entry for one in found[0]), len(lexicon)
    looked_at = min(len(lexicon), _LOOKED_AT)
    return [entry for entry in range(looked_at) if labels.issuperset(lexicon.labels(entry).tolist())], looked_at
