from __future__ import annotations

from typing import Any

import pytest

from sym.resources import resource, slug_of, type_of
from sym.resources.secret import Secret
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
    }


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
