"""Where read pages are written: names of files, several formats, and what is left when something goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from ocrkit.errors import ConfigError, DataError, OptionError
from ocrkit.layout.records import Line, Page, Region
from ocrkit.layout.scan import ReadPage
from ocrkit.pages.formats import choose_formats, format_by_ending
from ocrkit.pages.writing import PageFormat, PageWriter, stem_of
from ocrkit.plugin.page_specs import PageRendererSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BOX = ((0, 0), (9, 0), (9, 9), (0, 9))


@dataclass(frozen=True)
class White:
    """A white page."""

    name: str
    path: Path | None = None
    number: int = 1
    dpi: float | None = None

    def image(self) -> Image.Image:
        return Image.new("L", (10, 10), 255)

    def jpeg(self) -> bytes | None:
        return None


@dataclass(frozen=True)
class NoOptions:
    """None."""


def page(text: str, name: str, path: str | None = None, number: int = 1) -> ReadPage:
    lines = (Line("l1", ((0, 9), (9, 9)), BOX, text),)
    record = Page(path or name, 10, 10, (Region("r1", BOX, lines),), number)
    return ReadPage(record, White(name, None if path is None else Path(path), number))


def render(pages: Iterable[ReadPage], options: object) -> Iterator[bytes]:
    del options
    for read in pages:
        yield f"<{read.page.text}>".encode()


def a_format(name: str = "plain", suffix: str = ".txt", *, together: bool = True, render: Any = render) -> PageFormat:
    return PageFormat(PageRendererSpec(name, "Plain.", suffix, NoOptions, render, together), NoOptions())


def written(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_file_holds_all_pages(tmp_path: Path) -> None:
    with PageWriter([a_format()], tmp_path / "all.txt", per="all") as writer:
        writer.take(page("a", "x.png", "x.png"))
        writer.take(page("b", "y.png", "y.png"))

    assert written(tmp_path) == {"all.txt": "<a><b>"}
    assert writer.files == [tmp_path / "all.txt"]


def test_a_folder_has_a_file_a_document(tmp_path: Path) -> None:
    with PageWriter([a_format()], tmp_path / "new" / "out") as writer:
        writer.take(page("a", "book.pdf#1", "book.pdf", 1))
        writer.take(page("b", "book.pdf#2", "book.pdf", 2))
        writer.take(page("c", "scan.png", "scan.png"))

    assert written(tmp_path / "new" / "out") == {"book.txt": "<a><b>", "scan.txt": "<c>"}


@pytest.mark.parametrize(("together", "per"), [(True, "page"), (False, None), (False, "page")])
def test_a_file_a_page_is_numbered_where_the_document_has_several(tmp_path: Path, together: bool, per: Any) -> None:
    with PageWriter([a_format(together=together)], tmp_path, per=per) as writer:
        writer.take(page("a", "book.pdf#1", "book.pdf", 1))
        writer.take(page("b", "book.pdf#12", "book.pdf", 12))
        writer.take(page("c", "scan.png", "scan.png"))

    assert written(tmp_path) == {"book-0001.txt": "<a>", "book-0012.txt": "<b>", "scan.txt": "<c>"}


def test_several_formats_are_written_at_once(tmp_path: Path) -> None:
    formats = [a_format(), a_format("shapes", ".xml", together=False), a_format("marks", ".xml", together=False)]

    with PageWriter(formats, tmp_path) as writer:
        writer.take(page("a", "x.png", "x.png"))
        writer.take(page("b", "y.png", "y.png"))

    assert sorted(written(tmp_path)) == ["x.marks.xml", "x.shapes.xml", "x.txt", "y.marks.xml", "y.shapes.xml", "y.txt"]


def test_pages_of_one_name_from_several_folders_are_kept_apart(tmp_path: Path) -> None:
    with PageWriter([a_format()], tmp_path / "out", roots=[tmp_path / "in"]) as writer:
        for text, path in zip("abc", ("in/1/p.png", "in/2/p.png", "other/p.png"), strict=True):
            writer.take(page(text, path, str(tmp_path / path)))
        writer.take(page("d", "elsewhere/p.png", str(tmp_path / "elsewhere/p.png")))

    found = written(tmp_path / "out")
    assert found == {"1/p.txt": "<a>", "2/p.txt": "<b>", "p.txt": "<c>", "p-2.txt": "<d>"}


def test_a_page_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text("the scan")

    with (
        pytest.raises(DataError, match="it would take the place of the page that was read"),
        PageWriter([a_format()], tmp_path) as writer,
    ):
        writer.take(page("a", "book.txt", str(tmp_path / "book.txt")))

    assert written(tmp_path) == {"book.txt": "the scan"}


@pytest.mark.parametrize("together", [True, False])
def test_a_renderer_that_fails_leaves_no_file_of_its_page(tmp_path: Path, together: bool) -> None:
    def failing(pages: Iterable[ReadPage], options: object) -> Iterator[bytes]:
        yield b"begun"
        for read in pages:
            if read.page.text == "b":
                raise ZeroDivisionError("nothing to share")
            yield b"page"

    def write() -> None:
        with PageWriter([a_format(render=failing, together=together)], tmp_path) as writer:
            for number, text in enumerate("abc", 1):
                writer.take(page(text, f"book.pdf#{number}", "book.pdf", number))

    with pytest.raises(ZeroDivisionError, match="nothing to share"):
        write()
    assert sorted(written(tmp_path)) == ([] if together else ["book-0001.txt"])


def test_an_error_on_the_way_leaves_no_half_document(tmp_path: Path) -> None:
    def write() -> None:
        with PageWriter([a_format()], tmp_path) as writer:
            writer.take(page("a", "x.png", "x.png"))
            writer.take(page("b", "book.pdf#1", "book.pdf"))
            raise DataError("gone")

    with pytest.raises(DataError, match="gone"):
        write()

    assert written(tmp_path) == {"x.txt": "<a>"}


def test_ctrl_c_leaves_whole_files_of_the_pages_that_were_read(tmp_path: Path) -> None:
    def write() -> None:
        with PageWriter([a_format()], tmp_path) as writer:
            writer.take(page("a", "book.pdf#1", "book.pdf", 1))
            writer.take(page("b", "book.pdf#2", "book.pdf", 2))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()

    assert written(tmp_path) == {"book.txt": "<a><b>"}


def test_a_renderer_may_leave_pages_that_it_has_no_use_for(tmp_path: Path) -> None:
    def first_only(pages: Iterable[ReadPage], options: object) -> Iterator[bytes]:
        yield next(iter(pages)).page.text.encode()

    with PageWriter([a_format(render=first_only)], tmp_path / "one.txt", per="all") as writer:
        for text in "abcdef":
            writer.take(page(text, text))

    assert written(tmp_path) == {"one.txt": "a"}


def test_a_file_of_one_page_takes_no_second_one(tmp_path: Path) -> None:
    writer = PageWriter([a_format(together=False)], tmp_path / "one.txt", per="all")
    writer.take(page("a", "x"))

    with pytest.raises(OptionError, match="format 'plain' holds one page a file, and there are several"):
        writer.take(page("b", "y"))


def test_a_document_of_one_page_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="format 'plain' holds one page a file"):
        PageWriter([a_format(together=False)], tmp_path, per="document")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(DataError, match=r"file/out: the folder cannot be made"),
        PageWriter([a_format()], tmp_path / "file" / "out") as writer,
    ):
        writer.take(page("a", "x"))


@pytest.mark.parametrize(
    ("name", "path", "number", "stem"),
    [
        ("a.b.png", "in/a.b.png", 1, "a.b"),
        ("book.tif#3", "in/book.tif", 3, "book-0003"),
        ("stdin", None, 1, "stdin"),
        ("http://a/b?c", None, 1, "http---a-b-c"),
        ("page 0", None, 1, "page 0"),
    ],
)
def test_a_file_is_called_as_its_page(name: str, path: str | None, number: int, stem: str) -> None:
    assert str(stem_of(White(name, None if path is None else Path(path), number))) == stem


def test_options_go_to_the_formats_that_have_them() -> None:
    text, drawn = choose_formats(["json", "overlay"], {"characters": False, "overlay": {"words": True}})

    assert text.options.characters is False  # type: ignore[attr-defined]
    assert (drawn.options.words, drawn.options.characters) == (True, False)  # type: ignore[attr-defined]


def test_an_option_that_no_format_has_is_refused() -> None:
    with pytest.raises(ConfigError, match="no option 'wrods' of format 'overlay'; did you mean 'words'"):
        choose_formats(["overlay"], {"wrods": True})


def test_a_files_ending_tells_its_format() -> None:
    assert format_by_ending(Path("out.JSON")) == "json"
    assert format_by_ending(Path("p1.overlay.png")) == "overlay"
    with pytest.raises(OptionError, match=r"no format has the ending of 'out\.docx'"):
        format_by_ending(Path("out.docx"))
