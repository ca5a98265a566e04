"""``ocrkit read`` into a folder: what is there is not read again, and what cannot be read is listed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest
from onnx_form import write_onnx
from PIL import Image
from rows_pages import READ, ROWS, draw, files

from ocrkit import model_files
from ocrkit.cli.decoding_options import Decoding
from ocrkit.cli.page_reading import Reading
from ocrkit.collections import key_of
from ocrkit.plugin import registry

if TYPE_CHECKING:
    from command import RunOcrkit

Distribute = Callable[..., Path]
ABC = """
from pathlib import Path
from ocrkit import hookimpl
from ocrkit.plugin.specs import ModelSpec

@hookimpl
def ocrkit_models():
    return [ModelSpec("abc", "Reads.", Path({path!r}), ("en",), "Apache-2.0")]
"""
INTO = (*READ, "in", "-o", "out")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, distribute: Distribute, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working folder: a model, and pages below ``in``."""
    distribute("ocrkit-rows", ROWS)
    monkeypatch.setenv("OCRKIT_PLUGINS", "ocrkit-rows")
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    for number, text in enumerate(["ab", "cab", "bb"], 1):
        draw(f"in/{number}.png", text)
    registry.default_registry.cache_clear()
    yield tmp_path
    registry.default_registry.cache_clear()


def in_a_process(*arguments: str) -> tuple[int, str]:
    """The exit code, and what is said, of the command in a process of its own, which may start others."""
    command = [sys.executable, "-m", "ocrkit", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100, check=False)
    assert ran.stdout == ""
    return ran.returncode, ran.stderr


def times() -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in Path("out").glob("*.txt")}


class TestAgain:
    def test_a_second_run_reads_what_is_new(self, run_ocrkit: RunOcrkit) -> None:
        assert run_ocrkit(*INTO).code == 0
        before = times()
        draw("in/4.png", "ca")

        ran = run_ocrkit(*INTO)

        assert (ran.code, Path("out/4.txt").read_text()) == (0, "ca\n")
        assert {name: time for name, time in times().items() if name in before} == before
        assert "read 1 page in " in ran.err
        assert ran.err.endswith("; 3 pages had been read before\n")

    @pytest.mark.parametrize(
        "further",
        [("--set", "segmenter.deepest=60"), ("--join-lines",), ("--beam-width", "4"), ("--dpi", "300")],
        ids=lambda further: further[0],
    )
    def test_another_option_has_all_read_again(self, run_ocrkit: RunOcrkit, further: tuple[str, ...]) -> None:
        run_ocrkit(*INTO)
        before = times()

        assert run_ocrkit(*INTO, *further).code == 0

        assert not set(times().values()) & set(before.values())

    def test_a_format_with_the_same_ending_takes_no_other_format_s_file_away(self, run_ocrkit: RunOcrkit) -> None:
        assert run_ocrkit(*INTO, "--to", "alto").code == 0
        alto = Path("out/1.xml").read_bytes()

        ran = run_ocrkit(*INTO, "--to", "page")

        assert ran.code == 1
        assert "out/1.xml: this is of format 'alto', from an earlier run, and would be replaced" in ran.err
        assert "name another folder, or formats 'alto' and 'page' together" in ran.err
        assert Path("out/1.xml").read_bytes() == alto
        assert run_ocrkit(*INTO, "--to", "alto", "--to", "page").code == 0
        assert {path.name for path in Path("out").glob("1.*")} == {"1.xml", "1.alto.xml", "1.page.xml"}
        assert run_ocrkit(*INTO, "--to", "text").code == 0

    def test_how_fast_it_is_read_has_nothing_read_again(self, run_ocrkit: RunOcrkit) -> None:
        run_ocrkit(*INTO)
        before = times()

        run_ocrkit(*INTO, "-B", "4", "--threads", "1", "--workers", "0")

        assert times() == before

    def test_another_model_has_all_read_again_and_the_same_by_another_name_nothing(self, run_ocrkit: RunOcrkit) -> None:
        run_ocrkit(*INTO)
        before = times()
        Path("m.safetensors").rename("same.safetensors")
        run_ocrkit("read", "-m", "same.safetensors", *INTO[3:])
        assert times() == before

        bars.reader(skip_frames=1).save("m.safetensors")
        run_ocrkit(*INTO)

        assert not set(times().values()) & set(before.values())

    def test_the_other_form_of_an_installed_model_has_nothing_read_again(
        self, run_ocrkit: RunOcrkit, distribute: Distribute, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        distribute("ocrkit-abc", ABC.format(path=str(Path("m.safetensors").resolve())))
        monkeypatch.setenv("OCRKIT_PLUGINS", "ocrkit-rows,ocrkit-abc")
        registry.default_registry.cache_clear()
        write_onnx(bars.reader(), Path("m.onnx"))
        command = ("read", "-m", "abc", *INTO[3:], "--workers", "0")
        loaded = []
        load = model_files.load_model
        monkeypatch.setattr(
            model_files, "load_model", lambda path, **how: loaded.append(path.name) or load(path, **how)
        )
        assert run_ocrkit(*command, "--runtime", "torch").code == 0
        before = times()
        draw("in/4.png", "ca")

        ran = run_ocrkit(*command, "--runtime", "onnx")

        assert (ran.code, loaded) == (0, ["m.safetensors", "m.onnx"])
        assert Path("out/4.txt").read_text() == "ca\n"
        assert {name: time for name, time in times().items() if name in before} == before

    def test_the_other_form_of_what_finds_the_lines_has_the_same_key(self) -> None:
        write_onnx(bars.reader(), Path("m.onnx"))
        decoding = Decoding({"decoder": None, "correct": None, "correct_options": None, "threads": 0})

        def key(finds: str, deepest: int = 60) -> str:
            finding = {"weights": finds, "deepest": deepest}
            reading = Reading(Path("m.onnx"), "m", "rows", finding, None, decoding, "cpu", 32, "auto", either=True)
            return key_of(reading.settings())

        assert key("m.onnx") == key("m.safetensors")
        assert key("m.onnx") != key("m.onnx", deepest=61)
        Path("m.onnx").rename("other.onnx")
        assert key("other.onnx") != key("m.safetensors")

    def test_a_document_is_written_whole_and_counted_by_its_pages(self, run_ocrkit: RunOcrkit) -> None:
        pages = [Image.open(f"in/{number}.png") for number in (1, 2, 3)]
        pages[0].save("book.tif", save_all=True, append_images=pages[1:])

        run_ocrkit(*READ, "book.tif", "-o", "books/", "--to", "text", "--to", "alto")
        ran = run_ocrkit(*READ, "book.tif", "-o", "books/", "--to", "text", "--to", "alto")

        assert files("books") == ["book-0001.xml", "book-0002.xml", "book-0003.xml", "book.txt"]
        assert ran.err.endswith("; 3 pages had been read before\n")

    def test_other_layouts_have_their_pages_read_again(self, run_ocrkit: RunOcrkit) -> None:
        run_ocrkit(*READ, "in", "-o", "found", "--to", "json")
        told = ("read", "-m", "m.safetensors", "-d", "cpu", "in", "-o", "out", "--layout", "found")
        assert run_ocrkit(*told).code == 0
        before = times()
        layout = json.loads(Path("found/2.json").read_text())
        layout["pages"][0]["regions"] = []
        Path("found/2.json").write_text(json.dumps(layout))

        run_ocrkit(*told)

        assert [name for name, time in times().items() if before[name] != time] == ["2.txt"]


class TestMany:
    def test_processes_write_what_one_does(self, run_ocrkit: RunOcrkit) -> None:
        run_ocrkit(*INTO, "--to", "json")

        code, said = in_a_process(*READ, "in", "-o", "other", "--to", "json", "--workers", "2")

        assert (code, said) == (0, "")
        for name in ("1.json", "2.json", "3.json"):
            assert Path("other", name).read_bytes() == Path("out", name).read_bytes()

    def test_shards_are_disjoint_and_all_of_it(self, run_ocrkit: RunOcrkit) -> None:
        for number in range(4, 12):
            draw(f"in/{number}.png", "ab")
        found = []
        for shard in ("1/3", "2/3", "3/3"):
            assert run_ocrkit(*READ, "in", "-o", f"out{shard[0]}/", "--shard", shard).code == 0
            found += files(f"out{shard[0]}")

        assert sorted(found) == sorted(f"{number}.txt" for number in range(1, 12))

    def test_a_page_that_ends_its_process_is_named_and_the_others_are_read(self) -> None:
        plugin = Path("site/fake_ocrkit_rows.py")
        plugin.write_text(plugin.read_text().replace("ink =", "import os; len(image) > 100 and os._exit(7); ink ="))
        draw("in/4.png", "a", "b", "c")

        code, said = in_a_process(*INTO, "--workers", "1")

        assert code == 1
        assert "left out in/4.png: the process that read it died twice: it ended with code 7\n" in said
        assert "1 of 4 pages could not be read; out/.ocrkit/failures.jsonl lists them\n" in said
        assert files("out") == ["1.txt", "2.txt", "3.txt"]
        assert json.loads(Path("out/.ocrkit/failures.jsonl").read_text())["page"] == "in/4.png"

    def test_a_run_that_is_interrupted_says_how_far_it_came_and_how_to_go_on(self) -> None:
        plugin = Path("site/fake_ocrkit_rows.py")
        stop = "import os, signal; len(image) > 100 and os.kill(os.getpid(), signal.SIGINT); ink ="
        plugin.write_text(plugin.read_text().replace("ink =", stop))
        draw("in/4.png", "a", "b", "c")

        code, said = in_a_process(*INTO, "--workers", "0")

        assert code == 130
        assert re.search(r"^stopped after \d( of 4)? pages; the same command goes on from there\n", said, re.M)

    @pytest.mark.parametrize(
        ("also", "said"), [(False, ""), (True, "; out/.ocrkit/failures.jsonl lists those of which nothing was written")]
    )
    def test_pages_that_a_document_lacks_are_said_to_be_listed_nowhere(
        self, run_ocrkit: RunOcrkit, also: bool, said: str
    ) -> None:
        good, bad = Image.open("in/1.png"), Path("in/4.tif")
        good.save(bad, save_all=True, append_images=[Image.open("in/2.png")], compression="tiff_deflate")
        bad.write_bytes(bad.read_bytes()[:-100] + bytes(100))  # what the second page is
        if also:
            Path("in/5.png").write_bytes(b"no picture")

        ran = run_ocrkit(*INTO)

        assert f"{1 + also} of {5 + also} pages could not be opened{said}\n" in ran.err

    def test_what_a_worker_cannot_be_made_with_is_told_once(self) -> None:
        code, said = in_a_process(*INTO, "--workers", "2", "--reject", "0.1")

        assert code == 1
        assert "not calibrated" in said
        assert said.count("\n") == 1


class TestTrouble:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("in", "--workers", "2"), "--workers is for files and folders that are read into a folder"),
            (("in", "-o", "x.txt", "--shard", "1/2"), "--shard is for files and folders that are read into a folder"),
            (("in", "-o", "out", "--shard", "0/2"), "--shard is '0/2'; expected K/N with K from 1 to N"),
            (("in", "-o", "out", "--engine", "locla"), "no engine 'locla'; did you mean 'local'?"),
            (("in", "-o", "out", "--set", "engine.worker=2"), "engine 'local': no option 'worker'"),
            (("in", "-o", "out", "--workers", "-2"), "--workers is -2; expected at least -1"),
            (("in", "-o", "out", "--max-failures", "-1"), "--max-failures is -1; expected at least 0"),
            (("gone", "-o", "out"), "no file or folder 'gone'"),
            (("s3://b/1.png",), "pages at URLs are read into a folder; name one with --output"),
            (("s4://b/1.png", "-o", "out"), "s4://b/1.png: no kind of store 's4'; did you mean 's3'?"),
        ],
    )
    def test_what_cannot_be_meant_is_told_at_once(
        self, run_ocrkit: RunOcrkit, arguments: tuple[str, ...], said: str
    ) -> None:
        ran = run_ocrkit(*READ, *arguments)

        assert (ran.code, ran.out) == (1, "")
        assert said in ran.err
        assert ran.err.count("\n") == 1

    def test_a_run_stops_when_too_many_pages_fail(self, run_ocrkit: RunOcrkit) -> None:
        for number in range(1, 4):
            Path(f"in/{number}.png").write_bytes(b"no picture")

        ran = run_ocrkit(*INTO, "--max-failures", "1")

        assert ran.code == 1
        assert "error: 2 pages or documents failed, and --max-failures is 1" in ran.err

    def test_a_folder_that_cannot_be_written_to_is_told(self, run_ocrkit: RunOcrkit) -> None:
        Path("file").write_text("")

        ran = run_ocrkit(*READ, "in", "-o", "file/out/")

        assert ran.code == 1
        assert "nothing can be written there" in ran.err

    def test_pages_called_the_same_are_numbered_and_told(self, run_ocrkit: RunOcrkit) -> None:
        draw("more/1.png", "ca")

        ran = run_ocrkit(*READ, "in/1.png", "more/1.png", "-o", "out/")

        assert files("out") == ["1-2.txt", "1.txt"]
        assert "note: 1 output is numbered" in ran.err
