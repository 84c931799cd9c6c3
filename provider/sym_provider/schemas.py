"""From the declarations of ``sym.resources`` to Terraform's schemas: nothing is said twice."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sym.sdk.schema import Field, fields
from sym_provider import code
from sym_provider.framework.diagnostics import Diagnostic, error
from sym_provider.framework.schema import Attribute, NestedBlock, ResourceSchema, State, Validator
from sym_provider.framework.values import BOOL, NUMBER, STRING, ListOf, MapOf, Type

_TYPES: dict[str, Type] = {
    "string": STRING,
    "bool": BOOL,
    "number": NUMBER,
    "list": ListOf(STRING),
    "map": MapOf(STRING),
}


def resource_schema(cls: type[Any]) -> ResourceSchema:
    """The Terraform schema of a resource class."""
    declared = fields(cls)
    identity = Attribute(name="id", type=STRING, computed=True, description="Id of the resource, a UUID.")
    attributes = tuple(_attribute(field) for field in declared if not field.is_block)
    return ResourceSchema(
        version=cls.version,
        description=description_of(cls),
        attributes=(identity, *attributes),
        blocks=tuple(_block(field) for field in declared if field.is_block),
        check=nulls_check(attributes),
    )


def nulls_check(attributes: Iterable[Attribute]) -> Callable[[State], Iterator[Diagnostic]]:
    """A check of a block's configuration: an error for every required attribute, and every element of a list, that is
    null. Terraform itself only sees to it that a required attribute is mentioned."""
    declared = tuple(attributes)

    def check(config: State) -> Iterator[Diagnostic]:
        for attribute in declared:
            value = config.get(attribute.name)
            if value is None and attribute.required:
                detail = f'The argument "{attribute.name}" is required, and its value here is null.'
                yield error("Missing required argument", detail, (attribute.name,))
            elif isinstance(value, list):
                for index, element in enumerate(value):
                    if element is None:
                        detail = "An element of a list cannot be null. Take it out, for instance with compact()."
                        yield error("Null in a list", detail, (attribute.name, index))

    return check


def description_of(cls: type[Any]) -> str:
    """A schema's own documentation, unindented."""
    return inspect.cleandoc(cls.__doc__ or "")


def _attribute(field: Field) -> Attribute:
    declaration = field.declaration
    return Attribute(
        name=field.name,
        type=_TYPES[field.kind],
        required=field.required,
        optional=not field.required,
        default=field.default,
        description=declaration.description,
        equal=_equality(field),
        empty_keys_are_missing=declaration.empty_is_unset,
        empty_is_null=declaration.empty_is_null,
        write_only=declaration.write_only,
        validators=tuple(_validators(field)),
    )


def _block(field: Field) -> NestedBlock:
    assert field.schema is not None
    declared = fields(field.schema)
    attributes = tuple(_attribute(inner) for inner in declared if not inner.is_block)
    return NestedBlock(
        name=field.name,
        max_items=1 if field.kind == "block" else 0,
        description=field.declaration.description,
        attributes=attributes,
        blocks=tuple(_block(inner) for inner in declared if inner.is_block),
        check=nulls_check(attributes),
    )


def _equality(field: Field) -> Callable[[Any, Any], bool] | None:
    if field.declaration.case_insensitive:
        return lambda left, right: bool(left.casefold() == right.casefold())
    if field.declaration.code:
        return code.means_the_same
    return None


def _validators(field: Field) -> list[Validator]:
    declaration = field.declaration
    found: list[Validator] = [_own(check) for check in declaration.validators]
    if declaration.choices:
        found.append(_choice(declaration.choices))
    if declaration.code:
        is_expected = declaration.code == "path_or_content"
        found.append(lambda value: code.check_path(value, is_expected=is_expected))
    return found


def _own(check: Callable[[Any], str | None]) -> Validator:
    def validate(value: Any) -> list[Diagnostic]:
        problem = check(value)
        return [error("Invalid value", problem)] if problem else []

    return validate


def _choice(choices: tuple[str, ...]) -> Validator:
    def validate(value: Any) -> list[Diagnostic]:
        if value in choices:
            return []
        near = difflib.get_close_matches(str(value), choices, n=1)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        return [error("Unknown value", f'"{value}" is not one of: {", ".join(choices)}.{meant}')]

    return validate
