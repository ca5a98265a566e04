"""Recognisers that share a network, and lines that others have loaded; see ``bars`` for what is read."""

from __future__ import annotations

import bars

from ocrkit.ctc import Lexicon
from ocrkit.data.loading import load_or_report
from ocrkit.data.records import BadImage, Sample
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer


def test_recognisers_of_which_other_things_are_asked_share_the_network() -> None:
    plain = Recognizer(bars.reader())
    bound = plain.asked(options=DecoderOptions(lexicon=Lexicon.from_words(["cab"], bars.ABC)))
    image = bars.picture("caa")

    [free], [held] = list(plain.read([Sample("line", image.copy)])), list(bound.read([Sample("line", image.copy)]))

    assert (free.text, held.text) == ("caa", "cab")
    assert bound.model is plain.model


def test_lines_that_are_loaded_are_read_in_their_order_and_bad_ones_told() -> None:
    reader = Recognizer(bars.reader(), batch_size=2)
    texts = ["a", "cabba", "bc"]
    lines = [
        load_or_report(Sample(text, bars.picture(text).copy), reader.model.architecture.preprocessing) for text in texts
    ]
    bad = BadImage("torn", "it is damaged")

    read = reader.read_loaded(["one", "torn", "two", "three"], [lines[0], bad, *lines[1:]])

    assert [(one.name, one.text, one.error) for one in read] == [
        ("one", "a", ""),
        ("torn", "", "it is damaged"),
        ("two", "cabba", ""),
        ("three", "bc", ""),
    ]
