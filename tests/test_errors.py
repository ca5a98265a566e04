"""What errors about files hold besides their message."""

from __future__ import annotations

import pickle

import pytest

from ocrkit.data.records import BadImage, Sample
from ocrkit.errors import CheckpointError, DataError, FileError, ImageError, OcrkitError, Origin, unknown_name


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (DataError("no samples"), "no samples"),
        (DataError("no table", "lines"), "lines: no table"),
        (DataError("no tab in it", "labels.tsv", 3), "labels.tsv:3: no tab in it"),
        (CheckpointError("is truncated", "m.safetensors"), "m.safetensors: is truncated"),
        (ImageError("it is empty"), "it is empty"),
        (ImageError("it is empty", "a.png"), "a.png: it is empty"),
        (
            ImageError("it is empty", "a.png", Origin("labels.tsv", 3)),
            "a.png: it is empty (listed at labels.tsv:3)",
        ),
    ],
)
def test_an_error_says_where_and_keeps_its_parts_between_processes(error: FileError, message: str) -> None:
    back = pickle.loads(pickle.dumps(error))

    assert str(error) == str(back) == message
    assert (back.reason, back.origin) == (error.reason, error.origin)
    assert isinstance(back, OcrkitError)


def test_an_image_error_keeps_which_image_and_where_it_is_listed() -> None:
    error = ImageError("it is empty", "a.png", Origin("labels.tsv", 3))

    assert (error.name, error.reason, error.origin) == ("a.png", "it is empty", Origin("labels.tsv", 3))


def test_a_bad_image_reads_as_the_error_did() -> None:
    bad = BadImage("a.png", "it is empty", Origin("labels.tsv", 3))

    assert str(bad) == "a.png: it is empty (listed at labels.tsv:3)"
    assert bad.to_dict() == {"name": "a.png", "reason": "it is empty", "path": "labels.tsv", "line": 3}


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("labels.tsv:17", Origin("labels.tsv", 17)),
        ("c:/labels.tsv", Origin("c:/labels.tsv")),
        ("a.gt.txt", Origin("a.gt.txt")),
        (":17", Origin(":17")),
        ("", None),
    ],
)
def test_an_origin_that_a_plugin_writes_as_a_string_is_taken_apart(text: str, origin: Origin | None) -> None:
    sample = Sample("a.png", lambda: None, "a", text)  # type: ignore[arg-type,return-value] # as a plugin may

    assert sample.origin == origin
    assert str(sample.origin or "") == text


def test_of_many_known_names_the_first_ones_are_told_and_how_many_more() -> None:
    message = unknown_name("face", "Face 9", [f"Face {number:03}" for number in range(100)])

    assert message.startswith("no face 'Face 9'; did you mean 'Face 099'? known: Face 000, Face 001, ")
    assert message.endswith(", Face 038, Face 039 and 60 more")
