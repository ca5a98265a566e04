"""Real data sets, where they are at hand: what is known of each by other means is what its reader says."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from ocrkit.data.image_file import open_image
from ocrkit.data.records import Sample
from ocrkit.data.writers import convert
from ocrkit.errors import DataError, ImageError
from ocrkit.plugin.datasets import open_samples
from ocrkit.plugin.registry import load_registry

DATA = Path(__file__).parents[3] / "shared" / "data"
REGISTRY = load_registry("none")
PAGES = ["hooker-htr", "fondue-en-print", "ehri-typed-en", "stanford-memorials"]

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside this checkout")


def at(*parts: str) -> Path:
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} is not there")
    return path


def squeezed(text: str | None) -> str:
    """A text as the sets' tables spell it: NFC, one space, the sign for a divided word written as a hyphen."""
    return " ".join(unicodedata.normalize("NFC", text or "").replace("¬", "-").split())


@pytest.mark.parametrize("name", ["captcha", "malayalam-print", "malayalam-hand", "iiit5k", "sroie-lines"])
def test_tables_list_as_many_as_they_have_lines(name: str) -> None:
    table = at(name, "labels.tsv")

    samples = open_samples(table, registry=REGISTRY)

    assert len(samples) == len([line for line in table.read_bytes().split(b"\n") if line.strip()])
    assert open_image(samples[0]).width > 0


@pytest.mark.parametrize("name", PAGES)
def test_lines_of_pages_say_what_the_tables_of_the_lines_say(name: str) -> None:
    """The tables were made of the same pages, by another program."""
    table = {squeezed(sample.text) for sample in open_samples(at(name, "labels.tsv"), registry=REGISTRY)}

    samples = open_samples(at(name, "pages"), registry=REGISTRY)

    assert len(samples) >= 30
    assert not [sample.text for sample in samples if squeezed(sample.text) not in table]


@pytest.mark.parametrize("name", PAGES)
def test_lines_of_pages_are_cut_out_of_them(name: str) -> None:
    samples = open_samples(at(name, "pages"), registry=REGISTRY)

    sizes = [open_image(sample).size for sample in samples]

    # Lines of text: hardly any is higher than wide, or as high as a page.
    assert max(height for _, height in sizes) < 500
    assert sum(width > height for width, height in sizes) > 0.9 * len(sizes)


def test_a_good_lmdb_holds_what_the_table_beside_it_says() -> None:
    pytest.importorskip("lmdb")
    table = {Path(s.name).name: s.text for s in open_samples(at("scene-toy", "labels.tsv"), registry=REGISTRY)}

    samples = open_samples(at("scene-toy", "mmocr_lmdb", "imgs.lmdb"), registry=REGISTRY)

    assert len(samples) == 10
    assert {sample.text for sample in samples} <= {*table.values()}
    assert all(open_image(sample).width > 9 for sample in samples)


def test_a_broken_lmdb_has_a_bad_image_and_one_of_labels_is_told_apart() -> None:
    pytest.importorskip("lmdb")
    samples = open_samples(at("scene-toy", "mmocr_lmdb", "broken.lmdb"), registry=REGISTRY)

    with pytest.raises(ImageError, match=r"broken\.lmdb#image-000000001: the image is truncated"):
        open_image(samples[0])
    with pytest.raises(DataError, match="there is no key such as 'image-000000001'; expected images beside"):
        open_samples(at("scene-toy", "mmocr_lmdb", "label.lmdb"), registry=REGISTRY)


def test_hostile_images_are_bad_or_written_and_nothing_else(tmp_path: Path) -> None:
    images = [path for path in sorted(at("hostile").rglob("*")) if path.is_file()][:150]
    samples = [Sample(str(path), path, f"image {number}") for number, path in enumerate(images)]

    converted = convert(samples, tmp_path / "out", to="labels-tsv")

    written = open_samples(tmp_path / "out", registry=REGISTRY)
    assert converted.written + len(converted.bad) == len(images)
    assert converted.written == len(written)
    assert all(open_image(sample).width > 0 for sample in written)
