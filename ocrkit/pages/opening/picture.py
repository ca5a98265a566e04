"""Pictures of any mode as pages are read: grey or colour, on white."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageCms

from ocrkit.data.image import to_grey
from ocrkit.data.image_file import MAX_PIXELS, quiet_pillow, upright
from ocrkit.data.transparency import alpha_of
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from typing import Final

__all__ = ["MAX_PAGE_PIXELS", "as_page", "believable_dpi"]

MAX_PAGE_PIXELS: Final = 2 * MAX_PIXELS
"""The largest page that is opened, in px: where Pillow itself refuses. A1 at 300 dpi has 70 million."""

_DPI: Final = (30.0, 4800.0)
_SCREENS: Final = (72.0, 96.0)  # what programs write that know of no resolution
_SCREEN_INCHES: Final = 17.0  # the longer side of A3
_INCHES: Final = (0.5, 60.0)  # the longer side, up to A0 and a little
_SQUARE: Final = 1.05  # the most by which the two resolutions of square pixels differ: faxes have 204 x 196


def as_page(image: Image.Image) -> Image.Image:
    """A picture in mode ``L`` or ``RGB``, upright by its EXIF, laid on white where it can be seen through.

    Raises:
        ImageError: it has no pixels, or holds NaN or infinity.
    """
    if 0 in image.size:
        raise ImageError(f"the image is {image.width}x{image.height} px; expected at least 1x1")
    with quiet_pillow():
        image = upright(image)
        if image.mode == "F" or image.mode.startswith("I"):
            return to_grey(image)
        alpha = alpha_of(image)
        if alpha is not None:
            return _on_white(image, alpha)
        if image.mode in ("L", "RGB"):
            return image
        if image.mode == "1":
            return image.convert("L")
        return _coloured(image)


def believable_dpi(resolution: object, width: int, height: int) -> float | None:
    """The dots an inch that a file tells of its picture, where they can be so; else None.

    72 and 96 are what many programs write that do not know: those are taken only of a picture that would be no larger
    than A3.

    Args:
        resolution: across and down, as Pillow tells them, or anything else.
        width: px.
        height: px.
    """
    if not (isinstance(resolution, tuple) and len(resolution) == 2):
        return None
    try:
        across, down = (float(part) for part in resolution)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not all(_DPI[0] <= part <= _DPI[1] for part in (across, down)):  # NaN fails too
        return None
    if max(across, down) > _SQUARE * min(across, down):
        return None
    dpi = (across * down) ** 0.5
    inches = max(width, height) / dpi
    longest = _SCREEN_INCHES if any(abs(dpi - screen) < 1 for screen in _SCREENS) else _INCHES[1]
    # PNG tells whole dots a metre, so that 300 comes as 299.9994.
    return (float(round(dpi)) if abs(dpi - round(dpi)) < 0.02 else dpi) if _INCHES[0] <= inches <= longest else None


def _on_white(image: Image.Image, alpha: Image.Image) -> Image.Image:
    grey = image.mode in ("L", "LA", "La", "1")
    colours = image.convert({"La": "LA", "1": "L"}.get(image.mode, image.mode) if grey else "RGBA")
    mode = "L" if grey else "RGB"
    white = Image.new(mode, image.size, 255 if grey else (255, 255, 255))
    white.paste(colours.convert(mode), mask=alpha)
    return white


def _coloured(image: Image.Image) -> Image.Image:
    if image.mode == "LAB":
        turn = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        turned = ImageCms.applyTransform(image, turn)
        if turned is None:
            raise ImageError("its colours, LAB, cannot be made RGB")
        return turned
    palette = (image.getpalette("RGB") or []) if image.mode == "P" else []
    grey = bool(palette) and palette[::3] == palette[1::3] == palette[2::3]
    return image.convert("RGB").convert("L") if grey else image.convert("RGB")
