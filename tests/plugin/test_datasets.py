"""Guessing a data set's format, by the built-ins and by strangers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import ConfigError, DataError, MissingFileError, UnknownNameError
from ocrkit.plugin.datasets import guess_format, open_samples
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.plugin.specs import SourceOptions, SourceSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ocrkit.data.records import Sample


ON_DISK = ["labels", "gt.txt", "mjsynth", "iam", "page", "alto", "lmdb", "parquet", "filename"]


@pytest.fixture
def registry() -> Registry:
    return load_registry("none")


def fill(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content, encoding="utf-8")
    return folder


class Stranger:
    """A plugin with one source."""

    def __init__(self, spec: SourceSpec) -> None:
        self.spec = spec

    @hookimpl
    def ocrkit_sources(self) -> Iterator[SourceSpec]:
        yield self.spec


def recognises_all(location: Path) -> bool:
    return True


def fails_to_recognise(location: Path) -> bool:
    raise RuntimeError("a bug")


def opens_nothing(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    return []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"labels__tsv": "a.png\tx\n"}, "labels"),
        ({"labels__csv": "a.png,x\n"}, "labels"),
        ({"labels__jsonl": '{"name": "a.png", "text": "x"}\n'}, "labels"),
        ({"a__png": "", "a__gt__txt": "x\n"}, "gt.txt"),
        ({"annotation1__png": "", "annotation1__gt__txt": "x\n"}, "gt.txt"),
        ({"annotation_train__txt": "./1_x_1.jpg 1\n"}, "mjsynth"),
        ({"labels__tsv": "a.png\tx\n", "a__gt__txt": "y\n", "annotation__txt": "./1_z_1.jpg 1\n"}, "labels"),
    ],
)
def test_a_folder_is_guessed_by_what_lies_in_it(
    tmp_path: Path, registry: Registry, files: dict[str, str], expected: str
) -> None:
    folder = fill(tmp_path / "data", **files)

    assert guess_format(folder, registry=registry).name == expected
    assert [sample.text for sample in open_samples(folder, registry=registry)] == ["x"]


def test_a_table_is_read_by_itself(tmp_path: Path, registry: Registry) -> None:
    folder = fill(tmp_path / "data", words__tsv="a.png\tx\n")

    assert open_samples(str(folder / "words.tsv"), registry=registry)[0].text == "x"


def test_two_formats_of_one_rank_ask_for_the_format(tmp_path: Path, registry: Registry) -> None:
    folder = fill(tmp_path / "data", a__gt__txt="x", annotation__txt="./1_z_1.jpg 1\n")

    with pytest.raises(DataError, match=r"as 'gt\.txt' and as 'mjsynth'; .* `format='gt\.txt'` or `format='mjsynth'`"):
        open_samples(folder, registry=registry)


def test_the_format_decides_where_it_is_given(tmp_path: Path, registry: Registry) -> None:
    folder = fill(tmp_path / "data", a__png="", a__gt__txt="x", labels__tsv="a.png\ty\n")

    assert open_samples(folder, format="gt.txt", registry=registry)[0].text == "x"
    assert open_samples(folder, format="filename", registry=registry)[0].text == "a"


def test_file_names_are_never_guessed_to_be_labels(tmp_path: Path, registry: Registry) -> None:
    folder = fill(tmp_path / "data", a__png="")

    with pytest.raises(DataError, match=r"no labels\.tsv, .*`format` \(labels, gt\.txt, .*`format='filename'`"):
        open_samples(folder, registry=registry)


def test_a_file_that_no_format_knows_is_an_error(tmp_path: Path, registry: Registry) -> None:
    folder = fill(tmp_path / "data", notes__txt="x")

    with pytest.raises(DataError, match="no table of labels by its name"):
        open_samples(folder / "notes.txt", registry=registry)


@pytest.mark.parametrize("name", [None, *ON_DISK])
def test_a_missing_folder_is_missing_in_every_format(tmp_path: Path, registry: Registry, name: str | None) -> None:
    with pytest.raises(MissingFileError, match=r"no file or folder '.*gone'"):
        open_samples(tmp_path / "gone", format=name, registry=registry)


@pytest.mark.parametrize("name", [None, *ON_DISK])
def test_a_pipe_is_no_data_in_any_format(tmp_path: Path, registry: Registry, name: str | None) -> None:
    os.mkfifo(tmp_path / "labels.tsv")

    with pytest.raises(DataError, match=r"labels.tsv: it is a pipe or a device; expected a folder or a file"):
        open_samples(tmp_path / "labels.tsv", format=name, registry=registry)


def test_an_empty_table_is_an_error(tmp_path: Path, registry: Registry) -> None:
    folder = fill(tmp_path / "data", labels__tsv="")

    with pytest.raises(DataError, match="no samples; format 'labels' found nothing in it"):
        open_samples(folder, registry=registry)


def test_an_unknown_format_offers_the_nearest(tmp_path: Path, registry: Registry) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'labels'"):
        open_samples(tmp_path, format="label", registry=registry)


def test_neither_data_nor_format_is_an_error(registry: Registry) -> None:
    with pytest.raises(DataError, match="neither data nor a format"):
        open_samples(None, registry=registry)


@pytest.mark.parametrize("name", ON_DISK)
def test_formats_on_disk_need_a_location(registry: Registry, name: str) -> None:
    with pytest.raises(DataError, match="was given no data; it expects a "):
        open_samples(None, format=name, registry=registry)


@pytest.mark.parametrize("name", ON_DISK)
def test_a_setting_that_a_format_lacks_is_an_error(tmp_path: Path, registry: Registry, name: str) -> None:
    with pytest.raises(ConfigError, match=r"has no settings( but 'pattern')?, and was given 'words'"):
        open_samples(tmp_path, format=name, options=SourceOptions(extra={"words": "w.txt"}), registry=registry)


def test_a_stranger_of_higher_rank_wins(tmp_path: Path, registry: Registry) -> None:
    registry.register(Stranger(SourceSpec("own", "Own.", recognises_all, opens_nothing, 2)), distribution="own-kit")
    folder = fill(tmp_path / "data", labels__tsv="a.png\tx\n")

    assert guess_format(folder, registry=registry).name == "own"


def test_a_clash_with_a_stranger_of_the_same_name_gives_names_that_work(tmp_path: Path, registry: Registry) -> None:
    registry.register(Stranger(SourceSpec("gt.txt", "Own.", recognises_all, opens_nothing)), distribution="own-kit")
    folder = fill(tmp_path / "data", a__gt__txt="x")

    with pytest.raises(DataError, match=r"`format='ocrkit:gt\.txt'` or `format='own-kit:gt\.txt'`"):
        open_samples(folder, registry=registry)
    assert open_samples(folder, format="ocrkit:gt.txt", registry=registry)[0].text == "x"


def test_a_stranger_that_fails_to_recognise_is_set_aside(tmp_path: Path, registry: Registry) -> None:
    spec = SourceSpec("own", "Own.", fails_to_recognise, opens_nothing)
    registry.register(Stranger(spec), distribution="own-kit", version="1.2")
    folder = fill(tmp_path / "data", labels__tsv="a.png\tx\n")

    assert len(open_samples(folder, registry=registry)) == 1
    assert [str(item) for item in registry.broken] == [
        "plugin own-kit 1.2 is off (at source 'own'): RuntimeError: a bug"
    ]
