from __future__ import annotations

from sym.resources import resource, slug_of, type_of
from sym.resources.environment import Environment
from sym.sdk.schema import fields


def test_it_is_the_resource_of_its_module() -> None:
    assert resource("environment") is Environment
    assert (Environment.collection, Environment.lookup, Environment.version) == ("environments", ("name",), 0)


def test_only_the_name_is_required() -> None:
    found = {field.name: (field.kind, field.required, field.default) for field in fields(Environment)}
    assert found == {
        "name": ("string", True, None),
        "label": ("string", False, None),
        "runtime_id": ("string", False, None),
        "integrations": ("map", False, None),
        "error_logger_id": ("string", False, None),
        "log_destination_ids": ("list", False, None),
    }


def test_what_it_refers_to() -> None:
    assert {field.name: field.declaration.references for field in fields(Environment)} == {
        "name": None,
        "label": None,
        "runtime_id": "runtime",
        "integrations": "integration",
        "error_logger_id": "error_logger",
        "log_destination_ids": "log_destination",
    }


def test_its_name_has_no_letter_case_and_is_its_slug() -> None:
    declared = {field.name: field.declaration for field in fields(Environment)}
    assert [name for name, declaration in declared.items() if declaration.case_insensitive] == ["name"]
    assert [name for name, declaration in declared.items() if declaration.empty_is_unset] == ["integrations"]
    assert slug_of("environment", {"name": "My Prod_1"}) == "my-prod_1"
    assert type_of("environment", {"name": "prod", "type": "x"}) == ""
