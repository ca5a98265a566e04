"""The charset: which label stands for which symbol, and how a text is spelled before it becomes labels."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ocrkit.errors import CharsetError, UnencodableText
from ocrkit.text.encoding import LabelMatcher, Unencodable
from ocrkit.text.naming import described, spelled_out
from ocrkit.text.normalization import NORMAL_FORMS, NormalForm, Rewrite, check_rewrites, compile_normalizer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

__all__ = ["Charset"]

_ANY_SCRIPT = "Zyyy"
_SCRIPT = re.compile(r"[A-Z][a-z]{3}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)  # without slots: the compiled normaliser and matcher are cached beside the fields
class Charset:
    """The symbols that a model can write, in the order of its labels.

    Text is brought to one spelling (``normalize``), then cut into symbols by longest match. Two charsets with equal
    fields are equal, hash alike, and travel between processes.

    Attributes:
        name: what ``--charset`` calls it; of a union, the names joined by ``+``.
        symbols: symbol k is what label k spells; ``symbols[0]`` is the blank, spelled by the empty string.
            A symbol may be several code points, as a conjunct is.
        script: ISO 15924, ``Zyyy`` where it belongs to no script.
        languages: BCP 47.
        direction: ``ltr`` or ``rtl``.
        normalization: the Unicode normal form that texts are brought to.
        rewrites: what is respelled after that, in order.

    Raises:
        CharsetError: symbols that are empty, double, or that normalisation would change, so that no text could
            reach them; rewrites that need not end; a script, language or direction that is none.
    """

    name: str
    symbols: tuple[str, ...]
    script: str = _ANY_SCRIPT
    languages: tuple[str, ...] = ("und",)
    direction: str = "ltr"
    normalization: NormalForm = "NFC"
    rewrites: tuple[Rewrite, ...] = ()

    def __post_init__(self) -> None:
        _check_properties(self)
        check_rewrites(self.normalization, self.rewrites)
        _check_symbols(self)

    @classmethod
    def read(cls, path: str | Path | Traversable, *, resolve: Callable[[str], Charset] | None = None) -> Charset:
        """Read a charset file; ``docs/charsets.md`` describes the format.

        Args:
            path: the file, or a resource inside a package.
            resolve: finds a charset named in ``includes`` that has no file beside this one; by default one of those
                that ocrkit brings.

        Raises:
            MissingFileError: there is no such file.
            CharsetError: it is malformed or contradicts itself; the message begins with the path.
            UnknownNameError: it includes a charset that there is not.
        """
        from ocrkit.text.charset_file import read_charset

        return read_charset(path, resolve=resolve)

    @classmethod
    def from_texts(cls, texts: Iterable[str], *, name: str = "from-data") -> Charset:
        """The charset of every character in ``texts``, brought to NFC, in code point order.

        Control characters, such as tabs and line ends, are left out: no label may be one.

        Raises:
            CharsetError: the texts hold no character.
        """
        found: set[str] = set()
        for text in texts:
            found.update(unicodedata.normalize("NFC", text))
        characters = sorted(character for character in found if unicodedata.category(character) not in ("Cc", "Cs"))
        if not characters:
            raise CharsetError(f"no charset {name!r} from these texts: they hold no character")
        return cls(name, ("", *characters))

    @classmethod
    def from_dict(cls, record: Mapping[str, object]) -> Charset:
        """The charset that ``to_dict`` described; raises ``CharsetError`` for anything else."""
        from ocrkit.text.charset_record import charset_from_record

        return charset_from_record(record)

    def to_dict(self) -> dict[str, object]:
        """The whole charset as JSON's own types, the same for equal charsets; ``from_dict`` reads it back."""
        from ocrkit.text.charset_record import record_of_charset

        return record_of_charset(self)

    def __len__(self) -> int:
        """The number of labels, the blank included: what a model's last layer has."""
        return len(self.symbols)

    def __add__(self, other: Charset) -> Charset:
        """The union: our labels as they are, then those of ``other`` that we lack; the rewrites of both, in order.

        Raises:
            CharsetError: the two differ in normal form, or the rewrites of one change a symbol of the other.
        """
        if self.normalization != other.normalization:
            raise CharsetError(
                f"charsets {self.name!r} ({self.normalization}) and {other.name!r} ({other.normalization}) "
                f"differ in normalization; a union needs the same in both"
            )
        try:
            return Charset(
                name=f"{self.name}+{other.name}",
                symbols=tuple(dict.fromkeys(self.symbols + other.symbols)),
                script=other.script if self.script == _ANY_SCRIPT else self.script,
                languages=_joined_languages(self.languages, other.languages),
                direction=self.direction,
                normalization=self.normalization,
                rewrites=tuple(dict.fromkeys(self.rewrites + other.rewrites)),
            )
        except CharsetError as error:
            raise CharsetError(f"charsets {self.name!r} and {other.name!r} do not go together: {error}") from error

    def __reduce__(self) -> tuple[type[Charset], tuple[object, ...]]:
        fields = (self.name, self.symbols, self.script, self.languages, self.direction)
        return Charset, (*fields, self.normalization, self.rewrites)

    @property
    def has_space(self) -> bool:
        """Whether some label spells the space U+0020, so that a line may hold several words."""
        return " " in self.symbols

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of the symbols in UTF-8, the blank first, each but the first after a line feed."""
        return hashlib.sha256("\n".join(self.symbols).encode()).hexdigest()

    def normalize(self, text: str) -> str:
        """The one spelling of ``text``: the normal form, then the rewrites, until nothing changes.

        Line feeds stay where they are, and nothing reaches across one: many lines can be normalised as one text.
        """
        return self._normalizer(text)

    def encode(self, text: str, *, where: str = "") -> list[int]:
        """The labels of ``text``, normalised first; never the blank.

        Args:
            text: any spelling.
            where: where the text stands, such as ``labels.tsv:17``, for the message.

        Raises:
            UnencodableText: a character has no label; the message names the first, counting from 1 in the
                normalised text.
        """
        spelled = self.normalize(text)
        labels = self._matcher.labels(spelled)
        if labels is None:
            raise UnencodableText(self._complaint(self._matcher.unencodable(spelled), where))
        return labels

    def decode(self, labels: Iterable[int]) -> str:
        """What ``labels``, each from 0 to ``len(self) - 1``, spell; the blank spells nothing."""
        symbols = self.symbols
        return "".join([symbols[label] for label in labels])

    def unencodable(self, text: str) -> tuple[Unencodable, ...]:
        """The characters of the normalised ``text`` that have no label, in order, with their positions."""
        return tuple(self._matcher.unencodable(self.normalize(text)))

    def spells(self, text: str) -> bool:
        """Whether ``encode`` would succeed."""
        return self._matcher.labels(self.normalize(text)) is not None

    @cached_property
    def _normalizer(self) -> Callable[[str], str]:
        return compile_normalizer(self.normalization, self.rewrites)

    @cached_property
    def _matcher(self) -> LabelMatcher:
        return LabelMatcher(self.symbols)

    def _complaint(self, missing: Sequence[Unencodable], where: str) -> str:
        prefix = f"{where}: " if where else ""
        first = missing[0]
        return f"{prefix}{described(first.character)} at character {first.position} is not in charset {self.name!r}"


def _check_properties(charset: Charset) -> None:
    """Refuse properties outside the standards that name them."""
    if not charset.name:
        raise CharsetError("a charset needs a name")
    if not _SCRIPT.fullmatch(charset.script):
        raise CharsetError(f"script is {charset.script!r}; expected an ISO 15924 code such as 'Mlym' or 'Latn'")
    if not charset.languages:
        raise CharsetError("languages is empty; expected BCP 47 tags such as 'ml', or 'und' for undetermined")
    for language in charset.languages:
        if not _LANGUAGE.fullmatch(language):
            raise CharsetError(f"languages holds {language!r}; expected BCP 47 tags such as 'ml' or 'sr-Latn'")
    if charset.direction not in ("ltr", "rtl"):
        raise CharsetError(f"direction is {charset.direction!r}; expected 'ltr' or 'rtl'")
    if charset.normalization not in NORMAL_FORMS:
        raise CharsetError(f"normalization is {charset.normalization!r}; expected one of {', '.join(NORMAL_FORMS)}")


def _check_symbols(charset: Charset) -> None:
    """Refuse symbols that no text could reach, or that one text would reach twice."""
    if len(charset.symbols) < 2 or charset.symbols[0] != "":
        raise CharsetError("a charset needs the blank '' as its first symbol and at least one more")
    # A rewrite with a condition leaves its source alone somewhere, so a symbol may well hold that.
    always = [rewrite for rewrite in charset.rewrites if not rewrite.conditional]
    normalize = compile_normalizer(charset.normalization, always)
    first_spelling: dict[str, str] = {}
    changed: tuple[str, str] | None = None
    for symbol in charset.symbols[1:]:
        if not symbol:
            raise CharsetError("a symbol is empty; only the blank, label 0, spells nothing")
        for character in symbol:
            if unicodedata.category(character) in ("Cc", "Cs"):
                raise CharsetError(f"symbol {spelled_out(symbol)} holds {described(character)}, and no text may")
        spelled = normalize(symbol)
        if spelled in first_spelling:
            raise CharsetError(_clash(first_spelling[spelled], symbol))
        first_spelling[spelled] = symbol
        if spelled != symbol and changed is None:
            changed = symbol, spelled
    if changed is not None:
        symbol, spelled = changed
        way_out = "list that instead" if spelled else "leave it out"
        reason = f"as normalisation makes it {spelled_out(spelled)}"
        raise CharsetError(f"symbol {spelled_out(symbol)} can never be read, {reason}; {way_out}")


def _clash(first: str, second: str) -> str:
    if first == second:
        return f"symbol {spelled_out(first)} is given twice; each label needs a symbol of its own"
    return f"symbols {spelled_out(first)} and {spelled_out(second)} are one after normalisation; list only one"


def _joined_languages(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """Both in order, without 'und' where something is determined."""
    joined = tuple(dict.fromkeys(ours + theirs))
    return tuple(language for language in joined if language != "und") or joined
