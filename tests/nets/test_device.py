from __future__ import annotations

import pytest
import torch

from ocrkit.errors import OptionError
from ocrkit.nets.device import resolve_device


def test_a_device_is_found_by_name() -> None:
    assert resolve_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize(("there", "kind"), [(True, "cuda"), (False, "cpu")])
def test_auto_takes_cuda_where_there_is_some(monkeypatch: pytest.MonkeyPatch, there: bool, kind: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)

    assert resolve_device("auto").type == kind


@pytest.mark.parametrize("name", ["gpu", "", "cuda:x", "cpu:-1"])
def test_a_device_that_torch_does_not_know_is_refused(name: str) -> None:
    with pytest.raises(OptionError, match=f"^no device {name!r}; expected auto, cpu, cuda"):
        resolve_device(name)


@pytest.mark.parametrize("name", ["cuda", "cuda:7"])
def test_a_cuda_device_that_is_not_there_is_said_so(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)

    with pytest.raises(OptionError, match=f"device {name!r} is not there: torch sees 0 CUDA devices; try cpu"):
        resolve_device(name)


@pytest.mark.parametrize("name", ["xpu", "meta"])
def test_a_device_that_cannot_compute_here_is_refused(name: str) -> None:
    with pytest.raises(OptionError, match=f"device {name!r} .*try cpu"):
        resolve_device(name)
