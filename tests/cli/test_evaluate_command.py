"""``ocrkit evaluate``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest
from PIL import Image

if TYPE_CHECKING:
    from command import RunOcrkit

KEYS = {"count", "skipped", "unencodable", "cer", "akshara_cer", "wer", "exact", "rejected", "seconds", "bad"} | {
    "confusions",
    "akshara_confusions",
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a model, and four lines, the label of one of which is wrong and of one foreign."""
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    bars.write(Path("lines"), {"1.png": "ab", "2.png": "ca", "3.png": "bb", "4.png": "c"})
    relabel("2.png\tca", "2.png\tcb")
    relabel("4.png\tc", "4.png\tω")
    return tmp_path


def relabel(before: str, after: str) -> None:
    table = Path("lines/labels.tsv")
    table.write_text(table.read_text("utf-8").replace(before, after), "utf-8")


def test_the_rates_are_printed(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines")

    # Two of the seven characters, and two of the four lines.
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert lines[0].startswith("lines      4 in ")
    assert lines[1:4] == ["CER        0.2857", "by akshara 0.2857", "WER        0.5000"]
    assert lines[4] == "exact      0.5000 (95 %: 0.1500 to 0.8500)"
    assert lines[5].startswith("confidence calibration error ")
    assert "ω" in lines[6]
    assert "GREEK SMALL LETTER OMEGA" in lines[6]
    assert [line.split() for line in lines[8:]] == [["1", "b", "a"], ["1", "ω", "c"]]
    assert ran.err == ""


def test_images_that_show_nothing_are_read_and_noted(place: Path, run_ocrkit: RunOcrkit) -> None:
    Image.new("L", (200, 40), 255).save("lines/2.png")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines")

    assert ran.out.startswith("lines      4 in ")
    assert ran.err == "note: lines/2.png: nothing can be seen in it\n"


def test_what_is_confused_can_be_seen(place: Path, run_ocrkit: RunOcrkit) -> None:
    # A space that was not read, and a mark that no letter bears.
    relabel("1.png\tab", "1.png\ta b")
    relabel("3.png\tbb", "3.png\t\u0d3ebb")

    printed = run_ocrkit("evaluate", "-m", "m.safetensors", "lines").out

    assert "     1  (space)  (nothing)\n" in printed
    assert "     1  \u25cc\u0d3e  (nothing)\n" in printed


def test_json_has_every_key_and_rates_are_fractions(place: Path, run_ocrkit: RunOcrkit) -> None:
    told = json.loads(run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--json").out)

    assert told.keys() >= KEYS
    assert (told["count"], told["skipped"], told["unencodable"]) == (4, 0, 1)
    assert told["cer"] == pytest.approx(2 / 7)
    assert (told["wer"], told["exact"]) == (0.5, 0.5)
    assert {"reference": "ω", "read": "c", "count": 1} in told["confusions"]


def test_case_can_be_ignored(place: Path, run_ocrkit: RunOcrkit) -> None:
    relabel("1.png\tab", "1.png\tAB")

    strict = json.loads(run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--json").out)
    lenient = json.loads(run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--json", "--ignore-case").out)

    assert (strict["exact"], lenient["exact"]) == (0.25, 0.5)


def test_only_unreadable_images_are_skipped_and_it_goes_on(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("lines/1.png").write_text("no image")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--json")

    told = json.loads(ran.out)
    assert ran.code == 0
    assert (told["count"], told["skipped"]) == (3, 1)
    assert [Path(bad["name"]).name for bad in told["bad"]] == ["1.png"]
    assert "1.png: it holds text, not an image" in ran.err
    assert ran.err.splitlines()[-1] == "1 of 4 images could not be opened"


def test_a_lexicon_and_several_places_work_together(place: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(Path("more"), {"5.png": "abc"})
    Path("words.txt").write_text("ab\nca\nbb\nc\nabc\n")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "more", "--lexicon", "words.txt", "--json")

    assert json.loads(ran.out)["count"] == 5


def test_a_language_model_is_tuned_on_the_lines(place: Path, run_ocrkit: RunOcrkit) -> None:
    # The lines are read without an error unless the model, which knows no "a", counts for too much.
    units = "".join(f"{log10}\t{unit}\n" for unit, log10 in {"a": -90, "b": -0.5, "c": -0.5, "</s>": -0.5}.items())
    Path("m.arpa").write_text(f"\\data\\\nngram 1=4\n\\1-grams:\n{units}\\end\\\n")
    relabel("2.png\tca", "2.png\tc")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lm", "m.arpa", "--tune-lm")

    head, *rows, best = ran.out.splitlines()
    assert head.split() == ["weight", "bonus", "CER", "WER"]
    trials = {(float(weight), float(bonus)): float(cer) for weight, bonus, cer, _ in map(str.split, rows)}
    assert {(0.0, 0.0), (2.0, 0.0)} <= trials.keys()
    chosen = re.fullmatch(r"best: --lm-weight (\S+) --lm-bonus (\S+)", best)
    assert chosen is not None
    assert trials[float(chosen[1]), float(chosen[2])] == min(trials.values())


def test_trials_of_a_language_model_are_printed_as_json_the_best_first(place: Path, run_ocrkit: RunOcrkit) -> None:
    units = "".join(f"-0.6\t{unit}\n" for unit in ("a", "b", "c", "</s>"))
    Path("m.arpa").write_text(f"\\data\\\nngram 1=4\n\\1-grams:\n{units}\\end\\\n")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lm", "m.arpa", "--tune-lm", "--json")

    trials = json.loads(ran.out)
    assert set(trials[0]) == {"weight", "bonus", "cer", "wer"}
    assert trials[0]["cer"] == min(trial["cer"] for trial in trials)


@pytest.mark.parametrize(
    ("option", "complaint"),
    [
        (("--lm-weight", "1"), "--tune-lm chooses --lm-weight and --lm-bonus itself; leave them out"),
        (("--lm-bonus", "1"), "--tune-lm chooses --lm-weight and --lm-bonus itself"),
        (("--sheet", "s.png"), "--tune-lm heeds no --sheet; give the best weight and bonus without --tune-lm"),
    ],
)
def test_tuning_refuses_what_it_would_pass_over(
    place: Path, run_ocrkit: RunOcrkit, option: tuple[str, str], complaint: str
) -> None:
    Path("m.arpa").write_text("\\data\\\nngram 1=1\n\\1-grams:\n-0.6\ta\n\\end\\\n")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lm", "m.arpa", "--tune-lm", *option)

    assert (ran.code, ran.out) == (1, "")
    assert complaint in ran.err


def test_tuning_needs_a_language_model(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--tune-lm")

    assert (ran.code, ran.out) == (1, "")
    assert "there is no language model to tune; give one with --lm" in ran.err


def test_the_format_can_be_named(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("named").mkdir()
    bars.picture("abc").save("named/abc.png")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "named", "--format", "filename", "--json")

    assert json.loads(ran.out)["exact"] == 1.0


def test_a_sheet_of_readings_is_drawn(place: Path, run_ocrkit: RunOcrkit) -> None:
    run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--sheet", "sheet.png")

    with Image.open("sheet.png") as sheet:
        assert sheet.height > 4 * 4


def test_what_a_source_leaves_out_is_noted(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("pairs").mkdir()
    for name in ("1", "2"):
        bars.picture("abc").save(f"pairs/{name}.png")
    Path("pairs/1.gt.txt").write_text("abc")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "pairs", "--json")

    assert json.loads(ran.out)["count"] == 1
    assert ran.err == "note: pairs: 1 image without a .gt.txt is left out\n"


def test_lines_without_a_reading_are_counted(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("words.txt").write_text(
        "abc\n"
    )  # the four letters' frames of "ab", "ca" and "bb" spell it, those of "c" do not

    printed = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lexicon", "words.txt")
    told = json.loads(run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lexicon", "words.txt", "--json").out)

    assert "; 0 skipped, 1 rejected\n" in printed.out
    assert (
        "1 of 4 lines rejected: no entry of the lexicon fits what they show; all of its entries are in lower case"
        in (printed.err)
    )
    assert told["rejected"] == 1
