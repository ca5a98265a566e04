"""Which pages a collection has, and what their files are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from stub_pages import job_for, task_of

from ocrkit.collections import tasks as collection_tasks
from ocrkit.collections.tasks import Collection, Shard
from ocrkit.errors import DataError, MissingFileError, OptionError
from ocrkit.pages.opening import PageNumbers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name)


def stems(*places: str, **options: object) -> list[str]:
    collection = Collection(places, **{"output": Path("out"), **options})  # type: ignore[arg-type]
    return [task.stem for task in collection.tasks()]


def book(name: str, pages: int) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    pictures = [Image.new("L", (9, 9)) for _ in range(pages)]
    pictures[0].save(name, save_all=True, append_images=pictures[1:])


@pytest.mark.usefixtures("folder")
class TestNames:
    def test_what_lies_below_a_folder_keeps_its_place_in_natural_order(self) -> None:
        files("in/10.png", "in/2.jpg", "in/b/1.png", "in/a/3.pdf", "in/notes.txt", "in/.hidden.png", "in/.git/1.png")

        assert stems("in") == ["2", "10", "a/3", "b/1"]

    def test_a_file_is_called_as_it_is_wherever_it_lies(self) -> None:
        files("in/deep/1.png")

        assert stems("in/deep/1.png", "in/*/1.png", "in/deep") == ["1"]

    def test_two_pages_with_one_name_are_numbered(self) -> None:
        files("a/1.png", "a/1.jpg", "b/1.png", "b/1-2.png")

        assert stems("a", "b") == ["1", "1-2", "1-2-2", "1-3"]

    def test_a_task_tells_size_and_time(self) -> None:
        files("in/1.png")
        os.utime("in/1.png", (3, 3))

        [task] = Collection(["in"], Path("out")).tasks()

        assert (task.name, task.place, task.size, task.modified) == ("in/1.png", "in/1.png", 8, 3 * 10**9)

    def test_pages_of_a_file_are_tasks_where_files_are_per_page(self) -> None:
        book("book.tif", 3)

        tasks = list(Collection(["book.tif"], Path("out"), by_page=True, wanted=PageNumbers.of("2-")).tasks())

        assert [(task.name, task.number, task.stem) for task in tasks] == [
            ("book.tif#2", 2, "book-0002"),
            ("book.tif#3", 3, "book-0003"),
        ]
        assert stems("book.tif") == ["book"]

    def test_files_of_a_documents_pages_are_no_other_pages(self) -> None:
        book("in/book.tif", 2)
        files("in/book-0001.png", "in/book-2-0001.png", "in/leaf.pdf", "in/leaf-0012.png", "in/leaf-0013.png")

        assert stems("in", mixed=True) == ["book-0001", "book-2-0001", "book-3", "leaf-0012", "leaf-0013", "leaf-2"]
        assert stems("in/leaf.pdf", "in/leaf-0012.png", mixed=True) == ["leaf", "leaf-0012-2"]
        assert stems("in") == ["book-0001", "book-2-0001", "book", "leaf-0012", "leaf-0013", "leaf"]

    def test_no_page_is_written_over_that_lies_where_files_go(self) -> None:
        files("scans/1.jpg", "scans/1.pdf", "scans/2.jpg", "scans/a/1.jpg", "scans/a/1.pdf", "texts/1.pdf")

        assert stems("scans", output=Path("scans"), suffixes=[".pdf"]) == ["1-2", "1-3", "2", "a/1-2", "a/1-3"]
        assert stems("scans/*.jpg", output=Path("scans"), suffixes=[".pdf"]) == ["1-2", "2"]
        assert stems("scans/1.jpg", output=Path("scans"), suffixes=[".pdf", ".txt"]) == ["1-2"]
        assert stems("scans", output=Path("texts"), suffixes=[".pdf"]) == ["1", "1-2", "2", "a/1", "a/1-2"]
        assert stems("scans", output=Path("scans"), suffixes=[".txt"]) == ["1", "1-2", "2", "a/1", "a/1-2"]

    def test_a_link_that_leads_nowhere_is_a_page_and_ends_no_listing(self) -> None:
        files("in/1.png")
        for name, target in {"loop.png": "loop.png", "loop": "loop", "gone.png": "nothing", "up": "."}.items():
            Path("in", name).symlink_to(target)

        assert stems("in") == ["1", "gone", "loop"]

    def test_pages_are_counted(self) -> None:
        book("book.tif", 3)
        files("1.png")

        assert list(Collection(["book.tif", "1.png"], Path("out")).count()) == [3, 1]

    def test_nothing_is_read_of_the_output(self) -> None:
        files("in/1.png", "in/out/1.overlay.png")

        assert [task.stem for task in Collection(["in"], Path("in/out")).tasks()] == ["1"]

    def test_what_was_written_among_the_pages_is_no_page(self, folder: Path) -> None:
        files("in/1.png", "in/b/2.png")
        output = folder / "in"
        for name in ("1.png", "b/2.png"):
            task = task_of(output / name)
            object.__setattr__(task, "stem", name.removesuffix(".png"))
            job_for(output).worker()(task)
        for name in ("1.txt", "b/2.txt"):
            (output / name).rename(output / f"{name}.png")
        records = list((output / ".ocrkit/done").rglob("*.json"))
        for record in records:
            record.write_text(record.read_text().replace(".txt", ".txt.png"))

        found = Collection(["in"], Path("in"), suffixes=(".txt.png",)).tasks()

        assert [task.stem for task in found] == ["1", "b/2"]

    def test_very_large_folders_are_listed_in_plain_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(collection_tasks, "_SORTED", 2)
        files("in/10.png", "in/2.png", "in/ä.png", "in/b/1.png")

        assert stems("in") == ["10", "2", "ä", "b/1"]


@pytest.mark.usefixtures("folder")
class TestTrouble:
    def test_places_with_nothing_are_told_before_anything_is_read(self) -> None:
        files("in/1.txt")

        with pytest.raises(DataError, match="no image in this folder"):
            Collection(["in"], Path("out")).check()
        with pytest.raises(MissingFileError, match="no file or folder 'gone'"):
            Collection(["gone"], Path("out")).check()
        with pytest.raises(MissingFileError, match="no file matches"):
            Collection(["*.png"], Path("out")).check()

    def test_a_file_that_is_gone_is_a_task_all_the_same(self) -> None:
        Path("1.png").symlink_to("gone")

        [task] = Collection(["1.png"], Path("out")).tasks()

        assert (task.stem, task.size) == ("1", -1)


class TestShards:
    def test_shards_have_each_page_once_and_keep_it_when_others_are_added(self) -> None:
        names = [f"vol{number // 100}/{number}" for number in range(1000)]

        parts = [{name for name in names if Shard(number, 16).has(name)} for number in range(1, 17)]

        assert sum(map(len, parts)) == len(set().union(*parts)) == 1000
        assert all(30 < len(part) < 100 for part in parts)

    def test_a_shard_is_written_as_a_fraction(self) -> None:
        assert Shard.of("3/16") == Shard(3, 16)
        assert Shard.of(None) == Shard(1, 1)

    @pytest.mark.parametrize("text", ["0/16", "17/16", "3", "3/0", "a/b", "-1/2", "1/2/3", ""])
    def test_what_is_no_shard_is_told(self, text: str) -> None:
        with pytest.raises(OptionError, match="expected K/N with K from 1 to N"):
            Shard.of(text)


def test_files_at_a_url_are_tasks_called_as_they_are_below_it() -> None:
    fsspec = pytest.importorskip("fsspec")
    store = fsspec.filesystem("memory")
    store.pipe("/listed/vol1/2.png", b"two")
    store.pipe("/listed/vol1/10.png", b"ten")

    collection = Collection(["memory://listed"], Path("out"))
    collection.check()
    tasks = list(collection.tasks())

    assert [(task.stem, task.number, task.size) for task in tasks] == [("vol1/2", None, 3), ("vol1/10", None, 3)]
    assert list(collection.count()) == [1, 1]
