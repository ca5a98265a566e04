"""``ocrkit plugins``: what is offered and by whom, whether it keeps its contract, and a start for one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ocrkit.plugin.offers import Broken, Offer
    from ocrkit.plugin.registry import Registry
    from ocrkit.plugin.specs import ModelSpec

__all__ = ["app"]

app = typer.Typer(help="List, check and start plugins.", no_args_is_help=True)


@app.command("list")
def list_plugins(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List every name that plugins offer, and every plugin that failed."""
    from ocrkit.cli.listing import print_json, print_table
    from ocrkit.plugin.registry import default_registry

    registry = default_registry()
    offers, broken = registry.everything(), registry.broken
    if as_json:
        print_json({"offers": list(map(_offer_record, offers)), "broken": list(map(_broken_record, broken))})
        return
    rows = [(offer.kind, offer.name, offer.distribution, offer.version, offer.summary) for offer in offers]
    # A failure stands in the same table, its place where a name would be and its reason where a summary would.
    rows += [("broken", item.where, item.origin.distribution, item.origin.version, item.reason) for item in broken]
    print_table(("kind", "name", "distribution", "version", "summary"), rows)


@app.command("check")
def check(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A distribution, such as ocrkit-tamil, or ocrkit.")],
) -> None:
    """Run ocrkit's checks on everything that an installed plugin offers."""
    from ocrkit.plugin.registry import default_registry

    registry = default_registry()
    offers, broken = _of_distribution(registry, name)
    failures = len(broken) + sum(not _passes(offer) for offer in offers)
    for item in broken:
        print(f"failed  {item.where}: {' '.join(item.reason.split())}")
    typer.echo(f"{name}: {len(offers)} offered, {failures} failed", err=True)
    if failures:
        raise typer.Exit(1)


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it will be called: ocrkit-NAME.")],
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="DIR", help="The folder to write; ./ocrkit-NAME by default.")
    ] = None,
) -> None:
    """Write a working plugin to start from."""
    from pathlib import Path

    from ocrkit.plugin.scaffold import write_plugin

    folder = write_plugin(name, Path(output) if output is not None else None)
    print(folder)
    typer.echo(f"a working plugin; try: cd {folder} && make test", err=True)


def _of_distribution(registry: Registry, name: str) -> tuple[list[Offer[object]], list[Broken]]:
    from ocrkit.errors import UnknownNameError, unknown_name
    from ocrkit.plugin.loading import ENVIRONMENT, canonical

    everything = registry.everything()
    offers = [offer for offer in everything if canonical(offer.distribution) == canonical(name)]
    broken = [item for item in registry.broken if canonical(item.origin.distribution) == canonical(name)]
    if not offers and not broken:
        known = {offer.distribution for offer in everything} | {item.origin.distribution for item in registry.broken}
        way_out = f"a distribution with an entry point in the group 'ocrkit' that {ENVIRONMENT} does not exclude"
        raise UnknownNameError(unknown_name("plugin", name, known, way_out=f"expected {way_out}"))
    return offers, broken


def _passes(offer: Offer[object]) -> bool:
    from ocrkit.errors import OcrkitError
    from ocrkit.plugin.specs import ModelSpec
    from ocrkit.plugin.testing import check_offer
    from ocrkit.torch_extra import lacks_torch, torch_is_missing

    try:
        seen = check_offer(offer)
        if isinstance(offer.value, ModelSpec):
            _load(offer.value)
    except (OcrkitError, ModuleNotFoundError) as error:
        if lacks_torch(error):
            print(f"skipped {offer.kind} {offer.name}: {torch_is_missing('its check')}")
            return True
        if not isinstance(error, OcrkitError):
            raise
        print(f"failed  {offer.kind} {offer.name}: {' '.join(str(error).split())}")
        return False
    print(f"ok      {offer.kind} {offer.name}" + (f": {seen}" if seen else ""))
    return True


def _load(spec: ModelSpec) -> None:
    """Load a model as it is loaded to be used."""
    from ocrkit.model_files import SEGMENTATION

    if spec.task == SEGMENTATION:
        from ocrkit.segmentation.net import load_segmentation_net

        load_segmentation_net(spec.path)
    else:
        from ocrkit.model import Model

        Model.load(spec.path)


def _offer_record(offer: Offer[object]) -> dict[str, str]:
    return {
        "kind": offer.kind,
        "name": offer.name,
        "distribution": offer.distribution,
        "version": offer.version,
        "summary": offer.summary,
    }


def _broken_record(item: Broken) -> dict[str, str]:
    return {
        "distribution": item.origin.distribution,
        "version": item.origin.version,
        "where": item.where,
        "reason": item.reason,
    }
