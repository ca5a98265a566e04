"""Pages that are pictures: image files, the pages of TIFFs, and pictures in memory."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PIL import Image, UnidentifiedImageError

from ocrkit.data.image_file import bad_image, decode_bytes, open_framed, quiet_pillow
from ocrkit.data.paged import OnePage, offsets_in, page_at, page_in, page_offset, page_offsets
from ocrkit.data.records import Sample
from ocrkit.errors import ImageError
from ocrkit.pages.opening.picture import MAX_PAGE_PIXELS, as_page, believable_dpi

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

__all__ = ["BadScan", "ImageScan", "count_image_pages"]


@dataclass(frozen=True, slots=True)
class ImageScan:
    """A page that is a picture.

    Attributes:
        name: what messages call it.
        source: its file, the bytes of one, or what makes the picture.
        path: its file.
        number: the page of that file, from 1.
        of_several: whether that file has more pages.
        assumed_dpi: of a picture that tells nothing that can be.
    """

    name: str
    source: Path | bytes | Callable[[], Image.Image]
    path: Path | None = None
    number: int = 1
    of_several: bool = False
    assumed_dpi: float | None = None

    @property
    def dpi(self) -> float | None:
        """Pixels an inch, as the file says where that can be; else what was assumed."""
        try:
            if isinstance(self.source, Path) and not self.source.is_file():  # a pipe would be waited for without end
                return self.assumed_dpi
            with quiet_pillow(), self._header() as image:
                return believable_dpi(image.info.get("dpi"), *image.size) or self.assumed_dpi
        except Exception:  # Pillow raises nearly anything; what is wrong shows when the picture is opened
            return self.assumed_dpi

    def size(self) -> tuple[int, int]:
        """Width and height in px as the file tells them, before anything is decoded or turned.

        Raises:
            ImageError: it cannot be opened.
        """
        try:
            with quiet_pillow(), self._header() as image:
                return image.size
        except ImageError as error:
            raise bad_image(self.name, error.reason) from error
        except UnidentifiedImageError as error:
            raise ImageError("its header is damaged, or of a kind that is not read", self.name) from error
        except Image.DecompressionBombError as error:
            raise ImageError(f"the image claims more pixels than {MAX_PAGE_PIXELS:,}", self.name) from error
        except Exception as error:  # Pillow raises nearly anything
            raise ImageError(f"its header is damaged, or of a kind that is not read ({error})", self.name) from error

    def image(self) -> Image.Image:
        """The picture.

        Raises:
            ImageError: it cannot be opened.
        """
        try:
            if isinstance(self.source, bytes):
                page = self.number if self.of_several else None
                return as_page(decode_bytes(self.source, page=page, most=MAX_PAGE_PIXELS))
            if isinstance(self.source, Path):
                return as_page(open_framed(self._page_path(), most=MAX_PAGE_PIXELS).image)
            return as_page(open_framed(Sample(self.name, self.source), most=MAX_PAGE_PIXELS).image)
        except ImageError as error:
            raise bad_image(self.name, error.reason) from error

    def jpeg(self) -> bytes | None:
        """The file's JPEG data, where it is one."""
        if not isinstance(self.source, Path | bytes):
            return None
        data = self.source if isinstance(self.source, bytes) else _if_jpeg(self.source)
        return data if data is not None and data[:3] == b"\xff\xd8\xff" else None

    def _page_path(self) -> Path:
        path = cast("Path", self.source)
        return Path(f"{path}#{self.number}") if self.of_several else path

    def _header(self) -> Image.Image:
        """The picture, not decoded."""
        if isinstance(self.source, Path):
            if not self.of_several:
                return Image.open(self.source)
            offset = page_offset(self.source, self.number)
            with self.source.open("rb") as file:
                return Image.open(cast("IO[bytes]", OnePage(file, offset)))
        if isinstance(self.source, bytes):
            opened = io.BytesIO(self.source)
            offset = page_at(offsets_in(opened), self.number)
            opened.seek(0)
            return Image.open(cast("IO[bytes]", OnePage(opened, offset)) if offset else opened)
        return self.source()


@dataclass(frozen=True, slots=True)
class BadScan:
    """A page that cannot be opened.

    Attributes:
        name: what messages call it.
        reason: why.
        path: its file.
        number: the page of that file, from 1.
    """

    name: str
    reason: str
    path: Path | None = None
    number: int = 1

    @property
    def dpi(self) -> None:
        """Nothing that is known."""
        return

    def size(self) -> tuple[int, int]:
        """Say why it has none.

        Raises:
            ImageError: always.
        """
        raise ImageError(self.reason, self.name)

    def image(self) -> Image.Image:
        """Say why there is none.

        Raises:
            ImageError: always.
        """
        raise ImageError(self.reason, self.name)

    def jpeg(self) -> None:
        """There is none."""
        return


def count_image_pages(source: Path | bytes) -> int:
    """The pages of a TIFF, or one."""
    if isinstance(source, Path):
        return 1 if page_in(source) is not None else max(1, len(page_offsets(source)))
    return max(1, len(offsets_in(io.BytesIO(source))))


def _if_jpeg(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            start = file.read(3)
            return start + file.read() if start == b"\xff\xd8\xff" else None
    except OSError:
        return None
