"""Words as a trie of labels, and the search for the entry that a line most likely is."""

from __future__ import annotations

import unicodedata
from itertools import chain
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ocrkit import _ctc
from ocrkit.ctc.decoded import Decoded
from ocrkit.ctc.emissions import as_emissions
from ocrkit.ctc.options import as_count, as_label, as_number
from ocrkit.errors import LexiconError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ocrkit.ctc.emissions import Emissions, Lengths

__all__ = ["Lexicon", "SymbolTable", "lexicon_search"]

_INFINITE = float("inf")
_LARGEST_WEIGHT = 1e30
_LARGEST_LABEL = 2**31 - 1
_NAMED = 3  # unspellable words that an error names


class SymbolTable(Protocol):
    """What turns text into labels; ``ocrkit.Charset`` is one."""

    @property
    def symbols(self) -> Sequence[str]:
        """The text of each label, by its number; the blank's is empty."""
        ...

    def normalize(self, text: str) -> str:
        """``text`` as the symbols spell it; a line feed stays one, and nothing reaches across it."""
        ...


class Lexicon:
    """A fixed set of label sequences, the entries, that ``lexicon_search`` can return.

    Entries are numbered from 0 in the order in which each first appears; equal ones are merged, their counts added.
    It is immutable, and may be searched by several threads at once.
    """

    __slots__ = ("_trie",)

    def __init__(
        self, label_sequences: Iterable[Sequence[int] | NDArray[np.integer]], *, counts: Iterable[float] | None = None
    ) -> None:
        """Build the trie; O(labels).

        Args:
            label_sequences: one sequence of labels an entry, each 0 or more and none the blank.
            counts: how often each entry occurs, 0 or more; ln(count / total) is its prior.

        Raises:
            LexiconError: there is no entry, or an empty one; a label is negative or no integer; counts are of
                another number than the entries, negative, not finite or all zero.
        """
        labels, offsets = _flatten(label_sequences)
        self._trie = _build(labels, offsets, counts)

    @classmethod
    def from_words(
        cls, words: Iterable[str], charset: SymbolTable, *, counts: Iterable[float] | None = None
    ) -> Lexicon:
        """Spell ``words`` as ``charset`` does, normalised and by longest match, and build their trie.

        Args:
            words: one string an entry, without line feeds.
            charset: symbols and normalisation.
            counts: as for ``Lexicon``.

        Raises:
            LexiconError: as for ``Lexicon``; or words that the charset cannot spell: how many, and the first three.
        """
        listed = _words(words)
        text = charset.normalize("\n".join(listed))
        labels, offsets, unspelled, begins, count = _spell(text, charset)
        if count != len(listed):
            raise LexiconError(
                f"normalisation made {count} words of {len(listed)}; it must keep line feeds as they are, "
                "and give text without them none"
            )
        if len(unspelled):
            raise LexiconError(_unspellable(text, listed, unspelled, begins))
        lexicon = cls.__new__(cls)
        lexicon._trie = _build(labels, offsets, counts)
        return lexicon

    def __len__(self) -> int:
        """The number of distinct entries."""
        return len(self._trie)

    def __repr__(self) -> str:
        entries = f"{len(self)} {'entry' if len(self) == 1 else 'entries'}"
        return f"<Lexicon of {entries}, {self._trie.nodes()} nodes{', with counts' if self.has_priors else ''}>"

    @property
    def has_priors(self) -> bool:
        """Whether it was built with counts."""
        return self._trie.priors() is not None

    @property
    def priors(self) -> NDArray[np.float32] | None:
        """(entries,) ln(count / total), or None without counts."""
        return self._trie.priors()

    @property
    def nbytes(self) -> int:
        """Bytes that the trie takes."""
        return self._trie.bytes()

    def labels(self, entry: int) -> NDArray[np.int32]:
        """The labels of the entry of this number, as ``Hypothesis.entry`` gives it.

        Raises:
            LexiconError: there is no such entry.
        """
        if not 0 <= entry < len(self):
            raise LexiconError(f"there is no entry {entry!r}; the lexicon has the entries 0..{len(self) - 1}")
        return self._trie.labels(entry)


def lexicon_search(
    log_probs: Emissions,
    lengths: Lengths | None = None,
    *,
    lexicon: Lexicon,
    blank: int = 0,
    n_best: int = 1,
    prior_weight: float = 0.0,
    budget: int | None = None,
    reject_below: float | None = None,
    threads: int = 0,
) -> Decoded:
    """Find, of all entries of ``lexicon``, those that each line most likely is as a whole, exactly.

    An entry's score is its CTC probability, summed over all its alignments, in nats, plus ``prior_weight`` times its
    prior; equal scores go to the lowest labels. A line in which no entry is possible has no hypothesis, proved.

    Args:
        log_probs: (B, T, V) or (T, V), natural logs, float32 or float16, any strides; read in place.
        lengths: (B,) frames that count; the rest of each row is padding and is never read.
        lexicon: the entries; ``Hypothesis.entry`` is the number of one.
        blank: the label that stands for no label.
        n_best: entries a line, best first; fewer where fewer are possible.
        prior_weight: of an entry's ln(count / total); above 0 the lexicon needs counts.
        budget: trie nodes expanded a line at most; a line that needs more gets the best entries found by then, maybe
            none, and is not proved.
        reject_below: nats, 0 or more; a line whose best entry's acoustic score is more than this below that of the
            greedy labelling has no hypothesis.
        threads: worker threads, 0 for one a core; the result is the same whatever their number.

    Raises:
        EmissionsError: a shape, dtype or length is wrong, or a frame that counts holds NaN, +inf, or -inf throughout.
        LexiconError: an entry holds the blank or a label that ``log_probs`` lacks, or priors are wanted of a lexicon
            without counts.
        OptionError: an option is out of range.

    Source: the bound is the prefix probability of Graves 2012, "Supervised Sequence Labelling", section 7.5.
    """
    if not isinstance(lexicon, Lexicon):
        raise OptionError(f"lexicon is {lexicon!r}; expected a Lexicon, as Lexicon.from_words makes")
    array, counts = as_emissions(log_probs, lengths)
    arrays = _ctc.lexicon_search(
        array,
        counts,
        lexicon._trie,
        as_label("blank", blank),
        as_count("n_best", n_best, least=1),
        as_number("prior_weight", prior_weight, least=0.0, most=_LARGEST_WEIGHT),
        0 if budget is None else as_count("budget", budget, least=1),
        _INFINITE if reject_below is None else as_number("reject_below", reject_below, least=0.0, most=_INFINITE),
        as_count("threads", threads, least=0),
    )
    return Decoded(*arrays)


def _build(labels: NDArray[np.int32], offsets: NDArray[np.int64], counts: Iterable[float] | None) -> _ctc.Lexicon:
    if counts is None:
        return _ctc.Lexicon(labels, offsets, None)
    try:
        numbers = np.asarray(counts if isinstance(counts, np.ndarray) else list(counts), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise LexiconError(f"counts cannot be read as numbers ({error}); give one count an entry") from error
    if numbers.ndim != 1:
        raise LexiconError(f"counts has shape {numbers.shape}; give one count an entry")
    return _ctc.Lexicon(labels, offsets, numbers)


def _flatten(
    label_sequences: Iterable[Sequence[int] | NDArray[np.integer]],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """All labels one after another, and where each sequence begins."""
    sequences = list(label_sequences)
    for number, sequence in enumerate(sequences):
        if isinstance(sequence, (str, bytes)):
            raise LexiconError(f"entry {number} is {sequence!r}; expected labels: Lexicon.from_words takes words")
        if not hasattr(sequence, "__len__") or getattr(sequence, "ndim", 1) != 1:
            raise LexiconError(f"entry {number} is {sequence!r}; expected a sequence of labels")
    offsets = np.zeros(len(sequences) + 1, np.int64)
    np.cumsum([len(sequence) for sequence in sequences], out=offsets[1:])
    labels = np.asarray(list(chain.from_iterable(sequences)))
    if labels.size == 0:
        return np.zeros(0, np.int32), offsets
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise LexiconError(f"the entries hold values of dtype {labels.dtype}; labels are whole numbers")
    if int(labels.max()) > _LARGEST_LABEL:
        raise LexiconError(f"an entry holds label {labels.max()}; labels are at most {_LARGEST_LABEL}")
    return np.maximum(labels, -_LARGEST_LABEL).astype(np.int32), offsets


def _words(words: Iterable[str]) -> list[str]:
    if isinstance(words, str):
        raise LexiconError(f"words is the string {words[:20]!r}; expected an iterable of words, as words.split() gives")
    listed = list(words)
    for number, word in enumerate(listed):
        if not isinstance(word, str):
            raise LexiconError(f"word {number} is {word!r}; expected a string")
        if "\n" in word:
            raise LexiconError(f"word {number}, {word!r}, holds a line feed; an entry is one line")
    if not listed:
        raise LexiconError("the lexicon is empty; give at least one entry")
    return listed


def _spell(
    text: str, charset: SymbolTable
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int]:
    try:
        return _ctc.spell_words(text, list(charset.symbols))
    except UnicodeEncodeError as error:
        code = ord(error.object[error.start])
        raise LexiconError(f"the words hold U+{code:04X}, half a surrogate pair, which is no character") from error


def _unspellable(text: str, words: list[str], unspelled: NDArray[np.int64], begins: NDArray[np.int64]) -> str:
    """The message for words that have characters without a label."""
    utf8 = text.encode()
    named = []
    for word, begin in zip(unspelled[:_NAMED].tolist(), begins[:_NAMED].tolist(), strict=True):
        character = utf8[begin : begin + 4].decode(errors="ignore")[0]
        name = unicodedata.name(character, "unnamed")
        named.append(f"{words[word]!r} ({character!r}, U+{ord(character):04X} {name})")
    more = f" and {len(unspelled) - _NAMED} more" if len(unspelled) > _NAMED else ""
    return (
        f"{len(unspelled)} of {len(words)} words cannot be spelled with these symbols: {', '.join(named)}{more}; "
        "leave them out, or take a charset that has the characters"
    )
