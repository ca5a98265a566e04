from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import typer.testing
from ocrkit_serve import ocrkit_commands
from ocrkit_serve.sizes import parse_bytes, parse_count, parse_seconds
from ocrkit_serve.tokens import read_token

from ocrkit.errors import OcrkitError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOKEN = "0123456789abcdef"


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parse_bytes, "32MB", 32_000_000),
        (parse_bytes, "2 GiB", 2 * 1024**3),
        (parse_bytes, "1.5kb", 1500),
        (parse_bytes, "1000", 1000),
        (parse_count, "100M", 100_000_000),
        (parse_count, "5000", 5000),
        (parse_seconds, "90", 90),
        (parse_seconds, "0.5s", 0.5),
        (parse_seconds, "15m", 900),
        (parse_seconds, "2H", 7200),
    ],
)
def test_sizes_and_times_are_read_as_people_write_them(parse: Callable[..., float], text: str, value: float) -> None:
    assert parse(text, "option") == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_bytes, "0"),
        (parse_bytes, "-1"),
        (parse_bytes, "32 apples"),
        (parse_bytes, "MB"),
        (parse_bytes, ""),
        (parse_bytes, "1e9"),
        (parse_bytes, "9" * 400),
        (parse_bytes, "٣٢MB"),
        (parse_count, "100MB"),
        (parse_seconds, "0"),
        (parse_seconds, "nan"),
        (parse_seconds, "2 weeks"),
    ],
)
def test_what_is_no_size_is_refused_with_what_would_be(parse: Callable[..., float], text: str) -> None:
    with pytest.raises(OcrkitError, match=r"`option` is .*; expected a"):
        parse(text, "option")


def token_file(folder: Path, data: bytes, mode: int = 0o600) -> Path:
    file = folder / "token"
    file.write_bytes(data)
    file.chmod(mode)
    return file


@pytest.mark.parametrize("data", [TOKEN, f"{TOKEN}\n", f"  {TOKEN}==\r\n"])
def test_a_token_is_the_line_of_its_file(tmp_path: Path, data: str) -> None:
    assert read_token(token_file(tmp_path, data.encode())) == data.strip()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no token in it"),
        (b"\n\n", "no token in it"),
        (b"short", "one line of 16"),
        (TOKEN.encode() + b"\n" + TOKEN.encode(), "one line"),
        (b"two words of a token", "one line"),
        ("പിഴപിഴപിഴപിഴ".encode(), "not ASCII"),
        (b"a" * 5000, "one line"),
    ],
)
def test_what_is_no_token_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(OcrkitError, match=said):
        read_token(token_file(tmp_path, data))


def test_a_token_that_all_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OcrkitError, match="chmod 600"):
        read_token(token_file(tmp_path, TOKEN.encode(), 0o644))


def test_a_token_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OcrkitError, match=r"no file .* with a token; 'openssl"):
        read_token(tmp_path / "none")
    with pytest.raises(OcrkitError):
        read_token(tmp_path)


def test_help_loads_neither_the_server_nor_what_reads() -> None:
    [spec] = ocrkit_commands()
    code = (
        "import sys; from ocrkit_serve import ocrkit_commands; [spec] = ocrkit_commands(); spec.load();"
        "print([name for name in ('torch', 'starlette', 'uvicorn', 'PIL') if name in sys.modules])"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert spec.name == "serve"
    assert run.stdout == "[]\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--max-upload", "lots"],
        ["--max-pages", "0"],
        ["--port", "70000"],
        ["--token-file", "none"],
        ["--allow-origin", "*"],
        ["--allow-origin", "archive.example"],
        ["--allow-host", "http://archive.example"],
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_loaded(arguments: list[str]) -> None:
    application = next(iter(ocrkit_commands())).load()

    result = typer.testing.CliRunner().invoke(application, arguments)

    assert result.exit_code in (1, 2)
    assert isinstance(result.exception, OcrkitError | SystemExit)


@pytest.mark.parametrize("kind", ["corrector", "model", "segmenter"])
def test_what_is_not_there_is_refused_before_anything_is_served(kind: str) -> None:
    option = "--correct" if kind == "corrector" else f"--{kind}"
    command = [sys.executable, "-m", "ocrkit", "serve", "--port", "0", option, "nobody"]

    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert run.returncode == 1
    assert f"no {kind} 'nobody'" in run.stderr
    assert run.stdout == ""
