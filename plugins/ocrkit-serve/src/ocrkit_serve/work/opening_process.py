"""The process that opens files: it is given open files, never names, and what it may take of the machine is bounded.

A request is a line of JSON that comes with two open files, the upload and one for pixels; the answer is a line alone.
"""

from __future__ import annotations

import array
import io
import json
import os
import socket
import sys
from typing import TYPE_CHECKING

from PIL import Image

from ocrkit.errors import DependencyError, ImageError
from ocrkit.pages.opening import open_scans
from ocrkit.pages.opening.image_scans import BadScan, ImageScan, count_image_pages
from ocrkit.pages.opening.pdf_scans import PdfFile, PdfScan
from ocrkit_serve.bounds import allow_seconds, bound, take_only
from ocrkit_serve.work.kinds import PDF, kind_of
from ocrkit_serve.work.records import Refused

if TYPE_CHECKING:
    from typing import Any

__all__ = ["main", "receive_request"]

_HEAD = 1024
_LONGEST_REQUEST = 1 << 16
_QUALITY = 85
_LOCKED = "the PDF is locked"
_TOO_LARGE: dict[str, object] = {
    "refused": [413, "opening the page takes more memory than is given to it; send it smaller"]
}


def main() -> None:
    """Answer requests until the socket is closed: ``python -m ocrkit_serve.work.opening_process SOCKET OPTIONS``."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    options = json.loads(sys.argv[2])
    take_only(options["formats"])
    bound(options["memory"], options["file_bytes"])
    channel.sendall(b'{"ready": true}\n')
    while True:
        received = receive_request(channel)
        if received is None:
            return
        request, upload, pixels = received
        try:
            allow_seconds(options["seconds"])
            answer = _answer(request, upload, pixels)
        finally:
            os.close(upload)
            os.close(pixels)
        channel.sendall(json.dumps(answer).encode() + b"\n")


def receive_request(channel: socket.socket) -> tuple[dict[str, Any], int, int] | None:
    """The next request with its two files; None where there is none any more."""
    data, files = b"", array.array("i")
    while not data.endswith(b"\n"):
        part, ancillary, _, _ = channel.recvmsg(_LONGEST_REQUEST, socket.CMSG_SPACE(2 * files.itemsize))
        if not part:
            return None
        data += part
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                files.frombytes(value[: len(value) - len(value) % files.itemsize])
    return json.loads(data), files[0], files[1]


def _answer(request: dict[str, Any], upload: int, pixels: int) -> dict[str, object]:
    try:
        data = _contents(upload)
        kind = kind_of(data[:_HEAD])
        if request["do"] == "open":
            return _opened(data, kind, request["most_pages"])
        image, dpi = _picture(data, request)
        found: dict[str, object] = {"width": image.width, "height": image.height, "dpi": dpi}
        if request["do"] == "pixels":
            return {**found, "mode": _write_pixels(image, pixels, grey=request["grey"])}
        _write_jpeg(image, pixels, request["longest"])
        return found
    except Refused as refused:
        return {"refused": [refused.status, refused.reason]}
    except ImageError as error:
        if _for_want_of_memory(error):
            return _TOO_LARGE
        reason = error.reason
        if reason.startswith(_LOCKED):
            reason = f"{_LOCKED}; save it without a password first"
        return {"refused": [422, reason]}
    except DependencyError:
        return {"refused": [415, "PDFs are not read here: the package pypdfium2 is not installed"]}
    except MemoryError:
        return _TOO_LARGE
    except Exception as error:  # of any kind, on files that are made to harm
        return {"refused": [422, f"the file cannot be opened ({type(error).__name__})"]}


def _opened(data: bytes, kind: str, most: int) -> dict[str, object]:
    pages = PdfFile(data, "the file").count() if kind == PDF else count_image_pages(data)
    if pages == 0:
        raise Refused(422, "the PDF has no pages")
    if pages > most:
        raise Refused(413, f"the file has {pages} pages; expected at most {most}: send it in parts")
    return {"kind": kind, "pages": pages}


def _write_pixels(image: Image.Image, file: int, *, grey: bool) -> str:
    """Write the pixels, and give their mode."""
    if grey and image.mode != "L":
        image = image.convert("L")
    _write(file, image.tobytes())
    return image.mode


def _write_jpeg(image: Image.Image, file: int, longest: int) -> None:
    if max(image.size) > longest:
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3.0)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=_QUALITY)
    _write(file, written.getvalue())


def _picture(data: bytes, request: dict[str, Any]) -> tuple[Image.Image, float | None]:
    """A page's picture and what it measures, after its pixels are counted by its header."""
    scan = next(iter(open_scans(data, pages=request["number"])))
    if not isinstance(scan, ImageScan | PdfScan | BadScan):  # open_scans knows no other
        raise TypeError(type(scan))
    width, height = scan.size()
    if width * height > request["most_pixels"]:
        reason = f"the page is {width}x{height} px; expected at most {request['most_pixels']:,} px in all"
        raise Refused(413, f"{reason}: send it smaller")
    return scan.image(), scan.dpi


def _for_want_of_memory(error: BaseException | None) -> bool:
    return error is not None and (isinstance(error, MemoryError) or _for_want_of_memory(error.__cause__))


def _contents(file: int) -> bytes:
    size = os.fstat(file).st_size
    return b"".join(_parts(file, size))


def _parts(file: int, size: int) -> list[bytes]:
    parts, place = [], 0
    while place < size:
        part = os.pread(file, size - place, place)
        if not part:
            break
        parts.append(part)
        place += len(part)
    return parts


def _write(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


if __name__ == "__main__":
    main()
