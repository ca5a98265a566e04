"""A hook is a function without arguments: call it, and check what it yields."""

from __future__ import annotations

import numpy as np
import ocrkit_example
import pytest

from ocrkit import Change, LineReading, Prediction
from ocrkit.errors import OptionError
from ocrkit.layout.records import Line, Page, Region
from ocrkit.layout.scan import ReadPage
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.plugin.testing import (
    check_charset,
    check_corrector,
    check_decoder,
    check_engine,
    check_export,
    check_head,
    check_page_renderer,
    check_renderer,
)
from ocrkit.plugin.testing.page_samples import BlankScan

(CHARSET,) = ocrkit_example.ocrkit_charsets()
(DECODER,) = ocrkit_example.ocrkit_decoders()
(HEAD,) = ocrkit_example.ocrkit_heads()
(RENDERER,) = ocrkit_example.ocrkit_renderers()
(PAGE_RENDERER,) = ocrkit_example.ocrkit_page_renderers()
(ENGINE,) = ocrkit_example.ocrkit_engines()
(CORRECTOR,) = ocrkit_example.ocrkit_correctors()


def test_the_charset_keeps_its_contract() -> None:
    check_charset(CHARSET)


def test_a_digraph_is_one_label() -> None:
    assert len(CHARSET.encode("fish")) == 3


def test_the_decoder_finds_every_best_labelling() -> None:
    report = check_decoder(DECODER)

    assert report.best == report.lines


def test_a_temperature_changes_no_reading_of_one_frame() -> None:
    log_probs = np.log(np.array([[[0.2, 0.7, 0.1]]], dtype=np.float32))
    hot = DECODER.build(CHARSET, DecoderOptions(extra={"temperature": 3.0}))

    decoded = hot.decode(log_probs, np.array([1]))

    assert decoded[0][0].labels.tolist() == [1]
    assert decoded[0][0].confidences[0] < 0.7


def test_a_temperature_of_nothing_is_refused() -> None:
    with pytest.raises(OptionError, match="above 0"):
        DECODER.build(CHARSET, DecoderOptions(extra={"temperature": 0}))


@pytest.mark.parametrize("options", [DecoderOptions(out_of_lexicon=0.5), DecoderOptions(separators=frozenset({1}))])
def test_an_option_that_would_have_no_effect_is_refused(options: DecoderOptions) -> None:
    assert not options.asked.keys() <= DECODER.honoured


def test_a_beam_of_nothing_is_refused() -> None:
    decoder = DECODER.build(CHARSET, DecoderOptions(beam_width=0))

    with pytest.raises(OptionError, match="beam_width is 0"):
        decoder.decode(np.zeros((1, 1, 3), dtype=np.float32), np.array([1]))


def test_the_head_keeps_its_contract() -> None:
    check_head(HEAD)


def test_the_head_can_be_exported() -> None:
    pytest.importorskip("onnxscript", reason="pip install 'ocrkit[export]'")

    check_export(HEAD)


def test_the_table_keeps_its_contract() -> None:
    check_renderer(RENDERER)


def test_a_bar_in_a_reading_does_not_end_its_cell() -> None:
    rows = "".join(RENDERER.render([Prediction("1.png", "a|b", score=-1.0, confidence=0.5)]))

    assert r"| 1.png | a\|b | 0.500 |" in rows


def test_the_list_of_places_keeps_its_contract() -> None:
    check_page_renderer(PAGE_RENDERER)


def test_a_line_stands_with_its_middle() -> None:
    outline = ((10, 20), (30, 20), (30, 40), (10, 40))
    page = Page("scan.png", 99, 99, (Region("r", outline, (Line("l", (), outline, "cat"),)),), number=3)
    read = ReadPage(page, BlankScan("scan.png", 3, (99, 99)))

    assert b"".join(PAGE_RENDERER.render([read], PAGE_RENDERER.options())) == b"3 20,30 cat\n"


def test_the_engine_keeps_its_contract() -> None:
    check_engine(ENGINE)


def test_the_corrector_keeps_its_contract() -> None:
    check_corrector(CORRECTOR)


def test_a_word_that_looks_like_a_known_one_is_taken_for_it() -> None:
    corrector = CORRECTOR.build(CHARSET, CORRECTOR.options())

    assert corrector.correct(LineReading("a rnodern farm")) == [Change(2, 9, "rnodern", "modern", 1.0)]


def test_a_word_that_may_be_two_known_ones_is_left_alone() -> None:
    corrector = CORRECTOR.build(CHARSET, CORRECTOR.options(words=("corn", "com")))

    assert corrector.correct(LineReading("corn")) == []
