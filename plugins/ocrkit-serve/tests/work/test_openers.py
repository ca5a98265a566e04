"""Uploads opened in processes of their own."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from ocrkit_serve.work import Limits, Refused
from ocrkit_serve.work.openers import Openers, _mapped, _memory
from PIL import Image
from uploads import png_that_claims, saved, tiff

from ocrkit.errors import OcrkitError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def openers() -> Iterator[Openers]:
    one = Openers(1, Limits(max_pixels=1_000_000, max_pages=3, open_seconds=10, open_memory=500_000_000))
    one.start()
    yield one
    one.close()


def picture(width: int = 30, height: int = 20) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("TIFF", "image/tiff"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("GIF", "image/gif"),
        ("PPM", "image/x-portable-anymap"),
        ("PDF", "application/pdf"),
    ],
)
def test_the_kind_is_told_by_the_content_and_never_by_the_name(
    openers: Openers, tmp_path: Path, form: str, kind: str
) -> None:
    file = saved(picture(), tmp_path / "report.docx", form)

    assert openers.open(file) == (kind, 1)


@pytest.mark.parametrize(
    ("data", "status", "told"),
    [
        (b"", 422, "empty"),
        (b"only words", 415, "the file is text"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "markup"),
        (b"\x00\x00\x00\x18ftypheic", 415, "HEIC"),
        (b"PK\x03\x04 and so on", 415, "ZIP"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", 415, "PostScript"),
        (b"%PDF-1.7 and then nothing of one", 422, "damaged"),
    ],
)
def test_what_is_no_picture_is_refused_with_what_it_is(
    openers: Openers, tmp_path: Path, data: bytes, status: int, told: str
) -> None:
    file = tmp_path / "scan.png"
    file.write_bytes(data)

    with pytest.raises(Refused, match=told) as refused:
        openers.open(file)

    assert refused.value.status == status


def test_a_page_has_the_pixels_of_its_file(openers: Openers, tmp_path: Path) -> None:
    file = saved(picture(300, 200), tmp_path / "a", dpi=(200, 200))

    coloured, grey = openers.pixels(file, 1, grey=False), openers.pixels(file, 1, grey=True)

    assert coloured.image.tobytes() == picture(300, 200).tobytes()
    assert grey.image.tobytes() == picture(300, 200).convert("L").tobytes()
    assert coloured.dpi == 200


def test_too_many_pages_are_refused_before_any_is_opened(openers: Openers, tmp_path: Path) -> None:
    file = tiff(tmp_path / "a", [picture()] * 4)

    with pytest.raises(Refused, match="has 4 pages; expected at most 3") as refused:
        openers.open(file)

    assert refused.value.status == 413


def test_a_picture_that_claims_too_many_pixels_is_not_decoded(openers: Openers, tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(png_that_claims(40_000, 40_000))

    with pytest.raises(Refused, match="40000x40000 px; expected at most 1,000,000") as refused:
        openers.pixels(file, 1, grey=True)

    assert refused.value.status == 413


def test_each_page_of_a_tiff_is_measured_by_itself(openers: Openers, tmp_path: Path) -> None:
    file = tiff(tmp_path / "a", [picture(), picture(1001, 1000), picture()])

    assert openers.pixels(file, 1, grey=True).image.size == (30, 20)
    assert openers.pixels(file, 3, grey=True).image.size == (30, 20)
    with pytest.raises(Refused, match="1001x1000"):
        openers.pixels(file, 2, grey=True)


def test_a_damaged_picture_is_refused_and_the_next_one_opened(openers: Openers, tmp_path: Path) -> None:
    good = saved(picture(200, 200), tmp_path / "good")
    torn = tmp_path / "torn"
    torn.write_bytes(good.read_bytes()[:300])

    with pytest.raises(Refused) as refused:
        openers.pixels(torn, 1, grey=True)

    assert refused.value.status == 422
    assert openers.pixels(good, 1, grey=True).image.size == (200, 200)


def test_a_picture_for_the_browser_is_no_larger_than_asked(openers: Openers, tmp_path: Path) -> None:
    file = saved(picture(400, 200), tmp_path / "a")

    data = openers.jpeg(file, 1, longest=100)

    (tmp_path / "b").write_bytes(data)
    with Image.open(tmp_path / "b") as shown:
        assert (shown.format, shown.size) == ("JPEG", (100, 50))


def test_a_page_that_takes_too_much_memory_is_refused(tmp_path: Path) -> None:
    poor = Openers(1, Limits(max_pixels=100_000_000, open_memory=60_000_000))
    file = saved(Image.new("L", (9000, 9000), 255), tmp_path / "a")
    try:
        with pytest.raises(Refused) as refused:
            poor.pixels(file, 1, grey=False)
    finally:
        poor.close()

    assert refused.value.status == 413


def only_process(openers: Openers) -> int:
    [opener] = openers._all
    return opener._process.pid


def test_a_process_that_dies_over_a_file_costs_that_file_only(openers: Openers, tmp_path: Path) -> None:
    file = saved(picture(), tmp_path / "a")
    openers.open(file)
    process, died = only_process(openers), openers.died
    refused: list[Refused] = []

    def ask() -> None:
        try:
            openers.open(file)
        except Refused as error:
            refused.append(error)

    os.kill(process, signal.SIGSTOP)  # so that it has the file in hand when it dies
    asking = threading.Thread(target=ask)
    asking.start()
    while not openers._free.empty():
        pass
    os.kill(process, signal.SIGKILL)
    asking.join()

    assert (openers.died, [one.status for one in refused]) in [(died + 1, [422]), (died, [])]
    assert openers.open(file) == ("image/png", 1)


def test_a_process_that_died_before_is_replaced_without_a_word(openers: Openers, tmp_path: Path) -> None:
    file = saved(picture(), tmp_path / "a")
    openers.open(file)
    os.kill(only_process(openers), signal.SIGKILL)
    os.waitid(os.P_PID, only_process(openers), os.WEXITED | os.WNOWAIT)

    assert openers.open(file) == ("image/png", 1)


def test_a_process_that_hangs_is_replaced(tmp_path: Path) -> None:
    hasty = Openers(1, Limits(open_seconds=0.1))
    file = saved(picture(), tmp_path / "a")
    try:
        hasty.open(file)
        os.kill(only_process(hasty), signal.SIGSTOP)

        with pytest.raises(Refused, match="takes more than") as refused:
            hasty.open(file)

        assert refused.value.status == 422
        assert hasty.open(file) == ("image/png", 1)
    finally:
        hasty.close()


def test_a_file_that_is_gone_is_told_so(openers: Openers, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        openers.open(tmp_path / "gone")

    assert refused.value.status == 410


def test_a_link_is_not_followed(openers: Openers, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(saved(picture(), tmp_path / "a"))

    with pytest.raises(OSError, match="symbolic links"):
        openers.open(tmp_path / "link")


def test_what_was_handed_over_cannot_be_cut_short_afterwards(openers: Openers, tmp_path: Path) -> None:
    file = saved(picture(), tmp_path / "a")
    with _memory() as number:
        os.write(number, b"x" * 10)
        held = _mapped(number)

        with pytest.raises(PermissionError):
            os.ftruncate(number, 0)

    assert bytes(held) == b"x" * 10
    assert openers.pixels(file, 1, grey=True).image.size == (30, 20)


@pytest.mark.parametrize("program", [shutil.which("false"), "/no/such/program"], ids=["ends", "is not there"])
def test_a_process_that_does_not_start_is_told_with_a_way_out(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", program)
    openers = Openers(2, Limits())
    try:
        with pytest.raises(OcrkitError, match=r"does not start: it .*; see that memory is left"):
            openers.start()
    finally:
        openers.close()
