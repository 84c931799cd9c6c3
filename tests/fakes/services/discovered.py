"""Requests and replies held against Google's discovery documents, which google-api-python-client ships."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Document = dict[str, Any]
_KINDS: dict[str, tuple[type[Any], ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
    "array": (list,), "object": (dict,),
}  # fmt: skip


class Discovered:
    """Several APIs, by the names of their documents, such as ``admin.directory_v1``; what none of them knows is a
    problem."""

    def __init__(self, *names: str) -> None:
        self._documents = [_load(name) for name in names]

    def problems(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes,
                 reply: tuple[int, Any, Mapping[str, str]]) -> list[str]:  # fmt: skip
        """What the documents say against this request, and against this reply. Refusals are not described."""
        for document in self._documents:
            for described in _methods(document):
                if described["httpMethod"] == method and _matches(described, path):
                    return [*_request(document, described, query, headers, body), *_reply(document, described, reply)]
        return [f"no document describes {method} {path}"]


@functools.cache
def _load(name: str) -> Document:
    import googleapiclient  # type: ignore[import-untyped]

    folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    document: Document = json.loads((folder / f"{name}.json").read_text())
    return document


def _methods(document: Document) -> Iterator[Document]:
    yield from document.get("methods", {}).values()
    for inner in document.get("resources", {}).values():
        yield from _methods(inner)


def _matches(method: Document, path: str) -> bool:
    """Whether a path is one of the method's: ``{x}`` is one step of it, ``{+x}`` several."""
    parts = re.split(r"(\{\+?\w+\})", method["path"])
    pattern = "".join(
        re.escape(part) if not part.startswith("{") else "(.+)" if part.startswith("{+") else "([^/]+)"
        for part in parts
    )
    names = [part.strip("{}+") for part in parts if part.startswith("{")]
    found = re.fullmatch("/" + pattern, path)
    return found is not None and all(
        re.search(method["parameters"][name].get("pattern", ""), value)
        for name, value in zip(names, found.groups(), strict=True)
    )


def _request(document: Document, method: Document, query: Mapping[str, str], headers: Mapping[str, str],
             body: bytes) -> Iterator[str]:  # fmt: skip
    described = {**document.get("parameters", {}), **method.get("parameters", {})}
    known = {name: item for name, item in described.items() if item["location"] == "query"}
    for name, item in known.items():
        if item.get("required") and name not in query:
            yield f"query.{name} is missing"
    for name, value in query.items():
        if name not in known:
            yield f"query.{name} is not described"
        else:
            yield from _parameter(f"query.{name}", known[name], value)
    if "request" not in method:
        if body:
            yield "a body is sent where none is described"
        return
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        yield "the body is not sent as application/json"
        return
    yield from _value(document, method["request"], json.loads(body), "body")


def _parameter(place: str, described: Document, text: str) -> Iterator[str]:
    kind = described["type"]
    if kind == "integer" and not re.fullmatch(r"-?\d+", text):
        yield f"{place} is no integer"
    elif kind == "integer" and not int(described.get("minimum", text)) <= int(text) <= _most(described, text):
        yield f"{place} is out of bounds"
    if kind == "boolean" and text not in ("true", "false"):
        yield f"{place} is no boolean"
    if "enum" in described and text not in described["enum"]:
        yield f"{place} is none of {described['enum']}"


def _most(described: Document, text: str) -> int:
    """The greatest value; the description says it in words."""
    said = re.search(r"[Mm]ax allowed value is (\d+)", described.get("description", ""))
    return int(described.get("maximum") or (said.group(1) if said else text))


def _reply(document: Document, method: Document, reply: tuple[int, Any, Mapping[str, str]]) -> Iterator[str]:
    status, content, _ = reply
    if not 200 <= status < 300:
        return
    if "response" not in method:
        if content is not None:
            yield "a reply has content where none is described"
        return
    yield from _value(document, method["response"], content, "reply")


def _value(document: Document, described: Document, value: Any, place: str) -> Iterator[str]:
    if "$ref" in described:
        described = document["schemas"][described["$ref"]]
    kind = described.get("type", "any")
    if kind == "any":
        return
    if not isinstance(value, _KINDS[kind]) or (kind in ("integer", "number") and isinstance(value, bool)):
        yield f"{place} is no {kind}"
        return
    if "enum" in described and value not in described["enum"]:
        yield f"{place} is none of {described['enum']}"
    if kind == "array":
        for number, item in enumerate(value):
            yield from _value(document, described["items"], item, f"{place}[{number}]")
    if kind == "object":
        for name, item in value.items():
            inner = described.get("properties", {}).get(name, described.get("additionalProperties"))
            if inner is None:
                yield f"{place}.{name} is not described"
            else:
                yield from _value(document, inner, item, f"{place}.{name}")
