from __future__ import annotations

from sym.resources import slug_of, type_of
from sym.resources.runtime import Runtime
from sym.sdk.schema import fields


def test_its_attributes_are_the_documented_ones() -> None:
    shapes = {field.name: (field.kind, field.required) for field in fields(Runtime)}
    assert shapes == {"name": ("string", True), "label": ("string", False), "context_id": ("string", False)}


def test_the_context_is_an_integration() -> None:
    references = {field.name: field.declaration.references for field in fields(Runtime)}
    assert references == {"name": None, "label": None, "context_id": "integration"}


def test_it_is_found_by_its_name_alone() -> None:
    assert (type_of("runtime", {}), slug_of("runtime", {"name": "Main"})) == ("", "main")
