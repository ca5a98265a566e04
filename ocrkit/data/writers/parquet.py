"""Writes one Parquet file with the images inside, as Hugging Face's datasets read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ocrkit.data.writers.encoded import file_stem
from ocrkit.data.writers.files import refuse_what_no_line_shows
from ocrkit.errors import DependencyError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.writers.encoded import EncodedSample

__all__ = ["ParquetWriter"]

_ROWS = 256  # in a row group: a reader that wants one image reads the group
# What tells Hugging Face's datasets that the struct is an image.
_FEATURES = {"image": {"_type": "Image"}} | {name: {"dtype": "string", "_type": "Value"} for name in ("text", "group")}


class ParquetWriter:
    """Writes rows of ``image`` (a struct of ``bytes`` and ``path``), ``text`` and ``group``."""

    def __init__(self, path: Path, count: int) -> None:
        del count
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError as error:
            raise DependencyError(
                "writing Parquet needs the package pyarrow; install it with: pip install 'ocrkit[parquet]'"
            ) from error
        image = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
        features = json.dumps({"info": {"features": _FEATURES}})
        self._schema = pyarrow.schema(
            [("image", image), ("text", pyarrow.string()), ("group", pyarrow.string())],
            metadata={"huggingface": features},
        )
        self._writer = parquet.ParquetWriter(path, self._schema)
        self._pending: list[dict[str, object]] = []

    def add(self, sample: EncodedSample) -> None:
        """Write a row."""
        refuse_what_no_line_shows(sample)
        image = {"bytes": sample.data, "path": f"{file_stem(sample.name)}{sample.suffix}"}
        self._pending.append({"image": image, "text": sample.text, "group": sample.group})
        if len(self._pending) >= _ROWS:
            self._flush()

    def finish(self) -> None:
        """Write the rows that are left, and the file's end."""
        self._flush()
        self._writer.close()

    def close(self) -> None:
        """Let go of the file."""
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow

        if self._pending:
            self._writer.write_table(pyarrow.Table.from_pylist(self._pending, schema=self._schema))
            self._pending.clear()
