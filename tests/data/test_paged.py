"""TIFFs of several pages: each page is an image by its name, wherever images are named, in linear time."""

from __future__ import annotations

import io
import struct
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.checking.looking import Unseen, look_at
from ocrkit.data.given import as_samples
from ocrkit.data.image_file import decode_bytes, open_framed, open_image
from ocrkit.data.paged import names_of_pages, page_in, page_offsets
from ocrkit.data.sources.gt_txt import open_gt_txt
from ocrkit.data.sources.images import unlabelled
from ocrkit.data.sources.labels import open_labels
from ocrkit.data.sources.pages import open_pages
from ocrkit.data.writers import convert
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.records import Sample

GREYS = (10, 20, 30)
Image.init()  # all of Pillow's plugins, of which each looks into what it is given in its own way


def save_pages(path: Path, *, greys: tuple[int, ...] = GREYS, mode: str = "L", **options: object) -> Path:
    pages = [Image.new("L", (12 + k, 8), grey).convert(mode) for k, grey in enumerate(greys)]
    pages[0].save(path, save_all=True, append_images=pages[1:], **options)  # type: ignore[arg-type]
    return path


def darkness(sample: Sample) -> tuple[int, int]:
    image = open_image(sample)
    return image.width, int(np.asarray(image.convert("L"))[0, 0])


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    return save_pages(tmp_path / "lines.tif")


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("big", [False, True])
def test_each_page_of_a_tiff_is_an_image_to_read(tmp_path: Path, compression: str | None, big: bool) -> None:
    path = save_pages(tmp_path / "lines.tif", compression=compression, big_tiff=big)

    samples = unlabelled([path])

    assert [sample.name for sample in samples] == [f"{path}#{number}" for number in (1, 2, 3)]
    assert [darkness(sample) for sample in samples] == [(12, 10), (13, 20), (14, 30)]


def test_fax_pages_are_read(tmp_path: Path) -> None:
    path = save_pages(tmp_path / "fax.tiff", greys=(0, 255), mode="1", compression="group4")

    assert [darkness(sample) for sample in unlabelled([tmp_path])] == [(12, 0), (13, 255)]
    assert unlabelled([f"{path}#2"])[0].name == f"{path}#2"


def test_a_byte_order_of_big_ends_is_read(tmp_path: Path) -> None:
    offsets, data = [8], b"MM\0*" + struct.pack(">I", 8)
    for page, grey in enumerate((40, 50)):
        start = offsets[-1]
        tags = [
            (256, 3),
            (257, 2),
            (258, 8),
            (259, 1),
            (262, 1),
            (273, start + 2 + 9 * 12 + 4),
            (277, 1),
            (278, 2),
            (279, 6),
        ]
        following = start + 2 + 9 * 12 + 4 + 6
        entries = b"".join(struct.pack(">HHII", tag, 4, 1, value) for tag, value in tags)
        data += struct.pack(">H", 9) + entries + struct.pack(">I", following if page == 0 else 0) + bytes([grey] * 6)
        offsets.append(following)
    (tmp_path / "a.tif").write_bytes(data)

    assert page_offsets(tmp_path / "a.tif") == tuple(offsets[:2])
    assert [darkness(sample) for sample in unlabelled([tmp_path])] == [(3, 40), (3, 50)]


def test_one_page_has_no_number_and_may_be_called_the_first(tmp_path: Path) -> None:
    path = save_pages(tmp_path / "a.tif", greys=(10,))
    Image.new("L", (3, 2)).save(tmp_path / "b.png")

    assert [sample.name for sample in unlabelled([tmp_path])] == [str(path), str(tmp_path / "b.png")]
    assert open_image(f"{path}#1").width == 12
    assert open_image(tmp_path / "b.png#1").width == 3
    with pytest.raises(ImageError, match=r"b\.png#2: .*b\.png has one page; expected a page from 1 to 1"):
        open_image(tmp_path / "b.png#2")


def test_a_smaller_copy_of_a_page_is_none(tmp_path: Path) -> None:
    full, small = Image.new("L", (40, 20), 7), Image.new("L", (10, 5), 7)
    small.encoderinfo = {"tiffinfo": {254: 1}}
    full.save(tmp_path / "a.tif", save_all=True, append_images=[small])

    assert len(page_offsets(tmp_path / "a.tif")) == 1
    assert open_image(tmp_path / "a.tif").size == (40, 20)


@pytest.mark.parametrize("kind", [1, 4, 5], ids=["smaller", "mask", "mask of a smaller one"])
def test_what_of_a_page_is_to_be_seen_is_no_page(tmp_path: Path, kind: int) -> None:
    full, mask = Image.new("L", (40, 20), 7), Image.new("L", (40, 20), 255)
    mask.encoderinfo = {"tiffinfo": {254: kind}}
    full.save(tmp_path / "a.tif", save_all=True, append_images=[mask])

    assert len(page_offsets(tmp_path / "a.tif")) == 1


def test_a_file_taken_for_one_image_is_named(lines: Path, tmp_path: Path) -> None:
    message = r"holds 3 pages, and is taken for one image; expected the name of a page, as lines\.tif#2"
    with pytest.raises(ImageError, match=message):
        open_image(lines)
    (tmp_path / "lines.png").write_bytes(lines.read_bytes())
    with pytest.raises(ImageError, match="holds 3 pages"):
        open_image(tmp_path / "lines.png")
    with pytest.raises(ImageError, match="it holds 3 pages; expected one image"):
        decode_bytes(lines.read_bytes())


def test_a_table_names_pages(lines: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.tsv").write_text("lines.tif#2\tcedar\nlines.tif#3\tknoll\nlines.tif\tamber\nlines.tif#9\tx\n")

    second, third, whole, beyond = open_labels(tmp_path)

    assert [darkness(second), darkness(third)] == [(13, 20), (14, 30)]
    with pytest.raises(ImageError, match=r"lines\.tif: it holds 3 pages.*\(listed at .*labels\.tsv:3\)"):
        open_image(whole)
    with pytest.raises(ImageError, match=r"has 3 pages; expected a page from 1 to 3"):
        open_image(beyond)
    assert not isinstance(look_at(second), Unseen)
    assert [look_at(sample).kind for sample in (whole, beyond)] == ["image", "image"]  # type: ignore[union-attr]


def test_pages_are_written_as_images_of_their_own(lines: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.tsv").write_text("lines.tif#2\tcedar\nlines.tif#3\tknoll\n")

    convert(open_labels(tmp_path), tmp_path / "out", to="labels-tsv")

    assert [darkness(sample) for sample in open_labels(tmp_path / "out")] == [(13, 20), (14, 30)]


def test_a_pair_of_several_pages_and_one_text_is_named(lines: Path) -> None:
    lines.with_suffix(".gt.txt").write_text("amber")

    with pytest.raises(ImageError, match=r"lines\.tif: it holds 3 pages"):
        open_image(open_gt_txt(lines.parent)[0])


@pytest.mark.parametrize("named", ["lines.tif#2", "/elsewhere/lines.tif#2"])
def test_a_page_file_names_the_page_of_its_image(lines: Path, named: str) -> None:
    (lines.parent / "p.xml").write_text(
        f'<PcGts><Page imageFilename="{named}" imageWidth="13" imageHeight="8"><TextLine id="a"><Coords '
        'points="1,1 9,1 9,4 1,4"/><TextEquiv><Unicode>x</Unicode></TextEquiv></TextLine></Page></PcGts>'
    )

    assert darkness(open_pages(lines.parent, "page")[0]) == (9, 20)


def test_a_program_gets_the_pages_too(lines: Path) -> None:
    assert [sample.name for sample in as_samples([lines, str(lines)])] == [f"{lines}#{k}" for k in (1, 2, 3)] * 2


def test_a_file_that_is_called_so_is_itself(lines: Path) -> None:
    Image.new("L", (5, 5)).save(lines.parent / "lines.tif#2", format="PNG")

    assert page_in(lines.parent / "lines.tif#2") is None
    assert open_image(lines.parent / "lines.tif#2").size == (5, 5)


def test_a_damaged_page_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = save_pages(tmp_path / "a.tif", compression="tiff_adobe_deflate")
    data = bytearray(path.read_bytes())
    second = page_offsets(path)[1]
    with Image.open(path) as image:
        image.seek(1)
        place = image.tag_v2[273][0]
    data[place : place + 4] = b"\xff" * 4
    path.write_bytes(data)
    assert second in page_offsets(path)

    first, damaged, third = unlabelled([path])

    assert (darkness(first), darkness(third)) == ((12, 10), (14, 30))
    with pytest.raises(ImageError, match=r"a\.tif#2: the image is"):
        open_image(damaged)


@pytest.mark.parametrize("target", [10**9, 3])
def test_a_chain_that_breaks_ends_in_a_page_that_is_named(tmp_path: Path, target: int) -> None:
    path = save_pages(tmp_path / "a.tif")
    data = bytearray(path.read_bytes())
    second = page_offsets(path)[1]
    count = struct.unpack("<H", data[second : second + 2])[0]
    after = second + 2 + 12 * count
    data[after : after + 4] = struct.pack("<I", target)
    path.write_bytes(data)

    pages = unlabelled([path])

    assert [darkness(page) for page in pages[:2]] == [(12, 10), (13, 20)]
    if target == 10**9:
        with pytest.raises(ImageError, match=r"a\.tif#3: the directory of this page is damaged; .* after 2 are lost"):
            open_image(pages[2])


def test_a_chain_in_a_circle_ends(tmp_path: Path) -> None:
    path = save_pages(tmp_path / "a.tif", greys=(10, 20))
    data = bytearray(path.read_bytes())
    first, second = page_offsets(path)
    count = struct.unpack("<H", data[second : second + 2])[0]
    data[second + 2 + 12 * count : second + 6 + 12 * count] = struct.pack("<I", first)
    path.write_bytes(data)

    assert [darkness(page) for page in unlabelled([path])] == [(12, 10), (13, 20)]


def test_a_thousand_pages_take_time_by_their_number(tmp_path: Path) -> None:
    path = save_pages(tmp_path / "a.tif", greys=tuple(k % 250 for k in range(1000)), compression="tiff_lzw")
    begun = time.process_time()

    found = [darkness(sample)[1] for sample in unlabelled([path])]

    assert found == [k % 250 for k in range(1000)]
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_page_is_turned_by_its_own_orientation(tmp_path: Path, orientation: int) -> None:
    pages = [Image.new("L", (12, 8), 9), Image.new("L", (12, 8), 9)]
    pages[1].encoderinfo = {"tiffinfo": {274: orientation}}
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])

    image, frame, _ = open_framed(tmp_path / "a.tif#2")

    assert frame.orientation == orientation
    assert image.size == ((12, 8) if orientation < 5 else (8, 12))


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_of_a_picture_that_moves_the_first_frame_is_read_and_that_is_told(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("L", (12, 8), grey).convert("RGB") for grey in (0, 255)]
    frames[0].save(tmp_path / f"a{suffix}", save_all=True, append_images=frames[1:])

    opened = open_framed(tmp_path / f"a{suffix}")

    assert opened.moves
    assert np.asarray(opened.image.convert("L")).max() < 10
    assert names_of_pages(tmp_path / f"a{suffix}") == [tmp_path / f"a{suffix}"]


@pytest.mark.parametrize(
    "data", [b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0+\0\x08\0\0" + b"\0" * 8, b"II*\0\x08\0\0\0\xff\xff"]
)
def test_what_only_begins_as_a_tiff_has_no_pages(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.tif").write_bytes(data)

    assert len(page_offsets(tmp_path / "a.tif")) <= 1
    with pytest.raises(ImageError):
        open_image(tmp_path / "a.tif")
    with pytest.raises(ImageError):
        decode_bytes(io.BytesIO(data).read())
