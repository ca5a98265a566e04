"""Which of torch and ONNX Runtime is taken, by what the machine has and how much is to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from ocrkit import processor
from ocrkit.processor import is_widest_in_float32, may_have_gpu
from ocrkit.runtime_choice import finder_runtime, sooner_runtime

if TYPE_CHECKING:
    from pathlib import Path

# The line that Linux has of some processors, shortened to what matters.
AVX2 = "fma avx2"
ICE_LAKE = "fma avx2 avx512f avx512dq avx512_vnni"
SAPPHIRE_RAPIDS = f"{ICE_LAKE} avx512_bf16 amx_bf16 amx_tile"
ZEN_4 = f"{ICE_LAKE} avx512_bf16"

Machine = Callable[..., None]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Makes the machine one with such instructions, as Linux tells them, and perhaps a GPU."""

    def made(flags: str | None, *, gpu: bool = False) -> None:
        told = tmp_path / "cpuinfo"
        if flags is not None:
            told.write_text(f"processor\t: 0\nmodel name\t: avx512f\nflags\t\t: {flags}\n\nprocessor\t: 1\n")
        device = tmp_path / "nvidiactl"
        if gpu:
            device.touch()
        monkeypatch.setattr(processor, "_CPUINFO", told)
        monkeypatch.setattr(processor, "_GPUS", (device,))
        processor._instructions.cache_clear()

    return made


@pytest.fixture(autouse=True)
def forgetting() -> Iterator[None]:
    yield
    processor._instructions.cache_clear()


@pytest.mark.parametrize(
    ("flags", "widest"), [(AVX2, False), (ICE_LAKE, True), (SAPPHIRE_RAPIDS, False), (ZEN_4, False), (None, False)]
)
def test_float32_is_widest_with_avx512_and_without_bfloat16(machine: Machine, flags: str | None, widest: bool) -> None:
    machine(flags)

    assert is_widest_in_float32() == widest


def test_a_gpu_is_known_by_its_device(machine: Machine) -> None:
    machine(AVX2)
    assert not may_have_gpu()

    machine(AVX2, gpu=True)
    assert may_have_gpu()


@pytest.mark.parametrize(
    ("flags", "gpu", "lines", "sooner"),
    [
        (ICE_LAKE, False, None, "onnx"),
        (ICE_LAKE, False, 10_000, "onnx"),
        (ICE_LAKE, True, None, "torch"),
        (ICE_LAKE, True, 32, "onnx"),
        (ZEN_4, False, None, "torch"),
        (ZEN_4, False, 33, "torch"),
        (ZEN_4, False, 32, "onnx"),
        (None, False, None, "torch"),
        (None, False, 1, "onnx"),
    ],
)
def test_what_is_done_sooner_hangs_on_the_machine_and_the_job(
    machine: Machine, flags: str | None, gpu: bool, lines: int | None, sooner: str
) -> None:
    machine(flags, gpu=gpu)

    assert sooner_runtime(lines=lines) == sooner


def test_torch_does_what_onnxruntime_cannot(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(ICE_LAKE, gpu=True)

    assert sooner_runtime("cpu") == "onnx"
    assert sooner_runtime("cuda", lines=1) == "torch"
    assert sooner_runtime(precision="bfloat16", lines=1) == "torch"

    monkeypatch.setattr("ocrkit.runtime_choice.has_onnxruntime", lambda: False)
    assert sooner_runtime("cpu", lines=1) == "torch"


@pytest.mark.parametrize(
    ("runtime", "sooner", "named", "taken"),
    [
        ("auto", "onnx", None, "onnx"),
        ("auto", "onnx", "lines", "auto"),
        ("auto", "torch", None, "auto"),
        ("torch", "onnx", None, "torch"),
    ],
)
def test_lines_are_found_by_what_reads_them(runtime: str, sooner: str, named: str | None, taken: str) -> None:
    assert finder_runtime(runtime, sooner, named=named) == taken
