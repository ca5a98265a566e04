"""Options of networks: what is refused, and how it is said."""

from __future__ import annotations

import pytest

from ocrkit.config import from_table, to_table
from ocrkit.errors import OptionError
from ocrkit.nets.options import BlstmOptions, HeadOptions, LstmLayer, ResnetOptions, VggOptions


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"height": 0}, "height is 0; expected at least 1 px"),
        ({"channels": ()}, r"channels is \[\]; expected at least one"),
        ({"channels": (8, 0)}, r"channels is \[8, 0\]"),
        ({"channels": (8, 8)}, "pools has 6 entries for 2 convolutions"),
        ({"kernels": (3, 3)}, "kernels has 2 entries for 6 convolutions; .* or a single one for all"),
        ({"kernels": (8,)}, "kernels holds 8; expected edges of 1 to 7 px"),
        ({"padding": ("full",)}, "padding holds 'full'; expected 'same' or 'valid'"),
        ({"pools": ("2", "", "", "", "", "")}, "pools holds '2'; expected height x width"),
        ({"dropout": (1.0,)}, "dropout is 1.0; expected a share from 0 to below 1"),
        ({"dense_dropout": -0.1}, "dense_dropout is -0.1"),
        ({"dense": -1}, "dense is -1; expected a number of features, or 0"),
        ({"width_multiplier": 0.0}, "width_multiplier is 0.0; expected a factor above 0"),
        ({"height": 15}, r"nothing is left of a height of 15 px .*\(pools\), or taller images \(height\)"),
    ],
)
def test_vgg_refuses_what_cannot_be_built(options, message):
    with pytest.raises(OptionError, match=message):
        VggOptions(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stem": ()}, r"stem is \[\]"),
        ({"blocks": (1, 1)}, "blocks has 2 entries for 4 stages"),
        ({"blocks": (1, 0, 1, 1)}, "blocks holds 0; expected at least 1 block a stage"),
        ({"pools": ("", "", "")}, "pools has 3 entries for 4 stages"),
        ({"dropout": 2.0}, "dropout is 2.0"),
        ({"height": 8}, "nothing is left of a height of 8 px"),
    ],
)
def test_resnet_refuses_what_cannot_be_built(options, message):
    with pytest.raises(OptionError, match=message):
        ResnetOptions(**options)


def test_unpadded_kernels_count_in_what_is_left_of_the_height():
    # 6 - 4 = 2 rows after a kernel of 5, 1 after the pool, none after a second kernel of 2.
    with pytest.raises(OptionError, match="nothing is left of a height of 6 px"):
        VggOptions(height=6, channels=(8, 8), kernels=(5, 2), padding=("valid",), pools=("2x2", ""))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LstmLayer(0), "size is 0; expected at least 1 unit"),
        (lambda: LstmLayer(8, "mean"), "merge is 'mean'; expected 'concat' or 'sum'"),
        (lambda: HeadOptions(skip_frames=-1), "skip_frames is -1; expected 0 or more frames"),
        (lambda: HeadOptions(dropout=1.5), "dropout is 1.5"),
        (lambda: HeadOptions(options={"dropout": 0.1}), "said as head.dropout, not as head.options.dropout"),
        (lambda: HeadOptions((LstmLayer(8),), options={"rnn": [{"size": 8}]}), "said twice, as head.rnn and as"),
        (lambda: BlstmOptions((LstmLayer(1),) * 1001), "rnn has 1001 entries; expected 1000 at most"),
    ],
)
def test_the_head_refuses_what_cannot_be_built(make, message):
    with pytest.raises(OptionError, match=message):
        make()


@pytest.mark.parametrize(
    "options", [VggOptions(), ResnetOptions(), HeadOptions(rnn=(LstmLayer(8, "sum"),)), BlstmOptions()]
)
def test_options_survive_a_table(options):
    assert from_table(type(options), to_table(options)) == options


def test_a_sum_gives_half_the_features_of_a_concatenation():
    assert (LstmLayer(8, "sum").features, LstmLayer(8, "concat").features) == (8, 16)
