"""Saved log-probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.errors import EmissionsError, MissingFileError
from ocrkit.recognition.posteriors import is_posteriors, read_posteriors

if TYPE_CHECKING:
    from pathlib import Path

SAVED = np.log(np.full((2, 3, 4), 0.25, dtype=np.float32))


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "dir.png/A.NPY"])
def test_posteriors_are_known_by_their_ending(name: str) -> None:
    assert is_posteriors(name)


@pytest.mark.parametrize("name", ["a.png", "a.npy.png", "npy"])
def test_other_files_are_no_posteriors(name: str) -> None:
    assert not is_posteriors(name)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_an_array_comes_back_as_it_was_saved(tmp_path: Path, dtype: type) -> None:
    np.save(tmp_path / "p.npy", SAVED.astype(dtype))

    posteriors = read_posteriors(tmp_path / "p.npy")

    assert posteriors.log_probs.dtype == dtype
    assert np.array_equal(posteriors.log_probs, SAVED.astype(dtype))
    assert posteriors.lengths is None


def test_an_array_saved_column_by_column_reads_alike(tmp_path: Path) -> None:
    varied = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    np.save(tmp_path / "p.npy", np.asfortranarray(varied))

    assert np.array_equal(read_posteriors(tmp_path / "p.npy").log_probs, varied)


def test_a_single_line_becomes_a_batch_of_one(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", SAVED[0])

    assert read_posteriors(tmp_path / "p.npy").log_probs.shape == (1, 3, 4)


def test_an_archive_may_have_lengths(tmp_path: Path) -> None:
    np.savez(tmp_path / "p.npz", log_probs=SAVED, lengths=np.array([3, 1]))

    lengths = read_posteriors(tmp_path / "p.npz").lengths

    assert lengths is not None
    assert lengths.tolist() == [3, 1]


def test_a_compressed_archive_without_lengths_reads_too(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "p.npz", log_probs=SAVED)

    posteriors = read_posteriors(tmp_path / "p.npz")

    assert np.array_equal(posteriors.log_probs, SAVED)
    assert posteriors.lengths is None


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no file '.*gone\.npy'"):
        read_posteriors(tmp_path / "gone.npy")


def test_a_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "folder.npy").mkdir()

    with pytest.raises(EmissionsError, match=r"folder\.npy: cannot be read: Is a directory"):
        read_posteriors(tmp_path / "folder.npy")


@pytest.mark.parametrize("content", [b"", b"no numbers", b"\x80\x04N."])
def test_what_is_no_numpy_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.npy").write_bytes(content)

    with pytest.raises(EmissionsError, match=r"p\.npy: is not a NumPy file, whatever its name; expected a float32"):
        read_posteriors(tmp_path / "p.npy")


def test_pickled_objects_are_never_opened(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "p.npz", log_probs=np.array([{}], dtype=object))

    for name in ("p.npy", "p.npz"):
        with pytest.raises(EmissionsError, match="holds pickled objects, which ocrkit never opens"):
            read_posteriors(tmp_path / name)


@pytest.mark.parametrize("keep", [8, 30, 100, 200])
@pytest.mark.parametrize("name", ["p.npy", "p.npz"])
def test_a_file_cut_short_is_damaged(tmp_path: Path, name: str, keep: int) -> None:
    np.save(tmp_path / "p.npy", SAVED)
    np.savez(tmp_path / "p.npz", log_probs=SAVED)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(EmissionsError, match=r"is damaged or truncated: [^\n]*$"):
        read_posteriors(path)


def test_a_header_that_is_no_header_is_damage(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", SAVED)
    content = (tmp_path / "p.npy").read_bytes().replace(b"False", b"False(")
    (tmp_path / "p.npy").write_bytes(content)

    with pytest.raises(EmissionsError, match=r"p\.npy: is damaged or truncated"):
        read_posteriors(tmp_path / "p.npy")


def test_an_archive_without_log_probs_says_what_it_holds(tmp_path: Path) -> None:
    np.savez(tmp_path / "p.npz", logits=SAVED, labels=np.zeros(1))

    with pytest.raises(EmissionsError, match="has no array 'log_probs'; it holds 'logits', 'labels'"):
        read_posteriors(tmp_path / "p.npz")


@pytest.mark.parametrize("shape", [(), (4,), (1, 2, 3, 4)])
def test_another_number_of_dimensions_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.save(tmp_path / "p.npy", np.zeros(shape, np.float32))

    with pytest.raises(EmissionsError, match=r"log_probs has shape \(.*\); expected \(lines, frames, labels\)"):
        read_posteriors(tmp_path / "p.npy")
