from __future__ import annotations

from typing import TYPE_CHECKING

from watching import Watching

from ocrkit.model import Model
from ocrkit.training import RunConfig, train

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]


def test_what_cannot_be_seen_in_the_labels_is_named_and_no_label(
    make_config: MakeConfig, lines_folder: Path, tmp_path: Path, registry: Registry
) -> None:
    table = (lines_folder / "labels.tsv").read_text("utf-8").replace("\t", "\t\ufeff", 1)
    (tmp_path / "labels.tsv").write_text(table.replace("000.png", f"{lines_folder}/000.png"), "utf-8")
    for image in lines_folder.glob("*.png"):
        (tmp_path / image.name).symlink_to(image)
    config = make_config(
        data={"training": [str(tmp_path / "labels.tsv")], "validation_fraction": 0.0}, training={"epochs": 1}
    )
    watching = Watching()

    outcome = train(config, output=tmp_path / "run", observer=watching, registry=registry)

    assert "\ufeff" not in Model.load(outcome.model).charset.symbols
    assert watching.notes[0] == (
        "in the labels of the training lines, dropped, as nothing is seen of them: "
        r"'\ufeff' (U+FEFF ZERO WIDTH NO-BREAK SPACE) 1x"
    )
