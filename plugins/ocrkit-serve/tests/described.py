"""What openapi.json promises, and whether an answer keeps it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

DOCUMENT = json.loads((files("ocrkit_serve") / "openapi.json").read_text("utf-8"))


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each operation with its method and path."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """What a reference points to; anything else as it is."""
    if "$ref" not in value:
        return value
    found = DOCUMENT
    for key in value["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    return found


def check_answer(answer: httpx.Response, method: str, path: str) -> None:
    """The answer has a documented status, media type, headers and body."""
    responses = DOCUMENT["paths"][path][method.lower()]["responses"]
    promised = resolved(responses[str(answer.status_code)])
    for name in promised.get("headers", {}):
        assert name in answer.headers, name
    if "content" not in promised:
        assert answer.content == b""
        return
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in promised["content"]
    schema = promised["content"][kind].get("schema")
    if kind == "application/json" and schema is not None:
        assert_valid(answer.json(), schema)


def assert_valid(value: object, schema: dict[str, Any]) -> None:
    Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(value)
