"""Images as a Python program holds them, files, folders, pictures and arrays, made into samples."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

import numpy as np
from PIL import Image

from ocrkit.data.image_file import decode_bytes
from ocrkit.data.records import Sample
from ocrkit.data.sources.images import pages_of, unlabelled
from ocrkit.errors import DataError, ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GivenImage", "GivenImages", "InMemory", "as_samples", "is_array"]

GivenImage: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO | Image.Image | NDArray[np.generic] | Sample"
"""One image: a file, one that is open, the bytes of one, a Pillow image, an array, or a sample."""

GivenImages: TypeAlias = "str | os.PathLike[str] | Iterable[GivenImage]"
"""A folder, or images one after the other."""

_CHANNELS = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_EXPECTED = "expected (height, width), or (height, width, channels) of 1 to 4 channels"
_KINDS = "a file's name, a Pillow image, a NumPy array, or an open image file or its bytes"


def as_samples(images: GivenImages) -> Iterator[Sample]:
    """The samples of a folder's images, or of images one after the other, each made when it is asked for.

    A thing among the images that is none becomes a sample that cannot be opened, so that the others are read. An image
    without a name of its own is called ``image N``, counted from 0.

    Raises:
        MissingFileError: there is no such folder.
        DataError: it is one image, where a list of them or a folder is expected; or a folder without images.
    """
    if isinstance(images, str | os.PathLike):
        return iter(_of_folder(os.fspath(images)))
    if isinstance(images, bytes | Image.Image | Sample) or is_array(images):
        raise DataError(f"the images are {_described(images)}; expected a list of images: put it in one, [image]")
    if not isinstance(images, Iterable):
        raise DataError(f"the images are {images!r}; expected a folder, or a list of images, each {_KINDS}")
    return (sample for number, image in enumerate(images) for sample in _samples(image, number))


def _of_folder(path: str) -> list[Sample]:
    if os.path.isfile(path):
        raise DataError(f"the images are {path!r}, one file; expected a folder or a list: put it in one, [{path!r}]")
    return unlabelled([path])


def _samples(image: object, number: int) -> list[Sample]:
    """The sample of an image; those of its pages, where it is a file of several."""
    if isinstance(image, Sample):
        return [image]
    if isinstance(image, str | os.PathLike):
        pages = pages_of(Path(image))
        return [Sample(os.fspath(image) if len(pages) == 1 else str(page), page) for page in pages]
    if hasattr(image, "read") and not isinstance(image, Image.Image):
        return [Sample(str(getattr(image, "name", "") or f"image {number}"), InMemory(image.read()))]
    name = getattr(image, "filename", "") if isinstance(image, Image.Image) else ""
    return [Sample(str(name) or f"image {number}", InMemory(image))]


class InMemory:
    """Makes the picture of what a program holds; what is wrong with it shows when it is opened, as with a file."""

    def __init__(self, given: object) -> None:
        self._given = given

    def __call__(self) -> Image.Image:
        """The picture.

        Raises:
            ImageError: it is none.
        """
        given = self._given
        if isinstance(given, Image.Image):
            return given.copy()  # who opens an image closes it, and this one is the caller's
        if isinstance(given, bytes | bytearray | memoryview):
            return decode_bytes(bytes(given))
        if is_array(given):
            return _of_array(np.asarray(given))
        raise ImageError(f"it is {_described(given)}; expected {_KINDS}")


def is_array(given: object) -> bool:
    """Whether something is an array, or can be made one."""
    return hasattr(given, "__array__") and hasattr(given, "shape") and not isinstance(given, Image.Image)


def _described(given: object) -> str:
    if is_array(given):
        return f"an array of shape {tuple(getattr(given, 'shape', ()))}"
    return {Sample: "one sample", bytes: "bytes"}.get(type(given), f"one {type(given).__name__}")


def _of_array(array: NDArray[np.generic]) -> Image.Image:
    """Grey or colour values as a picture: uint8 of 0 to 255, uint16 of one channel, bool, or floats of 0 to 1."""
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in _CHANNELS):
        way_out = "; move the channels to the end" if array.ndim == 3 and array.shape[0] in _CHANNELS else ""
        raise ImageError(f"the array has shape {array.shape}; {_EXPECTED}{way_out}")
    if array.size == 0:
        raise ImageError(f"the array has shape {array.shape}, and so no pixels")
    values = array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array
    if values.dtype == np.uint16 and values.ndim == 2:
        return Image.fromarray(values)
    return Image.fromarray(np.ascontiguousarray(_as_bytes(values)))


def _as_bytes(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    if values.dtype == np.uint8:
        return values.astype(np.uint8, copy=False)
    if values.dtype == np.bool_:
        return np.where(values, np.uint8(255), np.uint8(0))
    if values.dtype.kind == "f":
        numbers = values.astype(np.float32)
        if not (numbers.min() >= 0 and numbers.max() <= 1):  # NaN fails too
            raise ImageError(
                f"the array is {values.dtype} and holds values outside 0 to 1; "
                "expected black as 0 and white as 1, or uint8 of 0 to 255"
            )
        return np.rint(numbers * 255).astype(np.uint8)
    raise ImageError(f"the array is {values.dtype}; expected uint8 of 0 to 255, floats of 0 to 1, or bool")
