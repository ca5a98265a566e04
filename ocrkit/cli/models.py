"""``ocrkit models``: what is installed, and what is in a model file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="List and show trained models.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="FILE", help="A model file, a run's folder or an installed model.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the installed models and the runs below ./runs."""
    from ocrkit.checkpoint import read_metadata
    from ocrkit.cli.listing import print_json, print_table
    from ocrkit.errors import OcrkitError
    from ocrkit.installed import installed_models

    files = {
        **installed_models(),
        **{str(path.parent): path for path in sorted(Path("runs").glob("*/model.safetensors"))},
    }
    header = ("name", "charset", "backbone", "cer", "file")
    rows = []
    for name, path in files.items():
        try:
            metadata = read_metadata(path)
        except OcrkitError as error:
            rows.append((name, "", "", "", f"{path} ({error})"))
            continue
        cer = _inside(metadata, "provenance", "metrics", "cer")
        charset, backbone = _inside(metadata, "charset", "name"), _inside(metadata, "architecture", "backbone")
        rows.append((name, str(charset), str(backbone), "" if cer is None else f"{cer:.4f}", str(path)))
    if as_json:
        print_json([dict(zip(header, row, strict=True)) for row in rows])
    else:
        print_table(header, rows)


@app.command("show")
def show(name: Name, as_json: AsJson = False) -> None:
    """Show what a model reads, what it is built of, and how it was trained."""
    import json

    from ocrkit.checkpoint import read_metadata
    from ocrkit.cli.listing import print_json
    from ocrkit.installed import find_model

    path = find_model(name).path
    metadata = read_metadata(path)
    if as_json:
        print_json(metadata)
        return
    from ocrkit.model import Model

    model = Model.load(path)
    print(f"file          {path} ({path.stat().st_size:,} bytes)")
    print(f"charset       {model.charset.name}, {len(model.charset)} labels with the blank")
    print(f"symbols       {''.join(model.charset.symbols)}")
    print(f"weights       {model.parameters():,}")
    print(f"made with     ocrkit {metadata.get('ocrkit')}, plugins {dict(model.plugins)}")
    for key in ("architecture", "provenance"):
        for inner, value in _rows(metadata.get(key)):
            print(f"{inner:13} {json.dumps(value, ensure_ascii=False)}")


def _inside(table: object, *keys: str) -> object:
    for key in keys:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def _rows(table: object) -> list[tuple[str, object]]:
    return sorted(table.items()) if isinstance(table, Mapping) else []
