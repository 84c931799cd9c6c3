from __future__ import annotations

from sym.resources import resource, slug_of, type_of
from sym.resources.secrets import Secrets
from sym.sdk.schema import fields


def test_it_is_the_resource_of_its_module() -> None:
    assert resource("secrets") is Secrets
    assert (Secrets.collection, Secrets.lookup, Secrets.version) == ("secret-sources", ("type", "name"), 0)


def test_what_can_be_said_about_it() -> None:
    found = {field.name: (field.kind, field.required, field.default) for field in fields(Secrets)}
    assert found == {
        "type": ("string", True, None),
        "name": ("string", True, None),
        "label": ("string", False, None),
        "settings": ("map", False, None),
    }


def test_what_it_refers_to() -> None:
    found = {field.name: field.declaration.references for field in fields(Secrets)}
    assert {name: kind for name, kind in found.items() if kind} == {}


def test_its_name_has_no_letter_case_and_its_settings_no_empty_keys() -> None:
    declared = {field.name: field.declaration for field in fields(Secrets)}
    assert [name for name, declaration in declared.items() if declaration.case_insensitive] == ["name"]
    assert [name for name, declaration in declared.items() if declaration.empty_is_unset] == ["settings"]


def test_type_and_name_are_what_it_is_found_by() -> None:
    document = {"type": "aws_secrets_manager", "name": "Prod"}
    assert (type_of("secrets", document), slug_of("secrets", document)) == ("aws_secrets_manager", "prod")
