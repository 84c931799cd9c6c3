from __future__ import annotations

from sym.resources import resource, slug_of, type_of
from sym.resources.strategy import Strategy
from sym.sdk.schema import fields


def test_it_is_the_resource_of_its_module() -> None:
    assert resource("strategy") is Strategy
    assert (Strategy.collection, Strategy.lookup, Strategy.version) == ("access-strategies", ("type", "name"), 0)


def test_what_can_be_said_about_it() -> None:
    found = {field.name: (field.kind, field.required, field.default) for field in fields(Strategy)}
    assert found == {
        "type": ("string", True, None),
        "integration_id": ("string", False, None),
        "targets": ("list", True, None),
        "name": ("string", True, None),
        "label": ("string", False, None),
        "settings": ("map", False, None),
        "implementation": ("string", False, None),
    }


def test_what_it_refers_to() -> None:
    found = {field.name: field.declaration.references for field in fields(Strategy) if field.declaration.references}
    assert found == {
        "integration_id": "integration",
        "targets": "target",
    }


def test_its_name_has_no_letter_case_and_its_settings_no_empty_keys() -> None:
    declared = {field.name: field.declaration for field in fields(Strategy)}
    assert [name for name, declaration in declared.items() if declaration.case_insensitive] == ["name"]
    assert [name for name, declaration in declared.items() if declaration.empty_is_unset] == ["settings"]


def test_its_code_may_be_a_path() -> None:
    declared = {field.name: field.declaration for field in fields(Strategy)}
    assert {name: item.code for name, item in declared.items() if item.code} == {"implementation": "path_or_content"}


def test_type_and_name_are_what_it_is_found_by() -> None:
    document = {"type": "aws_sso", "name": "prod_strategy"}
    assert (type_of("strategy", document), slug_of("strategy", document)) == ("aws_sso", "prod_strategy")
