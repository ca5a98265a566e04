"""A new plugin, written from the template that ocrkit brings."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError, PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

__all__ = ["template_folder", "write_plugin"]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PLACEHOLDER = "example"
_PREFIX = "ocrkit-"
_LEFTOVERS = ("__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache")


def template_folder() -> Traversable:
    """The folder of the template.

    A wheel and an editable install bring it as ``ocrkit/plugin/template``; a source tree that is only on ``sys.path``
    has it as ``plugins/template`` beside the package.

    Raises:
        PluginError: it is in neither place, so the installation is damaged.
    """
    package = files("ocrkit")
    for folder in (package / "plugin" / "template", package / ".." / "plugins" / "template"):
        if (folder / "pyproject.toml").is_file():
            return folder
    raise PluginError(f"the plugin template is missing from {package}; install ocrkit again")


def write_plugin(name: str, folder: Path | None = None) -> Path:
    """Write a working plugin called ``ocrkit-NAME``, and give its folder.

    Args:
        name: lower-case letters, digits and single hyphens, beginning with a letter; ``ocrkit-`` may stand before it.
        folder: where to; ``ocrkit-NAME`` in the working directory where None. It may exist only if it is empty.

    Raises:
        OptionError: the name is not such a name, or the folder is taken or cannot be written.
    """
    bare = name.removeprefix(_PREFIX)
    if not _NAME.fullmatch(bare):
        raise OptionError(
            f"plugin name {name!r}; expected lower-case letters, digits and single hyphens, such as 'old-tamil'"
        )
    target = folder if folder is not None else Path(f"{_PREFIX}{bare}")
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise OptionError(f"{str(target)!r} is there already; give another with `folder`")
        for path, content in _files(template_folder(), Path()):
            place = target / _renamed(str(path), bare)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(_renamed(content, bare), encoding="utf-8")
    except OSError as error:
        raise OptionError(f"{str(target)!r} cannot be written: {error.strerror}; give another with `folder`") from error
    return target


def _files(folder: Traversable, below: Path) -> Iterator[tuple[Path, str]]:
    """Every file of the template, by its path inside it."""
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.name in _LEFTOVERS:
            continue
        if item.is_dir():
            yield from _files(item, below / item.name)
        else:
            yield below / item.name, item.read_text(encoding="utf-8")


def _renamed(text: str, name: str) -> str:
    # The module first: a hyphen cannot stand in its name.
    return text.replace(f"ocrkit_{_PLACEHOLDER}", f"ocrkit_{name.replace('-', '_')}").replace(_PLACEHOLDER, name)
