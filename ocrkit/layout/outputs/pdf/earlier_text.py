"""Text that a PDF's page has already: seen, or laid there unseen by an earlier reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pikepdf

__all__ = ["take_out_unseen_text", "text_on"]

_SHOWS = frozenset({"Tj", "TJ", "'", '"'})
_UNSEEN = 3
_DEEPEST = 4  # forms in forms
_DRAWS = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "INLINE IMAGE"})


def text_on(page: pikepdf.Page) -> tuple[int, int]:
    """How many bytes of text a page has that is seen, and of text that is not."""
    import pikepdf

    seen = unseen = 0
    try:
        for hidden, length in _shown_text(page, page.obj.get("/Resources"), 0):
            seen, unseen = seen + length * (not hidden), unseen + length * hidden
    except pikepdf.PdfError:
        return 0, 0  # its content is damaged, and stays as it is
    return seen, unseen


def take_out_unseen_text(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Take the text out of a page that is not seen, also where it lies in a form of its own."""
    import pikepdf

    forms = _forms(page.obj.get("/Resources"))
    kept: list[pikepdf.ContentStreamInstruction] = []
    for mode, instruction in _with_modes(page):
        name = str(instruction.operator)
        if name in _SHOWS and mode == _UNSEEN:
            continue
        if name == "Do" and (form := forms.get(str(instruction.operands[0]))) is not None and _is_unseen_text(form):
            continue
        kept.append(instruction)
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))


def _shown_text(holder: pikepdf.Page | pikepdf.Object, resources: object, depth: int) -> Iterator[tuple[bool, int]]:
    """For each piece of text, whether it is not seen, and its length in bytes."""
    forms = _forms(resources) if depth < _DEEPEST else {}
    for mode, instruction in _with_modes(holder):
        name = str(instruction.operator)
        if name in _SHOWS:
            yield mode == _UNSEEN, sum(len(bytes(part).strip()) for part in _strings(list(instruction.operands)))
        elif name == "Do" and (form := forms.get(str(instruction.operands[0]))) is not None:
            yield from _shown_text(form, form.get("/Resources"), depth + 1)


def _is_unseen_text(form: pikepdf.Object) -> bool:
    """Whether a form has text that is not seen, and nothing else."""
    hidden = False
    for mode, instruction in _with_modes(form):
        name = str(instruction.operator)
        if name in _DRAWS or name == "Do" or (name in _SHOWS and mode != _UNSEEN):
            return False
        hidden = hidden or name in _SHOWS
    return hidden


def _with_modes(holder: pikepdf.Page | pikepdf.Object) -> Iterator[tuple[int, pikepdf.ContentStreamInstruction]]:
    """The instructions of a content stream, each with the rendering mode that text has there."""
    import pikepdf

    mode, saved = 0, []
    for instruction in pikepdf.parse_content_stream(holder):
        name = str(instruction.operator)
        if name == "q":
            saved.append(mode)
        elif name == "Q":
            mode = saved.pop() if saved else 0
        elif name == "Tr" and instruction.operands:
            mode = int(instruction.operands[0])
        yield mode, instruction  # type: ignore[misc]


def _forms(resources: object) -> dict[str, pikepdf.Object]:
    objects = resources.get("/XObject", {}) if hasattr(resources, "get") else {}
    return {str(name): one for name, one in objects.items() if one.get("/Subtype") == "/Form"}


def _strings(operands: Sequence[object]) -> Iterator[pikepdf.String]:
    import pikepdf

    for operand in operands:
        if isinstance(operand, pikepdf.Array):
            yield from _strings(list(operand))
        elif isinstance(operand, pikepdf.String):
            yield operand
