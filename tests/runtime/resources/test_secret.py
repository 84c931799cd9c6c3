from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sym.resources import resource, slug_of, type_of
from sym.resources.secret import Secret, Settings
from sym.sdk.schema import fields


def test_it_is_the_resource_of_its_module() -> None:
    assert resource("secret") is Secret
    assert (Secret.collection, Secret.lookup, Secret.version) == ("secrets", ("path",), 0)


def test_what_can_be_said_about_it() -> None:
    found = {field.name: (field.kind, field.required, field.default) for field in fields(Secret)}
    assert found == {
        "path": ("string", True, None),
        "source_id": ("string", True, None),
        "label": ("string", False, None),
        "settings": ("map", False, None),
        "value_wo": ("string", False, None),
        "value_wo_version": ("number", False, None),
    }


def test_only_the_value_is_write_only() -> None:
    assert [field.name for field in fields(Secret) if field.declaration.write_only] == ["value_wo"]
    assert [field.name for field in fields(Settings)] == ["json_key"]


def test_a_version_is_a_whole_number() -> None:
    (validate,) = next(f for f in fields(Secret) if f.name == "value_wo_version").declaration.validators
    assert validate(0) is validate(20260314) is None
    assert validate(Decimal("1.5")) == "A version is a whole number."


def test_what_it_refers_to() -> None:
    found = {field.name: field.declaration.references for field in fields(Secret)}
    assert {name: kind for name, kind in found.items() if kind} == {"source_id": "secrets"}


def test_its_name_has_no_letter_case_and_its_settings_no_empty_keys() -> None:
    declared = {field.name: field.declaration for field in fields(Secret)}
    assert [name for name, declaration in declared.items() if declaration.case_insensitive] == []
    assert [name for name, declaration in declared.items() if declaration.empty_is_unset] == ["settings"]


@pytest.mark.parametrize(
    ("document", "slug"),
    [
        ({"path": "prod/DB password"}, "prod-db-password"),
        ({"path": "/prod/db/", "settings": {"json_key": "User"}}, "prod-db-user"),
        ({"path": "prod/db", "settings": {"json_key": ""}}, "prod-db"),
        ({"path": "prod/db", "settings": None}, "prod-db"),
        ({"path": "arn:aws:secretsmanager:eu-west-1:1:secret:a"}, "arn-aws-secretsmanager-eu-west-1-1-secret-a"),
    ],
)
def test_two_keys_of_one_path_have_slugs_of_their_own(document: dict[str, Any], slug: str) -> None:
    assert slug_of("secret", document) == slug
    assert type_of("secret", document) == ""
