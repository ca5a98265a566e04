"""Backbones and heads of plugins, which torch turns into nodes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ocrkit.nets.crnn import Crnn
from ocrkit.nets.heads import Blstms
from ocrkit.nets.options import BlstmOptions, HeadOptions, LstmLayer, VggOptions
from ocrkit.nets.vgg import Vgg

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")

from ocrkit.errors import ExportError
from ocrkit.nets.exporting import compare_with_torch, export_crnn

pytestmark = pytest.mark.skipif(not hasattr(torch.export.Dim, "DYNAMIC"), reason="torch is older than 2.6")


class Stripes(nn.Module):
    def __init__(self):
        super().__init__()
        self.out_channels = 12
        self.convolution = nn.Conv2d(1, 12, (32, 7), stride=(1, 4))

    def frames(self, width):
        fitting = (width - 7) // 4 + 1
        return fitting.clamp(min=0) if isinstance(fitting, torch.Tensor) else max(0, fitting)

    def forward(self, images, widths):
        inside = torch.arange(images.shape[3], device=images.device) < widths[:, None, None, None]
        if self.frames(images.shape[3]) == 0:
            return images.new_zeros(len(images), 12, 0)
        return self.convolution(images * inside)[:, :, 0].relu()


class Narrow(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.out_features = 10
        self.see = nn.Conv1d(features, 10, 5, padding=2)

    def forward(self, frames, lengths):
        own = torch.arange(frames.shape[1], device=frames.device) < lengths[:, None]
        return self.see((frames * own[:, :, None]).transpose(1, 2)).relu().transpose(1, 2)


class Mixed(nn.Module):
    """Parts of ocrkit's inside a plugin's, and a recurrence of torch's."""

    def __init__(self, features):
        super().__init__()
        self.out_features = 6
        self.both_ways = Blstms(features, BlstmOptions((LstmLayer(5),)))
        self.onward = nn.GRU(10, 6, batch_first=True)

    def forward(self, frames, lengths):
        return self.onward(self.both_ways(frames, lengths))[0]


class Linear(nn.Module):
    """A head that looks at one frame at a time; those below cannot be exported."""

    def __init__(self, features):
        super().__init__()
        self.out_features = 8
        self.layer = nn.Linear(features, 8)

    def forward(self, frames, lengths):
        return self.layer(frames)


class Looking(Linear):
    def forward(self, frames, lengths):
        return self.layer(frames if lengths.max() > 4 else 2 * frames)


class Looping(Linear):
    def forward(self, frames, lengths):
        return torch.stack([self.layer(frames[:, place]) for place in range(frames.shape[1])], 1)


class Rare(Linear):
    def forward(self, frames, lengths):
        return torch.special.bessel_j0(self.layer(frames))


class Failing(Linear):
    def forward(self, frames, lengths):
        raise ValueError("one line is not enough")


def small():
    return Vgg(VggOptions(height=16, channels=(4, 6), pools=("2x2", "2x2")))


def network(backbone, head=None, skip_frames=0):
    torch.manual_seed(6)
    options = HeadOptions(rnn=(LstmLayer(8),), skip_frames=skip_frames)
    built = backbone()
    return Crnn(built, options, 20, context=head and head(built.out_channels)).eval()


@pytest.mark.parametrize(("backbone", "height", "head"), [(Stripes, 32, Narrow), (small, 16, Mixed)])
def test_a_plugin_s_parts_give_what_they_give_in_torch(backbone, height, head):
    built = network(backbone, head, skip_frames=1)

    model = export_crnn(built, height=height)

    assert compare_with_torch(built, model, batches=8).frames > 0


def test_a_part_whose_layers_somebody_has_changed_is_exported_as_it_is():
    built = network(small)
    built.backbone.stack.stages[0].layers[2] = nn.Sigmoid()

    assert compare_with_torch(built, export_crnn(built, height=16), batches=5).frames > 0


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (Looking, r"the head Looking cannot be exported: it hangs on the value of a tensor at .*parts.py:\d+"),
        (Looping, r"the head Looping cannot .* of its frames for a fixed 17, as a loop over frames does; use layers"),
        (Rare, r"the head Rare cannot be exported: ONNX has nothing for its operation prims.bessel_j0"),
        (Failing, r"the head Failing cannot be exported: ValueError at .*parts.py:\d+: one line is not enough"),
    ],
)
def test_what_cannot_be_exported_is_told_with_the_way_out(head, reason, capfd):
    with pytest.raises(ExportError, match=reason):
        export_crnn(network(small, head), height=16)

    assert capfd.readouterr() == ("", "")
