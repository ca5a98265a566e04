"""Self-made lists of words, one for each image: its text among others drawn by lot."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.errors import DataError, MissingFileError, OptionError
from ocrkit.plain_files import read_plain
from ocrkit.text.metrics import comparable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ocrkit.data.records import Sample

__all__ = ["make_lists", "read_words"]


def read_words(path: Path) -> list[str]:
    """The words of a list: a word a line, or ``word<TAB>count``; plain or gzip.

    Raises:
        MissingFileError: there is no such file.
        DataError: it cannot be read, or is not UTF-8.
    """
    try:
        content = read_plain(path, stream=True)
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        lines = content.decode("utf-8-sig").split("\n")
    except FileNotFoundError:
        raise MissingFileError(f"no file {str(path)!r}; expected a word a line") from None
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8: {error.reason} at byte {error.start}; save it as UTF-8", path) from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"cannot be read: {getattr(error, 'strerror', None) or error}", path) from error
    return [word for line in lines if (word := line.partition("\t")[0].strip())]


def make_lists(
    samples: Sequence[Sample],
    sizes: Sequence[int],
    *,
    words: Iterable[str] | None = None,
    seed: int = 0,
    source: str = "",
    folder: str = "",
) -> Iterator[str]:
    """Yield a line of JSON for each sample: its name, a list of each size, and that they are self-made.

    A list holds the sample's text and other words that are compared as none of each other, drawn by lot and in any
    order; a shorter list of a sample is a part of its longer ones.

    Args:
        samples: each with a text.
        sizes: words of each list.
        words: what is drawn from; None for the texts of all samples.
        seed: another one draws other words.
        source: what ``words`` are from, for the record.
        folder: what names are relative to, where they are in it.

    Raises:
        OptionError: a size is below 2, or there are too few words for one.
        DataError: a sample has no text.
    """
    if not sizes or min(sizes) < 2:
        raise OptionError(f"`size` is {min(sizes, default=0)}; expected 2 words or more")
    texts = [_text_of(sample) for sample in samples]
    drawn_from: dict[str, str] = {}
    for word in texts if words is None else words:
        drawn_from.setdefault(_key(word), word)
    drawn_from.pop("", None)
    keys, longest = list(drawn_from), max(sizes)
    if len(keys) < longest:
        what = "texts" if words is None else "words"
        raise OptionError(
            f"a list of {longest} words needs as many others to draw from, and there are {len(keys)} different {what}; "
            "give a longer list with `words`, or a smaller `size`"
        )
    origin = f"self-made: the text and others out of {source or 'the texts of the set'}, seed {seed}"
    for number, (sample, text) in enumerate(zip(samples, texts, strict=True)):
        rng = np.random.default_rng((seed, number))
        own = _key(text)
        others = [keys[k] for k in rng.choice(len(keys), longest, replace=False).tolist() if keys[k] != own]
        lists = {}
        for size in sizes:
            listed = [text, *(drawn_from[key] for key in others[: size - 1])]
            name = "lexicon" if len(sizes) == 1 else f"lexicon_{size}"
            lists[name] = [listed[k] for k in rng.permutation(len(listed)).tolist()]
        yield json.dumps({"name": _relative(sample.name, folder), **lists, "origin": origin}, ensure_ascii=False)


def _text_of(sample: Sample) -> str:
    if not sample.text:
        raise DataError(f"{sample.name} has no text; lists need labelled data")
    return sample.text


def _key(word: str) -> str:
    """What tells words apart in scene text; for words of other scripts, all that case does not change."""
    folded = comparable(word, ignore_case=True)
    return comparable(folded, alphanumeric=True) or folded


def _relative(name: str, folder: str) -> str:
    inside = os.path.join(folder, "")
    return name[len(inside) :] if folder and name.startswith(inside) else name
