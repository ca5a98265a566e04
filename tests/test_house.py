"""The house: which floor may import which, what stays light, and how long a piece of code may be.

DESIGN in one picture: imports point down, never up. Only ``ocrkit/__init__.py``, which hands names on, sees all floors.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

import ocrkit
from ocrkit.cli import flags
from ocrkit.plugin.builtin.commands import ocrkit_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "ocrkit"

FLOORS = {
    "__main__": 15,
    "cli": 14,
    "demo": 13,
    "collections": 12,
    "evaluation": 12,
    "exporting": 13,
    "pages": 11,
    "checking": 10,
    "training": 9,
    "recognition": 9,
    "correcting": 8,
    "forward_pass": 8,
    "model": 8,
    "model_description": 8,
    "model_files": 8,
    "onnx_model": 8,
    "onnx_pass": 8,
    "onnx_record": 8,
    "reading_model": 8,
    "plugin": 7,
    "segmentation": 6,
    "drawing": 5,
    "layout": 4,
    "data": 3,
    "runtime_choice": 2,
    "text": 2,
    "checkpoint": 1,
    "config": 1,
    "ctc": 1,
    "model_forms": 1,
    "onnx_file": 1,
    "onnx_session": 1,
    "onnx_weights": 1,
    "_ctc": 0,
    "_drawing": 0,
    "_ink": 0,
    "errors": 0,
    "files": 0,
    "nets": 0,
    "processor": 0,
    "plain_files": 0,
    "torch_extra": 0,
}
# Inside the plugin floor, by the first part of the name after `ocrkit.plugin.`.
PLUGIN_FLOORS = {
    "specs": 0,
    "corrector_specs": 0,
    "engine_specs": 0,
    "page_specs": 0,
    "oracle": 0,
    "device_decoding": 1,
    "local_engine": 1,
    "misfits": 1,
    "separators": 1,
    "hookspec": 1,
    "builtin": 2,
    "offers": 2,
    "loading": 3,
    "lookup": 3,
    "registry": 4,
    "charset_expression": 5,
    "datasets": 5,
    "scaffold": 5,
    "testing": 5,
}
NEVER_EACH_OTHER = {"training", "recognition"}
TORCH_ALLOWED = {"nets", "model", "forward_pass", "training"}

LONGEST_FILE = 400
LONGEST_FUNCTION = 60


@dataclass(frozen=True)
class Import:
    """One import statement's target: ``line`` in the file, at module top or not, for the type checker only or not."""

    target: str
    line: int
    top: bool
    typing_only: bool


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


MODULES = modules()


@cache
def imports_of(path: Path) -> tuple[Import, ...]:
    return tuple(_imports(ast.parse(path.read_text("utf-8")).body, top=True, typing_only=False))


def _imports(body: Iterable[ast.AST], *, top: bool, typing_only: bool) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, top, typing_only) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield from (Import(_target(node.module, alias.name), node.lineno, top, typing_only) for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from _imports(node.body, top=top, typing_only=True)
            yield from _imports(node.orelse, top=top, typing_only=typing_only)
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(ast.iter_child_nodes(node), top=top and not inside, typing_only=typing_only)


def _target(module: str | None, name: str) -> str:
    assert module is not None
    full = f"{module}.{name}"
    if full in MODULES or full in ("ocrkit._ctc", "ocrkit._drawing", "ocrkit._ink"):
        return full
    return ocrkit._HOMES.get(name, module) if module == "ocrkit" else module


def unit(module: str) -> str:
    """The room that a module is in: the second part of its name."""
    return module.split(".")[1]


def inner(module: str) -> str | None:
    """The first part of a name inside the plugin floor, None outside it."""
    parts = module.split(".")
    return parts[2] if parts[1] == "plugin" and len(parts) > 2 else None


def inside_ocrkit(module: str) -> list[Import]:
    return [found for found in imports_of(MODULES[module]) if found.target.startswith("ocrkit.")]


ROOMS = [module for module in MODULES if module != "ocrkit"]


@pytest.mark.parametrize("module", ROOMS)
def test_every_module_has_a_floor(module: str) -> None:
    assert unit(module) in FLOORS, f"say in FLOORS on which floor {unit(module)!r} stands"
    assert inner(module) in {None, *PLUGIN_FLOORS}, f"say in PLUGIN_FLOORS where {inner(module)!r} stands"


@pytest.mark.parametrize("module", ROOMS)
def test_imports_point_down(module: str) -> None:
    up = [
        f"line {found.line}: {found.target}"
        for found in inside_ocrkit(module)
        if FLOORS[unit(found.target)] > FLOORS[unit(module)]
    ]

    assert not up


@pytest.mark.parametrize("module", ROOMS)
def test_nothing_inside_imports_from_the_face(module: str) -> None:
    # ocrkit/__init__.py hands on names of every floor, so an import from it may point anywhere.
    named = [
        alias.name
        for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "ocrkit"
        for alias in node.names
    ]

    assert set(named) <= {"__version__"}


@pytest.mark.parametrize("module", [module for module in ROOMS if inner(module)])
def test_imports_inside_the_plugin_floor_point_down_too(module: str) -> None:
    own = inner(module)
    targets = [(found.line, inner(found.target)) for found in inside_ocrkit(module)]

    assert own is not None
    assert not [
        f"line {line}: {target}"
        for line, target in targets
        if target is not None and PLUGIN_FLOORS[target] > PLUGIN_FLOORS[own]
    ]


@pytest.mark.parametrize("module", [module for module in ROOMS if unit(module) in NEVER_EACH_OTHER])
def test_training_and_recognition_never_import_each_other(module: str) -> None:
    others = NEVER_EACH_OTHER - {unit(module)}

    assert not [found.target for found in inside_ocrkit(module) if unit(found.target) in others]


def test_modules_import_each_other_in_no_circle() -> None:
    graph = {
        module: {found.target for found in inside_ocrkit(module) if found.top and not found.typing_only} - {module}
        for module in ROOMS
    }

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" > ".join(error.args[1]))


@pytest.mark.parametrize(
    "module", [module for module in MODULES if module == "ocrkit" or unit(module) not in TORCH_ALLOWED]
)
def test_torch_is_imported_at_the_top_only_where_tensors_live(module: str) -> None:
    assert not [
        f"line {found.line}: {found.target}"
        for found in imports_of(MODULES[module])
        if found.target.split(".")[0] == "torch" and found.top and not found.typing_only
    ]


@pytest.mark.parametrize("module", [module for module in MODULES if module == "ocrkit" or unit(module) != "cli"])
def test_typer_is_imported_by_the_command_line_only(module: str) -> None:
    assert not [
        f"line {found.line}: {found.target}"
        for found in imports_of(MODULES[module])
        if found.target.split(".")[0] == "typer" and not found.typing_only
    ]


READING = [
    "import ocrkit.recognition",
    "import ocrkit.evaluation",
    "import ocrkit.pages.by_keyword",
    "import ocrkit.model_files",
]


@pytest.mark.parametrize("statement", ["import ocrkit", "import ocrkit.ctc", "import ocrkit.plugin.registry", *READING])
def test_light_modules_leave_torch_alone(statement: str) -> None:
    code = f"import sys; {statement}; print('torch' in sys.modules)"

    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stdout == "False\n"


def test_the_names_on_show_are_also_shown_to_the_type_checker() -> None:
    typed = {found.target for found in imports_of(PACKAGE / "__init__.py") if found.typing_only}

    assert typed == set(ocrkit._HOMES.values())


def code_files() -> list[Path]:
    folders = ("ocrkit", "tests", "benchmarks", "plugins")
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "/." not in str(path)]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", code_files(), ids=relative)
def test_no_file_and_no_function_is_too_long(path: Path) -> None:
    text = path.read_text("utf-8")

    assert text.count("\n") <= LONGEST_FILE
    assert not [f"line {node.lineno}: {node.name}" for node in functions(text) if length(node) > LONGEST_FUNCTION]


def functions(text: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function from its ``def`` to its end, without the docstring."""
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - docstring


def test_folders_beside_the_package_are_no_packages() -> None:
    # An editable install puts the repository's root on ocrkit.__path__, where they would shadow the package's own.
    found = [path for folder in ("tests", "charsets", "benchmarks") for path in (ROOT / folder).rglob("__init__.py")]

    assert not found
    assert not (ROOT / "plugins" / "__init__.py").exists()


def test_test_files_have_names_of_their_own() -> None:
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))

    assert not [name for name, count in names.items() if count > 1]


@pytest.mark.parametrize("name", ["utils.py", "common.py", "helpers.py", "misc.py"])
def test_no_module_is_named_for_nothing(name: str) -> None:
    assert not list(PACKAGE.rglob(name))


FLAG = re.compile(r"--[a-z]|[ (]-[a-zA-Z][ ,;)]")
FIELD = re.compile(r"`([a-z_.]+)(?:=[^`]*)?`")


@cache
def messages() -> dict[str, str]:
    """The strings of the library that may be messages, being of several words and no docstrings, by their places."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        if "cli" in path.relative_to(PACKAGE).parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and id(node) not in silent else None
            if isinstance(text, str) and " " in text:
                found[f"{path.relative_to(ROOT)}:{node.lineno}"] = text
    return found


def test_messages_of_the_library_name_no_flags() -> None:
    assert {place: text for place, text in messages().items() if FLAG.search(text)} == {}


def test_every_field_that_a_message_names_is_known_to_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flags, "_flags", {})
    named = {(place, field[0]) for place, text in messages().items() for field in FIELD.finditer(text)}
    unknown = set(named)
    for spec in ocrkit_commands():
        flags.learn_flags(typer.main.get_command(spec.load()))
        unknown -= {(place, field) for place, field in unknown if flags.in_flags(field) != field}

    assert named
    assert unknown == set()
