"""Lexicon files: a word a line, with or without its count, plain or gzipped."""

from __future__ import annotations

import gzip
import logging
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ocrkit.errors import LexiconError, MissingFileError
from ocrkit.plain_files import open_plain, read_plain
from ocrkit.text.invisible import is_invisible
from ocrkit.text.lexicon_oddities import hunspell_stems, oddity
from ocrkit.text.naming import described

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ocrkit.ctc import Lexicon
    from ocrkit.text.charset import Charset

__all__ = ["LexiconFile", "is_saved_lexicon", "read_lexicon"]

_LOG = logging.getLogger(__name__)
_GZIP_MAGIC = b"\x1f\x8b"
_SAVED_MAGIC = b"ocrklex\n"  # of the files that Lexicon.save writes
_SHOWN = 3
_LONGEST_LINE = 1 << 20  # bytes; one up to twice as long may pass
_LONGEST_COUNT = 100  # digits; a float holds the sum of as many such counts as there can be
# What may stand around a word, part it from its count, or be no text: a file without is words and line feeds alone.
_OTHER_SPACE = re.compile(r"[^\S\n]|\0")
# How many words are normalised as one text: large enough to spare calls, small enough not to double a big file.
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class LexiconFile:
    """The entries of a lexicon file, as a charset spells them.

    Attributes:
        name: the file.
        charset: what spells the words.
        text: the words, normalised, in file order, a line feed between each two.
        counts: how often each word occurs, or None where the file does not say.
        skipped: the words that the charset cannot spell, normalised; empty unless they were asked to be skipped.
    """

    name: str
    charset: Charset
    text: str
    counts: tuple[int, ...] | None = None
    skipped: tuple[str, ...] = ()
    _built: Lexicon | None = field(default=None, repr=False, compare=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The words; one that the file gives twice is here twice."""
        return tuple(self.text.split("\n"))

    def build(self) -> Lexicon:
        """The lexicon that decoders search: its entries are the words' labels, equal ones merged."""
        from ocrkit.ctc import Lexicon

        return self._built or Lexicon.from_lines(self.text, self.charset, counts=self.counts)


@dataclass(frozen=True, slots=True)
class _Entry:
    line: int
    word: str
    count: int | None


def is_saved_lexicon(path: str | Path) -> bool:
    """Whether a file is one that ``ocrkit.ctc.Lexicon.save`` wrote, by how it begins; it may be broken all the same."""
    try:
        with open_plain(path) as file:
            return file.read(len(_SAVED_MAGIC)) == _SAVED_MAGIC
    except OSError:
        return False


def read_lexicon(path: str | Path, charset: Charset, *, unencodable: Literal["error", "skip"] = "error") -> LexiconFile:
    """Read a lexicon file: UTF-8, one ``word`` or ``word<TAB>count`` a line; empty lines are passed over.

    Of a hunspell dictionary the stems are read, without their flags. That, and lists that look like those of other
    tools, such as ``word,12``, are logged as a warning.

    Args:
        path: the file; it may be gzipped, whatever its name; or a pipe that is open already, such as ``<(command)``.
        charset: what must spell the words; ends of words are stripped of white space, the inside is not.
        unencodable: what becomes of words that the charset cannot spell.

    Raises:
        MissingFileError: there is no such file.
        LexiconError: it is not text, or a saved lexicon; it has a count that is no whole number above 0, counts for
            some words only, words that the charset cannot spell, or no word at all.
    """
    path = Path(path)
    text = _without_flags(_text(path).rstrip("\n"), path)  # the copy alone is kept
    if (plain := _plain(text, path, charset)) is not None:
        return plain
    entries = _entries(text, path)
    normal = [word.strip(" ") for word in _normalized([entry.word for entry in entries], charset)]
    seen = [number for number, word in enumerate(normal) if word or not all(map(is_invisible, entries[number].word))]
    entries, spelled = [entries[number] for number in seen], [normal[number] for number in seen]
    if not entries:
        raise LexiconError(f"{path}: an empty lexicon; expected one word a line")
    _check_counts(entries, path)
    known = _spelled_by(spelled, charset)
    skipped = [number for number, fits in enumerate(known) if not fits]
    if skipped and unencodable == "error":
        raise LexiconError(_complaint(path, charset, entries, spelled, skipped))
    if len(skipped) == len(entries):
        raise LexiconError(
            f"{path}: charset {charset.name!r} can spell none of the {len(entries)} words; is it the right one?"
        )
    kept = [number for number, fits in enumerate(known) if fits]
    counts = [entries[number].count for number in kept]
    return LexiconFile(
        name=str(path),
        charset=charset,
        text="\n".join(spelled[number] for number in kept),
        counts=None if counts[0] is None else tuple(count for count in counts if count is not None),
        skipped=tuple(spelled[number] for number in skipped),
    )


def _without_flags(text: str, path: Path) -> str:
    """The text, of a hunspell dictionary its stems; a warning for what is odd about it."""
    stems = hunspell_stems(text)
    if stems is None:
        if odd := oddity(text):
            _LOG.warning("lexicon %s: %s", path, odd)
        return text
    _LOG.warning(
        "lexicon %s: a hunspell dictionary, of which the %d stems are read, without the forms that its flags make; "
        "hunspell's 'unmunch %s FILE.aff' writes those out",
        path,
        sum(map(bool, stems)),
        path,
    )
    return "\n".join(stems)


def _text(path: Path) -> str:
    try:
        content = read_plain(path, stream=True)
        is_packed = content.startswith(_GZIP_MAGIC)
        if is_packed:
            content = gzip.decompress(content)
        if content.startswith(_SAVED_MAGIC):
            way_out = "unpack it, as with gunzip" if is_packed else "open it with Lexicon.open"
            raise LexiconError(f"{path}: a {'gzipped ' * is_packed}saved lexicon, no list of words; {way_out}")
        _check_lines(content, path)
        return content.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise MissingFileError(f"no lexicon file {str(path)!r}; expected a text file with one word a line") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise LexiconError(f"{path}: a damaged gzip file: {error}") from error
    except UnicodeDecodeError as error:
        raise LexiconError(
            f"{path}: not UTF-8 at byte {error.start}; a lexicon is text with one word a line; "
            "iconv converts it from Latin 1, UTF-16 and others"
        ) from error
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read: {error.strerror}") from error


def _check_lines(content: bytes, path: Path) -> None:
    """Refuse a line far longer than any word before it is taken for one, which takes many times its own memory."""
    for start in range(0, len(content) - _LONGEST_LINE, _LONGEST_LINE):
        if content.find(b"\n", start, start + _LONGEST_LINE) < 0:
            line = content.count(b"\n", 0, start) + 1
            raise LexiconError(f"{path}:{line}: a line of over {_LONGEST_LINE:,} bytes; a lexicon has one word a line")


def _plain(text: str, path: Path, charset: Charset) -> LexiconFile | None:
    """A file of nothing but words that can all be spelled, which is read without a look at each; else None."""
    from ocrkit.ctc import Lexicon

    if not text or text.startswith("\n") or "\n\n" in text or _OTHER_SPACE.search(text) is not None:
        return None
    normal = charset.normalize(text)
    try:
        lexicon = Lexicon.from_lines(normal, charset)
    except LexiconError:
        return None  # a look at each word will tell which it was, and whether it may be skipped
    return LexiconFile(name=str(path), charset=charset, text=normal, _built=lexicon)


def _entries(text: str, path: Path) -> list[_Entry]:
    """The lines that hold something, with their numbers from 1."""
    entries = []
    # Only the line feed parts lines: str.splitlines would also part at U+2028 and other characters of words.
    for line, content in enumerate(text.split("\n"), 1):
        if "\0" in content:
            raise LexiconError(f"{path}:{line}: holds a zero byte; a lexicon is text with one word a line")
        word, tab, count = content.partition("\t")
        if stripped := word.strip():
            entries.append(_Entry(line, stripped, _count(count, f"{path}:{line}") if tab else None))
        elif tab:
            raise LexiconError(f"{path}:{line}: a count without a word; expected word<TAB>count")
    return entries


def _count(text: str, where: str) -> int:
    digits = text.strip()
    if len(digits) > _LONGEST_COUNT:
        raise LexiconError(f"{where}: the count has {len(digits)} characters; expected at most {_LONGEST_COUNT} digits")
    if not (digits.isascii() and digits.isdigit() and int(digits) > 0):
        raise LexiconError(f"{where}: the count is {digits!r}; expected a whole number above 0 after the tab")
    return int(digits)


def _check_counts(entries: Sequence[_Entry], path: Path) -> None:
    """Counts for some words only would leave the others without a prior."""
    first = entries[0]
    for entry in entries:
        if (entry.count is None) != (first.count is None):
            without, having = (entry, first) if entry.count is None else (first, entry)
            raise LexiconError(
                f"{path}:{without.line}: {without.word!r} has no count, but line {having.line} has one; "
                f"give a count to every word or to none"
            )


def _normalized(words: Sequence[str], charset: Charset) -> list[str]:
    """Each word in the charset's spelling; many at once, since a call a word is what costs."""
    spelled: list[str] = []
    for start in range(0, len(words), _CHUNK):
        spelled += charset.normalize("\n".join(words[start : start + _CHUNK])).split("\n")
    return spelled


def _spelled_by(words: Sequence[str], charset: Charset) -> list[bool]:
    """Whether the charset spells each normalised word, of which the empty one is none."""
    singles = {symbol for symbol in charset.symbols if len(symbol) == 1}
    return [bool(word) and (singles.issuperset(word) or charset.spells(word)) for word in words]


def _complaint(
    path: Path, charset: Charset, entries: Sequence[_Entry], spelled: Sequence[str], skipped: Sequence[int]
) -> str:
    shown = [_reason(entries[number], spelled[number], charset) for number in skipped[:_SHOWN]]
    more = f", and {len(skipped) - _SHOWN} more" if len(skipped) > _SHOWN else ""
    return (
        f"{path}: charset {charset.name!r} cannot spell {len(skipped)} of {len(entries)} words: "
        f"{', '.join(shown)}{more}; `unencodable='skip'` leaves them out"
    )


def _reason(entry: _Entry, word: str, charset: Charset) -> str:
    missing: Iterable[str] = (described(found.character) for found in charset.unencodable(word))
    return f"{entry.word!r} in line {entry.line} for {next(iter(missing), 'want of any letter')}"
