"""libtiff's own words: in an error's message, never on stderr."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, features

from ocrkit.data.image_file import decode_bytes
from ocrkit.errors import ImageError

pytestmark = pytest.mark.skipif(not features.check("libtiff"), reason="Pillow has no libtiff")


def tiff(compression: str, seed: int = 0) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (40, 300), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "TIFF", compression=compression)
    return file.getvalue()


def damaged(data: bytes, seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    changed = bytearray(data)
    for at in rng.integers(8, len(data), 6):
        changed[at] = int(rng.integers(256))
    return bytes(changed)


def errors_of(images: list[bytes]) -> list[str]:
    found = []
    for data in images:
        try:
            decode_bytes(data)
        except ImageError as error:
            found.append(str(error))
    return found


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_damaged_files_put_nothing_on_stderr(compression: str, capfd: pytest.CaptureFixture[str]) -> None:
    found = errors_of([damaged(tiff(compression), seed) for seed in range(60)])

    assert capfd.readouterr().err == ""
    assert found or compression == "packbits"  # which can be decoded whatever it holds


def test_what_libtiff_said_is_in_the_message_of_that_image_alone(capfd: pytest.CaptureFixture[str]) -> None:
    broken = bytearray(tiff("tiff_lzw"))
    broken[200:230] = b"\xff" * 30

    told, after = errors_of([bytes(broken), b"no image at all"])

    assert "decoder error" in told
    assert "; " in told
    assert "not yet in table" in told or "LZW" in told
    assert "LZW" not in after
    assert "table" not in after
    assert capfd.readouterr().err == ""


def test_threads_keep_their_messages_apart(capfd: pytest.CaptureFixture[str]) -> None:
    images = [damaged(tiff("tiff_lzw", seed % 5), seed) for seed in range(100)]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda data: errors_of([data]), images))

    assert together == [errors_of([data]) for data in images]
    assert capfd.readouterr().err == ""
