"""What a writer is given: a sample with its image as the bytes of an image file."""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from ocrkit.data.image_file import bad_image, open_image, quiet_pillow
from ocrkit.data.paged import page_in
from ocrkit.data.sources.images import image_suffixes
from ocrkit.data.stored import StoredImage
from ocrkit.data.writers.grey_png import grey_png
from ocrkit.errors import DataError, ImageError

if TYPE_CHECKING:
    from ocrkit.data.records import Sample
    from ocrkit.errors import Origin

__all__ = ["EncodedSample", "encode", "file_stem"]

_USUAL = {"PNG": ".png", "JPEG": ".jpg", "TIFF": ".tif", "WEBP": ".webp", "BMP": ".bmp", "GIF": ".gif", "PPM": ".ppm"}
_AS_PNG = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})
_KEPT = frozenset({"transparency", "icc_profile"})  # what Pillow takes into a PNG from an image's ``info``
_LONGEST = 80  # bytes of a name taken over into another
_UNSAFE = re.compile(r'[\x00-\x20\x7f-\x9f"*/:<>?\\|\u2028\u2029\ud800-\udfff]+')


@dataclass(frozen=True, slots=True)
class EncodedSample:
    """A labelled image as it is written.

    Attributes:
        name: what the sample was called.
        text: its label.
        data: the bytes of an image file.
        suffix: what such a file's name ends in, with its dot, in lower case.
        group: the document, writer or page it belongs to; empty where unknown.
        origin: where its label stood, for messages.
    """

    name: str
    text: str
    data: bytes
    suffix: str
    group: str = ""
    origin: Origin | None = None

    @property
    def place(self) -> str:
        """What a message calls it."""
        return str(self.origin or self.name)


def encode(sample: Sample) -> EncodedSample:
    """A sample as it is written: its image's bytes as they lie where they do, else a PNG; decoded once, to be sure.

    Raises:
        ImageError: the image cannot be opened.
        DataError: the sample has no text.
    """
    if sample.text is None:
        raise DataError(f"{sample.name} has no text; only labelled images can be written")
    image = open_image(sample)
    data: bytes | None = None
    suffix = ""
    try:
        if isinstance(sample.image, Path) and page_in(sample.image) is None:
            data, suffix = sample.image.read_bytes(), sample.image.suffix.lower()
        elif hasattr(sample.image, "read") and isinstance(sample.image, StoredImage):  # the second costs 15 us
            data = sample.image.read()
    except ImageError as error:
        raise bad_image(sample, error.reason) from error
    except OSError as error:
        raise bad_image(sample, error.strerror or str(error)) from error
    if data is None:
        data, suffix = _encoded(image)
    elif suffix not in image_suffixes():
        suffix = _suffix_of(data)
    return EncodedSample(sample.name, sample.text, data, suffix, sample.group, sample.origin)


def file_stem(name: str) -> str:
    """A name for a file made of a sample's: its last part without suffix, safe on every system, of bounded length.

    Of an image inside another file, ``page.xml#line7`` or ``lines.tif#2``, it is both parts; a number inside it, as in
    ``set.lmdb#image-000000007``, says nothing, and is left out.
    """
    path, _, inner = name.rpartition("#")
    if not path or _without_suffix(inner) != inner:
        path, inner = name, ""
    parts = [_without_suffix(path.rpartition("/")[2])]
    is_number = re.fullmatch(r"(image-)?[0-9]+", inner) is not None and _without_suffix(path) == path
    parts = [] if is_number else [*parts, *filter(None, (inner,))]
    safe = _UNSAFE.sub("_", "-".join(parts)).strip("._ ")
    return safe.encode()[:_LONGEST].decode("utf-8", "ignore")


def _without_suffix(name: str) -> str:
    root, suffix = os.path.splitext(name)
    return root if suffix.lower() in image_suffixes() or suffix == ".xml" else name


def _encoded(image: Image.Image) -> tuple[bytes, str]:
    file = io.BytesIO()
    if image.mode in ("F", "I"):  # which PNG cannot hold, and no mode of its own does justice to
        image.save(file, "TIFF")
        return file.getvalue(), ".tif"
    if image.mode == "L" and not _KEPT & image.info.keys():
        return grey_png(image), ".png"
    (image if image.mode in _AS_PNG else image.convert("RGB")).save(file, "PNG")
    return file.getvalue(), ".png"


def _suffix_of(data: bytes) -> str:
    with quiet_pillow(), Image.open(io.BytesIO(data)) as image:
        found = image.format or "PNG"
    if found in _USUAL:
        return _USUAL[found]
    return min((suffix for suffix, kind in Image.registered_extensions().items() if kind == found), default=".png")
