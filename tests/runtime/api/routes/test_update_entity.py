"""``PATCH /entities/<collection>/{id}``."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.runtime.api.conftest import World, assert_error

TARGET = {"type": "custom", "slug": "Db", "label": "Database", "field_bindings": ["a"], "settings": {"x": "y"}}
NOBODY = "9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10"


@pytest.fixture
def target(api: World) -> dict[str, Any]:
    created: dict[str, Any] = api.post("/entities/access-targets", TARGET, name="root").json()
    return created


def patch(api: World, path: str, body: dict[str, Any]) -> requests.Response:
    return api.call("PATCH", f"/api/v1/entities/{path}", token=api.token("root"), json=body)


def test_missing_keys_clear_what_is_omitted_when_empty_and_keep_the_rest(api: World, target: dict[str, Any]) -> None:
    response = patch(api, f"access-targets/{target['id']}", {"id": target["id"]})
    assert response.json() == {**target, "label": None, "field_bindings": None}
    assert api.get(f"/entities/access-targets/{target['id']}", name="root").json() == response.json()


def test_null_clears_whatever_may_be_left_out(api: World, target: dict[str, Any]) -> None:
    body = {"slug": "db2", "label": None, "field_bindings": None, "settings": None}
    changed = patch(api, f"access-targets/{target['id']}", body).json()
    assert changed == {**target, "slug": "db2", "name": "db2", "label": None, "field_bindings": None, "settings": None}
    assert_error(patch(api, f"access-targets/{target['id']}", {"slug": None}), 400, "API:INVALID_REQUEST", "slug")


def test_params_are_replaced_as_a_whole(api: World) -> None:
    environment = api.post("/entities/environments", {"slug": "prod"}, name="root").json()
    params = {"allow_revoke": False, "allowed_sources": ["api"], "prompt_fields": [{"name": "a", "type": "int"}]}
    body = {"slug": "f", "implementation": "YQ==", "environment_id": environment["id"], "vars": {}, "params": params}
    flow = api.post("/entities/flows", body, name="root").json()
    assert patch(api, f"flows/{flow['id']}", {"label": "x"}).json()["params"] == flow["params"]
    changed = patch(api, f"flows/{flow['id']}", {"params": {"allow_revoke": True}}).json()["params"]
    assert (changed["allow_revoke"], changed["allowed_sources"], changed["prompt_fields"]) == (True, None, [])
    assert patch(api, f"flows/{flow['id']}", {"params": {}}).json()["params"] == {}


def test_an_id_in_the_body_that_is_another_one_is_refused(api: World, target: dict[str, Any]) -> None:
    response = patch(api, f"access-targets/{target['id']}", {"id": NOBODY, "label": "x"})
    assert_error(response, 400, "API:INVALID_REQUEST", "id")
    assert patch(api, f"access-targets/{target['id']}", {"id": target["id"].upper()}).status_code == 200


def test_an_unknown_id_is_a_404(api: World) -> None:
    assert_error(patch(api, f"access-targets/{NOBODY}", TARGET), 404, "EntityAPI:NOT_FOUND")


def test_the_flows_filter_is_changed_without_an_id_unless_another_one_is_meant(api: World) -> None:
    body = {"implementation": "YQ==", "vars": {"a": "b"}, "integrations": {}}
    created = api.post("/entities/flows-filter", body, name="root").json()
    assert patch(api, "flows-filter", {"implementation": "Yg=="}).json() == {**created, "implementation": "Yg=="}
    assert patch(api, "flows-filter", {"id": created["id"], "vars": {}}).json()["vars"] == {}
    assert_error(patch(api, "flows-filter", {"id": NOBODY, "vars": {}}), 404, "EntityAPI:NOT_FOUND")
