"""Where ``ocrkit read`` writes: one file, files in a folder, or stdout."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from ocrkit.errors import DataError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ocrkit.layout.scan import ReadPage
    from ocrkit.pages.writing import PageFormat, Per

__all__ = ["PageOutput"]


class PageOutput:
    """Writes read pages as the options say.

    Args:
        names: of formats; None takes the one of the output's ending, or text.
        output: a file or a folder; None for stdout. A folder is what is one, ends with a slash, has no ending, or is to
            hold several formats.
        per: ``page`` or ``document``: what a file of the folder holds.
        settings: options of the formats.
        places: what is read.

    Attributes:
        formats: each page is written in.
        folder: that files go into; None where there is one file, or stdout.
        settings: options of the formats.
        per: what a file holds, as ``PageWriter`` takes it.

    Raises:
        OptionError: these do not go together.
    """

    def __init__(
        self,
        names: Sequence[str] | None,
        output: str | None,
        per: str | None,
        settings: Mapping[str, object],
        places: Sequence[str],
    ) -> None:
        from ocrkit.collections.places import is_url
        from ocrkit.pages.formats import choose_formats, format_by_ending

        if is_url(output):
            raise OptionError(
                f"`output` is the URL {output!r}; write to a folder, and copy that to the store; "
                "docs/clusters.md tells how machines that share no folder go on with each other's work"
            )
        self.folder = Path(output) if output is not None and _means_folder(output, names or ()) else None
        if not names:
            names = ["text" if output is None or self.folder else format_by_ending(Path(output))]
        self.formats = choose_formats(names, settings)
        self._output = output
        self._roots = [Path(place) for place in places if os.path.isdir(place)]
        self.settings = settings
        self.per = _per(per, self.folder is not None)
        if output is None and len(self.formats) > 1:
            raise OptionError("several formats do not go to stdout; name a folder for their files with `output`")

    @property
    def on_stdout(self) -> bool:
        """Whether results go to stdout."""
        return self._output is None

    def collects(self, places: Sequence[str]) -> bool:
        """Whether files and folders are read into a folder, so that what is there already need not be read again."""
        from ocrkit.data.paged import page_in

        return self.folder is not None and not any(
            place == "-" or page_in(Path(place)) is not None or (os.path.lexists(place) and not _is_stored(place))
            for place in places
        )

    def check_count(self, pages: int | None) -> None:
        """Refuse several pages where the one file holds a page.

        Raises:
            OptionError: so it is.
        """
        for each in self.formats:
            if self.folder is None and not each.spec.together and pages is not None and pages > 1:
                raise OptionError(
                    f"format {each.spec.name!r} holds one page a file, and there are {pages}; "
                    "name a folder for the files with `output`"
                )

    def refuse_over(self, layouts: Path | None) -> None:
        """Refuse to write files where the layouts of the pages lie, which may be somebody's work.

        Raises:
            OptionError: files of a format would take their places.
        """
        from ocrkit.pages.layouts import ENDINGS, folders_of
        from ocrkit.pages.writing import suffixes_of

        if layouts is None or self._output is None:
            return
        taken = [suffix for suffix in suffixes_of(self.formats).values() if suffix in ENDINGS]
        if taken and any(_is_same(place, Path(self._output)) for place in folders_of(layouts)):
            raise OptionError(
                f"`layout` and `output` are both {self._output!r}, and {taken[0]} files would take the place of the "
                "layouts; write to another folder"
            )

    def write(self, pages: Iterable[ReadPage]) -> None:
        """Write all pages; where it ends by Ctrl-C, files hold those that came before."""
        from ocrkit.pages.writing import PageWriter

        if self._output is None:
            [each] = self.formats
            _print(each, iter(pages))
            return
        with PageWriter(self.formats, Path(self._output), per=self.per, roots=self._roots) as writer:
            for page in pages:
                writer.take(page)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:  # one is not there
        return False


def _is_stored(place: str) -> bool:
    """Whether a place is a file or a folder, and no pipe or device, which can be read only once."""
    return os.path.isfile(place) or os.path.isdir(place) or os.path.islink(place)


def _means_folder(output: str, names: Sequence[str]) -> bool:
    if os.path.isdir(output) or output.endswith(("/", os.sep)):
        return True
    return len(set(names)) > 1 or (not Path(output).suffix and not os.path.exists(output))


def _per(per: str | None, folder: bool) -> Per | None:
    from ocrkit.pages.writing import Per

    choices = [choice for choice in get_args(Per) if choice != "all"]
    if per is not None and per not in choices:
        raise OptionError(f"`per` is {per!r}; expected {' or '.join(choices)}")
    if per is not None and not folder:
        raise OptionError(f"`per={per!r}` is for files in a folder; name one with `output`")
    return "page" if per == "page" else "document" if per == "document" else None if folder else "all"


def _print(each: PageFormat, pages: Iterator[ReadPage]) -> None:
    first = True
    for piece in each.render(pages):
        if first and sys.stdout.isatty() and _is_binary(piece):
            raise DataError(f"format {each.spec.name!r} is none to be seen on a terminal; name a file with `output`")
        first = False
        # Bytes that are no UTF-8 come out of stdout as they are.
        sys.stdout.write(piece.decode("utf-8", "surrogateescape"))
        sys.stdout.flush()


def _is_binary(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return True
    return False
