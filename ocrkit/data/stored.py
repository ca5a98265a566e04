"""Images that lie encoded inside another file, such as a database's: read when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["StoredImage"]


@runtime_checkable
class StoredImage(Protocol):
    """The role of a sample's ``image`` where its bytes are at hand: what copies it need not encode it anew."""

    def read(self) -> bytes:
        """The bytes of an image file, as they are stored.

        Raises:
            ImageError: they are not there.
        """
        ...

    def __call__(self) -> Image:
        """The image, decoded.

        Raises:
            ImageError: they are not there, or are no image.
        """
        ...
