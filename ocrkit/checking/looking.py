"""What one image shows, in the few bytes that a check of millions can keep; this runs in worker processes."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.checking.resemblance import outline
from ocrkit.data.image import open_image, to_grey
from ocrkit.data.paged import page_in
from ocrkit.data.visibility import shows_nothing
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from ocrkit.data.records import Sample

__all__ = ["Seen", "Unseen", "aspect_problem", "look_at", "visible_characters"]

# Over the real lines and words that the project is measured on, characters are 0.20 to 1.9 times as
# wide as their line is high; only words set upright, or at a slant, go down to 0.013.
_NARROWEST, _WIDEST = 0.06, 10.0
_INVISIBLE = ("Mn", "Me", "Cf", "Cc", "Zs")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of an image.

    Attributes:
        width: px, upright.
        height: px, upright.
        blank: whether it shows nothing.
        digest: 16 bytes, the same for the same grey pixels in the same size only.
        outline: 16 bytes, much the same in any size or brightness.
    """

    width: int
    height: int
    blank: bool
    digest: bytes
    outline: bytes


@dataclass(frozen=True, slots=True)
class Unseen:
    """Why there was nothing to see: a kind of fault, and what is wrong."""

    kind: str
    detail: str


def look_at(sample: Sample) -> Seen | Unseen:
    """Open a sample's image and keep what checks need of it."""
    if isinstance(sample.image, Path) and not os.path.exists(sample.image) and page_in(sample.image) is None:
        return Unseen("missing", "no such file")
    try:
        grey = to_grey(open_image(sample))
    except ImageError as error:
        return Unseen("image", error.reason)
    except Exception as error:  # what a plugin's own function raises; one bad image must not end the check
        return Unseen("image", f"{type(error).__name__}: {error}")
    pixels = np.asarray(grey)
    digest = hashlib.blake2b(pixels.tobytes(), digest_size=16, key=f"{grey.width}x{grey.height}".encode())
    return Seen(grey.width, grey.height, shows_nothing(grey), digest.digest(), outline(grey))


def visible_characters(text: str) -> int:
    """The characters of a text that take room of their own: no marks above or below, no spaces, no joiners."""
    return sum(unicodedata.category(character) not in _INVISIBLE for character in text)


def aspect_problem(width: int, height: int, text: str) -> str | None:
    """What is wrong where an image of this size, in px, cannot show the text as one line.

    Only what is far from any real line is named: characters less than a seventeenth, or more than ten times, as wide as
    the line is high.
    """
    characters = max(1, visible_characters(text))
    each = width / height / characters
    if _NARROWEST <= each <= _WIDEST:
        return None
    wrong, hint = (
        ("narrow", "is it set upright, or cut off?") if each < _NARROWEST else ("wide", "is it part of a line?")
    )
    return (
        f"{width}x{height} px is too {wrong} for the {characters} characters of its label, each {each:.2g} times as "
        f"wide as the line is high; expected {_NARROWEST:g} to {_WIDEST:g}; {hint}"
    )
