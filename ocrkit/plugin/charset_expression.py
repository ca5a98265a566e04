"""Charset expressions, such as ``malayalam+english``, with names looked up among the plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.plugin.registry import Registry, default_registry
from ocrkit.text import expression as text_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ocrkit.text.charset import Charset

__all__ = ["charset_of_script", "resolve_charset"]

_ANY_SCRIPT = "Zyyy"


def resolve_charset(
    expression: str, registry: Registry | None = None, *, texts: Callable[[], Iterable[str]] | None = None
) -> Charset:
    """The charset that an expression describes; see ``ocrkit.text.expression.charset_of_expression``.

    Args:
        expression: names, ``distribution:name``, paths of charset files and ``from-data``, joined by ``+``.
        registry: where names are looked up, those that a file includes too.
        texts: gives the training texts, asked only for ``from-data``; the charsets of their scripts spell them.

    Raises:
        UnknownNameError: a name that no plugin gives, or that two do.
        CharsetError: a malformed file or expression, or charsets that cannot be joined.
        MissingFileError: a path leads nowhere.
        OptionError: it is no string.
    """
    if not isinstance(expression, str):
        raise OptionError(f"the charset is {expression!r}; expected a name, a union such as 'english+tamil', or a file")
    known = registry if registry is not None else default_registry()
    return text_expression.charset_of_expression(
        expression, known.charset, texts=texts, of_script=lambda script: charset_of_script(script, known)
    )


def charset_of_script(script: str, registry: Registry | None = None) -> Charset | None:
    """The largest charset that says how a script, by its ISO 15924 code, is spelled; None where there is none."""
    known = registry if registry is not None else default_registry()
    offered = [offer.value for offer in known.charsets()]
    fitting = [charset for charset in offered if charset.script == script != _ANY_SCRIPT and charset.rewrites]
    return max(fitting, key=len, default=None)
