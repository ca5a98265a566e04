"""The charset: which label stands for which symbol, and how a text is spelled before it becomes labels."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import CharsetError, UnencodableText, UnknownNameError
from ocrkit.text.charset_fields import check_fields
from ocrkit.text.charset_file import file_beside, read_charset_file
from ocrkit.text.charset_table import fields_of_record, record_of_fields
from ocrkit.text.encoding import LabelMatcher
from ocrkit.text.invisible import can_be_label
from ocrkit.text.naming import described
from ocrkit.text.normalization import compile_normalizer, unknown_invisible
from ocrkit.text.order import VisualOrder, holds_leftward
from ocrkit.text.scripts.detection import runs_left
from ocrkit.text.shipped_files import shipped_file

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from importlib.resources.abc import Traversable

    from ocrkit.ctc import Decoded
    from ocrkit.text.charset_fields import CharsetFields, LabelOrder
    from ocrkit.text.encoding import Unencodable
    from ocrkit.text.invisible import InvisibleCharacters
    from ocrkit.text.normalization import NormalForm, Rewrite

__all__ = ["Charset"]

_ANY_SCRIPT = "Zyyy"
_DEEPEST = 64  # includes within includes


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
        direction: ``ltr`` or ``rtl``: which way a line runs in which letters of both ways stand.
        normalization: the Unicode normal form that texts are brought to.
        rewrites: what is respelled after that, in order.
        order: ``visual``: labels stand from left to right as on paper, by UAX #9; ``logical``: as in the text. It
            matters where letters run from right to left.

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
    order: LabelOrder = "visual"

    def __post_init__(self) -> None:
        check_fields(self._fields())

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
        return _Reading(resolve or _shipped).read(Path(path) if isinstance(path, str) else path, ())

    @classmethod
    def from_texts(
        cls,
        texts: Iterable[str],
        *,
        name: str = "from-data",
        rewrites: tuple[Rewrite, ...] = (),
        script: str = _ANY_SCRIPT,
        languages: tuple[str, ...] = ("und",),
        direction: str | None = None,
    ) -> Charset:
        """The charset of every character in ``texts``, brought to one spelling, in code point order.

        Control characters are left out: no label may be one. So is what has no ink, but for a space, and for a joiner
        where the rewrites leave it, as they do where it can be seen.

        Args:
            texts: in any spelling.
            name: the charset's.
            rewrites: how the script is spelled.
            script: ISO 15924.
            languages: BCP 47.
            direction: ``ltr`` or ``rtl``; None for that of most letters.

        Raises:
            CharsetError: the texts hold nothing that can be seen.
        """
        normalize = compile_normalizer("NFC", rewrites)
        found: Counter[str] = Counter()
        for text in texts:
            found.update(normalize(text))
        characters = sorted(filter(can_be_label, found))
        if not characters:
            raise CharsetError(f"no charset {name!r} from these texts: they hold no character that can be seen")
        return cls(
            name,
            ("", *characters),
            script=script,
            languages=languages,
            direction=direction or ("rtl" if runs_left(found) else "ltr"),
            rewrites=rewrites,
        )

    @classmethod
    def from_dict(cls, record: Mapping[str, object]) -> Charset:
        """The charset that ``to_dict`` described; raises ``CharsetError`` for anything else."""
        return cls(**fields_of_record(record))

    def to_dict(self) -> dict[str, object]:
        """The whole charset as JSON's own types, the same for equal charsets; ``from_dict`` reads it back."""
        return record_of_fields(self._fields())

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
        if self.runs_leftward and other.runs_leftward and self.order != other.order:
            raise CharsetError(
                f"charsets {self.name!r} ({self.order}) and {other.name!r} ({other.order}) differ in the order of "
                "labels; a union needs the same in both"
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
                order=self.order if self.runs_leftward else other.order,
            )
        except CharsetError as error:
            raise CharsetError(f"charsets {self.name!r} and {other.name!r} do not go together: {error}") from error

    def __reduce__(self) -> tuple[type[Charset], tuple[object, ...]]:
        return Charset, tuple(self._fields().values())

    @property
    def has_space(self) -> bool:
        """Whether some label spells the space U+0020, so that a line may hold several words."""
        return " " in self.symbols

    @cached_property
    def runs_leftward(self) -> bool:
        """Whether lines may have letters that run from right to left."""
        return self.direction == "rtl" or holds_leftward("".join(self.symbols))

    @property
    def reorders(self) -> bool:
        """Whether labels stand in another order than text: such as on paper, where letters run from right to left."""
        return self._reordering is not None

    @property
    def leftward_symbols(self) -> tuple[str, ...]:
        """What each label spells where it is read in a run from right to left, where a bracket is seen mirrored."""
        if self._reordering is None:
            return self.symbols
        return tuple(self.symbols[label] for label in self._reordering.mirrored)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of the symbols in UTF-8, the blank first, each but the first after a line feed.

        Where labels are reordered, the direction follows after two line feeds.
        """
        symbols = "\n".join(self.symbols) + (f"\n\n{self.direction}" if self.reorders else "")
        return hashlib.sha256(symbols.encode()).hexdigest()

    def normalize(self, text: str) -> str:
        """The one spelling of ``text``: the normal form, invisible characters, then the rewrites, till nothing changes.

        White space becomes a space, and what is ignorable by default goes, unless a label or a rewrite names it.
        Line feeds stay where they are, and nothing reaches across one: many lines can be normalised as one text.
        """
        return self._normalizer(text)

    def encode(self, text: str, *, where: str = "") -> list[int]:
        """The labels of ``text``, normalised first, from left to right as they stand on paper; never the blank.

        Args:
            text: any spelling.
            where: where the text stands, such as ``labels.tsv:17``, for the message.

        Raises:
            UnencodableText: a character has no label; the message names the first, counting from 1 in the
                normalised text.
        """
        return self._encode(self.normalize(text), where)

    def encode_lines(self, text: str, *, where: str = "") -> list[list[int]]:
        """The labels of each line of ``text``, as ``encode`` gives them; line feeds part lines.

        Raises:
            UnencodableText: as ``encode``.
        """
        return [self._encode(line, where) for line in self.normalize(text).split("\n")]

    def decode(self, labels: Iterable[int]) -> str:
        """What ``labels``, each from 0 to ``len(self) - 1``, spell from left to right; the blank spells nothing."""
        symbols = self.symbols
        if self._reordering is None:
            return "".join([symbols[label] for label in labels])
        return "".join([symbol for _, symbol in self.reading([label for label in labels if label])])

    def reading(self, labels: Sequence[int]) -> list[tuple[int, str]]:
        """The labels in the order in which they are read: each one's place in ``labels``, and what it spells."""
        symbols = self.symbols
        if self._reordering is None:
            return [(place, symbols[label]) for place, label in enumerate(labels)]
        return [(place, symbols[label]) for place, label in self._reordering.reading(labels)]

    def texts(self, decoded: Decoded) -> list[str]:
        """What the best hypothesis of each line spells; a line without any gives ``""``."""
        if not self.reorders:
            return decoded.texts(self.symbols)
        return [self.decode(found[0].labels.tolist()) if found else "" for found in decoded]

    def unencodable(self, text: str) -> tuple[Unencodable, ...]:
        """The characters of the normalised ``text`` that have no label, in order, with their positions."""
        return tuple(self._matcher.unencodable(self.normalize(text)))

    def invisible(self, text: str) -> Counter[str]:
        """The characters of ``text`` without ink that ``normalize`` makes spaces of, or drops, and how often."""
        return self._invisible.count(text)

    def spells(self, text: str) -> bool:
        """Whether ``encode`` would succeed."""
        return self._matcher.labels(self.normalize(text)) is not None

    def _encode(self, spelled: str, where: str) -> list[int]:
        labels = self._matcher.labels(spelled)
        if labels is None:
            raise UnencodableText(self._complaint(self._matcher.unencodable(spelled), where))
        return labels if self._reordering is None else self._reordering.visual(labels)

    def _fields(self) -> CharsetFields:
        return {
            "name": self.name,
            "symbols": self.symbols,
            "script": self.script,
            "languages": self.languages,
            "direction": self.direction,
            "normalization": self.normalization,
            "rewrites": self.rewrites,
            "order": self.order,
        }

    @cached_property
    def _normalizer(self) -> Callable[[str], str]:
        return compile_normalizer(self.normalization, self.rewrites, self.symbols)

    @cached_property
    def _invisible(self) -> InvisibleCharacters:
        return unknown_invisible(self.normalization, self.rewrites, self.symbols)

    @cached_property
    def _reordering(self) -> VisualOrder | None:
        visual = self.order == "visual" and self.runs_leftward
        return VisualOrder(self.symbols, "rtl" if self.direction == "rtl" else "ltr") if visual else None

    @cached_property
    def _matcher(self) -> LabelMatcher:
        return LabelMatcher(self.symbols)

    def _complaint(self, missing: Sequence[Unencodable], where: str) -> str:
        prefix = f"{where}: " if where else ""
        first = missing[0]
        return f"{prefix}{described(first.character)} at character {first.position} is not in charset {self.name!r}"


class _Reading:
    """Reads a file and those that it includes, each once however many include it."""

    def __init__(self, resolve: Callable[[str], Charset]) -> None:
        self._resolve = resolve
        self._charsets: dict[str, Charset] = {}

    def read(self, path: Path | Traversable, within: tuple[str, ...]) -> Charset:
        """Read one file; ``within`` holds the files that are being read because they include it."""
        place = str(path)
        if place in self._charsets:
            return self._charsets[place]
        if place in within:
            raise CharsetError(f"{place}: includes itself, by way of {' > '.join((*within, place))}")
        if len(within) == _DEEPEST:
            raise CharsetError(f"{place}: stands {_DEEPEST} includes below {within[0]}; include less deeply")
        file = read_charset_file(path)
        included = [self._included(name, path, within) for name in dict.fromkeys(file.includes)]
        fields = file.fields
        ours = set(fields["symbols"])
        theirs = [symbol for other in included for symbol in other.symbols if symbol not in ours]
        fields["symbols"] += tuple(dict.fromkeys(theirs))
        rewrites = [*fields["rewrites"], *(rule for other in included for rule in other.rewrites)]
        fields["rewrites"] = tuple(dict.fromkeys(rewrites))
        try:
            self._charsets[place] = Charset(**fields)
        except CharsetError as error:
            raise CharsetError(f"{place}: {error}") from error
        return self._charsets[place]

    def _included(self, name: str, path: Path | Traversable, within: tuple[str, ...]) -> Charset:
        beside = file_beside(path, name)
        if beside is not None:
            return self.read(beside, (*within, str(path)))
        try:
            return self._resolve(name)
        except UnknownNameError as error:
            raise UnknownNameError(f"{path}: in 'includes': {error}") from error


def _shipped(name: str) -> Charset:
    return Charset.read(shipped_file(name))


def _joined_languages(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """Both in order, without 'und' where something is determined."""
    joined = tuple(dict.fromkeys(ours + theirs))
    return tuple(language for language in joined if language != "und") or joined
