"""Bad input, one thing at a time: a short clear answer on stderr, exit code 1 or 2, never a traceback."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
import torch
from PIL import Image

import ocrkit

if TYPE_CHECKING:
    from command import RunOcrkit


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of good and bad things; ``m`` is a model that reads a, b and c, ``spaced`` one that reads spaces."""
    folder = tmp_path_factory.mktemp("bad")
    bars.reader().save(folder / "m.safetensors")
    bars.reader(bars.AB_AND_SPACE).save(folder / "spaced.safetensors")
    bars.write(folder / "good", {"1.png": "ab", "2.png": "ca", "3.png": "b"})
    (folder / "text.png").write_text("no picture at all\n")
    noise = np.random.default_rng(0).integers(0, 256, (20, 60), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "cut.png")
    (folder / "cut.png").write_bytes((folder / "cut.png").read_bytes()[:600])
    (folder / "empty.png").touch()
    (folder / "nothing").mkdir()
    (folder / "junk").mkdir()
    (folder / "junk" / "a.ttf").write_text("no face")
    _write_models(folder)
    _write_lexicons(folder)
    _write_posteriors(folder)
    return folder


def _write_models(folder: Path) -> None:
    with (folder / "pickle.safetensors").open("wb") as file:
        pickle.dump({"weights": [1.0]}, file)
    torch.save({"weights": torch.zeros(2)}, folder / "torch.pt")
    whole = (folder / "m.safetensors").read_bytes()
    (folder / "cut.safetensors").write_bytes(whole[:-20])
    (folder / "stub.safetensors").write_bytes(whole[:100])


def _write_lexicons(folder: Path) -> None:
    (folder / "empty.txt").touch()
    (folder / "foreign.txt").write_text("ab\nxy\nzz\nqq\nww\n")
    (folder / "words.txt").write_text("ab\nba\nb\n")


def _write_posteriors(folder: Path) -> None:
    good = bars.log_probs(["ab", "c"], frames=8)
    nan = good.copy()
    nan[1, 2, 3] = np.nan
    arrays = {"good": good, "nan": nan, "double": good.astype(float), "flat": good[0, 0], "wide": good[:, :, :3]}
    arrays |= {"integers": np.zeros((2, 8, 4), int), "strings": np.full((2, 8, 4), "a")}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    np.save(folder / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.savez(folder / "long.npz", log_probs=good, lengths=np.array([9, 2]))
    np.savez(folder / "negative.npz", log_probs=good, lengths=np.array([8, -1]))
    np.savez(folder / "few.npz", log_probs=good, lengths=np.array([8]))
    np.savez(folder / "other.npz", probabilities=good)
    (folder / "cut.npy").write_bytes((folder / "good.npy").read_bytes()[:150])
    (folder / "text.npy").write_text("no numbers")


def complaint(run_ocrkit: RunOcrkit, place: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> str:
    """What a command that fails prints: one line on stderr that is no traceback, and nothing else anywhere."""
    monkeypatch.chdir(place)

    ran = run_ocrkit(*command.split())

    assert ran.code == 1
    assert ran.out == ""
    told = ran.err
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert "unexpected" not in told
    assert "Traceback" not in told
    return told.removeprefix("error: ").rstrip("\n")


BAD = {
    # images
    "decode -m m.safetensors gone.png": "no file or folder 'gone.png'",
    "decode -m m.safetensors nothing": "nothing: no image in this folder",
    "decode -m m.safetensors lines/*.png": "no file matches 'lines/*.png'",
    "decode -m m.safetensors": "nothing to read: the list on stdin is empty",
    # lexicons
    "decode -m m.safetensors good --lexicon gone.txt": "no lexicon file 'gone.txt'",
    "decode -m m.safetensors good --lexicon empty.txt": "empty.txt: an empty lexicon; expected one word a line",
    "decode -m m.safetensors good --lexicon foreign.txt": "cannot spell 4 of 5 words: 'xy' in line 2 for 'x'",
    "evaluate -m m.safetensors good --lexicon foreign.txt": "and 1 more; --unencodable skip leaves them out",
    "decode -m m.safetensors good --lexicon words.txt --unencodable keep": "--unencodable is 'keep'; expected error",
    "decode -m m.safetensors good --lexicon words.txt --separators z": "--separators: 'z' (U+007A LATIN",
    "decode -m m.safetensors good --lexicon words.txt --out-of-lexicon -1": "--out-of-lexicon is -1.0; it lies in",
    "decode -m m.safetensors good --out-of-lexicon 1": "use --decoder text with a --lexicon, or leave it out",
    # language models
    "decode -m m.safetensors good --lm gone.arpa": "no language model 'gone.arpa'",
    "decode -m m.safetensors good --lm words.txt": "words.txt:3: no line \\data\\; expected an n-gram model",
    "decode -m m.safetensors good --lm words.txt --lm-unit letter": "--lm-unit is 'letter'; expected character or word",
    "evaluate -m m.safetensors good --lm-weight 1": "no language model for --lm-weight to apply to; give one with --lm",
    "decode -m m.safetensors good --decoder text": "needs a lexicon; give it a word list with --lexicon",
    "decode -m m.safetensors good --decoder lexicon": "needs a lexicon; give it a word list with --lexicon",
    # models
    "decode -m gone.safetensors good": "no model file 'gone.safetensors'",
    "decode -m pickle.safetensors good": "is a Python pickle, not a safetensors file; ocrkit never unpickles",
    "decode -m torch.pt good": "is a zip archive, as torch.save writes, not a safetensors file",
    "decode -m cut.safetensors good": "cut.safetensors: truncated: ",
    "decode -m stub.safetensors good": "stub.safetensors: truncated: 100 bytes",
    "decode -m nothing good": "'nothing' holds no model.safetensors",
    "decode -m good/1.png good": "is a PNG image",
    "evaluate -m cut.safetensors good": "truncated",
    "models show cut.safetensors": "truncated",
    "models show pickle.safetensors": "is a Python pickle",
    "train good -c abc.toml -i pickle.safetensors -o r": "is a Python pickle",
    # names
    "train -c malyalam": "no charset 'malyalam'; did you mean 'malayalam'?",
    "train good -c from-data --backbone vg -e good -o r": "no backbone 'vg'; did you mean 'vgg'?",
    "train good -c from-data --head bltsm -e good -o r": "no head 'bltsm'; did you mean 'blstm'?",
    "train good --recipe captca": "no recipe 'captca'; did you mean 'captcha'?",
    "train good -c from-data --set training.epoch=3": "no option 'epoch'; did you mean 'epochs'?",
    "train good -c from-data --set trainin.epochs=3": "no option 'trainin'; did you mean 'training'?",
    "train good -c from-data --set epochs": "--set 'epochs' is not of the form section.key=value",
    "train good -c from-data --precision flot32": "'flot32'; did you mean 'float32'?",
    "train good -c from-data --format label": "no source 'label'; did you mean 'labels'?",
    "decode -m m.safetensors good --decoder bean": "no decoder 'bean'; did you mean 'beam'?",
    "decode -m m.safetensors good --to tvs": "'tvs'; did you mean 'tsv'?",
    "decode -c malyalam good.npy": "no charset 'malyalam'; did you mean 'malayalam'?",
    # numbers out of range
    "decode -m m.safetensors good --beam-width 0": "--beam-width is 0; it is at least 1",
    "decode -m m.safetensors good --n-best 0": "--n-best is 0; it is at least 1",
    "decode -m m.safetensors good --threads -1": "--threads is -1; it is at least 0",
    "decode -m m.safetensors good --batch-size 0": "--batch-size is 0; it is at least 1",
    "decode -m m.safetensors good --decoder greedy --beam-width 4": "use --decoder beam, or leave it out",
    "decode -m m.safetensors good -d cuda:99": "device 'cuda:99' is not there",
    "decode -m m.safetensors good -d cud": "no device 'cud'; expected auto, cpu, cuda",
    "train good -c from-data -N 0": "epochs is 0; expected at least 1",
    # training data
    "train gone -c from-data": "no file or folder 'gone'",
    "train good -c from-data -o r": "3 lines are too few to set a share of 0.1 aside for validation",
    "train good -c malayalam -e good -o r": "cannot spell 3 of 3 labels; it lacks 'a' (U+0061 LATIN SMALL LETTER A) 2x",
    "train --resume nothing": "'nothing' holds no run to resume",
    "train --resume gone": "'gone' holds no run to resume",
    "train --resume nothing -o r": "--resume goes on with a run as it was set up",
    "train good --config gone.toml": "no configuration file 'gone.toml'",
    "train good -c from-data --words words.txt": "say how lines are drawn, and none is where DATA names lines",
    "train -c from-data": "charset 'from-data' is made from training texts, and there are none here",
    # evaluation data
    "evaluate -m m.safetensors gone": "no file or folder 'gone'",
    "evaluate -m m.safetensors nothing": "nothing: no labels.tsv, .csv or .jsonl",
    "evaluate -m m.safetensors good --sheet sheet.xyz": "--sheet sheet.xyz cannot be written",
    # posteriors
    "decode -m m.safetensors gone.npy": "no file 'gone.npy'",
    "decode -m m.safetensors nan.npy": "nan.npy: log_probs[line 1, frame 2, label 3] is nan",
    "decode -m m.safetensors double.npy": "double.npy: log_probs has dtype float64; expected float32 or float16",
    "decode -m m.safetensors integers.npy": "integers.npy: log_probs has dtype int64; expected float32 or float16",
    "decode -m m.safetensors strings.npy": "strings.npy: log_probs has dtype <U1; expected float32 or float16",
    "decode -m m.safetensors flat.npy": "flat.npy: log_probs has shape (4,); expected (lines, frames, labels)",
    "decode -m m.safetensors wide.npy": "wide.npy: has 3 labels a frame; charset 'abc' has 4",
    "decode -m m.safetensors objects.npy": "objects.npy: holds pickled objects, which ocrkit never opens",
    "decode -m m.safetensors text.npy": "text.npy: is not a NumPy file",
    "decode -m m.safetensors cut.npy": "cut.npy: is damaged or truncated",
    "decode -m m.safetensors long.npz": "long.npz: lengths[0] is 9; it is a number of frames, 0..8",
    "decode -m m.safetensors negative.npz": "negative.npz: lengths[1] is -1; it is a number of frames, 0..8",
    "decode -m m.safetensors few.npz": "few.npz: lengths has shape (1,); expected (2,)",
    "decode -m m.safetensors other.npz": "other.npz: has no array 'log_probs'; it holds 'probabilities'",
    "decode -m m.safetensors good.npy --beam-width 0": "--beam-width is 0; it is at least 1",
    "decode -m m.safetensors good.npy good/1.png": "images and saved log-probabilities do not go together",
    "decode -c english-basic good.npy": "good.npy: has 4 labels a frame; charset 'english-basic' has 53",
}

# What draws lines looks for a shaping library, or for faces, before all else.
BAD_DRAWING = {
    "train -c malayalam --fonts nothing -o r": "no font file (.ttf, .otf, .ttc, .otc) in 'nothing'",
    "train -c malayalam --fonts junk -o r": "no usable face in 'junk': 1 font file, refused: junk/a.ttf: FreeType",
    "train -c malayalam --fonts gone -o r": "no font folder 'gone'",
    "train -c english --words gone.txt -o r": "no file 'gone.txt'",
    "train -c malayalam --words foreign.txt -o r": "charset 'malayalam' can spell none of its 5 words",
    "train -c english --set synthetic.families=['Nimbos'] -o r": "no font family 'Nimbos'",
    "train -c english --set synthetic.fontz=3 -o r": "no option 'fontz'; did you mean 'fonts'?",
}


@pytest.mark.skipif(os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no faces to draw with")
@pytest.mark.parametrize("command", BAD_DRAWING)
def test_one_line_says_what_is_wrong_with_what_is_to_be_drawn(
    command: str, run_ocrkit: RunOcrkit, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert BAD_DRAWING[command] in complaint(run_ocrkit, place, monkeypatch, command)


@pytest.mark.parametrize("command", BAD)
def test_one_line_says_what_is_wrong(
    command: str, run_ocrkit: RunOcrkit, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "abc.toml").write_text(
        'name = "abc"\nscript = "Latn"\nlanguages = ["en"]\n[[group]]\nname = "l"\ntext = "abc"\n'
    )

    assert BAD[command] in complaint(run_ocrkit, place, monkeypatch, command)


@pytest.mark.usefixtures("no_plugins")
def test_without_any_model_it_says_where_models_come_from(
    run_ocrkit: RunOcrkit, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    told = complaint(run_ocrkit, place, monkeypatch, "decode good")

    assert "no model: there is no run below 'runs' and none is installed" in told
    assert "'ocrkit train' makes one, 'pip install ocrkit-models' brings some, --model names one" in told


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("text.png", "it holds text, not an image"),
        ("cut.png", "the image is truncated"),
        ("empty.png", "the file is empty"),
    ],
)
def test_a_bad_image_is_named_counted_and_left_out(
    name: str, reason: str, run_ocrkit: RunOcrkit, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)

    ran = run_ocrkit("decode", "-m", "m.safetensors", name, "good/1.png")

    assert ran.out == "good/1.png\tab\n"
    first, count = ran.err.splitlines()
    assert first.startswith(f"left out {name}: {reason}")
    assert count == "1 of 2 images could not be opened"
    assert ran.code == 1


def test_labels_too_long_for_their_images_stop_training_by_name(
    run_ocrkit: RunOcrkit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars.write(tmp_path / "lines", {f"{number}.png": "ab" for number in range(9)})
    table = tmp_path / "lines" / "labels.tsv"
    table.write_text(table.read_text().replace("3.png\tab", "3.png\t" + "abc" * 20))
    monkeypatch.chdir(tmp_path)

    ran = run_ocrkit("train", "lines", "-e", "lines", "-c", "from-data", "-o", "run", "-d", "cpu")

    assert ran.code == 1
    last = ran.err.splitlines()[-1]
    assert last.startswith("error: 1 of 18 lines are bad, more than --max-bad 0.01 allows: ")
    assert "3.png: its label needs 60 frames and its image gives" in last


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_listed_is_named(
    run_ocrkit: RunOcrkit, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir(mode=0)

    told = complaint(run_ocrkit, place, monkeypatch, f"decode -m m.safetensors {tmp_path / 'closed'}")

    assert "closed: Permission denied" in told


def in_a_process(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ocrkit", *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(Path(ocrkit.__file__).parents[1]), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (("decode", "--beamwidth", "4", "good"), "--beam-width"),
        (("decode", "--modle", "m.safetensors", "good"), "--model"),
        (("train", "--recpie", "captcha"), "--recipe"),
        (("evaluate", "--ignore-csae", "good"), "--ignore-case"),
    ],
)
def test_an_unknown_option_names_the_nearest_and_is_wrong_usage(
    arguments: tuple[str, ...], nearest: str, run_ocrkit: RunOcrkit
) -> None:
    ran = run_ocrkit(*arguments)

    assert ran.code == 2
    assert nearest in ran.err.splitlines()[-1]
    assert ran.out == ""


def test_a_number_that_is_none_is_wrong_usage(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("decode", "--beam-width", "four", "a.png")

    assert ran.code == 2
    assert "'--beam-width'" in ran.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("decode", "-m", "pickle.safetensors", "good"), "pickle.safetensors: is a Python pickle"),
        (("decode", "-m", "m.safetensors", "nan.npy"), "nan.npy: log_probs[line 1, frame 2, label 3] is nan"),
    ],
)
def test_a_process_of_its_own_says_the_same(arguments: tuple[str, ...], told: str, place: Path) -> None:
    ran = in_a_process(place, *arguments)

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"error: {told}")
    assert ran.stderr.count("\n") == 1
