"""Every route that changes something leaves its entry; a route that is new must say here what it leaves."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute

from sym.api import app
from sym.store.audit import entries
from tests.runtime.api.conftest import World

# The worker writes these entries with what comes of the event; the engine's tests look at that.
BY_THE_WORKER = {
    "POST /events/request", "POST /events/approve", "POST /events/deny", "POST /events/deescalate",
    "POST /events/extend", "POST /events/remove", "POST /events/retry",
}  # fmt: skip
# Their own tests look at what they leave: tests/runtime/api/routes/test_log_in.py and so on.
OF_LOGIN = {
    "POST /login", "DELETE /login", "POST /tokens/exchange", "POST /trust", "DELETE /trust/{trust_id}",
}  # fmt: skip
# Each has a test of its own that looks at the entry it leaves.
OWN = {
    "POST /bots", "PATCH /bots/{name}", "DELETE /bots/{name}", "PUT /bots/{name}/identities",
    "DELETE /bots/{name}/identities", "POST /tokens", "DELETE /tokens/{jti}", "POST /domains", "DELETE /domains/{name}",
    "PATCH /services/{service_type}/{external_id:path}", "DELETE /services/{service_type}/{external_id:path}",
}  # fmt: skip
ENTITIES = {
    "POST": "resource.created", "PATCH": "resource.updated", "DELETE": "resource.deleted",
}  # fmt: skip

# Each of these writes at most the entries named, which tests/runtime/api/routes look at.
USERS = {
    "POST /users", "POST /users/import", "PATCH /users/{user_id}", "DELETE /users/{user_id}",
    "PUT /users/{user_id}/identities", "DELETE /users/{user_id}/identities",
}  # fmt: skip


def writing() -> set[str]:
    """Every route that is not for reading."""
    return {
        f"{method} {route.path}"
        for router in app._routers()
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods - {"GET", "HEAD"}
    }


def test_every_route_that_writes_is_known() -> None:
    left = writing() - BY_THE_WORKER - OF_LOGIN - OWN - USERS
    unknown = {route for route in left if not route.partition(" ")[2].startswith("/entities/")}
    assert unknown == set(), "add it above, with a test of the entry it leaves"
    assert {route.partition(" ")[0] for route in left} == set(ENTITIES)


def names(api: World) -> list[str]:
    with api.store.reading() as conn:
        return [entry["name"] for entry in entries(conn) if entry["name"] != "token.issued"]


@pytest.mark.parametrize("method", ENTITIES)
def test_a_changed_resource_leaves_its_entry(api: World, method: str) -> None:
    path = "/entities/runtimes"
    body = {"slug": "prod"}
    if method != "POST":
        path += f"/{api.post(path, body, name='root').json()['id']}"
    before = names(api)
    response = api.call(method, f"/api/v1{path}", token=api.token("root"), json={"slug": "prod", "label": "P"})
    assert response.status_code == 200
    assert names(api) == [*before, ENTITIES[method]]


@pytest.mark.parametrize("method", ENTITIES)
def test_a_refusal_leaves_its_entry(api: World, method: str) -> None:
    path = "/entities/runtimes" + ("" if method == "POST" else "/9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10")
    before = names(api)
    response = api.call(method, f"/api/v1{path}", token=api.token("ann"), json={"slug": "prod"})
    assert response.status_code == 403
    assert names(api) == [*before, "action.refused"]
