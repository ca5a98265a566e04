"""The properties of ONNX files, read and replaced without the distribution ``onnx``: names and texts beside a graph.

Source: onnx.proto of ONNX (https://github.com/onnx/onnx), message ModelProto; protobuf's encoding of it.
"""

from __future__ import annotations

import io
import os
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from ocrkit.errors import CheckpointError, MissingFileError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["is_onnx", "read_properties", "with_property"]

SUFFIX = ".onnx"
_GRAPH, _PROPERTIES, _IR_VERSION = 7, 14, 1  # fields of ModelProto
_KEY, _VALUE = 1, 2  # fields of StringStringEntryProto
_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5  # how protobuf writes a field
_FIXED = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}
_MOST_FIELDS = 10_000  # a model has a dozen, and a few for each function in it
_LONGEST = 100_000_000  # bytes of a property; the limit that safetensors has for its header
_VARINT_BYTES = 10
_NEWEST_IR = 63  # versions of the format that are thought possible; in 2026 there are 13


def is_onnx(path: str | os.PathLike[str]) -> bool:
    """Whether a file is named as ONNX files are, or begins as they do."""
    if os.fspath(path).lower().endswith(SUFFIX):
        return True
    with suppress(OSError), open_plain(path) as file:
        start = file.read(9)
        # A safetensors file may begin with any byte, but its ninth is a brace.
        return len(start) == 9 and start[0] == _IR_VERSION << 3 and 0 < start[1] <= _NEWEST_IR and start[8:] != b"{"
    return False


def read_properties(path: str | os.PathLike[str]) -> dict[str, str]:
    """The properties of an ONNX file by name; of the rest no more is read than where it ends.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is no ONNX file, or truncated.
    """
    try:
        with open_plain(path) as file:
            size = os.fstat(file.fileno()).st_size
            return _properties(file, size, path)
    except FileNotFoundError as error:
        raise MissingFileError(f"no file {os.fspath(path)!r}") from error
    except OSError as error:
        raise CheckpointError(f"cannot be read: {error.strerror or error}", path) from error


def with_property(data: bytes, key: str, value: str) -> bytes:
    """An ONNX file's bytes in which a property has another value; all else is left as it is, to the bit.

    Raises:
        CheckpointError: they are no ONNX file.
    """
    file, kept, begin = io.BytesIO(data), [], 0
    for field, end in _fields(file, len(data), None):
        if field != _PROPERTIES or _entry(file, end, None)[0] != key:
            kept.append(data[begin:end])
        begin = end
        file.seek(end)
    entry = _field(_KEY, key.encode()) + _field(_VALUE, value.encode())
    return b"".join([*kept, _field(_PROPERTIES, entry)])


def _properties(file: BinaryIO, size: int, path: str | os.PathLike[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    has_graph = False
    for field, end in _fields(file, size, path):
        has_graph = has_graph or field == _GRAPH
        if field == _PROPERTIES:
            if end - file.tell() > _LONGEST:
                raise CheckpointError("is no ONNX file of ocrkit: its properties are too long", path)
            name, text = _entry(file, end, path)
            found[name] = text
        file.seek(end)
    if not has_graph:
        raise CheckpointError("is not an ONNX file", path)
    return found


def _entry(file: BinaryIO, end: int, path: str | os.PathLike[str] | None) -> tuple[str, str]:
    """The name and the text of a property that the file stands at."""
    texts = {_KEY: "", _VALUE: ""}
    for field, inner_end in _fields(file, end, path):
        raw = file.read(inner_end - file.tell())
        if field in texts:
            try:
                texts[field] = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                raise CheckpointError("is not an ONNX file: a property is not UTF-8", path) from error
    return texts[_KEY], texts[_VALUE]


def _fields(file: BinaryIO, end: int, path: str | os.PathLike[str] | None) -> Iterator[tuple[int, int]]:
    """The number of each field of a message, and where it ends; the file stands where its content begins.

    Whoever takes them leaves the file at the end of the field.
    """
    for _ in range(_MOST_FIELDS):
        if file.tell() >= end:
            return
        number, kind = divmod(_varint(file, path), 8)
        if kind == _VARINT:
            _varint(file, path)
            length = 0
        elif kind == _BYTES:
            length = _varint(file, path)
        elif kind in _FIXED:
            length = _FIXED[kind]
        else:
            raise CheckpointError("is not an ONNX file", path)
        if file.tell() + length > end:
            raise CheckpointError(
                f"is not an ONNX file, or truncated: a part of it would end at byte {file.tell() + length} of {end}; "
                "copy or export it again",
                path,
            )
        yield number, file.tell() + length
    raise CheckpointError("is not an ONNX file: it has too many parts", path)


def _varint(file: BinaryIO, path: str | os.PathLike[str] | None) -> int:
    value = 0
    for place in range(_VARINT_BYTES):
        byte = file.read(1)
        if not byte:
            break
        value |= (byte[0] & 0x7F) << (7 * place)
        if byte[0] < 0x80:
            return value
    raise CheckpointError("is not an ONNX file", path)


def _field(number: int, content: bytes) -> bytes:
    return _as_varint(number << 3 | _BYTES) + _as_varint(len(content)) + content


def _as_varint(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
