"""Image files opened: each is decoded, upright, or refused with what is wrong with it."""

from __future__ import annotations

import contextlib
import io
import logging
import stat
import threading
import warnings
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from PIL import Image, ImageOps, UnidentifiedImageError

from ocrkit.data.frame import Frame
from ocrkit.data.libtiff import keep_libtiff_quiet, what_libtiff_said
from ocrkit.data.paged import OnePage, offsets_in, page_at, page_in, page_offset, page_offsets
from ocrkit.data.records import Sample
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MAX_PIXELS",
    "NOT_PIXELS",
    "bad_image",
    "decode_bytes",
    "frame_of",
    "open_framed",
    "open_image",
    "quiet_pillow",
    "upright",
]

MAX_PIXELS = 89_478_485
"""The largest image that is decoded, in px: where Pillow's own default begins to warn of decompression bombs."""

NOT_PIXELS = frozenset({"EPS", "WMF", "BUFR", "GRIB", "HDF5", "MPEG"})
"""Pillow's formats that are never decoded: it runs another program for them, or has only a stub."""

_MOVING = frozenset({"GIF", "PNG", "WEBP", "AVIF", "FLI"})
"""Pillow's formats whose further frames are no pages."""

_ORIENTATION = 0x0112
_EXIF_KEYS = {"exif", "Raw profile type exif", "XML:com.adobe.xmp", "xmp"}
_log = logging.getLogger("ocrkit")

_quiet_lock = threading.Lock()
_quiet_exits: list[contextlib.ExitStack] = []
_quiet_threads = 0


class Opened(NamedTuple):
    """An image, upright; how it lies in its file; and whether it moves, so that it is the first of many frames."""

    image: Image.Image
    frame: Frame
    moves: bool


def open_image(source: Sample | Path | str) -> Image.Image:
    """Decode a sample's image, or the image in a file: upright, in the mode that it is stored in.

    Of a picture that moves this is the first frame, of a TIFF of several pages the one that its name tells,
    ``lines.tif#2``.

    Raises:
        ImageError: names the file (and where it is listed), and says what is wrong: missing, empty, no image,
            truncated, damaged, of several pages, larger than ``MAX_PIXELS``. Nothing else is raised for a file,
            however damaged, and no warning is given. What a sample's own function raises passes, OSError aside.
    """
    return open_framed(source).image


def open_framed(source: Sample | Path | str, *, most: int = MAX_PIXELS) -> Opened:
    """Decode an image, as ``open_image`` does, and tell how it lies in its file.

    Args:
        source: the image.
        most: px; a larger one is refused.

    Raises:
        ImageError: likewise.
    """
    image = source.image if isinstance(source, Sample) else Path(source)
    try:
        with quiet_pillow():
            if isinstance(image, Path):
                return _decode_file(image, most)
            with image() as made:
                return _decode(made, most)
    except ImageError as error:
        raise bad_image(source, error.reason) from error
    except (OSError, Image.DecompressionBombError) as error:
        raise bad_image(source, _what_failed(error, most)) from error


def frame_of(path: Path) -> Frame | None:
    """How an image lies in its file, told by its header without decoding it; None where that cannot be told."""
    page = page_in(path)
    file, offset = (path, 0) if page is None else (page[0], page_offset(*page))
    try:
        with quiet_pillow(), file.open("rb") as opened:
            image = Image.open(cast("IO[bytes]", OnePage(opened, offset)) if offset else opened)
            # Asking a PNG for EXIF that is not among what comes first decodes it.
            orientation = 1 if image.format == "PNG" and not image.info.keys() & _EXIF_KEYS else _orientation(image)
            width, height = image.size
    except Exception as error:  # Pillow raises nearly anything on damaged files
        _log.debug("no size of %s: %s", path, error)
        return None
    return Frame(height, width, orientation) if orientation >= 5 else Frame(width, height, orientation)


def decode_bytes(data: bytes, *, page: int | None = None, most: int = MAX_PIXELS) -> Image.Image:
    """Decode an image file's bytes, as ``open_image`` does a file.

    Args:
        data: the file.
        page: which page of a TIFF, from 1; None for a file that has no more than one.
        most: px; a larger one is refused.

    Raises:
        ImageError: says what is wrong with them. Nothing else is raised, however damaged they are.
    """
    if not data:
        raise ImageError("the image is empty; expected an image file's bytes")
    try:
        file = io.BytesIO(data)
        pages = offsets_in(file)
        if page is None and len(pages) > 1:
            raise ImageError(f"it holds {len(pages)} pages; expected one image")
        offset = 0 if page is None else page_at(pages, page)
        file.seek(0)
        with quiet_pillow(), Image.open(cast("IO[bytes]", OnePage(file, offset)) if offset else file) as image:
            return _decode(image, most).image
    except UnidentifiedImageError as error:
        raise ImageError(_what_begins(data[:512])) from error
    except ImageError:
        raise
    except Exception as error:  # Pillow's decoders raise nearly anything, as below
        raise ImageError(_what_failed(error, most)) from error


def bad_image(source: Sample | Path | str, reason: str) -> ImageError:
    """The error that names an image, what is wrong with it, and where it is listed."""
    if not isinstance(source, Sample):
        return ImageError(reason, str(source))
    return ImageError(reason, source.name, source.origin)


def upright(image: Image.Image) -> Image.Image:
    """Turn an image as its EXIF orientation says; one whose EXIF is broken, or is done already, is given back."""
    if _orientation(image) == 1:
        return image
    try:
        return ImageOps.exif_transpose(image)
    except Exception as error:  # as below
        _log.debug("EXIF left aside: %s", error)
        return image


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation that an image has still to be turned by, 1 to 8."""
    try:
        orientation = image.getexif().get(_ORIENTATION, 1)
        return int(orientation) if orientation in range(2, 9) else 1
    except Exception as error:  # a broken EXIF block does not make the pixels unreadable, and Pillow raises anything
        _log.debug("EXIF left aside: %s", error)
        return 1


@contextlib.contextmanager
def quiet_pillow() -> Iterator[None]:
    """Silence Pillow's warnings, and libtiff, while any thread is inside.

    ``warnings.catch_warnings`` alone is not safe with threads: two that overlap would leave the filters changed.
    """
    global _quiet_threads
    keep_libtiff_quiet()
    what_libtiff_said()  # of an image before, which was decoded all the same
    with _quiet_lock:
        if _quiet_threads == 0:
            stack = contextlib.ExitStack()
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")
            _quiet_exits.append(stack)
        _quiet_threads += 1
    try:
        yield
    finally:
        with _quiet_lock:
            _quiet_threads -= 1
            if _quiet_threads == 0:
                _quiet_exits.pop().close()


def _decode_file(path: Path, most: int) -> Opened:
    try:
        status = path.stat()
    except FileNotFoundError:
        page = page_in(path)
        if page is None:
            raise ImageError("no such file") from None
        return _decode_page(*page, most)
    except ValueError as error:  # a NUL in the name
        raise ImageError(f"not a file name: {error}") from error
    except OSError as error:
        raise ImageError(error.strerror or str(error)) from error
    if stat.S_ISDIR(status.st_mode):
        raise ImageError("it is a folder; expected an image file")
    if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for without end
        raise ImageError("it is no regular file; expected an image file")
    if status.st_size == 0:
        raise ImageError("the file is empty; expected an image")
    pages = page_offsets(path)
    if len(pages) > 1:
        raise ImageError(
            f"it holds {len(pages)} pages, and is taken for one image; expected the name of a page, as {path.name}#2"
        )
    return _decode_page(path, None, most)


def _decode_page(path: Path, number: int | None, most: int) -> Opened:
    """Decode a page of a file, from 1; None for a file that has no more than one."""
    offset = 0 if number is None else page_offset(path, number)
    try:
        # From a file object, since Pillow maps a path into memory, and then garbles a raw TIFF that lies on its side.
        with path.open("rb") as file, Image.open(cast("IO[bytes]", OnePage(file, offset)) if offset else file) as image:
            return _decode(image, most)
    except UnidentifiedImageError as error:
        raise ImageError(_what_it_holds(path)) from error
    except ImageError:
        raise
    # Pillow's decoders raise nearly anything on damaged files: OSError, ValueError, TypeError, SyntaxError,
    # struct.error, IndexError, DecompressionBombError, MemoryError.
    except Exception as error:
        raise ImageError(_what_failed(error, most)) from error


def _decode(image: Image.Image, most: int) -> Opened:
    if image.format in NOT_PIXELS:
        raise ImageError(f"it is {image.format}, which holds no pixels; expected a picture such as PNG, JPEG or TIFF")
    if image.width * image.height > most:
        raise ImageError(f"the image is {image.width}x{image.height} px; expected at most {most:,} px in all")
    moves = image.format in _MOVING and _has_more(image)
    # Decoding turns a TIFF; and asking a PNG for its EXIF decodes it, whose errors would be lost.
    orientation = _orientation(image) if image.format == "TIFF" else 1
    try:
        image.load()
    except Exception as error:  # as above
        raise ImageError(_what_failed(error, most)) from error
    if 0 in image.size:
        raise ImageError(f"the image is {image.width}x{image.height} px; expected at least 1x1")
    orientation = orientation if orientation != 1 else _orientation(image)
    turned = upright(image)
    return Opened(turned, Frame(*turned.size, orientation), moves)


def _has_more(image: Image.Image) -> bool:
    try:
        return bool(getattr(image, "is_animated", False))
    except Exception:  # as above; what is wrong shows when the first frame is decoded
        return False


def _what_it_holds(path: Path) -> str:
    with path.open("rb") as file:
        return _what_begins(file.read(512))


def _what_begins(start: bytes) -> str:
    if all(byte >= 0x20 or byte in b"\t\n\r\f" for byte in start):
        return "it holds text, not an image"
    return "it holds no image that Pillow knows, or one whose header is damaged"


def _what_failed(error: Exception, most: int) -> str:
    if isinstance(error, Image.DecompressionBombError):
        return f"the image claims more pixels than are decoded; expected at most {most:,} px in all"
    if isinstance(error, OSError) and error.strerror:  # the system's, such as "Permission denied"; Pillow's have none
        return error.strerror
    reason = "; ".join(filter(None, (str(error) or type(error).__name__, what_libtiff_said())))
    if "truncated" in reason.lower():
        return f"the image is truncated; expected a whole file ({reason})"
    return f"the image is damaged, or of a kind that Pillow cannot read ({reason})"
