"""Resources as the ``/entities`` API writes them: from a document to JSON and back, and from a place in one to the same
place in the other. Server and provider share this, so that nothing is said twice.

The differences: a resource's ``name`` is called ``slug``; code is base64 (standard alphabet, padded, of UTF-8); the
block ``params`` is one object, ``{}`` if there is none; the blocks ``prompt_field`` are the list ``prompt_fields``.
``targets: null`` is an empty list, ``integration_id: "<null>"`` says that no integration is needed.

Answers carry the name in lower case as ``slug``, and as it was written as ``name``.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from sym.errors import Invalid
from sym.resources import resource, resources
from sym.sdk.schema import Field, fields

Document = dict[str, Any]

NO_INTEGRATION = "<null>"
"""Sent as ``integration_id`` by clients that have none to name."""

PROVIDER_MAJORS = (2, 3)
"""The major versions of the provider that speak this form. One build carries both numbers."""

VERSION_HEADER = "X-Sym-Provider-Version"
"""Header in which our provider says its version. The original provider sends none."""

GONE = "EntityAPI:NOT_FOUND"
"""Code of the answer for a resource that is not there, as opposed to an address that is not there."""

_STEP = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[\d+\]|[^.\[\]]+')


_fields = cast("Callable[[type[Any]], tuple[Field, ...]]", functools.cache(fields))


def _documented(schema: type[Any]) -> Iterator[Field]:
    """The fields that a document, and therefore an answer, may hold."""
    return (field for field in _fields(schema) if not field.declaration.write_only)


@functools.cache
def collections() -> dict[str, str]:
    """The name of every resource on the shelf (``flow``) by its path segment (``flows``)."""
    return {schema.collection: name for name, schema in resources().items()}


def is_typed(name: str) -> bool:
    """Whether a type belongs to the slug when one is looked up."""
    return bool(resource(name).lookup[:1] == ("type",))


def key_of(schema: type[Any], field: Field) -> str:
    """What a field of a resource, or of one of its blocks, is called on the wire."""
    if field.kind == "blocks":
        return f"{field.name}s"
    return "slug" if field.name == "name" and hasattr(schema, "collection") else field.name


def is_omitted_when_empty(field: Field) -> bool:
    """Whether clients leave the key out to say that there is no value. They always send the other keys."""
    is_one = field.kind in ("string", "list") and not field.declaration.write_only
    return is_one and not field.required and field.name != "integration_id"


def write(
    name: str, document: Mapping[str, Any], resource_id: str = "", write_only: Mapping[str, Any] | None = None
) -> Document:
    """The body of a request that stores ``document`` (attribute values by name) as a resource ``name``.

    Every key is there, null if the document has no value; only what the original's API does not have is left out where
    it has its default. Of the keys for ``write_only`` values there are only the ones given.
    """
    body = _write(resource(name), document) | {
        key: value for key, value in (write_only or {}).items() if value is not None
    }
    return {"id": resource_id, **body} if resource_id else body


def write_answer(name: str, document: Mapping[str, Any], resource_id: str) -> Document:
    """The body that tells of a stored resource. A number, which the original client knows none of, is there only if it
    is set."""
    numbers = {field.name for field in _fields(resource(name)) if field.kind == "number"}
    body = write(name, document, resource_id)
    body = {key: value for key, value in body.items() if value is not None or key not in numbers}
    if isinstance(spelled := body.get("slug"), str):
        body |= {"slug": spelled.lower(), "name": spelled}
    return body


def _write(schema: type[Any], document: Mapping[str, Any]) -> Document:
    values = ((field, document.get(field.name)) for field in _documented(schema))
    return {
        key_of(schema, field): _write_value(field, value)
        for field, value in values
        if not (field.declaration.is_addition and value in (None, field.default))
    }


def _write_value(field: Field, value: Any) -> Any:
    if field.schema is not None:
        blocks = value if isinstance(value, Sequence) else [value] if value else []
        written = [_write(field.schema, block) for block in blocks]
        if field.kind == "blocks":
            return written
        return written[0] if written else {}
    if field.declaration.code and isinstance(value, str):
        return base64.b64encode(value.encode()).decode("ascii")
    return value


def read(name: str, body: Mapping[str, Any], stored: Mapping[str, Any] | None = None) -> Document:
    """The document in a body. Unknown keys are dropped; what else is wrong with a value is left to who stores it.

    ``stored`` is the document that a PATCH changes. A key that is not in its body means: no value, where clients omit
    the key to say so; else that the stored value stays. Raises Invalid, its ``path`` naming the attribute, for blocks
    and code of the wrong form.
    """
    schema = resource(name)
    document: Document = {}
    for field in _documented(schema):
        key = key_of(schema, field)
        if stored is not None and key not in body and not is_omitted_when_empty(field):
            document[field.name] = stored.get(field.name)
        else:
            document[field.name] = _read_value(field, body.get(key), field.name)
    return document


def read_write_only(name: str, body: Mapping[str, Any]) -> Document:
    """The values in a body that no document may hold, by attribute name. What is wrong with one is left to who stores
    it."""
    declared = resource(name)
    hidden = {
        field.name: body.get(key_of(declared, field)) for field in _fields(declared) if field.declaration.write_only
    }
    return {key: value for key, value in hidden.items() if value is not None}


def read_answer(name: str, body: Mapping[str, Any]) -> Document:
    """The document in an answer, the name in the spelling it was given in. Raises Invalid as :func:`read` does."""
    spelled = body.get("name")
    return read(name, {**body, "slug": spelled} if isinstance(spelled, str) else body)


def _read_value(field: Field, value: Any, path: str) -> Any:
    if field.schema is not None:
        return _read_blocks(field, field.schema, value, path)
    if value is None and field.declaration.is_addition:
        return field.default
    if value is None:
        return [] if field.required and field.kind == "list" else None
    if field.declaration.code and isinstance(value, str):
        return _decoded(value, path)
    if field.name == "integration_id" and value == NO_INTEGRATION and not field.required:
        return None
    return value


def _read_blocks(field: Field, content: type[Any], value: Any, path: str) -> list[Document]:
    is_many = field.kind == "blocks"
    if value is None or value == ({} if not is_many else []):
        return []
    if is_many is not isinstance(value, list):
        raise Invalid("A list of objects is needed." if is_many else "An object is needed.", path=path)
    found = []
    for index, item in enumerate(value if is_many else [value]):
        here = f"{path}[{index}]"
        if not isinstance(item, Mapping):
            raise Invalid("An object is needed.", path=here)
        inner = _fields(content)
        found.append(
            {part.name: _read_value(part, item.get(key_of(content, part)), f"{here}.{part.name}") for part in inner}
        )
    return found


def _decoded(value: str, path: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        raise Invalid("Code is sent as base64 of UTF-8 text, with padding.", path=path) from None


def unknown_keys(name: str, body: Mapping[str, Any]) -> Iterator[str]:
    """The place on the wire of every value that no attribute takes. Null is no value."""
    schema = resource(name)
    known = {key_of(schema, field) for field in _fields(schema)} | {"id", "name"}
    yield from (key for key, value in body.items() if key not in known and value is not None)
    for field in _fields(schema):
        if field.schema is not None:
            key = key_of(schema, field)
            yield from _unknown_inside(field.schema, body.get(key), key)


def _unknown_inside(schema: type[Any], value: Any, path: str) -> Iterator[str]:
    items = [(f"{path}[{n}]", item) for n, item in enumerate(value)] if isinstance(value, list) else [(path, value)]
    by_key = {key_of(schema, field): field for field in _fields(schema)}
    for here, item in items:
        for key, inner in item.items() if isinstance(item, Mapping) else ():
            field = by_key.get(key)
            if field is None and inner is not None:
                yield f"{here}.{key}"
            elif field is not None and field.schema is not None:
                yield from _unknown_inside(field.schema, inner, f"{here}.{key}")


def wire_path(name: str, path: str) -> str:
    """The place on the wire of an attribute: ``params[0].prompt_field[2].type`` is ``params.prompt_fields[2].type``."""
    schema: type[Any] | None = resource(name)
    steps: list[str] = []
    is_only_block = False
    for step in _STEP.findall(path):
        if step.startswith("["):
            steps += [] if is_only_block else [step]
            is_only_block = False
            continue
        field = _by_name(schema, step)
        steps.append(key_of(schema, field) if schema and field else step)
        is_only_block = field is not None and field.kind == "block"
        schema = field.schema if field else None
    return _joined(steps)


def attribute_path(name: str, place: str) -> str:
    """The attribute at a place on the wire, the inverse of :func:`wire_path`."""
    schema: type[Any] | None = resource(name)
    steps: list[str] = []
    is_only_block = False
    for step in _STEP.findall(place):
        if step.startswith("["):
            steps.append(step)
            continue
        steps += ["[0]"] if is_only_block else []
        field = _by_key(schema, step)
        steps.append(field.name if field else step)
        is_only_block = field is not None and field.kind == "block"
        schema = field.schema if field else None
    return _joined(steps)


def _by_name(schema: type[Any] | None, name: str) -> Field | None:
    return next((field for field in _fields(schema) if field.name == name), None) if schema else None


def _by_key(schema: type[Any] | None, key: str) -> Field | None:
    return next((field for field in _fields(schema) if key_of(schema, field) == key), None) if schema else None


def _joined(steps: list[str]) -> str:
    return "".join(step if step.startswith("[") or not n else f".{step}" for n, step in enumerate(steps))
