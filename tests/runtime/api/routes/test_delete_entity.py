"""``DELETE /entities/<collection>/{id}``."""

from __future__ import annotations

from tests.runtime.api.conftest import World, assert_error


def test_a_resource_is_deleted_once(api: World) -> None:
    created = api.post("/entities/runtimes", {"slug": "prod"}, name="root").json()
    address = f"/api/v1/entities/runtimes/{created['id']}"
    assert api.call("DELETE", address, token=api.token("root")).json() == {"id": created["id"]}
    assert_error(api.call("DELETE", address, token=api.token("root")), 404, "EntityAPI:NOT_FOUND")
    assert api.get("/entities/runtimes", name="root").json() == []


def test_what_is_in_use_is_a_409_that_names_its_users(api: World) -> None:
    runtime = api.post("/entities/runtimes", {"slug": "prod"}, name="root").json()
    api.post("/entities/environments", {"slug": "main", "runtime_id": runtime["id"]}, name="root")
    response = api.call("DELETE", f"/api/v1/entities/runtimes/{runtime['id']}", token=api.token("root"))
    assert "sym_environment main (runtime_id)" in assert_error(response, 409, "API:IN_USE", "id")


def test_the_flows_filter_has_no_id_in_its_address(api: World) -> None:
    body = {"implementation": "YQ==", "vars": {}, "integrations": {}}
    api.post("/entities/flows-filter", body, name="root")
    assert api.call("DELETE", "/api/v1/entities/flows-filter", token=api.token("root")).status_code == 200
    assert_error(api.get("/entities/flows-filter", name="root"), 404, "EntityAPI:NOT_FOUND")
