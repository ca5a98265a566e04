"""``ocrkit decode``, on pictures of bars and a model that reads them."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
from PIL import Image

import ocrkit

if TYPE_CHECKING:
    from command import RunOcrkit

TEXTS = {"1.png": "ab", "2.png": "ca", "10.png": "abba", "3.png": ""}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a model ``m.safetensors``, and pictures below ``lines``."""
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    bars.write(Path("lines"), TEXTS)
    return tmp_path


def test_paths_and_texts_come_in_the_order_of_the_inputs(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-m", "m.safetensors", "lines/10.png", "lines/1.png")

    assert (ran.code, ran.out) == (0, "lines/10.png\tabba\nlines/1.png\tab\n")
    assert ran.err == ""


@pytest.mark.parametrize("given", ["lines", "lines/*.png", "l*s"])
def test_a_folder_and_a_glob_are_read_in_natural_order(place: Path, run_ocrkit: RunOcrkit, given: str) -> None:
    ran = run_ocrkit("decode", "-m", "m.safetensors", given)

    assert ran.out == "lines/1.png\tab\nlines/2.png\tca\nlines/3.png\t\nlines/10.png\tabba\n"


def test_a_list_on_stdin_may_name_what_is_not_there(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-m", "m.safetensors", stdin="lines/1.png\n\ngone.png\r\nlines/2.png")

    assert ran.out == "lines/1.png\tab\nlines/2.png\tca\n"
    assert ran.err == "left out gone.png: no such file\n1 of 3 images could not be opened\n"
    assert ran.code == 1


def test_names_with_spaces_and_other_scripts_are_kept(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.picture("c").save("മല യാളം.png")

    assert run_ocrkit("decode", "-m", "m.safetensors", "മല യാളം.png").out == "മല യാളം.png\tc\n"


def test_pages_of_a_tiff_are_read_one_by_one(place: Path, run_ocrkit: RunOcrkit) -> None:
    pages = [bars.picture(text) for text in ("ab", "c", "ba")]
    pages[0].save("lines.tif", save_all=True, append_images=pages[1:])

    ran = run_ocrkit("decode", "-m", "m.safetensors", "lines.tif")
    one = run_ocrkit("decode", "-m", "m.safetensors", "lines.tif#3")

    assert (ran.out, ran.err) == ("lines.tif#1\tab\nlines.tif#2\tc\nlines.tif#3\tba\n", "")
    assert one.out == "lines.tif#3\tba\n"


def test_a_turned_image_tells_in_which_frame_its_pixels_count(place: Path, run_ocrkit: RunOcrkit) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = bars.picture("ab")
    picture.rotate(90, expand=True).save("turned.png", exif=exif)

    told = json.loads(run_ocrkit("decode", "-m", "m.safetensors", "turned.png", "--to", "jsonl").out)

    assert told["text"] == "ab"
    assert told["frame"] == {"width": picture.width, "height": picture.height, "orientation": 6}


def test_odd_images_are_read_and_noted(place: Path, run_ocrkit: RunOcrkit) -> None:
    Image.new("L", (200, 40), 255).save("blank.png")
    page = Image.new("L", (700, 1000), 255)
    page.paste(0, (100, 100, 600, 140))
    page.save("page.png")

    ran = run_ocrkit("decode", "-m", "m.safetensors", "blank.png", "page.png", "lines/1.png")

    assert ran.code == 0
    assert ran.out.count("\n") == 3
    assert ran.err.splitlines() == [
        "note: blank.png: nothing can be seen in it",
        "note: page.png: it is high for one line of text; expected a line, so cut those of a page apart first",
    ]


def test_many_odd_images_are_summed(place: Path, run_ocrkit: RunOcrkit) -> None:
    for number in range(5):
        Image.new("L", (200, 40), 255).save(f"blank{number}.png")

    ran = run_ocrkit("decode", "-m", "m.safetensors", "blank*.png")

    assert ran.err == "note: 5 images, such as blank0.png: nothing can be seen in them\n"


def test_text_is_the_texts_alone(place: Path, run_ocrkit: RunOcrkit) -> None:
    assert run_ocrkit("decode", "-m", "m.safetensors", "lines", "--to", "text").out == "ab\nca\n\nabba\n"


def test_jsonl_tells_scores_readings_and_where_each_character_stands(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-m", "m.safetensors", "lines/1.png", "--to", "jsonl", "--n-best", "3")

    told = json.loads(ran.out)
    assert (told["name"], told["text"], told["rejected"]) == ("lines/1.png", "ab", False)
    assert [(c["text"], c["left"], c["right"]) for c in told["characters"]] == [("a", 0, 4), ("b", 8, 12)]
    assert len(told["alternatives"]) == 2
    assert 0.99 < told["confidence"] <= 1
    assert told["score"] >= told["alternatives"][0]["score"] >= told["alternatives"][1]["score"]


def test_a_lexicon_decides_what_a_line_may_be(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("words.txt").write_bytes(gzip.compress(b"abbb\ncb\n"))

    ran = run_ocrkit("decode", "-m", "m.safetensors", "lines/10.png", "lines/2.png", "--lexicon", "words.txt")

    assert ran.out == "lines/10.png\tabbb\nlines/2.png\tcb\n"


def test_words_that_cannot_be_spelled_are_left_out_on_request_and_counted(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("words.txt").write_text("abbb\nxa\nxb\nxc\nxd\n")

    ran = run_ocrkit("decode", "-m", "m.safetensors", "lines/10.png", "--lexicon", "words.txt", "--unencodable", "skip")

    assert ran.out == "lines/10.png\tabbb\n"
    assert ran.err == "left out 4 words of words.txt that charset 'abc' cannot spell: 'xa', 'xb', 'xc', …\n"


@pytest.mark.parametrize("decoder", ["greedy", "beam", "ocrkit:beam"])
def test_a_decoder_is_chosen_by_name(place: Path, run_ocrkit: RunOcrkit, decoder: str) -> None:
    ran = run_ocrkit("decode", "-m", "m.safetensors", "lines/1.png", "--decoder", decoder)

    assert ran.out == "lines/1.png\tab\n"


def test_lexicon_search_of_whole_lines_works_on_a_charset_with_a_space(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.reader(bars.AB_AND_SPACE).save("spaced.safetensors")
    bars.picture("a b", bars.AB_AND_SPACE).save("line.png")
    Path("lines.txt").write_text("a b\nb a\n")

    ran = run_ocrkit("decode", "-m", "spaced.safetensors", "line.png", "--lexicon", "lines.txt", "--decoder", "lexicon")

    assert ran.out == "line.png\ta b\n"


def test_a_lexicon_of_words_reads_lines_of_them(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.reader(bars.AB_AND_SPACE).save("spaced.safetensors")
    bars.picture("a ba", bars.AB_AND_SPACE).save("line.png")
    Path("words.txt").write_text("a\nba\n")
    decode = ("decode", "-m", "spaced.safetensors", "line.png", "--lexicon", "words.txt")

    assert run_ocrkit(*decode).out == "line.png\ta ba\n"
    assert run_ocrkit(*decode, "--separators", " b", "--decoder", "text").out == "line.png\ta ba\n"


def test_a_word_that_is_no_entry_is_read_for_its_cost(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.reader(bars.AB_AND_SPACE).save("spaced.safetensors")
    bars.picture("b ab", bars.AB_AND_SPACE).save("line.png")
    Path("words.txt").write_text("ab\n")
    decode = ("decode", "-m", "spaced.safetensors", "line.png", "--lexicon", "words.txt")

    assert run_ocrkit(*decode, "--out-of-lexicon", "0.5").out == "line.png\tb ab\n"
    assert run_ocrkit(*decode).out != "line.png\tb ab\n"


def test_a_language_model_weighs_what_is_read(place: Path, run_ocrkit: RunOcrkit) -> None:
    head = "\\data\\\nngram 1=4\n\\1-grams:\n"
    Path("plain.arpa").write_text(f"{head}-0.5\ta\n-0.5\tb\n-0.5\tc\n-0.5\t</s>\n\\end\\\n")
    Path("no-a.arpa").write_text(f"{head}-90\ta\n-0.5\tb\n-0.5\tc\n-0.5\t</s>\n\\end\\\n")
    Path("words.txt").write_text("ab\nb\n")
    decode = ("decode", "-m", "m.safetensors", "lines/1.png")

    assert run_ocrkit(*decode, "--lm", "plain.arpa", "--lm-bonus", "0.5").out == "lines/1.png\tab\n"
    assert run_ocrkit(*decode, "--lm", "no-a.arpa", "--lm-weight", "1").out != "lines/1.png\tab\n"
    by_word = ("--lm", "plain.arpa", "--lm-unit", "word", "--lexicon", "words.txt", "--lm-weight", "0")
    assert run_ocrkit(*decode, *by_word).out == "lines/1.png\tab\n"


def test_without_a_model_the_newest_run_is_taken_and_named(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.reader().save("runs/abc-1/model.safetensors")

    ran = run_ocrkit("decode", "lines/1.png")

    assert ran.out == "lines/1.png\tab\n"
    assert ran.err == "reading with runs/abc-1/model.safetensors (the newest run)\n"


def test_a_charset_beside_a_model_of_another_is_noted(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "-m", "m.safetensors", "-c", "english", "lines/1.png")

    assert ran.code == 0
    assert ran.err == "note: --charset english only chooses among models, and m.safetensors does not read it\n"


def test_posteriors_are_decoded_with_the_charset_of_a_model(place: Path, run_ocrkit: RunOcrkit) -> None:
    np.save("p.npy", bars.log_probs(["ab", "cca"], frames=9))
    np.savez("q.npz", log_probs=bars.log_probs(["bc"], frames=5).astype(np.float16), lengths=np.array([2]))

    ran = run_ocrkit("decode", "-m", "m.safetensors", "p.npy", "q.npz")

    assert ran.out == "p.npy#0\tab\np.npy#1\tcca\nq.npz#0\tb\n"


def test_posteriors_need_no_model_where_a_charset_is_named(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("bars.toml").write_text(
        'name = "bars"\nscript = "Latn"\nlanguages = ["en"]\n[[group]]\nname = "letters"\ntext = "abc"\n'
    )
    np.save("p.npy", bars.log_probs(["cab"], frames=6))
    Path("words.txt").write_text("cb\nca\n")

    read = run_ocrkit("decode", "-c", "bars.toml", "p.npy", "--beam-width", "8")
    constrained = run_ocrkit("decode", "-c", "bars.toml", "p.npy", "--lexicon", "words.txt")

    assert read.out == "p.npy#0\tcab\n"
    assert constrained.out in ("p.npy#0\tcb\n", "p.npy#0\tca\n")
    assert (read.err, constrained.err) == ("", "")


def test_posteriors_of_a_union_are_decoded(place: Path, run_ocrkit: RunOcrkit) -> None:
    from ocrkit.plugin.charset_expression import resolve_charset

    charset = resolve_charset("english-basic+malayalam-basic")
    np.save("p.npy", bars.log_probs(["aക"], charset, frames=4))

    assert run_ocrkit("decode", "-c", "english-basic+malayalam-basic", "p.npy").out == "p.npy#0\taക\n"


def process(place: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    own = {"PYTHONPATH": str(Path(ocrkit.__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "ocrkit", *arguments],
        cwd=place,
        env={**os.environ, **own, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def many(place: Path, count: int) -> list[str]:
    return [f"lines/{name}" for name in TEXTS] * count


def test_a_reader_that_leaves_ends_it_quietly(place: Path) -> None:
    with process(place, "decode", "-m", "m.safetensors", "--workers", "0", *many(place, 2000)) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        first = running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read()

    assert (first, said) == ("lines/1.png\tab\n", "")
    assert running.returncode == 128 + signal.SIGPIPE


def test_an_interrupt_ends_it_with_130(place: Path) -> None:
    with process(place, "decode", "-m", "m.safetensors", "--workers", "2", *many(place, 2000)) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        running.stdout.read()
        said = running.stderr.read()

    assert said.splitlines()[-1] == "interrupted"
    assert "Traceback" not in said
    assert running.returncode == 130


def test_many_lines_are_loaded_by_workers_and_keep_their_order(place: Path) -> None:
    with process(place, "decode", "-m", "m.safetensors", "--workers", "2", *many(place, 150)) as running:
        out, said = running.communicate()

    assert out.splitlines() == [f"lines/{name}\t{text}" for name, text in TEXTS.items()] * 150
    noted = "note: 150 images, such as lines/3.png: nothing can be seen in them\n"  # whose text is empty
    assert (said, running.returncode) == (noted, 0)


def test_results_are_utf_8_whatever_the_locale(place: Path) -> None:
    bars.picture("c").save(place / "മല.png")

    with process(place, "decode", "-m", "m.safetensors", "മല.png", PYTHONIOENCODING="ascii") as running:
        out, said = running.communicate()

    assert (out, said) == ("മല.png\tc\n", "")
