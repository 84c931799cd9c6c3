"""Whether a document may be stored at all: does it fit the schema of its resource?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sym.audit.chain import plain
from sym.errors import Invalid
from sym.resources import resource
from sym.sdk.schema import Field, SchemaError, fields, leaves, read


def validate(name: str, document: Mapping[str, Any]) -> None:
    """Raises Invalid if the document does not fit the schema of the resource ``name``: a required value is missing, a
    type is wrong, a value is outside the choices or rejected by a validator. The error's ``path`` names the place, such
    as ``params[0].prompt_field[1].type``. Attributes the schema does not know are left alone.

    Raises NotFound for an unknown resource.
    """
    schema = resource(name)
    if not isinstance(document, Mapping):
        raise Invalid("A document is a JSON object.")
    _check_blocks(schema, document, "")
    _refuse_write_only(schema, document)
    try:
        read(schema, document)
    except SchemaError as error:
        raise Invalid(_sentence(error.message), path=error.path) from None
    for path, field, value in leaves(schema, document):
        _check_texts(path, value)
        _check_value(path, field, value)
    _check_storable(document)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}."


def _check_blocks(schema: type[Any], document: Mapping[str, Any], parent: str) -> None:
    for field in fields(schema):
        value = document.get(field.name)
        if field.schema is None or value is None:
            continue
        path = f"{parent}.{field.name}" if parent else field.name
        items = value if isinstance(value, list) else [value]
        if field.kind == "block" and len(items) > 1:
            raise Invalid("There can be only one of these blocks.", path=f"{path}[1]")
        for index, item in enumerate(items):
            if not isinstance(item, Mapping):
                raise Invalid("A block is a JSON object.", path=f"{path}[{index}]")
            _check_blocks(field.schema, item, f"{path}[{index}]")


def _refuse_write_only(schema: type[Any], document: Mapping[str, Any]) -> None:
    for path, field, _ in leaves(schema, document):
        if field.declaration.write_only:
            raise Invalid("Such a value is kept in no document.", path=path)


def _check_texts(path: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if item is not None and not isinstance(item, str):
                raise Invalid(f"Text is needed, not {item!r}.", path=f"{path}[{json.dumps(key, ensure_ascii=False)}]")


def _check_value(path: str, field: Field, value: Any) -> None:
    declared = field.declaration
    if declared.choices and field.kind == "string":
        same = str(value).lower() if declared.case_insensitive else value
        if same not in declared.choices:
            raise Invalid(
                f"{value!r} is not possible.", hint=f"Choose one of {', '.join(declared.choices)}.", path=path
            )
    for validator in declared.validators:
        if problem := validator(value):
            raise Invalid(problem, path=path)


def _check_storable(document: Mapping[str, Any]) -> None:
    """Refuse what would have to be changed to be stored: the document is what Terraform compares with."""
    for name, value in document.items():
        try:
            same = plain(value) == value
        except (TypeError, ValueError) as error:
            raise Invalid(f"This cannot be stored: {error}.", path=name) from None
        if not same:
            raise Invalid("This holds a character that cannot be stored (NUL, or half a surrogate pair).", path=name)
