from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from watching import Watching

from ocrkit.data.records import Sample
from ocrkit.errors import Origin
from ocrkit.plugin.datasets import open_samples
from ocrkit.training import RunConfig, train
from ocrkit.training.overlap import shared_samples

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL.Image import Image

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]
    DrawLines = Callable[..., Path]


@pytest.fixture
def trained(draw_lines: DrawLines) -> Path:
    """A folder of eight lines to train on."""
    return draw_lines(8)


def shared(training: Path, validation: Path, registry: Registry) -> list[str]:
    found = shared_samples(
        open_samples(training, registry=registry), {"some": open_samples(validation, registry=registry)}
    )
    return [Path(sample.name).name for sample in found.get("some", [])]


def table(folder: Path, rows: Sequence[tuple[Path, str]]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "labels.tsv").write_text("".join(f"{path}\t{text}\n" for path, text in rows), "utf-8")
    return folder


def test_lines_of_their_own_are_not_shared(trained: Path, lines_folder: Path, registry: Registry) -> None:
    # Of the 40 lines the first eight are drawn alike, byte by byte.
    others = [(sample.image, sample.text or "") for sample in open_samples(lines_folder, registry=registry)[8:]]

    assert shared(trained, table(trained.parent / "others", others), registry) == []  # type: ignore[arg-type]


def test_the_same_files_are_found_by_whatever_name(trained: Path, tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "link").symlink_to(trained)
    (tmp_path / "one.png").symlink_to(trained / "003.png")
    (tmp_path / "two.png").hardlink_to(trained / "004.png")
    texts = dict(line.split("\t") for line in (trained / "labels.tsv").read_text("utf-8").splitlines())
    names = [(tmp_path / "one.png", texts["003.png"]), (tmp_path / "two.png", texts["004.png"])]

    assert len(shared(trained, tmp_path / "link", registry)) == 8
    assert shared(trained, table(tmp_path / "names", names), registry) == ["one.png", "two.png"]


def test_a_file_with_another_label_is_the_same_line(trained: Path, tmp_path: Path, registry: Registry) -> None:
    assert shared(trained, table(tmp_path / "again", [(trained / "002.png", "dddd")]), registry) == ["002.png"]


def test_copies_are_found(trained: Path, tmp_path: Path, registry: Registry) -> None:
    shutil.copytree(trained, tmp_path / "copy")
    (tmp_path / "copy" / "005.png").write_bytes((tmp_path / "copy" / "005.png").read_bytes() + b"\0")

    found = shared(trained, tmp_path / "copy", registry)

    assert found == [f"{number:03}.png" for number in range(8) if number != 5]


def test_what_lies_in_a_container_is_known_by_its_key(tmp_path: Path) -> None:
    (tmp_path / "link.lmdb").symlink_to(tmp_path / "a.lmdb")

    def inside(container: str, key: int) -> Sample:
        return Sample(f"{container}#{key}", no_image, "a", Origin(f"{tmp_path / container}#{key}"))

    training = [inside("a.lmdb", 1), inside("a.lmdb", 2)]
    validation = {"b": [inside("b.lmdb", 1)], "a": [inside("link.lmdb", 2), inside("a.lmdb", 3)]}

    assert shared_samples(training, validation) == {"a": [inside("link.lmdb", 2)]}


def test_lines_of_a_page_that_stand_in_one_line_of_its_file_differ() -> None:
    one, other = (Sample(f"page.xml#{name}", no_image, "a", Origin("page.xml", 1)) for name in ("r1", "r2"))

    assert shared_samples([one], {"some": [other]}) == {}
    assert shared_samples([one], {"some": [one]}) == {"some": [one]}


def test_files_that_are_not_there_are_no_concern_here(tmp_path: Path) -> None:
    sample = Sample("a.png", tmp_path / "a.png", "a")

    assert shared_samples([sample], {"some": [sample]}) == {}


def test_a_run_warns_of_lines_that_train_and_validate(
    make_config: MakeConfig, trained: Path, lines_folder: Path, tmp_path: Path, registry: Registry
) -> None:
    watching = Watching()
    config = make_config(data={"evaluation": {"few": str(trained), "all": str(lines_folder)}}, training={"epochs": 1})

    train(config, output=tmp_path / "run", observer=watching, registry=registry)

    warnings = [note for note in watching.notes if "are trained on too" in note]
    assert warnings[0].startswith("8 of the 8 lines of few are trained on too, such as ")
    assert warnings[1].startswith("40 of the 40 lines of all are trained on too, such as ")
    assert warnings[0].endswith("the figures of that set are better than those of lines that were never seen")


def test_a_share_of_the_lines_is_never_trained_on(make_config: MakeConfig, tmp_path: Path, registry: Registry) -> None:
    watching = Watching()

    train(make_config(training={"epochs": 1}), output=tmp_path, observer=watching, registry=registry)

    assert not any("trained on too" in note for note in watching.notes)


def no_image() -> Image:
    raise AssertionError("nobody is to look at it")
