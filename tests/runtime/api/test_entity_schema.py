"""The OpenAPI description of resources says what the server does."""

from __future__ import annotations

from typing import Any

import pytest

from sym.api.entity_schema import answered, described
from sym.entities import key_of
from sym.resources import is_singleton, resource, resources
from sym.sdk.schema import fields
from tests.runtime.api.conftest import World


def test_every_resource_has_the_addresses_of_its_verbs(api: World) -> None:
    paths = api.call("GET", "/api/v1/openapi.json").json()["paths"]
    found = {path: set(methods) for path, methods in paths.items() if path.startswith("/api/v1/entities")}
    expected: dict[str, set[str]] = {}
    for name, schema in resources().items():
        address = f"/api/v1/entities/{schema.collection}"
        if is_singleton(name):
            expected[address] = {"get", "post", "patch", "delete"}
        else:
            expected |= {address: {"get", "post"}, f"{address}/{{entity_id}}": {"get", "patch", "delete"}}
    assert found == expected


def test_operations_have_names_of_their_own(api: World) -> None:
    paths = api.call("GET", "/api/v1/openapi.json").json()["paths"]
    names = [operation["operationId"] for methods in paths.values() for operation in methods.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", sorted(resources()))
def test_bodies_are_described_by_the_declaration(name: str) -> None:
    declared = resource(name)
    keys = {key_of(declared, field) for field in fields(declared)}
    schema = body(name, is_whole=True)
    assert set(schema["properties"]) == keys | {"id"}
    needed = {key_of(declared, field) for field in fields(declared) if field.required and field.kind != "list"}
    assert set(schema.get("required", [])) == needed
    assert "required" not in body(name, is_whole=False)
    shown = answered(name)[200]["content"]["application/json"]["schema"]
    hidden = {field.name for field in fields(declared) if field.declaration.write_only}
    assert {key for key, value in schema["properties"].items() if value.get("writeOnly")} == hidden
    assert hidden == ({"value_wo"} if name == "secret" else set())
    assert set(shown["properties"]) - {"name"} == (keys | {"id"}) - hidden
    assert answered(name, is_many=True)[200]["content"]["application/json"]["schema"]["items"] == shown


def test_a_flow_is_described_down_to_its_fields() -> None:
    properties = body("flow", is_whole=True)["properties"]
    assert properties["implementation"]["contentEncoding"] == "base64"
    assert properties["slug"]["type"] == "string"
    assert properties["label"]["type"] == ["string", "null"]
    item = properties["params"]["properties"]["prompt_fields"]["items"]
    assert item["required"] == ["name", "type"]
    assert "slack_user_list" in item["properties"]["type"]["examples"]


def body(name: str, *, is_whole: bool) -> dict[str, Any]:
    schema: dict[str, Any] = described(name, is_whole=is_whole)["requestBody"]["content"]["application/json"]["schema"]
    return schema
