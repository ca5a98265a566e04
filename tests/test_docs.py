"""README and docs cannot rot: what they show is run, what they name exists, and every option is described.

How code blocks are written:

- ``console``: each line that begins with ``$ `` is a command, which goes on while lines end in a backslash. Those of
  the README are run in order, in one empty folder, by bash, and must succeed; only the two ``make`` commands of the
  set-up are not run. The lines below a command are what it prints, stdout and stderr together, with ``…`` for anything;
  without such lines, what it prints is not compared.
- ``python`` in the README: run as a script, in the same folder and order. A line ``print(…)  # OUTPUT`` says what is
  printed, again with ``…`` for anything.
- ``python`` in docs: compiled; and where ``<!-- run -->`` stands on the line above, run, all such blocks of a page as
  one script.
- ``py``: a piece of a file, compiled only. ``sh``: not run. ``toml``: must be TOML.
"""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

import ocrkit.ctc
from ocrkit.config import to_table
from ocrkit.data.image import Preprocessing
from ocrkit.drawing.pages.options import KINDS, PageOptions
from ocrkit.drawing.synthetic import SyntheticOptions
from ocrkit.evaluation import Evaluation
from ocrkit.nets.options import HeadOptions
from ocrkit.plugin.builtin.augmentations import ocrkit_augmentations
from ocrkit.plugin.builtin.commands import ocrkit_commands
from ocrkit.training.recipes import recipe_names
from ocrkit.training.segmenting import PageData, SegmentingSettings
from ocrkit.training.settings import BackboneChoice, DataSettings, RunConfig, TrainingSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
NOT_RUN = {"make demo", "make test"}
SETTINGS = {
    "data": DataSettings,
    "training": TrainingSettings,
    "backbone": BackboneChoice,
    "head": HeadOptions,
    "preprocessing": Preprocessing,
}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, text, whether ``<!-- run -->`` stands above it, and its first line in the page."""

    language: str
    text: str
    marked: bool
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    found = re.finditer(r"(?P<mark><!-- run -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", text, re.DOTALL | re.M)
    return [
        Block(match["language"], match["text"], bool(match["mark"]), text.count("\n", 0, match.start("text")) + 1)
        for match in found
    ]


def relative(page: Path) -> str:
    return str(page.relative_to(ROOT))


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a console block, with the lines below it."""
    for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
        lines = part.split("\n")
        length = next(number for number, line in enumerate(lines, 1) if not line.endswith("\\"))
        yield "\n".join(lines[:length]), "\n".join(lines[length:]).strip()


def promised(script: str) -> str:
    """What the comments behind ``print(…)`` say is printed."""
    return "\n".join(re.findall(r"^print\(.*\)  # (.*)$", script, flags=re.M))


# How far a command is, which it says where it takes longer than some seconds, as on a machine that has much else to do.
PROGRESS = re.compile(r"^[a-z ]+: \d+ of \d+\b.*\n", re.M)


def check_printed(printed: str, expected: str, where: str) -> None:
    pattern = ".*".join(map(re.escape, expected.split("…")))
    if expected and not re.fullmatch(pattern, PROGRESS.sub("", printed).strip(), flags=re.DOTALL):
        pytest.fail(f"{where} prints\n{printed}\nand the page says\n{expected}")


@pytest.mark.parametrize("printed", ["loss 3.871\n", "", "loss 3.871, exact 0.5\nmore"])
def test_other_output_than_the_page_shows_is_told(printed: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="and the page says"):
        check_printed(printed, "loss …, exact 0.5", "README.md:1")


def test_an_ellipsis_on_a_page_stands_for_anything() -> None:
    check_printed("loss 3.871\n(best), exact 0.5\n", "loss …, exact 0.5", "README.md:1")


def test_a_page_need_not_show_how_far_a_slow_machine_was() -> None:
    check_printed("drawing: 3 of 7\nloss 3\ntraining: 30 of 504, epoch 2\n", "loss …", "README.md:1")


def run(command: list[str], folder: Path, where: str) -> str:
    """What a command prints; it must succeed."""
    beside_python = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{beside_python}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    # What the reader is shown hangs neither on a user's models and plugins nor on the make that runs the tests.
    environment |= {"XDG_DATA_HOME": str(folder / ".local"), "PYTHONDONTWRITEBYTECODE": "1"}
    for name in ("OCRKIT_PLUGINS", "MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "PYTHON"):
        environment.pop(name, None)
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=300
    )
    printed = done.stdout.decode()
    if done.returncode:
        pytest.fail(f"{where} ends with {done.returncode}:\n{' '.join(command)}\n{printed}")
    return printed


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("OCRKIT_NO_FONTS") == "1", reason="the tour draws lines, and OCRKIT_NO_FONTS is 1")
def test_the_readme_does_what_it_shows(tmp_path: Path) -> None:
    for picture in ("line.png", "page.png"):
        shutil.copy(ROOT / "docs/pictures" / picture, tmp_path)
    for block in blocks(README):
        where = f"README.md:{block.line}"
        if block.language == "python":
            check_printed(run([sys.executable, "-c", block.text], tmp_path, where), promised(block.text), where)
        elif block.language == "console":
            for command, expected in commands(block):
                if command not in NOT_RUN:
                    check_printed(run(["bash", "-euc", command], tmp_path, where), expected, f"{where}: {command}")


def test_the_readme_names_the_two_commands() -> None:
    shown = {command for block in blocks(README) if block.language == "console" for command, _ in commands(block)}

    assert shown >= NOT_RUN


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if any(block.marked for block in blocks(page))], ids=relative)
def test_marked_examples_print_what_they_say(page: Path, tmp_path: Path) -> None:
    script = "\n".join(block.text for block in blocks(page) if block.marked)

    printed = run([sys.executable, "-c", script], tmp_path, relative(page))

    check_printed(printed, promised(script), relative(page))


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_python_compiles_and_toml_parses(page: Path) -> None:
    for block in blocks(page):
        if block.language in {"python", "py"}:
            compile(block.text, f"{relative(page)}:{block.line}", "exec")
        elif block.language == "toml":
            tomllib.loads(block.text)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made on the web."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.M)
    headings = re.findall(r"^#+ (.*)$", prose, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), f"{relative(page)} links to {target}"
        assert not anchor or anchor in anchors(other), f"{relative(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_no_page_names_a_place_on_somebodys_machine(page: Path) -> None:
    assert not re.findall(r"(?<![\w.$~])/(?:home|root|tmp|work|mnt|Users)/\S*", page.read_text("utf-8"))


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=relative)
def test_the_index_links_every_page(page: Path) -> None:
    index = ROOT / "docs" / "index.md"

    assert page == index or f"({page.relative_to(index.parent)})" in index.read_text("utf-8")


def sections(page: Path) -> dict[str, str]:
    """The text below each heading, by the heading without its marks."""
    parts = re.split(r"^##+ ", page.read_text("utf-8"), flags=re.M)[1:]
    return {part.split("\n", 1)[0].replace("`", "").strip(): part for part in parts}


def walked(command: Any, name: str) -> Iterator[tuple[str, list[Any]]]:
    """Each command that does something, with its parameters."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, [parameter for parameter in command.params if parameter.name not in {"help", None}]
    else:
        for key, sub in inner.items():
            yield from walked(sub, f"{name} {key}")


def all_commands() -> list[tuple[str, list[Any]]]:
    return [
        found
        for spec in ocrkit_commands()
        for found in walked(_without_completion(typer.main.get_command(spec.load())), f"ocrkit {spec.name}")
    ]


def _without_completion(command: Any) -> Any:
    # Typer adds these to every application; ocrkit offers them on `ocrkit` itself only.
    command.params = [p for p in command.params if p.name not in {"install_completion", "show_completion"}]
    return command


@pytest.mark.parametrize(("name", "parameters"), all_commands(), ids=lambda value: value if type(value) is str else "")
def test_every_option_of_every_command_is_described(name: str, parameters: list[Any]) -> None:
    section = sections(ROOT / "docs" / "command-line.md")[name]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]

    for parameter in parameters:
        spelled = [opt for opt in parameter.opts if opt.startswith("-")] or [parameter.metavar.strip("[].")]
        assert any(all(re.search(f"`{opt}[ `]", row) for opt in spelled) for row in rows), f"{name}: {spelled}"


def test_no_command_is_described_that_is_not_there() -> None:
    described = {title for title in sections(ROOT / "docs" / "command-line.md") if title.startswith("ocrkit ")}

    assert described == {name for name, _ in all_commands()}


def described_settings(table: str) -> dict[str, str]:
    """The rows of a table's section in docs/recipes.md: each key with its default."""
    section = sections(ROOT / "docs" / "recipes.md")[f"[{table}]" if table else "The top of the file"]
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", section, flags=re.M)
    return {key: default.strip("`") for key, default in rows}


@pytest.mark.parametrize(("table", "settings"), SETTINGS.items(), ids=lambda value: value if type(value) is str else "")
def test_every_setting_is_described_with_its_default(table: str, settings: type[Any]) -> None:
    described = described_settings(table)
    defaults = to_table(settings())

    assert set(described) == {field.name for field in fields(settings) if field.init}
    for key, default in described.items():
        assert (tomllib.loads(f"value = {default}")["value"] if default else None) == defaults.get(key), key


def test_every_setting_outside_the_tables_is_described_with_its_default() -> None:
    plain = {field.name: field.default for field in fields(RunConfig) if field.default is not MISSING}

    assert described_settings("") == {key: f'"{default}"' for key, default in plain.items()}


def test_every_table_of_the_configuration_has_a_section() -> None:
    tables = {f"[{field.name}]" for field in fields(RunConfig) if field.default is MISSING and field.init}

    assert tables <= set(sections(ROOT / "docs" / "recipes.md"))


@pytest.mark.parametrize(("table", "settings"), [("data", PageData), ("training", SegmentingSettings)])
def test_every_setting_of_a_segmenters_training_is_described_with_its_default(table: str, settings: type[Any]) -> None:
    section = sections(ROOT / "docs" / "segmentation.md")[f"[{table}] of a segmenter"]
    described = dict(re.findall(r"^\| `(\w+)` \| `(.*?)` \|", section, flags=re.M))

    found = {key: tomllib.loads(f"value = {default}")["value"] for key, default in described.items()}
    assert found == to_table(settings())


@pytest.mark.parametrize("key", [field.name for field in fields(SyntheticOptions)])
def test_every_setting_of_drawn_lines_is_named(key: str) -> None:
    assert f"`{key}`" in sections(ROOT / "docs" / "recipes.md")["[synthetic]"]
    assert re.search(rf"^\| `{key}` \|", (ROOT / "docs" / "synthetic.md").read_text("utf-8"), flags=re.M)


@pytest.mark.parametrize("key", [*(field.name for field in fields(PageOptions)), *KINDS])
def test_every_setting_of_drawn_pages_is_described(key: str) -> None:
    assert re.search(rf"^\|[^|]*`{key}`[^|]*\|", (ROOT / "docs" / "drawn-pages.md").read_text("utf-8"), flags=re.M)


@pytest.mark.parametrize("name", [spec.name for spec in ocrkit_augmentations()])
def test_every_degradation_is_named(name: str) -> None:
    assert f"`{name}`" in sections(ROOT / "docs" / "recipes.md")["[augmentation]"]


@pytest.mark.parametrize("name", ocrkit.ctc.__all__)
def test_every_name_of_the_decoders_is_described(name: str) -> None:
    value = getattr(ocrkit.ctc, name)
    page = (ROOT / "docs" / "decoding.md").read_text("utf-8")
    parts = [field.name for field in fields(value)] if is_dataclass(value) else []
    parts += list(inspect.signature(value).parameters) if inspect.isfunction(value) else []

    assert name in page
    assert not [part for part in parts if f"`{part}" not in page and f", {part}" not in page]


@pytest.mark.parametrize("name", [name for name in ocrkit.__all__ if not name.startswith("_")])
def test_every_public_name_is_listed(name: str) -> None:
    assert f"`{name}`" in sections(ROOT / "docs" / "python.md")["Every public name"]


def test_every_key_of_the_evaluation_is_described() -> None:
    nothing = Evaluation(0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, Counter(), (), (), (), ())
    section = sections(ROOT / "docs" / "command-line.md")["ocrkit evaluate"]

    assert not [key for key in nothing.to_dict() if f"`{key}`" not in section]


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_is_described(name: str) -> None:
    assert re.search(rf"^\| `{name}` \|", (ROOT / "docs" / "recipes.md").read_text("utf-8"), flags=re.M)
