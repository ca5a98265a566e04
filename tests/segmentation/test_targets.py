"""The maps of a line whose places are known."""

from __future__ import annotations

import numpy as np
import pytest

from ocrkit.segmentation.maps import MAP_STRIDE, MAPS
from ocrkit.segmentation.targets import LineTruth, target_maps

LINE = LineTruth(np.array([(20.0, 60.0), (180.0, 60.0)]), ascender=18.0, descender=7.0, x_height=10.0)


def of(name: str, found: np.ndarray) -> np.ndarray:
    return found[MAPS.index(name)]


def test_maps_have_a_value_for_each_two_by_two_pixels() -> None:
    maps, weights = target_maps([LINE], [], None, (101, 200))

    assert maps.shape == weights.shape == (7, 51, 100)
    assert maps.dtype == weights.dtype == np.float32


def test_the_ribbon_lies_on_the_baseline() -> None:
    ribbon = of("baseline", target_maps([LINE], [], None, (100, 200))[0])
    rows = np.arange(50) * MAP_STRIDE + 0.5

    assert ribbon[:, 50].sum() * MAP_STRIDE == pytest.approx(5, abs=1)
    assert (ribbon[:, 50] * rows).sum() / ribbon[:, 50].sum() == pytest.approx(60, abs=0.6)
    assert ribbon[:, :8].max() == ribbon[:, 93:].max() == 0


def test_the_body_reaches_from_the_baseline_to_the_x_height() -> None:
    body = of("body", target_maps([LINE], [], None, (100, 200))[0])

    assert np.flatnonzero(body[:, 50] > 0.4).tolist() == [25, 26, 27, 28, 29, 30]


def test_bars_stand_at_both_ends() -> None:
    ends = of("end", target_maps([LINE], [], None, (100, 200))[0])

    assert ends[28, 10] == ends[28, 90] == 1
    assert ends[28, 14:86].max() == 0


def test_heights_are_in_units_of_the_working_x_height_and_count_on_the_ribbon_alone() -> None:
    maps, weights = target_maps([LINE], [], None, (100, 200))

    assert of("ascender", maps)[30, 50] == pytest.approx(1.8)
    assert of("descender", maps)[30, 50] == pytest.approx(0.7)
    assert of("ascender", weights)[30, 50] == 1
    assert of("ascender", weights)[20, 50] == 0


def test_what_nobody_said_does_not_count() -> None:
    _, weights = target_maps([LINE], None, None, (100, 200))

    assert of("border", weights).max() == 0
    assert of("not_text", weights)[28, 50] == 1
    assert of("not_text", weights)[5, 50] == 0


def test_a_thin_rule_is_not_lost() -> None:
    rule = np.zeros((100, 200), bool)
    rule[31, 20:180] = True

    maps, weights = target_maps([], [], rule, (100, 200))

    assert of("not_text", maps)[15, 10:90].min() == 1
    assert of("not_text", weights).min() == 1


def test_a_line_upside_down_has_its_body_below() -> None:
    turned = LineTruth(LINE.baseline[::-1], 18.0, 7.0, 10.0)

    body = of("body", target_maps([turned], [], None, (100, 200))[0])

    assert np.flatnonzero(body[:, 50] > 0.4).tolist() == [30, 31, 32, 33, 34, 35]


def test_a_scaled_line_keeps_to_its_pixels() -> None:
    half = LINE.scaled(0.5)

    assert half.baseline.tolist() == [[9.75, 29.75], [89.75, 29.75]]
    assert (half.ascender, half.x_height) == (9.0, 5.0)
