"""The OpenAPI description of ``/entities``, from the declarations of ``sym.resources``."""

from __future__ import annotations

from typing import Any

from sym.entities import key_of
from sym.resources import resource
from sym.sdk.schema import Field, fields

Schema = dict[str, Any]


def address(name: str) -> str:
    """The path of a resource's collection."""
    return f"/entities/{resource(name).collection}"


def described(name: str, *, is_whole: bool) -> Schema:
    """What a request with a body takes; ``is_whole`` if required keys must be there."""
    schema = _object(resource(name), is_whole=is_whole)
    schema["properties"]["id"] = {"type": ["string", "null"]}
    content = {"application/json": {"schema": {**schema, "title": f"sym_{name}"}}}
    return {"requestBody": {"required": True, "content": content}}


def answered(name: str, *, is_many: bool = False) -> dict[int | str, dict[str, Any]]:
    """What a request is answered with."""
    schema = _object(resource(name), is_whole=False)
    schema["properties"] = {key: value for key, value in schema["properties"].items() if not value.get("writeOnly")}
    schema["properties"] |= {"id": {"type": "string", "format": "uuid"}}
    if "slug" in schema["properties"]:
        spelling = {"type": "string", "description": "The slug, as it was spelled."}
        schema["properties"] |= {"name": spelling}
    schema |= {"title": f"sym_{name}", "required": ["id"]}
    shown = {"type": "array", "items": schema} if is_many else schema
    return {200: {"description": "As it is stored", "content": {"application/json": {"schema": shown}}}}


def _object(declared: type[Any], *, is_whole: bool) -> Schema:
    known = {key_of(declared, field): field for field in fields(declared)}
    required = [key for key, field in known.items() if is_whole and field.required and field.kind != "list"]
    schema: Schema = {"type": "object", "properties": {key: _value(field) for key, field in known.items()}}
    schema |= {"description": declared.__doc__, "additionalProperties": False}
    return schema | ({"required": required} if required else {})


def _value(field: Field) -> Schema:
    described: Schema = {"description": field.declaration.description}
    if field.schema is not None:
        content = _object(field.schema, is_whole=True)
        if field.kind == "blocks":
            return described | {"type": ["array", "null"], "items": content}
        # No block at all is an empty object.
        content = _object(field.schema, is_whole=False)
        return content | described | {"type": ["object", "null"]}
    kinds: dict[str, Schema] = {
        "string": {"type": "string"},
        "number": {"type": "integer"},
        "bool": {"type": "boolean"},
        "list": {"type": "array", "items": {"type": "string"}},
        "map": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
    }
    shown = described | kinds[field.kind]
    if not field.required or field.kind == "list":
        shown["type"] = [shown["type"], "null"]
    if field.declaration.code:
        shown |= {"contentEncoding": "base64", "contentMediaType": "text/x-python"}
    if field.declaration.write_only:
        shown |= {"writeOnly": True}
    if field.declaration.choices:
        shown["examples"] = list(field.declaration.choices)
    return shown
