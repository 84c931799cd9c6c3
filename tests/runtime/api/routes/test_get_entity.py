"""``GET /entities/<collection>/{id}``."""

from __future__ import annotations

import pytest

from tests.runtime.api.conftest import World, assert_error


def test_a_resource_is_found_by_its_id_in_any_letter_case(api: World) -> None:
    created = api.post("/entities/runtimes", {"slug": "prod"}, name="root").json()
    for entity_id in (created["id"], created["id"].upper()):
        assert api.get(f"/entities/runtimes/{entity_id}", name="root").json() == created


@pytest.mark.parametrize("entity_id", ["9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10", "prod", "%00", "x" * 500, "é"])
def test_an_unknown_id_is_a_404_of_its_own_code(api: World, entity_id: str) -> None:
    api.post("/entities/runtimes", {"slug": "prod"}, name="root")
    assert_error(api.get(f"/entities/runtimes/{entity_id}", name="root"), 404, "EntityAPI:NOT_FOUND")


def test_an_id_leads_to_one_collection_only(api: World) -> None:
    created = api.post("/entities/runtimes", {"slug": "prod"}, name="root").json()
    assert_error(api.get(f"/entities/flows/{created['id']}", name="root"), 404, "EntityAPI:NOT_FOUND")


def test_the_flows_filter_has_no_id_in_its_address(api: World) -> None:
    assert_error(api.get("/entities/flows-filter", name="root"), 404, "EntityAPI:NOT_FOUND")
    body = {"implementation": "YQ==", "vars": {}, "integrations": {}}
    created = api.post("/entities/flows-filter", body, name="root").json()
    assert api.get("/entities/flows-filter", name="root").json() == created
    assert_error(api.get(f"/entities/flows-filter/{created['id']}", name="root"), 404, "API:NOT_FOUND")
