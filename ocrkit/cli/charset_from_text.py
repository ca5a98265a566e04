"""``ocrkit charsets from-text``: a charset file from texts, with what it covers of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ocrkit.cli.progress import counting, say
from ocrkit.errors import OptionError, did_you_mean
from ocrkit.files import write_whole
from ocrkit.plugin.charset_expression import charset_of_script, resolve_charset
from ocrkit.plugin.registry import default_registry
from ocrkit.text.charset import Charset
from ocrkit.text.charset_draft import UNITS, draft_charset
from ocrkit.text.charset_file import check_name
from ocrkit.text.charset_writing import charset_toml, described_coverage
from ocrkit.text.corpus import read_corpus
from ocrkit.text.inventory import take_inventory
from ocrkit.text.invisible import described_invisible
from ocrkit.text.naming import described
from ocrkit.text.scripts.detection import main_script, runs_left
from ocrkit.text.spelling import charsets_of_scripts, joined_rewrites

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.text.charset_draft import Unit
    from ocrkit.text.corpus import Corpus
    from ocrkit.text.normalization import Rewrite

__all__ = ["AKSHARAS", "write_charset"]

AKSHARAS = 500
_NO_BASE = "none"
_ANY_SCRIPT = "Zyyy"


def write_charset(
    corpora: list[Path],
    output: Path,
    *,
    unit: str,
    limit: int | None,
    least: int,
    name: str | None,
    script: str | None,
    base: str | None,
    closed: bool,
) -> None:
    """Write the file, read it back, and say on stderr what is in it and what it covers.

    Raises:
        OptionError: an option has a value that it cannot have, or ``output`` cannot be written.
        CharsetError: the charset would be none.
        DataError: a text cannot be read.
    """
    name = output.stem if name is None else name
    _check_options(output, unit, name, script)
    with counting("reading") as progress:
        corpus = read_corpus(corpora, progress=lambda done, total: progress(done // 1000, total // 1000))
    script = script or main_script(corpus.words)
    includes = _includes(base, script, output)
    if closed and not includes:
        raise OptionError(f"--base-only needs a base, and there is none for script {script!r}; name one by --base")
    known = resolve_charset("+".join(includes)) if includes else None
    others = _rewrites_of_others(corpus, known) if base is None else ()
    spelling = _spelling(known, others)
    scripts = [offer.value for offer in default_registry().scripts()]
    inventory = take_inventory(corpus, spelling.normalize, scripts)
    draft = draft_charset(
        inventory,
        unit=cast("Unit", unit),
        limit=AKSHARAS if limit is None and unit == "akshara" else limit,
        least=least,
        known=frozenset(known.symbols) if known else frozenset(),
        closed=closed,
    )
    text = charset_toml(
        draft,
        inventory,
        name=name,
        script=script,
        languages=known.languages if known else ("und",),
        direction="rtl" if runs_left(inventory.characters) else "ltr",
        includes=includes,
        rewrites=others,
        corpus=", ".join(path.name for path in corpora),
    )
    _write(output, text)
    labels = len(resolve_charset(str(output)))
    counted = f"{len(draft.aksharas)} aksharas, {len(draft.characters)} characters"
    say(f"{output}: {labels} labels: {counted}{_added(includes, known)}, and the blank")
    for line in described_coverage(draft.coverage):
        say(line)
    _report_left_out(draft.left_out)
    _report_invisible(corpus, spelling)


def _check_options(output: Path, unit: str, name: str, script: str | None) -> None:
    """Refuse, before anything is read, what would be refused at the end."""
    if unit not in UNITS:
        hint = did_you_mean(unit, UNITS, then=f"expected {' or '.join(UNITS)}")
        raise OptionError(f"--unit is {unit!r}; {hint}")
    if output.suffix != ".toml":
        raise OptionError(f"-o {output} is no charset file's name; expected one that ends in .toml")
    check_name(name)
    Charset(name, ("", "a"), script=script or _ANY_SCRIPT)  # which refuses what is not a script


def _includes(base: str | None, script: str, output: Path) -> tuple[str, ...]:
    """The names of the charsets that the new one builds on."""
    if base == _NO_BASE:
        return ()
    found = charset_of_script(script) if base is None else None
    names = tuple(base.split("+")) if base is not None else (found.name,) if found else ()
    if output.stem in names:
        raise OptionError(
            f"-o {output} would include charset {output.stem!r}, and be taken for it; write to another name, "
            f"or build on nothing by '--base none'"
        )
    for name in names:
        default_registry().charset(name)  # a file includes by name alone, so a path is an unknown name
    return names


def _rewrites_of_others(corpus: Corpus, known: Charset | None) -> tuple[Rewrite, ...]:
    """How the charsets of the corpus's other scripts spell them, as far as that goes with what is known."""
    characters: Counter[str] = Counter()
    for word, times in corpus.words.items():
        for character in word:
            characters[character] += times
    first = [known] if known else []
    joined = joined_rewrites([*first, *charsets_of_scripts(characters, charset_of_script)])
    return tuple(rule for rule in joined if known is None or rule not in known.rewrites)


def _spelling(known: Charset | None, others: tuple[Rewrite, ...]) -> Charset:
    """What spells the corpus as the new charset will: the file's own rewrites come before those that it includes."""
    if known is None:
        return Charset("spelling", ("", "\ue000"), rewrites=others)
    return replace(known, rewrites=(*others, *known.rewrites)) if others else known


def _write(output: Path, text: str) -> None:
    try:
        write_whole(output, text.encode())
    except OSError as error:
        raise OptionError(f"-o {output} cannot be written: {error.strerror}") from error


def _added(includes: tuple[str, ...], known: Charset | None) -> str:
    return f", {len(known) - 1} of {'+'.join(includes)}" if known else ""


def _report_left_out(left_out: Counter[str]) -> None:
    if left_out:
        named = ", ".join(f"{described(one)} {count}x" for one, count in left_out.most_common(10))
        say(f"without a label: {left_out.total()} characters, {len(left_out)} distinct: {named}")


def _report_invisible(corpus: Corpus, spelling: Charset) -> None:
    counts: Counter[str] = Counter()
    for word, times in corpus.words.items():
        counts.update({character: count * times for character, count in spelling.invisible(word).items()})
    if counts:
        say(described_invisible(counts))
