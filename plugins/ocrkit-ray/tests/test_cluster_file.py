"""The cluster file that the page on clusters shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[3] / "docs" / "clusters.md"


def test_ray_takes_the_cluster_file_that_the_page_shows() -> None:
    pytest.importorskip("ray", reason="Ray is not installed (pip install ray)")
    import yaml
    from ray.autoscaler._private.util import prepare_config, validate_config

    [shown] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    config = prepare_config(yaml.safe_load(shown))

    validate_config(config)
    assert config["available_node_types"]["reader"]["resources"]["CPU"] * config["max_workers"] == 320
    assert "ray start --head" in " ".join(config["head_start_ray_commands"])
