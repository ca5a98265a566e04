"""The networks of docs/networks.md, and what tests of networks share."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from ocrkit.config import from_table
from ocrkit.nets.crnn import Crnn
from ocrkit.nets.options import HeadOptions, LstmLayer, ResnetOptions, VggOptions
from ocrkit.nets.resnet import Resnet
from ocrkit.nets.vgg import Vgg

System = tuple[VggOptions, HeadOptions]
MakeCrnn = Callable[[str, int], Crnn]

DOCUMENT = Path(__file__).parents[2] / "docs" / "networks.md"
NAMED_BLOCK = re.compile(r"^```toml\n# (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small tensors take longer on several threads, and much longer where the cores have other work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def systems() -> dict[str, System]:
    """The five systems' options, by name, as the documentation states them."""
    found = {}
    for name, text in NAMED_BLOCK.findall(DOCUMENT.read_text(encoding="utf-8")):
        tables = tomllib.loads(text)
        options = {**tables["backbone"]["options"], "height": tables["preprocessing"]["height"]}
        found[name] = (from_table(VggOptions, options), from_table(HeadOptions, tables["head"]))
    return found


@pytest.fixture
def make_crnn(systems: dict[str, System]) -> MakeCrnn:
    """Makes the network of a system, or of ``vgg`` or ``resnet`` with small options, in evaluation mode.

    Its batch norms are as if trained: with running statistics, scales and shifts that leave no zero where it was.
    """

    def make(name: str, labels: int) -> Crnn:
        torch.manual_seed(7)
        small = HeadOptions(rnn=(LstmLayer(24, "sum"), LstmLayer(16)), skip_frames=1)
        if name == "resnet":
            network = Crnn(Resnet(ResnetOptions(blocks=(1, 1, 2, 1), width_multiplier=0.25)), small, labels)
        elif name == "vgg":
            network = Crnn(Vgg(VggOptions(width_multiplier=0.25)), small, labels)
        else:
            options, head = systems[name]
            network = Crnn(Vgg(replace(options, width_multiplier=0.5)), head, labels)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                for tensor in (module.running_mean, module.bias):
                    nn.init.normal_(tensor, std=0.5)
                for tensor in (module.running_var, module.weight):
                    nn.init.uniform_(tensor, 0.5, 1.5)
        return network.eval()

    return make
