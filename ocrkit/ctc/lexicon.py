"""Words as a trie of labels, and the search for the entry that a line most likely is."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

import numpy as np

import ocrkit._ctc as _ctc
from ocrkit.ctc.decoded import Decoded
from ocrkit.ctc.emissions import as_emissions
from ocrkit.ctc.options import as_count, as_label, as_number
from ocrkit.ctc.symbols import as_symbol_table
from ocrkit.ctc.turning import reordering
from ocrkit.errors import LexiconError, MissingFileError, OptionError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ocrkit.ctc.emissions import Emissions, Lengths
    from ocrkit.ctc.symbols import Symbols, SymbolTable

__all__ = ["Lexicon", "lexicon_search"]

_T = TypeVar("_T")

_INFINITE = float("inf")
_LARGEST_WEIGHT = 1e30
_LARGEST_LABEL = 2**31 - 1
_NAMED = 3  # unspellable words that an error names
_NO_SYMBOLS = bytes(32)  # in place of a hash, where labels were given


class Lexicon:
    """A fixed set of label sequences, the entries, that ``lexicon_search`` can return.

    Entries are numbered from 0 in the order in which each first appears; equal ones are merged, their counts added.
    It is immutable, and may be searched by several threads at once.
    """

    __slots__ = ("_symbols", "_trie")

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
        self._trie = _ctc.Lexicon(labels, offsets, _numbers(counts))
        self._symbols = _NO_SYMBOLS

    @classmethod
    def from_words(cls, words: Iterable[str], charset: Symbols, *, counts: Iterable[float] | None = None) -> Lexicon:
        """Spell ``words`` as ``charset`` does, normalised and by longest match, and build their trie.

        Args:
            words: one string an entry, without line feeds.
            charset: symbols and normalisation; or the symbols alone, by which words are spelled as they stand. One that
                reorders, as where letters run from right to left, gives each word's labels as they stand on paper.
            counts: as for ``Lexicon``.

        Raises:
            LexiconError: as for ``Lexicon``; or words that the charset cannot spell: how many, and the first three.
        """
        text, count = _joined(words)
        return cls._from_text(text, count, as_symbol_table(charset), counts)

    @classmethod
    def from_lines(cls, text: str, charset: Symbols, *, counts: Iterable[float] | None = None) -> Lexicon:
        """As ``from_words``, of words that stand in one text, a line feed between each two: no list of them is made.

        Raises:
            LexiconError: as for ``from_words``.
        """
        return cls._from_text(text, text.count("\n") + 1, as_symbol_table(charset), counts)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, verify: bool = False, charset: Symbols | None = None) -> Lexicon:
        """Open a lexicon that ``save`` wrote, where it lies: mapped into memory, and shared with all who open it.

        The header, with a checksum, the sizes and the structure are always checked, in one pass over the file, so
        that no file can lead a search astray.

        Args:
            path: the file; nobody may write into it while it is open, but ``save`` may replace it.
            verify: hold every byte to the file's checksum too.
            charset: what it must have been made with, if that matters.

        Raises:
            MissingFileError: there is no such file.
            LexiconError: it cannot be read, is no saved lexicon, was cut short or altered, or belongs to another
                charset.
        """
        try:
            open_plain(path).close()  # for a pipe, the mapping would wait
            trie, symbols = _ctc.Lexicon.open(os.fsencode(path), bool(verify))
        except FileNotFoundError as error:
            raise MissingFileError(f"no lexicon {os.fspath(path)!r}; Lexicon.save writes one") from error
        except OSError as error:
            raise LexiconError(f"{os.fspath(path)}: cannot be read: {error.strerror}") from error
        except LexiconError as error:
            raise LexiconError(f"{os.fspath(path)}: {error}") from error
        if charset is not None and symbols != _hash(as_symbol_table(charset)):
            made = "of labels, without a charset" if symbols == _NO_SYMBOLS else "for another charset"
            raise LexiconError(f"{os.fspath(path)}: it was made {made}; make it again from its words, with this one")
        lexicon = cls.__new__(cls)
        lexicon._trie = trie
        lexicon._symbols = symbols
        return lexicon

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file that ``open`` opens at once, however large; one that is there already is replaced.

        It is for machines of this one's byte order.

        Raises:
            LexiconError: the file cannot be written.
        """
        try:
            self._trie.save(os.fsencode(path), self._symbols)
        except OSError as error:
            raise LexiconError(f"{os.fspath(path)}: cannot be written: {error.strerror}") from error

    @classmethod
    def _from_text(cls, text: str, count: int, charset: SymbolTable, counts: Iterable[float] | None) -> Lexicon:
        """The lexicon of ``count`` words, a line feed between each two."""
        normal = charset.normalize(text)
        try:
            trie, unspelled, begins, found = _ctc.Lexicon.from_words(
                normal, list(charset.symbols), count, _numbers(counts)
            )
        except UnicodeEncodeError as error:
            code = ord(error.object[error.start])
            raise LexiconError(f"the words hold U+{code:04X}, half a surrogate pair, which is no character") from error
        if found != count:
            raise LexiconError(
                f"normalisation made {found} words of {count}; it must keep line feeds as they are, "
                "and give text without them none"
            )
        if trie is None:
            raise LexiconError(_unspellable(normal, text, count, unspelled, begins))
        if (table := reordering(charset)) is not None:
            labels, offsets = _flatten(table.encode_lines(normal))
            trie = _ctc.Lexicon(labels, offsets, _numbers(counts))
        lexicon = cls.__new__(cls)
        lexicon._trie = trie
        lexicon._symbols = _hash(charset)
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

    def backwards(self) -> Lexicon:
        """The same entries by the same numbers, each from its last label to its first."""
        labels, offsets = _flatten([self._trie.labels(entry)[::-1] for entry in range(len(self))])
        priors = self._trie.priors()
        counts = None if priors is None else np.exp(priors.astype(np.float64))
        lexicon = type(self).__new__(type(self))
        lexicon._trie = _ctc.Lexicon(labels, offsets, counts)
        lexicon._symbols = _NO_SYMBOLS
        return lexicon

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
        log_probs: (B, T, V) or (T, V), natural logs, float32, float16 or bfloat16, any strides; read in place.
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
        EmissionsError: a shape, dtype or length is wrong, or a frame that counts holds NaN, +inf, -inf throughout, or
            a value above 0 by more than rounding, as logits and probabilities have.
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


def _hash(charset: SymbolTable) -> bytes:
    """What tells one list of symbols from another; ``Charset.fingerprint`` is the same, in hexadecimal."""
    table = reordering(charset)
    order = "" if table is None else f"\n\n{table.direction}"
    return hashlib.sha256(("\n".join(charset.symbols) + order).encode()).digest()


def _numbers(counts: Iterable[float] | None) -> NDArray[np.float64] | None:
    if counts is None:
        return None
    try:
        numbers = np.asarray(counts if isinstance(counts, np.ndarray) else list(counts), dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise LexiconError(f"counts cannot be read as numbers ({error}); give one count an entry") from error
    if numbers.ndim != 1:
        raise LexiconError(f"counts has shape {numbers.shape}; give one count an entry")
    return numbers


def _flatten(
    label_sequences: Iterable[Sequence[int] | NDArray[np.integer]],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """All labels one after another, and where each sequence begins."""
    sequences = _listed("label_sequences", label_sequences, "sequences of labels")
    for number, sequence in enumerate(sequences):
        if isinstance(sequence, (str, bytes)):
            raise LexiconError(f"entry {number} is {sequence!r}; expected labels: Lexicon.from_words takes words")
        if not hasattr(sequence, "__len__") or getattr(sequence, "ndim", 1) != 1:
            raise LexiconError(f"entry {number} is {sequence!r}; expected a sequence of labels")
    offsets = np.zeros(len(sequences) + 1, np.int64)
    np.cumsum([len(sequence) for sequence in sequences], out=offsets[1:])
    try:
        labels = np.asarray(list(chain.from_iterable(sequences)))
    except ValueError as error:
        raise LexiconError(f"the entries hold sequences of several lengths; an entry is a flat one: {error}") from error
    if labels.size == 0:
        return np.zeros(0, np.int32), offsets
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise LexiconError(f"the entries hold values of dtype {labels.dtype}; labels are whole numbers")
    if int(labels.max()) > _LARGEST_LABEL:
        raise LexiconError(f"an entry holds label {labels.max()}; labels are at most {_LARGEST_LABEL}")
    return np.maximum(labels, -_LARGEST_LABEL).astype(np.int32), offsets


def _listed(name: str, values: Iterable[_T], what: str) -> Sequence[_T]:
    """The values, to be gone over more than once."""
    if isinstance(values, (list, tuple)):
        return values
    try:
        return list(values)
    except TypeError as error:
        raise LexiconError(f"{name} is {values!r}; expected an iterable of {what}") from error


def _joined(words: Iterable[str]) -> tuple[str, int]:
    """The words with a line feed between each two, and how many they are."""
    if isinstance(words, str):
        raise LexiconError(f"words is the string {words[:20]!r}; expected an iterable of words, as words.split() gives")
    listed = _listed("words", words, "words")
    if not listed:
        raise LexiconError("the lexicon is empty; give at least one entry")
    try:
        text = "\n".join(listed)
    except TypeError as error:
        number, word = next((number, word) for number, word in enumerate(listed) if not isinstance(word, str))
        raise LexiconError(f"word {number} is {word!r}; expected a string") from error
    if text.count("\n") != len(listed) - 1:
        number, word = next((number, word) for number, word in enumerate(listed) if "\n" in word)
        raise LexiconError(f"word {number}, {word!r}, holds a line feed; an entry is one line")
    return text, len(listed)


def _unspellable(normal: str, text: str, count: int, unspelled: NDArray[np.int64], begins: NDArray[np.int64]) -> str:
    """The message for words that have characters without a label."""
    words = text.split("\n")
    utf8 = normal.encode()
    named = []
    for word, begin in zip(unspelled[:_NAMED].tolist(), begins[:_NAMED].tolist(), strict=True):
        character = utf8[begin : begin + 4].decode(errors="ignore")[0]
        name = unicodedata.name(character, "unnamed")
        named.append(f"{words[word]!r} ({character!r}, U+{ord(character):04X} {name})")
    more = f" and {len(unspelled) - _NAMED} more" if len(unspelled) > _NAMED else ""
    return (
        f"{len(unspelled)} of {count} words cannot be spelled with these symbols: {', '.join(named)}{more}; "
        "leave them out, or take a charset that has the characters"
    )
