"""A page of an upload as readers and outputs take pages; it is never opened in this process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocrkit.errors import ImageError
from ocrkit_serve.work.kinds import JPEG
from ocrkit_serve.work.records import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from ocrkit_serve.work.openers import Openers, Pixels

__all__ = ["UploadScan"]


@dataclass(slots=True)
class UploadScan:
    """A page of an upload, for as long as its file is kept.

    Attributes:
        openers: open it.
        file: where it lies.
        kind: its MIME type.
        name: what the sender calls the page.
        number: the page of the file, from 1.
        grey: whether its picture is given in grey.
    """

    openers: Openers
    file: Path
    kind: str
    name: str
    number: int = 1
    grey: bool = False
    _resolution: tuple[float | None] | None = field(default=None, init=False)

    @property
    def path(self) -> Path | None:
        """None: where an upload lies is nobody's concern."""
        return None

    @property
    def dpi(self) -> float | None:
        """Pixels an inch, as the file says where that can be."""
        if self._resolution is None:
            try:
                self._opened()
            except Refused:
                return None
        return None if self._resolution is None else self._resolution[0]

    def image(self) -> Image:
        """The picture.

        Raises:
            ImageError: it cannot be opened; the ``Refused`` that says why is its cause.
        """
        try:
            return self._opened().image
        except Refused as refused:
            raise ImageError(refused.reason, self.name) from refused

    def jpeg(self) -> bytes | None:
        """The file's JPEG data, where it is one."""
        try:
            return self.file.read_bytes() if self.kind == JPEG else None
        except OSError:
            return None

    def _opened(self) -> Pixels:
        pixels = self.openers.pixels(self.file, self.number, grey=self.grey)
        self._resolution = (pixels.dpi,)
        return pixels
