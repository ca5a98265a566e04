from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ocrkit.drawing.rendering.fonts import find_faces
from ocrkit.drawing.rendering.typesetting import draw_typesetting
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions, open_synthetic
from ocrkit.errors import ConfigError, FontError, MissingFileError, OptionError, UnknownNameError
from ocrkit.plugin.specs import SourceOptions
from ocrkit.text.charset import Charset
from ocrkit.text.shipped import shipped_charset

pytestmark = pytest.mark.skipif(
    os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no Malayalam faces here"
)

MALAYALAM, ENGLISH = shipped_charset("malayalam"), shipped_charset("english")


@pytest.fixture(scope="module")
def lines() -> Synthetic:
    return Synthetic(MALAYALAM, SyntheticOptions(count=50), seed=7)


def _pixels(samples: Synthetic, index: int) -> bytes:
    image = samples[index].image
    assert not isinstance(image, Path)
    return image().tobytes()


def test_a_sample_is_the_same_in_whatever_order_it_is_asked_for(lines: Synthetic) -> None:
    again = Synthetic(MALAYALAM, SyntheticOptions(count=50), seed=7)

    backwards = [(again[k].text, _pixels(again, k)) for k in reversed(range(8))]

    assert backwards == [(lines[k].text, _pixels(lines, k)) for k in reversed(range(8))]


def test_a_sample_does_not_depend_on_how_many_there_are(lines: Synthetic) -> None:
    longer = Synthetic(MALAYALAM, SyntheticOptions(count=5000), seed=7)

    assert [sample.text for sample in longer[:50]] == [sample.text for sample in lines]


def test_another_process_draws_the_same_pixels(lines: Synthetic, tmp_path: Path) -> None:
    (tmp_path / "sample.pickle").write_bytes(pickle.dumps(lines[3]))
    draw = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).image().tobytes().hex())"

    printed = subprocess.run(
        [sys.executable, "-c", draw, str(tmp_path / "sample.pickle")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert printed.stdout.strip() == _pixels(lines, 3).hex()


def test_a_pickled_sample_is_small(lines: Synthetic) -> None:
    assert len(pickle.dumps(lines[3])) < 1500


def test_another_seed_gives_other_texts(lines: Synthetic) -> None:
    others = Synthetic(MALAYALAM, SyntheticOptions(count=50), seed=8)

    assert not {sample.text for sample in lines} & {sample.text for sample in others if len(sample.text or "") > 8}


def test_wear_does_not_change_the_texts(lines: Synthetic) -> None:
    clean = Synthetic(MALAYALAM, SyntheticOptions(count=50, degrade=0.0), seed=7)

    assert [sample.text for sample in clean] == [sample.text for sample in lines]


def test_neither_typesetting_changes_the_texts(lines: Synthetic) -> None:
    modern = Synthetic(MALAYALAM, SyntheticOptions(count=50, letterpress=0.0, reformed=1.0), seed=7)

    assert [sample.text for sample in modern] == [sample.text for sample in lines]
    assert [_pixels(modern, k) for k in range(8)] != [_pixels(lines, k) for k in range(8)]


def test_a_degradation_left_out_leaves_pictures_that_never_had_it_as_they_were(lines: Synthetic) -> None:
    without = Synthetic(MALAYALAM, SyntheticOptions(count=50, without_degradations=("stain",)), seed=7)

    same = sum(_pixels(without, k) == _pixels(lines, k) for k in range(50))

    assert 25 < same < 50


def test_an_unknown_degradation_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'blur'"):
        SyntheticOptions(without_degradations=("blurr",))


def test_clean_pictures_have_white_edges() -> None:
    clean = Synthetic(MALAYALAM, SyntheticOptions(count=10, degrade=0.0), seed=7)

    for sample in clean:
        assert not isinstance(sample.image, Path)
        page = np.asarray(sample.image())
        edges = np.concatenate([page[0], page[-1], page[:, 0], page[:, -1]])
        assert edges.min() == 255


def test_a_negative_index_counts_from_the_end(lines: Synthetic) -> None:
    assert lines[-1] == lines[49]


@pytest.mark.parametrize("index", [50, -51])
def test_an_index_out_of_range_is_an_index_error(lines: Synthetic, index: int) -> None:
    with pytest.raises(IndexError):
        lines[index]


def test_a_sample_names_its_font_family_as_its_group(lines: Synthetic) -> None:
    assert {sample.group for sample in lines} <= set(lines.families)
    assert "DejaVu Sans" not in lines.families


def test_families_held_out_are_not_drawn_with() -> None:
    seen = Synthetic(MALAYALAM, SyntheticOptions(without_families=("Manjari", "Meera")))
    unseen = Synthetic(MALAYALAM, SyntheticOptions(families=("Manjari", "Meera")))

    assert unseen.families == ("Manjari", "Meera")
    assert not set(seen.families) & set(unseen.families)


def test_an_unknown_family_names_the_nearest() -> None:
    with pytest.raises(FontError, match="no font family 'Manjary'; did you mean 'Manjari'"):
        Synthetic(MALAYALAM, SyntheticOptions(families=("Manjary",)))


def test_a_charset_without_a_space_gives_single_words() -> None:
    words = Synthetic(shipped_charset("malayalam-basic"), SyntheticOptions(count=40, line_words=(2, 5)))

    assert not any(" " in (sample.text or "") for sample in words)


def test_lines_have_as_many_words_as_the_range_allows() -> None:
    lines = Synthetic(ENGLISH, SyntheticOptions(count=100, line_words=(2, 4)))

    words = [sum(any(map(str.isalnum, word)) for word in (sample.text or "").split()) for sample in lines]
    assert {2, 3, 4} <= set(words)
    assert max(words) == 4


def test_words_come_from_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("cat\ndog\n", encoding="utf-8")
    lines = Synthetic(ENGLISH, SyntheticOptions(words=str(tmp_path / "words.txt"), count=30))

    assert set(" ".join(sample.text or "" for sample in lines).split()) == {"cat", "dog"}


def test_a_folder_whose_faces_lack_the_script_is_refused_with_the_reason(tmp_path: Path) -> None:
    dejavu = next(face for face in find_faces() if face.family == "DejaVu Sans")
    (tmp_path / "dejavu.ttf").symlink_to(dejavu.path)
    (tmp_path / "words.txt").write_text("മല\n", encoding="utf-8")

    with pytest.raises(FontError, match=r"none of 1 faces can draw 'മല': DejaVu Sans .*U\+0D2E.*fonts-mlym"):
        Synthetic(
            MALAYALAM, SyntheticOptions(fonts=str(tmp_path), words=str(tmp_path / "words.txt"), line_words=(1, 1))
        )


def test_composed_texts_need_a_face_of_the_script_too(tmp_path: Path) -> None:
    dejavu = next(face for face in find_faces() if face.family == "DejaVu Sans")
    (tmp_path / "dejavu.ttf").symlink_to(dejavu.path)

    with pytest.raises(FontError, match="fonts-mlym"):
        Synthetic(MALAYALAM, SyntheticOptions(fonts=str(tmp_path)))


def test_the_source_needs_a_charset() -> None:
    with pytest.raises(OptionError, match="such as `charset='malayalam'`"):
        open_synthetic(None, SourceOptions())


def test_the_source_takes_its_options_by_name() -> None:
    options = SourceOptions(charset=ENGLISH, seed=2, count=5, extra={"line_words": [1, 1], "degrade": 0})

    samples = open_synthetic(None, options)

    assert len(samples) == 5
    assert samples.options.line_words == (1, 1)


def test_an_unknown_option_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'degrade'"):
        open_synthetic(None, SourceOptions(charset=ENGLISH, extra={"degrad": 0.1}))


def test_a_location_is_a_folder_of_fonts(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no font folder"):
        open_synthetic(tmp_path / "gone", SourceOptions(charset=ENGLISH))


@pytest.mark.parametrize(
    "extra",
    [
        {"count": 0},
        {"count": -3},
        {"degrade": 1.5},
        {"letterpress": 1.5},
        {"reformed": -0.1},
        {"line_words": [0, 2]},
        {"line_words": [3, 2]},
        {"words": "a", "text": "b"},
    ],
)
def test_an_option_out_of_range_is_refused(extra: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        open_synthetic(None, SourceOptions(charset=ENGLISH, extra=extra))


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(OptionError, match="seed -1"):
        Synthetic(ENGLISH, SyntheticOptions(), seed=-1)


@pytest.mark.parametrize("option", ["letterpress", "reformed"])
def test_each_typesetting_option_reaches_the_pictures(option: str) -> None:
    none, all_ = (
        Synthetic(
            MALAYALAM,
            SyntheticOptions(count=12, degrade=0.0, families=("Rachana",), **{"letterpress": 0.0, option: share}),  # type: ignore[arg-type]
            seed=7,
        )
        for share in (0.0, 1.0)
    )

    assert sum(_pixels(none, k) != _pixels(all_, k) for k in range(12)) >= 6


def test_letterpress_is_the_share_of_lines_in_old_type() -> None:
    face = find_faces()[0]

    jitters = [
        draw_typesetting(face, np.random.default_rng(seed), letterpress=share).jitter > 0
        for share in (0.0, 1.0)
        for seed in range(40)
    ]

    assert jitters == [False] * 40 + [True] * 40


def test_a_third_of_lines_is_in_old_type_and_two_fifths_reformed_by_default() -> None:
    [rachana] = [face for face in find_faces() if str(face) == "Rachana Regular"]

    drawn = [draw_typesetting(rachana, np.random.default_rng(seed)) for seed in range(2000)]

    assert np.mean([one.jitter > 0 for one in drawn]) == pytest.approx(0.35, abs=0.055)
    assert np.mean([one.reformed for one in drawn]) == pytest.approx(0.4, abs=0.055)
    assert np.mean([one.stretch != (1.0, 1.0) for one in drawn]) == pytest.approx(0.5, abs=0.055)


def test_lines_run_as_the_charset_does(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("ab שב 12\n", encoding="utf-8")
    options = SyntheticOptions(text=str(tmp_path / "lines.txt"), line_words=(3, 3), count=1, families=("DejaVu Sans",))
    symbols = ("", *"abשב 12")

    drawn = {
        direction: _pixels(Synthetic(Charset("both", symbols, direction=direction), options, seed=1), 0)
        for direction in ("ltr", "rtl")
    }

    assert drawn["ltr"] != drawn["rtl"]


def test_hebrew_words_are_drawn_from_right_to_left(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("שי\n", encoding="utf-8")
    options = SyntheticOptions(words=str(tmp_path / "words.txt"), count=1, degrade=0, families=("DejaVu Sans",))

    image = Synthetic(Charset("hebrew", ("", *"שי"), direction="rtl"), options, seed=1)[0].image
    assert not isinstance(image, Path)
    ink = np.asarray(image()) < 128

    # Yod, a small letter that hangs above the line, stands left of shin.
    lowest = np.flatnonzero(ink.any(axis=1))[-3]
    assert np.flatnonzero(ink[lowest])[0] > np.flatnonzero(ink.any(axis=0))[0] + 2


def test_clean_lines_in_old_type_are_evenly_inked() -> None:
    blocks = Charset("blocks", ("", "█"))
    options = SyntheticOptions(count=20, families=("DejaVu Sans",), degrade=0, letterpress=1.0)

    for sample in Synthetic(blocks, options):
        assert callable(sample.image)
        drawn = np.asarray(sample.image())
        assert np.median(drawn[drawn < 255]) == 0
